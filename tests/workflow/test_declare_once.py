"""An incident that a machine declares with a key: once, also when it asks twice at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, func, select

from app import db
from app.domain.lifecycle import DEFAULT_POLICY
from app.models.incident import Incident
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.declare_once import Declared, declare_once
from app.workflow.incident import Told
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast


def test_two_at_once_with_the_same_key_declare_one(fresh_engine: Engine, clock: Any) -> None:
    begin = UnitOfWork(db.writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    cast = Cast(begin, clock)

    def ask(_: int) -> tuple[int, bool]:
        with begin() as work:
            done: Declared = declare_once(work, Told(title="Down"), key="k", fingerprint="f", by=cast["Cleo"],
                                          now=cast.now)  # fmt: skip
            return done.incident.number, done.is_new

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(8)))
    assert {number for number, _ in found} == {1}
    assert [is_new for _, is_new in found].count(True) == 1
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(Incident))) == 1
