"""What the page of one practice shows, gathered for the three stages that a practice goes through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.domain.lifecycle import PROPOSED, RETIRED
from app.domain.people import Actor, may
from app.models.automation import Check
from app.models.best_practice import Practice
from app.parts import parts
from app.queries import campaign as campaigns
from app.queries import checks, evidence, origins, outlook, practice, questioned, standings, verdicts
from app.queries.checks import Reach
from app.queries.practice import EVALUATED, Row
from app.web import current, paging
from app.web.burn_up import chart
from app.web.words import practice_sentence, shown

NAMED = 3
ACTIONS = (
    "question",
    "campaign",
    "propose",
    "accept",
    "retire",
    "write_check",
    "activate_check",
    "exempt",
    "ask_exemption",
    "attest",
)


def gather(row: Row) -> dict[str, Any]:
    """The values of best_practice/practice.html."""
    session, by, now = current.reading(), current.actor(), current.now()
    of = row.practice
    written = checks.of_practices(session, [of.id])[of.id]
    at = paging.asked()
    is_measured = of.state in EVALUATED
    is_tried = not is_measured or any(each.state != ACTIVE_CHECK for each in written)
    # Ten thousand services are evaluated only where somebody has to see what a check would say of them.
    reach = checks.reach(of.selector, verdicts.subjects(session)) if is_tried else None
    drive = campaigns.of_practice(session, of.id, now) if is_measured else None
    stand, total = standings.of_practice(session, of.id, at, now.date()) if is_measured else ([], 0)
    return {
        "row": row, "practice": of, "reach": reach or checks.measured(session, of.id), "is_measured": is_measured,
        "checks": _checks(of, written, reach), "active": sum(each.state == ACTIVE_CHECK for each in written),
        "campaign": drive, "chart": chart(drive) if drive else None,
        "base_url": parts().settings.base_url.rstrip("/"),
        "stand": stand, "pager": paging.pager(at, standings.PAGE, total, anchor="#services"),
        "origins": origins.incidents(session, by, of.id), "questioned_by": questioned.incidents(session, by, of),
        "pattern": origins.pattern_name(session, by, of.pattern_id),
        "moves": [shown(each, practice_sentence(each.verb)) for each in practice.history(session, of.id)],
        "may": {each: may(by, each) for each in ACTIONS},
        "may_edit": may_edit(row, by),
        "may_confirm": of.state not in (PROPOSED, RETIRED) and may(by, "accept"),
        "may_accept": of.state == PROPOSED and may(by, "accept") and of.author_id != by.id,
        "accepters": some(practice.who_may_accept(session, of.author_id)) if of.state == PROPOSED else "",
        "questions": [each for each in written if each.kind == ATTESTED and each.state == ACTIVE_CHECK],
        "tomorrow": (now + timedelta(days=1)).date(), "next_review": (now + timedelta(days=365)).date(),
    }  # fmt: skip


def _checks(of: Practice, written: list[Check], reach: Reach | None) -> list[dict[str, Any]]:
    """Each check; those that do not count yet with what they would say, and what that would change."""
    session, now = current.reading(), current.now()
    active = [each for each in written if each.state == ACTIVE_CHECK]
    waiting = [each for each in written if each.state != ACTIVE_CHECK and of.state != RETIRED]
    if not waiting or reach is None:
        return [{"row": each, "verdict": None, "outlook": None} for each in written]
    latest = evidence.latest(session, [each.id for each in written])
    known = outlook.Known(reach, latest, outlook.exempt_ids(session, of.id, now.date()), now)
    return [
        {
            "row": each,
            "verdict": checks.try_out(each, reach, latest, now) if each in waiting else None,
            "outlook": outlook.outlook(of, each, active, known) if each in waiting and active else None,
        }
        for each in written
    ]  # fmt: skip


def may_edit(row: Row, by: Actor) -> bool:
    """The author until it is accepted, an owner always: the rule of the step, so that no form is shown in vain."""
    is_own = row.practice.state == PROPOSED and row.practice.author_id == by.id
    return may(by, "propose") and (is_own or may(by, "accept"))


def some(names: list[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
