"""One cell under the hands of somebody: its practice locked, its owners, its exemptions, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select

from app.domain.errors import NotFound, Refused
from app.domain.events import ExemptionEvent
from app.domain.exemption import ASKED, Owners
from app.domain.lifecycle import RETIRED
from app.domain.people import Actor
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries import exemptions
from app.workflow import evaluation, kit
from app.workflow.unit_of_work import Work


@dataclass
class Cell:
    """A service and a practice, and who does something about them when."""

    work: Work
    practice: Practice
    service: Service
    by: Actor
    now: datetime

    @cached_property
    def owners(self) -> Owners:
        return exemptions.owners(self.work.session, [self.practice])[self.practice.id]

    def exemption(self, state: str) -> Exemption | None:
        """The one that is asked for, or the one that is granted: there is at most one of each."""
        return self.work.session.scalar(
            select(Exemption).where(
                Exemption.practice_id == self.practice.id, Exemption.service_id == self.service.id,
                Exemption.state == state,
            )
        )  # fmt: skip

    def require_measured(self) -> None:
        """Refused where nobody is measured any more: there is nothing to be excused from."""
        if self.practice.state == RETIRED:
            raise Refused.because(
                "practice.retired", f"{self.practice.name} is retired: nobody is measured by it any more."
            )
        if self.service.is_retired:
            raise Refused.because(
                "service.retired", f"{self.service.name} is retired: it needs no exemption.", "service"
            )

    def record(self, verb: str, why: str) -> int:
        practice = self.practice
        return kit.record_practice(self.work, practice, verb, was=practice.state, by=self.by, now=self.now, why=why)

    def tell(self, event: type[ExemptionEvent], row: Exemption, move: int) -> None:
        self.work.tell(
            event(move_id=move, practice_id=self.practice.id, exemption_id=row.id, by_id=self.by.id, at=self.now)
        )

    def evaluate(self) -> None:
        """This cell alone: ten thousand services do not stand elsewhere because one is excused."""
        evaluation.evaluate(self.work, self.practice, now=self.now, service_ids=[self.service.id])


def load(work: Work, number: int, service_name: str, action: str, *, by: Actor, now: datetime) -> Cell:
    """A cell by number and name, its practice locked. NotFound, NotAllowed."""
    practice = kit.practice(work, number, by, action)
    service = work.session.scalar(select(Service).where(Service.name == service_name))
    if service is None:
        raise NotFound(f"There is no service {service_name}.")
    return Cell(work, practice, service, by, now)


def load_request(
    work: Work, exemption_id: int, action: str, *, by: Actor, now: datetime, state: str | None = ASKED
) -> tuple[Cell, Exemption]:
    """An exemption and its cell, the practice locked first. Refused: it is in another state by now."""
    found = work.session.execute(
        select(Practice.number, Service.name)
        .join(Exemption, Exemption.practice_id == Practice.id)
        .join(Service, Service.id == Exemption.service_id)
        .where(Exemption.id == exemption_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such exemption.")
    cell = load(work, found[0], found[1], action, by=by, now=now)
    row = work.get(Exemption, exemption_id)
    if state is not None and row.state != state:
        raise Refused.because("exemption.answered", f"This request waits no longer: it is {row.state} already.")
    return cell, row


def day(on: date) -> str:
    """A day in words."""
    return f"{on.day} {on:%B %Y}"
