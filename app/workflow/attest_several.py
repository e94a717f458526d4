"""A person answers one question for several services at once: for all of them, or for none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain import people
from app.domain.errors import Refused
from app.domain.people import Actor
from app.workflow import adoption
from app.workflow.unit_of_work import Work

MOST = 100


def attest(
    work: Work, check_id: int, service_names: Sequence[str], result: str, *, message: str, by: Actor, now: datetime
) -> int:
    """How many services were spoken for. Refused: none was named, or too many at once."""
    people.require(by, "attest")
    names = sorted(set(service_names))
    if not names:
        raise Refused.because("attest.service_missing", "Choose at least one service.", "services")
    if len(names) > MOST:
        raise Refused.because("attest.services_many", f"Choose at most {MOST} services at once.", "services")
    for name in names:
        adoption.attest(work, check_id, name, result, message=message, by=by, now=now)
    return len(names)
