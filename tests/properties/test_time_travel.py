"""Time travel is true: whatever happened, and whether the worker looked or not, the standing at every past instant is
the one that follows from what was known then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.domain.adoption import COUNTED
from app.domain.people import RATCHET
from app.models.adoption import PastStanding, Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries.standing_at import standings_at
from app.workflow import adoption, automation, best_practice, catalog, evaluation, exemption
from tests.cast import Cast
from tests.properties.past import EXPRESSIONS, SELECTORS, Diary

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ("checkout", "cart", "search")
services = st.sampled_from(NAMES)
ago = st.sampled_from([0, 0, 0, 1, 60, 60 * 24 * 2])  # minutes
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60 * 24 * 6)),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 60 * 24 * 3, 60 * 24 * 5, 60 * 24 * 7])),
        st.tuples(st.just("report"), services, st.sampled_from(["timeout", "replicas"]),
                  st.sampled_from([1, 50, 500, None]), ago),
        st.tuples(st.just("report"), services, st.just("timeout"), st.sampled_from([50, 500]), ago),
        st.tuples(st.just("result"), services, st.sampled_from(["pass", "fail", "error", "not_applicable"]), ago),
        st.tuples(st.just("exempt"), services, st.integers(0, 6)),
        st.tuples(st.just("end"), services),
        st.tuples(st.just("select"), st.sampled_from(list(SELECTORS))),
        st.tuples(st.just("change"), st.sampled_from(list(EXPRESSIONS)), st.integers(1, 7)),
        st.tuples(st.just("switch")),
        st.tuples(st.just("tier"), services, st.integers(1, 4), st.booleans()),
        st.tuples(st.just("look")),
        st.tuples(st.just("follow"), services, ago),
        st.tuples(st.just("follow"), services, ago),
    ),
    min_size=5, max_size=30,
)  # fmt: skip


@dataclass
class Run:
    """One history, made by the steps of people and machines, and written down in the diary beside."""

    cast: Cast
    combine: str
    with_both: bool

    def __post_init__(self) -> None:
        self.diary = Diary()
        self.known = self.diary.known
        self.practice = self.cast.practice()
        with self.cast.begin() as work:
            work.get(Practice, self.practice.id).combine = self.combine
        self.facts_check = self.cast.check(self.practice.number, active=True, freshness_days=5).id
        told = automation.Told(kind="reported", expression="load test", freshness_days=3)
        self.reported = self.cast.do(automation.write, self.practice.number, told).id
        self.known.combine = self.combine
        self.known.checks = {
            self.facts_check: {"kind": "facts", "expression": 'facts["timeout"] < 100', "days": 5, "is_active": True},
            self.reported: {"kind": "reported", "expression": "", "days": 3, "is_active": False},
        }
        self.known.tiers = {"checkout": 1, "cart": 1, "search": 2}
        if self.with_both:
            self.switch()
        self.diary.write(self.now)

    @property
    def now(self) -> datetime:
        return self.cast.now

    def take(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])
        self.diary.write(self.now)

    def wait(self, minutes: int) -> None:
        self.cast.clock.tick(minutes=minutes)

    def look(self) -> None:
        with self.cast.begin() as work:
            evaluation.fall_due(work, self.practice.number, now=self.now)

    def report(self, service: str, key: str, value: int | None, ago: int) -> None:
        at = self.now - timedelta(minutes=ago)
        self.cast.do(adoption.report_facts, service, {key: value}, source="test", at=at)
        facts = self.known.facts.setdefault(service, {})
        if key in facts and facts[key][1] > at:
            return
        if value is None:
            facts.pop(key, None)
        else:
            facts[key] = (value, at)

    def result(self, service: str, result: str, ago: int) -> None:
        if service in self.known.retired:
            return
        at = self.now - timedelta(minutes=ago)
        self.cast.do(adoption.report_result, self.reported, service, result, message="", at=at)
        last = self.known.results.get((self.reported, service))
        if last is None or last[0] <= at:
            self.known.results[(self.reported, service)] = (at, result)

    def follow(self, service: str, ago: int) -> None:
        """All evidence is good, for a while."""
        self.report(service, "timeout", 50, ago)
        self.report(service, "replicas", 50, 0)
        self.result(service, "pass", 0)

    def exempt(self, service: str, days: int) -> None:
        if service in self.known.retired:
            return  # it needs none
        last = (self.now + timedelta(days=days)).date()
        self.cast.do(exemption.exempt, self.practice.number, service, reason="Legacy.", expires_on=last, by="Ben")
        self.known.exempt[service] = last

    def end(self, service: str) -> None:
        if self.known.exempt.get(service, self.now.date() - timedelta(days=1)) >= self.now.date():
            self.cast.do(exemption.end_exemption, self.practice.number, service, by="Ben")
            del self.known.exempt[service]

    def select(self, selector: str) -> None:
        now = self.cast.look(lambda session: session.get_one(Practice, self.practice.id))
        told = best_practice.Told(**{**best_practice.saved(now), "selector": selector})
        self.cast.do(best_practice.edit, self.practice.number, told, version=now.version, by="Ben")
        self.known.selector = selector

    def change(self, expression: str, days: int) -> None:
        version = self._version(self.facts_check)
        told = automation.Told(kind="facts", expression=expression, freshness_days=days)
        self.cast.do(automation.edit, self.facts_check, told, version=version)
        self.known.checks[self.facts_check] |= {"expression": expression, "days": days}

    def switch(self) -> None:
        about = self.known.checks[self.reported]
        if about["is_active"]:
            self.cast.do(automation.switch_off, self.reported, why="Not now.")
        else:
            self.cast.do(automation.activate, self.reported, version=self._version(self.reported))
        about["is_active"] = not about["is_active"]

    def tier(self, service: str, tier: int, is_retired: bool) -> None:
        row = self.cast.look(lambda session: session.scalars(select(Service).where(Service.name == service)).one())
        told = catalog.ServiceTold(
            name=service, title=service, team_id=row.team_id, tier=tier, kind=row.kind, is_retired=is_retired
        )
        with self.cast.begin() as work:
            catalog.edit_service(work, service, told, version=row.version, by=RATCHET, now=self.now)
        self.known.tiers[service] = tier
        (self.known.retired.add if is_retired else self.known.retired.discard)(service)

    def _version(self, check: int) -> int:
        return self.cast.look(lambda session: session.get_one(automation.Check, check)).version

    def instants(self) -> list[datetime]:
        """Every instant at which something happened or was due, just before it, just after it, and between."""
        starts = [since for since, _ in self.diary.pages]
        turns = {at + timedelta(days=days) for at in starts for days in range(8)}
        midnights = {at.replace(hour=0, minute=0) + timedelta(days=days) for at in starts for days in range(8)}
        near = {at + timedelta(seconds=by) for at in {*starts, *turns, *midnights} for by in (-1, 0, 1)}
        return sorted(at for at in near if starts[0] <= at <= self.now)

    def check(self, session: Session) -> None:
        ids = self.cast.services
        for at in self.instants():
            found = standings_at(session, [self.practice.id], list(ids.values()), at)
            for name in NAMES:
                expected = self.diary.standing(name, at)
                stood = found[(self.practice.id, ids[name])][0]
                assert stood == (expected or "not_applicable"), f"{name} at {at}: {stood}, not {expected}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, combine=st.sampled_from(["all", "any"]), with_both=st.booleans())
def test_the_standing_at_every_past_instant_follows_from_what_was_known_then(
    begin: Any,
    clock: Any,
    connection: Connection,
    session: Session,
    steps: list[tuple[Any, ...]],
    combine: str,
    with_both: bool,
) -> None:
    clock.at = START
    with connection.begin_nested() as history:
        run = Run(Cast(begin, clock), combine, with_both)
        for step in steps:
            run.take(step)
        session.expire_all()
        run.check(session)  # although nobody may have looked for a long time
        run.look()
        session.expire_all()
        run.check(session)
        _is_sound(session, run)
        session.rollback()
        history.rollback()


def _is_sound(session: Session, run: Run) -> None:
    """The tally counts the cells, and the past of each cell has neither gaps nor overlaps but for retirement."""
    cells = Counter(session.scalars(select(Standing.standing).where(Standing.practice_id == run.practice.id)))
    tally = session.get_one(Tally, run.practice.id)
    counted = {name: cells[name] for name in COUNTED}
    assert {name: getattr(tally, name) for name in COUNTED} == counted
    for service_id in run.cast.services.values():
        of = (PastStanding.practice_id == run.practice.id, PastStanding.service_id == service_id)
        past = session.scalars(select(PastStanding).where(*of).order_by(PastStanding.until)).all()
        for before, after in pairwise(past):
            assert before.until <= after.since
