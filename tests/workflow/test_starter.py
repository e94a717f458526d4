"""Known practices are switched on one by one: accepted at once, their checks in dry run, each only once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select

from app.db import writing
from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.models.automation import Check
from app.models.best_practice import Practice, PracticeVersion
from app.models.history import Move
from app.starter.catalogue import starters
from app.workflow import automation, best_practice, people, starter
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast, snapshot


def test_a_known_practice_is_accepted_by_whoever_switches_it_on(cast: Cast) -> None:
    made = cast.do(starter.switch_on, "timeouts")
    assert (made.number, made.state, made.author_id, made.accepted_by_id) == (1, "accepted", None, cast.id("Ana"))
    assert (made.starter_key, made.area, made.combine) == ("timeouts", "dependency", "all")
    assert made.review_on == date(2027, 3, 2)
    checks = cast.look(lambda session: session.scalars(select(Check)).all())
    assert [(each.kind, each.state) for each in checks] == [("facts", "dry_run")]
    assert cast.heard("PracticeAccepted") == ["engineering"]
    assert cast.heard("CheckActivated") == []


def test_it_has_a_history_and_a_version_of_its_own(cast: Cast) -> None:
    made = cast.do(starter.switch_on, "timeouts")
    verbs = cast.look(lambda session: session.scalars(select(Move.verb).order_by(Move.id)).all())
    assert verbs == ["switch_on", "write_check"]
    version = cast.look(lambda session: session.scalars(select(PracticeVersion)).one())
    assert (version.version, version.by_id, version.said["statement"]) == (1, cast.id("Ana"), made.statement)


def test_its_check_is_then_activated_like_any_other(cast: Cast) -> None:
    cast.do(starter.switch_on, "timeouts")
    check = cast.look(lambda session: session.scalars(select(Check)).one())
    cast.do(automation.activate, check.id, version=1)
    assert cast.practice_state(1) == "automated"


def test_any_owner_may_then_change_its_words(cast: Cast) -> None:
    made = cast.do(starter.switch_on, "timeouts")
    told = best_practice.Told(**{**best_practice.saved(made), "statement": "Calls end within a second"})
    assert cast.do(best_practice.edit, made.number, told, version=1).version == 2


@pytest.mark.parametrize("key", [each.key for each in starters()])
def test_every_known_practice_can_be_switched_on(cast: Cast, key: str) -> None:
    """In the words of the catalogue: none is too long, no expression is refused."""
    known = next(each for each in starters() if each.key == key)
    made = cast.do(starter.switch_on, key)
    checks = cast.look(lambda session: session.scalars(select(Check).where(Check.practice_id == made.id)).all())
    assert [each.kind for each in checks] == [each.kind for each in known.checks]
    assert all(each.expression or each.kind == "experiment" for each in checks)


def test_the_second_is_told_that_it_is_on_already_and_takes_no_number(cast: Cast) -> None:
    cast.do(starter.switch_on, "timeouts")
    before = cast.look(snapshot)
    with pytest.raises(Refused, match="It is on already: BP-1"):
        cast.do(starter.switch_on, "timeouts", by="Ben")
    assert cast.look(snapshot) == before
    cast.do(best_practice.retire, 1, why="We have a mesh.")
    with pytest.raises(Refused, match="It was on already, as BP-1, and is retired"):
        cast.do(starter.switch_on, "timeouts")


def test_only_owners_switch_on_and_only_what_is_in_the_catalogue(cast: Cast) -> None:
    for name in ("Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            cast.do(starter.switch_on, "timeouts", by=name)
    with pytest.raises(NotFound):
        cast.do(starter.switch_on, "free-lunch")


def test_of_many_people_at_once_one_switches_it_on(fresh_engine: Engine) -> None:
    """Real transactions: the counter's row makes the others wait, and then they see the first one's practice."""
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with begin() as work:
        ana = people.add(work, email="ana@x.example", name="Ana", role="owner", by=RATCHET, now=now)
    by = Actor(ana.id, ana.name, ana.role)

    def switch_on(_: int) -> str:
        try:
            with begin() as work:
                starter.switch_on(work, "timeouts", by=by, now=now)
        except Refused as refused:
            return str(refused)
        return "on"

    with ThreadPoolExecutor(6) as pool:
        said = sorted(pool.map(switch_on, range(12)))
    assert said == ["It is on already: BP-1."] * 11 + ["on"]
    with begin() as work:
        assert work.session.scalars(select(Practice.number)).all() == [1]
