"""The people of the tests: Ana commands, Ben reviews, Cleo is on another team, Dev is a stranger, Ada administers.

Everything after the people is made by the steps themselves, as a person would make it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import RatchetError
from app.domain.lifecycle import KEYS
from app.domain.people import ADMINISTRATOR, OWNER, RATCHET, RESPONDER, VIEWER, Actor
from app.models.automation import Check
from app.models.base import Base
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.models.person import Person, Team, membership
from app.workflow import adoption, analysis, automation, best_practice, incident, lifecycle, remediation, resolution
from app.workflow import review as reviews
from app.workflow.unit_of_work import UnitOfWork, Work

ROLES = {"Ana": OWNER, "Ben": OWNER, "Cleo": RESPONDER, "Dev": VIEWER, "Ada": ADMINISTRATOR}
Given = TypeVar("Given")


@dataclass
class Cast:
    """Ana and Ben are of the team Shop, which owns checkout and cart; Cleo's team Search owns search."""

    begin: UnitOfWork
    clock: Any
    actors: dict[str, Actor] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.begin() as work:
            _enter(work.session, self)

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def id(self, name: str) -> int:
        found = self.actors[name].id
        assert found is not None
        return found

    @property
    def now(self) -> datetime:
        at: datetime = self.clock()
        return at

    def do(self, step: Callable[..., Given], *what: Any, by: str = "Ana", **how: Any) -> Given:
        """One step in a transaction of its own, as a door takes it."""
        with self.begin() as work:
            return step(work, *what, by=self.actors[by], now=self.now, **how)

    def look(self, act: Callable[[Session], Given]) -> Given:
        with self.begin.sessions() as session:
            return act(session)

    # Incidents

    def declare(self, *, by: str = "Ana", is_private: bool = False, **told: Any) -> int:
        """The number of an incident with everything that stage 1 asks for: it is at resolution at once."""
        about = {"title": "Checkout is down", "severity": "SEV3", "service_ids": [self.services["checkout"]],
                 "commander_id": self.id("Ana")}  # fmt: skip
        return self.do(incident.declare, incident.Told(**{**about, **told}), by=by, is_private=is_private).number

    def incident_at(self, stage: str, **declared: Any) -> int:
        """The number of an incident that has come to this stage in good order (up to best practice)."""
        number = self.declare(**declared)
        with self.begin() as work:
            for each in KEYS[1 : KEYS.index(stage)]:
                self.fill(work, number, each)
                lifecycle.advance(work, number, each, by=self["Ana"], now=self.now)
        return number

    def fill(self, work: Work, number: int, stage: str, **told: Any) -> None:
        """Enter what a stage asks for."""
        ana, now = self["Ana"], self.now
        if stage == "resolution":
            resolution.save(work, number, resolved(now, **told), version=0, by=ana, now=now)
        elif stage == "review":
            reviews.save(work, number, reviewed(self.id("Ben"), now, **told), version=0, by=ana, now=now)
        elif stage == "remediation":
            remediation.save_none_needed(work, number, "Mended on the spot.", version=0, by=ana, now=now)
        elif stage == "analysis":
            about = {"new_pattern": "Retry storm", "decision": "new", "reason": "A rule would help.", **told}
            analysis.save(work, number, analysis.Told(**about), version=0, by=ana, now=now)

    def find(self, number: int) -> Incident:
        return self.look(lambda session: session.scalars(select(Incident).where(Incident.number == number)).one())

    def stands(self, number: int) -> tuple[str, str]:
        found = self.find(number)
        return found.stage, found.state

    def moves(self, number: int) -> list[tuple[str, str]]:
        """Verb and person of every Move of an incident, oldest first."""
        rows = (
            select(Move.verb, Person.name)
            .join(Incident, Incident.id == Move.incident_id)
            .outerjoin(Person, Person.id == Move.by_id)
            .where(Incident.number == number)
            .order_by(Move.id)
        )
        return self.look(lambda session: [(verb, name or "Ratchet") for verb, name in session.execute(rows)])

    # Practices

    def practice(
        self, *, by: str = "Ana", accepted: bool = True, incident_number: int | None = None, **told: Any
    ) -> Practice:
        about = {"statement": "Calls have timeouts", "why": "One hung.", "area": "dependency", **told}
        made = self.do(best_practice.propose, best_practice.Told(**about), by=by, incident_number=incident_number)
        if accepted:
            made = self.do(best_practice.accept, made.number, version=1, by="Ben" if by == "Ana" else "Ana")
        return made

    def check(
        self, number: int, expression: str = 'facts["timeout"] < 100', *, active: bool = True, **told: Any
    ) -> Check:
        about = {"kind": "facts", "expression": expression, **told}
        made = self.do(automation.write, number, automation.Told(**about))
        return self.do(automation.activate, made.id, version=1) if active else made

    def attested(self, number: int) -> Check:
        return self.check(number, "Was it restored?", kind="attested", because="No machine sees it.", freshness_days=90)

    def report(self, timeout: int, *services: str) -> None:
        for each in services or self.services:
            self.do(adoption.report_facts, each, {"timeout": timeout}, source="test")

    def practice_state(self, number: int) -> str:
        return self.look(lambda session: session.scalars(select(Practice.state).where(Practice.number == number)).one())

    # Messages

    def heard(self, event: str) -> list[str]:
        """Who is told of this kind of event, by the names of the tests."""
        rows = select(OutboxMessage.audience).where(OutboxMessage.event == event).order_by(OutboxMessage.id)
        names = {f"person:{each.id}": name for name, each in self.actors.items()}
        names |= {f"team:{each}": f"team {name}" for name, each in self.teams.items()}
        return self.look(lambda session: [names.get(each, each) for each in session.scalars(rows)])


def resolved(now: datetime, **told: Any) -> resolution.Told:
    """A resolution with everything that stage 2 asks for."""
    at = {name: now - timedelta(minutes=minutes) for name, minutes in (
        ("started_at", 60), ("detected_at", 50), ("mitigated_at", 20), ("resolved_at", 10))}  # fmt: skip
    return resolution.Told(**{**at, "impact": "Nobody could pay.", "how_resolved": "Rolled back.", **told})


def reviewed(chair: int, now: datetime, **told: Any) -> reviews.Told:
    """A review with everything that stage 3 asks for."""
    about = {
        "facilitator_id": chair, "summary": "A pool was empty.", "went_well": "Quick.", "went_badly": "Late.",
        "got_lucky": "At night.", "timeline": [(now, "Pages ring.")], "factors": [("scale", "One pool for all.")],
    }  # fmt: skip
    return reviews.Told(**{**about, **told})


def _enter(session: Session, cast: Cast) -> None:
    """In five statements: most tests begin with it."""
    people = [
        {"email": f"{name.lower()}@cast.example", "name": name, "role": role, "is_active": True, "password_hash": "",
         "time_zone": "UTC", "session_epoch": 0, "created_at": cast.now} for name, role in ROLES.items()
    ]  # fmt: skip
    for person_id, name in session.execute(insert(Person).returning(Person.id, Person.name), people):
        cast.actors[name] = Actor(person_id, name, ROLES[name])
    teams = [{"name": "shop", "title": "Shop", "slack_channel": "#shop"}, {"name": "search", "title": "Search",
              "slack_channel": "#search"}]  # fmt: skip
    for team_id, name in session.execute(insert(Team).returning(Team.id, Team.name), teams):
        cast.teams[name] = team_id
    of = {"Ana": "shop", "Ben": "shop", "Cleo": "search"}
    session.execute(
        insert(membership), [{"person_id": cast.id(who), "team_id": cast.teams[team]} for who, team in of.items()]
    )
    services = [
        {"name": name, "title": name, "description": "", "team_id": cast.teams[team], "tier": tier, "kind": kind,
         "is_retired": False, "version": 1}
        for name, team, tier, kind in (("checkout", "shop", 1, "stateless"), ("cart", "shop", 1, "stateful"),
                                       ("search", "search", 2, "stateless"))
    ]  # fmt: skip
    for service_id, name in session.execute(insert(Service).returning(Service.id, Service.name), services):
        cast.services[name] = service_id


@pytest.fixture
def cast(begin: UnitOfWork, clock: Any) -> Cast:
    return Cast(begin, clock)


def snapshot(session: Session) -> dict[str, list[Any]]:
    """Every row of every table: what must be unchanged after a step that was refused."""
    tables = Base.metadata.sorted_tables
    return {each.name: sorted(map(repr, session.execute(select(each)))) for each in tables}


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        each.name: session.scalar(select(func.count()).select_from(each)) or 0 for each in Base.metadata.sorted_tables
    }


def sentences(error: pytest.ExceptionInfo[Any]) -> list[str]:
    """What a person is told."""
    value = error.value
    assert isinstance(value, RatchetError)
    return [each.sentence for each in getattr(value, "refusals", ())] or [str(value)]


__all__ = ["RATCHET", "ROLES", "Cast", "cast", "counts", "resolved", "reviewed", "sentences", "snapshot"]
