"""One's own weekly report: what it is about, and how it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import people
from app.domain.errors import NotAllowed, Refused
from app.domain.people import Actor
from app.domain.report import EVERYONE
from app.models.person import Person, Team
from app.models.report import ReportAudience, Subscription
from app.queries.audience import PERSON, TEAM
from app.workflow import kit
from app.workflow.unit_of_work import Work

TEAMS_MAX = 50


def subscribe(
    work: Work, *, about: Sequence[str], by_slack: bool, by_mail: bool, version: int, by: Actor, now: datetime
) -> Subscription:
    """Get a report of one's own on Mondays, about "all" or some teams ("team:shop"); about nothing, no more of them.
    Neither Slack nor e-mail: it is there to be read. `version` 0: there was none. Refused and Conflict, in words."""
    people.require(by, "see")
    if by.id is None:
        raise NotAllowed("Only a person may subscribe to a weekly report.")
    work.get(Person, by.id)  # locked: two first subscriptions at once are one after the other
    row = work.session.get(Subscription, by.id, with_for_update=True, populate_existing=True)
    if row is None:
        row = Subscription(person_id=by.id, about=[], by_slack=False, by_mail=False, version=0)
    wanted = _chosen(work, about, row)
    if not wanted and not row.about and (row.version == 0 or by_slack or by_mail):
        raise Refused.because("report.nothing", "Choose what your report is about: everyone, or some teams.", "about")
    by_slack, by_mail = by_slack and bool(wanted), by_mail and bool(wanted)
    if (wanted, by_slack, by_mail) == (row.about, row.by_slack, row.by_mail):
        return row  # as after a second click
    before = saved(work, row)
    kit.require_version(work, seen=version, current=row.version, edited_by_id=row.edited_by_id, saved=before)
    _greet(work, f"{PERSON}{by.id}", was=bool(row.about), will=bool(wanted), now=now)
    row.about, row.by_slack, row.by_mail = wanted, by_slack, by_mail
    kit.keep(work, row, by)
    return row


def saved(work: Work, row: Subscription) -> dict[str, object]:
    """The stored values by the names of the form, teams as people write them."""
    ids = [int(each.removeprefix(TEAM)) for each in row.about if each.startswith(TEAM)]
    names = [f"{TEAM}{name}" for name in work.session.scalars(select(Team.name).where(Team.id.in_(ids)))]
    about = [EVERYONE] if EVERYONE in row.about else sorted(names)
    return {"about": about, "by_slack": row.by_slack, "by_mail": row.by_mail}


def _chosen(work: Work, about: Sequence[str], row: Subscription) -> list[str]:
    """As it is kept: everyone, or teams by id. Refused: there is no such team, or it is there no more."""
    names = list(dict.fromkeys(each.strip() for each in about if each.strip()))
    if EVERYONE in names:
        return [EVERYONE]
    if len(names) > TEAMS_MAX:
        raise Refused.because(
            "report.many", f"Choose everyone, or at most {TEAMS_MAX} teams; these are {len(names)}.", "about"
        )
    teams = {each.name: each for each in work.session.scalars(
        select(Team).where(Team.name.in_([name.removeprefix(TEAM) for name in names])))}  # fmt: skip
    for name in names:
        team = teams.get(name.removeprefix(TEAM))
        if team is None:
            raise Refused.because("report.team_unknown", f"There is no team {name.removeprefix(TEAM)}.", "about")
        if team.is_retired and f"{TEAM}{team.id}" not in row.about:
            raise Refused.because("report.team_retired", f"{team.title} is retired: choose another team.", "about")
    return [f"{TEAM}{each}" for each in sorted(team.id for team in teams.values())]


def _greet(work: Work, audience: str, *, was: bool, will: bool, now: datetime) -> None:
    """From now on, and not from the last time: who comes back gets no reports of the weeks between."""
    if was == will:
        return
    if not will:
        work.session.execute(delete(ReportAudience).where(ReportAudience.audience == audience))
        return
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(ReportAudience).values(audience=audience, since=now)
    work.session.execute(row.on_conflict_do_update(index_elements=["audience"], set_={"since": now}))
