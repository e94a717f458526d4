"""What tests of the outbox and of Slack share: a small company, its incident, and a relay to a Slack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.db import writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.models.remediation import ActionItem
from app.outbox.contract import Deliver
from app.outbox.relay import Relay
from app.slack.client import web_client
from app.slack.delivery import SlackDelivery
from app.workflow import catalog, incident, lifecycle, people, remediation, resolution
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from config import Settings
from tests.slack.settings import slack_settings

__all__ = ["Company", "company", "delivery", "drain", "relay", "slack_settings"]
Clock = Callable[[], datetime]


class Company:
    """Ana commands, Ben owns too, Dev is a stranger without a Slack account; team Payments owns checkout."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, *, team_channel: str = "#payments") -> None:
        self.sessions, self.clock = sessions, clock
        self.begin = UnitOfWork(sessions, DEFAULT_POLICY, CHAIN, announce)
        with self.begin() as work:
            self.ana, self.ben, self.dev = (self._person(work, name) for name in ("Ana", "Ben", "Dev"))
            told = catalog.TeamTold(name="payments", title="Payments", slack_channel=team_channel)
            self.team = catalog.add_team(work, told, by=RATCHET)
            service = catalog.ServiceTold(name="checkout", title="Checkout", team_id=self.team.id)
            self.service = catalog.add_service(work, service, by=RATCHET, now=clock())

    def _person(self, work: Any, name: str) -> Actor:
        role = "viewer" if name == "Dev" else "owner"
        made = people.add(work, email=f"{name.lower()}@example.com", name=name, role=role, by=RATCHET, now=self.clock())
        return Actor(made.id, made.name, made.role)

    def declare(self, title: str = "Checkout is down", **more: Any) -> Incident:
        about = incident.Told(
            title=title, severity="SEV1", service_ids=[self.service.id], commander_id=more.pop("commander", self.ana).id
        )
        with self.begin() as work:
            return incident.declare(work, about, by=self.ana, now=self.clock(), **more)

    def resolve(self, of: Incident) -> None:
        now = self.clock()
        times = dict.fromkeys(("started_at", "detected_at", "mitigated_at", "resolved_at"), now)
        known = resolution.Told(impact="Nobody could pay.", how_resolved="Rolled back.", **times)
        with self.begin() as work:
            resolution.save(work, of.number, known, version=0, by=self.ana, now=now)
        with self.begin() as work:
            lifecycle.advance(work, of.number, "resolution", by=self.ana, now=now)

    def retitle(self, of: Incident, title: str) -> None:
        with self.begin() as work:
            now = work.session.get_one(Incident, of.id)
            about = incident.Told(
                title=title, severity=now.severity, service_ids=[self.service.id], commander_id=now.commander_id
            )
            incident.edit(work, of.number, about, version=now.version, by=self.ana, now=self.clock())

    def set_privacy(self, of: Incident, *, is_private: bool, readers: tuple[Actor, ...] = ()) -> None:
        with self.begin() as work:
            ids = [each.id for each in readers if each.id is not None]
            incident.change_privacy(
                work, of.number, is_private=is_private, reader_ids=ids, by=self.ana, now=self.clock()
            )

    def give_item(self, of: Incident, owner: Actor) -> None:
        assert owner.id is not None
        told = remediation.Told(
            title="Alert on declined payments", owner_id=owner.id, priority="must", kind="detect",
            due_on=self.clock().date(),
        )  # fmt: skip
        with self.begin() as work:
            remediation.add(work, of.number, told, by=self.ana, now=self.clock())

    def give_item_away(self, number: int, owner: Actor) -> None:
        assert owner.id is not None
        with self.begin() as work:
            item = work.session.scalars(select(ActionItem).where(ActionItem.number == number)).one()
            told = remediation.Told(**{**remediation.saved(item), "owner_id": owner.id})
            remediation.edit(work, number, told, version=item.version, by=self.ana, now=self.clock())

    def messages(self, event: str | None = None) -> list[OutboxMessage]:
        with self.sessions() as session:
            rows = select(OutboxMessage).order_by(OutboxMessage.id)
            return list(session.scalars(rows.where(OutboxMessage.event == event) if event else rows))

    def message(self, event: str, audience: str = "incidents") -> OutboxMessage:
        (found,) = [each for each in self.messages(event) if each.audience == audience]
        return found


def company(engine: Engine, clock: Clock, **more: Any) -> Company:
    """In a database that is really committed to."""
    return Company(writing(engine), clock, **more)


def delivery(sessions: sessionmaker[Session], settings: Settings) -> SlackDelivery:
    return SlackDelivery(web_client(settings), sessions, settings)


def relay(sessions: sessionmaker[Session], deliver: Deliver, clock: Clock, **more: Any) -> Relay:
    numbers = count(1)
    return Relay(sessions, deliver, clock, lambda: f"lease-{id(deliver)}-{next(numbers)}", **more)


def drain(of: Relay) -> int:
    return sum(iter(of.run_once, 0))
