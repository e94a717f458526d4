"""The cast and the words of the tests of practices: who proposes, who accepts, which services there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from app.domain.people import RATCHET, Actor
from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.models.person import Person
from app.workflow import adoption, analysis, automation, best_practice, catalog, incident
from app.workflow import people as steps
from app.workflow.unit_of_work import UnitOfWork


@dataclass
class Story:
    """Ana and Ben own services, Cleo responds, Dev only reads; checkout and search report facts, mail does not."""

    begin: UnitOfWork
    clock: Any
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, role in (("Ana", "owner"), ("Ben", "owner"), ("Cleo", "responder"), ("Dev", "viewer")):
            with self.begin() as work:
                self.people[name] = steps.add(
                    work, email=f"{name.lower()}@story.example", name=name, role=role, by=RATCHET, now=self.now
                )
        with self.begin() as work:
            team = catalog.add_team(work, catalog.TeamTold(name="pay", title="Payments"), by=RATCHET)
            self.team_id = team.id
        for tier, name in enumerate(("checkout", "search", "mail"), 1):
            self.add_service(name, tier, self.team_id if name != "mail" else None)
        self.report("checkout", {"timeout": 50})
        self.report("search", {"timeout": 500})

    @property
    def now(self) -> Any:
        return self.clock()

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        return Actor(person.id, person.name, person.role)

    def add_service(self, name: str, tier: int, team_id: int | None = None) -> None:
        with self.begin() as work:
            told = catalog.ServiceTold(name=name, tier=tier, team_id=team_id)
            catalog.add_service(work, told, by=RATCHET, now=self.now)

    def report(self, service: str, facts: dict[str, Any]) -> None:
        with self.begin() as work:
            adoption.report_facts(work, service, facts, source="test", by=self.actor("Ana"), now=self.now)

    def practice(
        self, statement: str = "Calls have timeouts", by: str = "Ana", accepted: bool = True, **about: Any
    ) -> Practice:
        incident_number = about.pop("incident_number", None)
        told = best_practice.Told(**{"statement": statement, "why": "One hung.", "area": "dependency", **about})
        with self.begin() as work:
            made = best_practice.propose(work, told, by=self.actor(by), now=self.now, incident_number=incident_number)
        if accepted:
            with self.begin() as work:
                best_practice.accept(work, made.number, version=1, by=self.actor("Ben"), now=self.now)
        return made

    def check(
        self, practice: Practice, expression: str = 'facts["timeout"] < 100', *, active: bool = True, **about: Any
    ) -> Check:
        told = automation.Told(**{"kind": "facts", "expression": expression, **about})
        with self.begin() as work:
            made = automation.write(work, practice.number, told, by=self.actor("Ana"), now=self.now)
        if active:
            with self.begin() as work:
                automation.activate(work, made.id, version=1, by=self.actor("Ana"), now=self.now)
        return made

    def attested(self, practice: Practice) -> Check:
        return self.check(practice, "Was the restore tried?", kind="attested", because="No machine sees the drill.")

    def incident(self, title: str = "Checkout hung", *, by: str = "Ana", is_private: bool = False) -> Incident:
        with self.begin() as work:
            return incident.declare(
                work, incident.Told(title=title, severity="SEV1"), is_private=is_private, by=self.actor(by),
                now=self.now,
            )  # fmt: skip

    def analyse(self, of: Incident, *, by: str = "Ana", **told: Any) -> None:
        with self.begin() as work:
            analysis.save(work, of.number, analysis.Told(**told), version=0, by=self.actor(by), now=self.now)


def statements_of(engine: Engine, act: Callable[[], Any]) -> int:
    """How many statements the database is sent meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def send(client: FlaskClient, url: str, **fields: Any) -> TestResponse:
    """Post a form with the token that this person's pages carry."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/practices").text)
    assert token is not None
    return client.post(url, data={"csrf_token": token[1], **fields})
