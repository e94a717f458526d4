"""What the page of one practice shows, gathered for the three stages that a practice goes through."""

from __future__ import annotations

from typing import Any

from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.domain.lifecycle import PROPOSED, RETIRED
from app.domain.people import Actor, may
from app.queries import checks, origins, practice, standings, verdicts
from app.queries.practice import EVALUATED, Row
from app.web import current, paging
from app.web.words import practice_sentence, shown

NAMED = 3
ACTIONS = ("propose", "accept", "retire", "write_check", "activate_check", "exempt", "attest")


def gather(row: Row) -> dict[str, Any]:
    """The values of best_practice/practice.html."""
    session, by, now = current.reading(), current.actor(), current.now()
    of = row.practice
    reach = checks.reach(of.selector, verdicts.subjects(session))
    written = checks.of_practices(session, [of.id])[of.id]
    at = paging.asked()
    is_measured = of.state in EVALUATED
    stand, total = standings.of_practice(session, of.id, at, now.date()) if is_measured else ([], 0)
    return {
        "row": row, "practice": of, "reach": reach, "is_measured": is_measured,
        "checks": [
            {"row": each, "verdict": checks.try_out(each.expression, reach)
             if checks.is_tried(each) and each.state != ACTIVE_CHECK and of.state != RETIRED else None}
            for each in written
        ],
        "stand": stand, "pager": paging.pager(at, standings.PAGE, total, anchor="#services"),
        "origins": origins.incidents(session, by, of.id),
        "pattern": origins.pattern_name(session, by, of.pattern_id),
        "moves": [shown(each, practice_sentence(each.verb)) for each in practice.history(session, of.id)],
        "may": {each: may(by, each) for each in ACTIONS},
        "may_edit": may_edit(row, by),
        "may_accept": of.state == PROPOSED and may(by, "accept") and of.author_id != by.id,
        "accepters": some(practice.who_may_accept(session, of.author_id)) if of.state == PROPOSED else "",
        "questions": [each for each in written if each.kind == ATTESTED and each.state == ACTIVE_CHECK],
    }  # fmt: skip


def may_edit(row: Row, by: Actor) -> bool:
    """The author until it is accepted, an owner always: the rule of the step, so that no form is shown in vain."""
    is_own = row.practice.state == PROPOSED and row.practice.author_id == by.id
    return may(by, "propose") and (is_own or may(by, "accept"))


def some(names: list[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
