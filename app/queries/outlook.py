"""Where services would stand if one more check were active, beside where they stand now: before anybody is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain.automation import ERROR, FAIL, PASS
from app.models.adoption import Exemption
from app.models.automation import Check
from app.models.best_practice import Practice
from app.queries.checks import NOTHING, Latest, Reach, see

ANY = "any"


@dataclass(frozen=True)
class Known:
    """What is known at an instant: whom the practice means, the latest evidence of its checks, who is exempt."""

    on: Reach
    latest: Latest
    exempt: set[int]
    now: datetime


@dataclass(frozen=True)
class Outlook:
    """How many services stand where now, and where with the check; the names of those that lose or gain adoption."""

    now: Mapping[str, int]
    then: Mapping[str, int]
    lost: Sequence[str]
    gained: Sequence[str]

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """Standing, how many then, how many now; what asks for work first."""
        order = (rules.NOT_ADOPTED, rules.UNKNOWN, rules.ADOPTED, rules.EXEMPT, rules.DOES_NOT_APPLY)
        found = [(each, self.then.get(each, 0), self.now.get(each, 0)) for each in order]
        return [each for each in found if each[1] or each[2]]


def outlook(practice: Practice, check: Check, active: Sequence[Check], known: Known) -> Outlook:
    """With `check` active beside those that are. Where the selector fails it stays unknown: these are left out."""
    was, then = Counter[str](), Counter[str]()
    lost, gained = list[str](), list[str]()
    for each in known.on.services:
        said = [see(one, each, known.latest, known.now).result for one in (*active, check)]
        is_exempt = each.id in known.exempt
        before, after = (standing(practice.combine, found, is_exempt=is_exempt) for found in (said[:-1], said))
        was[before] += 1
        then[after] += 1
        if rules.ADOPTED in (before, after) and before != after:
            (lost if before == rules.ADOPTED else gained).append(each.name)
    return Outlook(was, then, lost, gained)


def exempt_ids(session: Session, practice_id: int, today: date) -> set[int]:
    """The services that are exempt from a practice today. One query."""
    rows = select(Exemption.service_id).where(
        Exemption.practice_id == practice_id, Exemption.state == "granted", Exemption.expires_on >= today
    )
    return set(session.scalars(rows))


def standing(combine: str, results: Sequence[str], *, is_exempt: bool = False) -> str:
    """Where a service stands by what its checks say, fresh or else NOTHING: as app/domain/adoption.py decides it."""
    if is_exempt:
        return rules.EXEMPT
    is_known = bool(results) and not {NOTHING, ERROR} & set(results)
    worst, best = (FAIL, rules.NOT_ADOPTED), (PASS, rules.ADOPTED)
    first, last = (best, worst) if combine == ANY else (worst, best)
    if first[0] in results:
        return first[1]
    if not is_known:
        return rules.UNKNOWN
    return last[1] if last[0] in results else rules.DOES_NOT_APPLY
