"""A person's own weekly report: what it is about, and how it comes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.errors import NotAllowed, Refused
from app.domain.people import Actor
from app.domain.report import EVERYONE
from app.models.person import Team
from app.models.report import Subscription
from app.queries.audience import TEAM
from app.workflow import kit
from app.workflow.unit_of_work import Work


def subscribe(work: Work, *, about: Sequence[str], by_slack: bool, version: int, by: Actor) -> Subscription:
    """From next Monday on; about nothing ends it. `about`: "all", or teams by name as "team:shop". It is always there
    to be read on the web. Conflict when it was saved elsewhere meanwhile."""
    if by.id is None:
        raise NotAllowed("Only a person has a weekly report of their own.")
    row = work.session.get(Subscription, by.id, with_for_update=True) or Subscription(
        person_id=by.id, about=[], by_slack=False, by_mail=False
    )
    before = saved(work, row)
    kit.require_version(
        work, seen=version, current=row.version or 0, edited_by_id=row.edited_by_id, saved=before
    )  # fmt: skip
    row.about = _about(work, about)
    row.by_slack = bool(row.about) and by_slack
    if saved(work, row) != before:
        kit.keep(work, row, by)
    return row


def saved(work: Work, row: Subscription) -> dict[str, object]:
    """The stored values by the names of the form."""
    names = {f"{TEAM}{each.id}": f"{TEAM}{each.name}" for each in work.session.scalars(select(Team))}
    return {"about": sorted(names.get(each, each) for each in row.about), "by_slack": row.by_slack}


def _about(work: Work, about: Sequence[str]) -> list[str]:
    if EVERYONE in about:
        return [EVERYONE]
    names = {each.removeprefix(TEAM) for each in about}
    teams = work.session.scalars(select(Team).where(Team.name.in_(names), ~Team.is_retired)).all()
    if unknown := names - {each.name for each in teams}:
        raise Refused.because("subscription.team_unknown", f"There is no team {sorted(unknown)[0]}.", "about")
    return [f"{TEAM}{each.id}" for each in sorted(teams, key=lambda each: each.name)]
