"""What tests of the incident's pages share: a small company, and the way to post a form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.people import RATCHET, Actor
from app.models.incident import Incident
from app.models.person import Person
from app.web.auth import hasher
from app.workflow import catalog, incident, lifecycle, people, resolution
from app.workflow.unit_of_work import UnitOfWork

PASSWORD = "correct horse battery"
_HASH: list[str] = []


@dataclass
class Desk:
    """Ana and Ben own, Cleo responds, Dev only looks, Ada administers; checkout and search are services."""

    begin: UnitOfWork
    clock: Any
    people: dict[str, Person] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _HASH or _HASH.append(hasher.hash(PASSWORD))  # once for all tests: it is slow on purpose
        roles = {"Ana": "owner", "Ben": "owner", "Cleo": "responder", "Dev": "viewer", "Ada": "administrator"}
        with self.begin() as work:
            for name, role in roles.items():
                self.people[name] = people.add(
                    work, email=f"{name.lower()}@desk.example", name=name, role=role, password_hash=_HASH[0],
                    by=RATCHET, now=self.clock(),
                )  # fmt: skip
            for name in ("checkout", "search"):
                told = catalog.ServiceTold(name=name, tier=1)
                self.services[name] = catalog.add_service(work, told, by=RATCHET, now=self.clock()).id

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        return Actor(person.id, person.name, person.role)

    def incident(
        self, title: str = "Checkout is down", *, by: str = "Ana", is_private: bool = False, **told: Any
    ) -> Incident:
        about = {"severity": "SEV1", "service_ids": [self.services["checkout"]], "commander_id": self.people[by].id}
        with self.begin() as work:
            return incident.declare(
                work, incident.Told(**{"title": title, **about, **told}), is_private=is_private, by=self.actor(by),
                now=self.clock(),
            )  # fmt: skip

    def resolve(self, of: Incident, *, advance: bool = True) -> None:
        at = self.clock() - timedelta(minutes=30)
        times = dict.fromkeys(("started_at", "detected_at", "mitigated_at", "resolved_at"), at)
        told = resolution.Told(impact="Nobody could pay.", how_resolved="Rolled back.", **times)
        with self.begin() as work:
            resolution.save(work, of.number, told, version=0, by=self.actor("Ana"), now=self.clock())
            if advance:
                lifecycle.advance(work, of.number, "resolution", by=self.actor("Ana"), now=self.clock())


def post(
    client: FlaskClient, url: str, *, page: str | None = None, follow: bool = False, **fields: Any
) -> TestResponse:
    """Post a form with the token of the page that it stands on (by default the same address)."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page or url).text)
    assert token is not None, f"no form at {page or url}"
    return client.post(url, data={"csrf_token": token[1], **fields}, follow_redirects=follow)
