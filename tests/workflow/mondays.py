"""A company with a practice, and the worker that makes its weekly reports: what tests of reports begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.report import Figures
from app.domain.week import Week
from app.models.outbox import OutboxMessage
from app.models.report import Report, ReportAudience, Subscription
from app.queries.reports import load
from app.workflow import report
from app.workflow.report_due import Memory
from tests.cast import Cast

FIRST = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # Wednesday of 2026-W10: the first report is due on 9 March
W10 = Week(2026, 10)


@dataclass
class Mondays:
    """`look` is the worker; it remembers, as a process does that goes on."""

    cast: Cast
    zone: str = "UTC"
    memory: Memory = field(default_factory=Memory)
    read: sessionmaker[Session] | None = None  # where several connections meet

    def look(self, at: datetime | None = None, **how: Any) -> int:
        if at is not None:
            self.cast.clock.at = at
        begin = self.cast.begin
        return report.make_due(
            begin, self.read or begin.sessions, now=self.cast.now, zone=self.zone, **{"memory": self.memory, **how}
        )

    def monday(self, week: Week = W10, **later: float) -> datetime:
        return week.due(self.zone) + timedelta(**later)

    def rows(self, audience: str = "all") -> list[Report]:
        kept = select(Report).where(Report.audience == audience).order_by(Report.id)
        return self.cast.look(lambda session: list(session.scalars(kept)))

    def weeks(self, audience: str = "all") -> list[str]:
        return [each.week for each in self.rows(audience)]

    def figures(self, audience: str = "all") -> Figures:
        return load(self.rows(audience)[-1].figures)

    def since(self) -> dict[str, datetime]:
        return self.cast.look(
            lambda session: {each.audience: each.since for each in session.scalars(select(ReportAudience))}
        )

    def subscribe(self, by: str, *about: str, slack: bool = True, mail: bool = False, version: int = 0) -> Subscription:
        return self.cast.do(
            report.subscribe, about=list(about), by_slack=slack, by_mail=mail, version=version, by=by
        )  # fmt: skip

    def messages(self) -> list[OutboxMessage]:
        sent = select(OutboxMessage).where(OutboxMessage.event.startswith("Report")).order_by(OutboxMessage.id)
        return self.cast.look(lambda session: list(session.scalars(sent)))

    def told(self) -> list[tuple[str, str]]:
        """Event and audience of each message, by the names of the tests."""
        names = {f"{kind}:{each.id}": f"{kind}:{name}" for name, each in self.cast.actors.items()
                 for kind in ("person", "mail")}  # fmt: skip
        names |= {f"team:{key}": f"team:{name}" for name, key in self.cast.teams.items()}
        return [(each.event, names.get(each.audience, each.audience)) for each in self.messages()]


def due(*weeks: int) -> Sequence[str]:
    return [Week(2026, each).name for each in weeks]
