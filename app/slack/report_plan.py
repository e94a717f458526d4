"""What is to be done about the message of a weekly report: read from the database before anything is said to Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.models.outbox import DELIVERED, OutboxMessage
from app.outbox.contract import Dead, Parcel
from app.queries import reports
from app.queries.audience import PERSON
from app.queries.known import PUBLIC
from app.queries.reports import Kept
from app.slack.routing import Address, Superfluous, find
from config import Settings

MADE, ILLUSTRATED = "ReportMade", "ReportIllustrated"
REPORTS = frozenset({MADE, ILLUSTRATED})


@dataclass(frozen=True)
class Standing:
    """The message of a report as it was posted. `chart` says of its chart where it is, or why it is not there."""

    outbox_id: int
    channel: str
    ts: str
    chart: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A report as its reader may read it, and the message that stands if there is one already."""

    address: Address
    kept: Kept
    standing: Standing | None = None

    @property
    def is_own(self) -> bool:
        """It counts what one person may see: nobody else is shown it."""
        return self.kept.audience.key.startswith(PERSON)


def plan(session: Session, parcel: Parcel, settings: Settings) -> Reading | Superfluous | Dead:
    """What is to be done for this message, as things are now."""
    address = find(session, parcel.audience, settings)
    if isinstance(address, Dead):
        return address
    standing = None
    if parcel.event == ILLUSTRATED:
        standing = _standing(session, parcel)
        if standing is None:
            return Superfluous(address, "Nothing was added: the report was not posted there.")
        if not standing.chart.get("missing"):
            return Superfluous(address, "The report is complete: nothing was added.")
    try:
        kept = reports.by_id(session, parcel.payload["report_id"], address.person or PUBLIC, settings.time_zone)
    except NotFound as gone:
        return Dead(f"{gone} Nothing was sent.")
    reading = Reading(address, kept, standing)
    if reading.is_own and (address.person is None or kept.audience.key != f"{PERSON}{address.person.id}"):
        return Dead("This report is somebody's own: it is sent to nobody else.")
    return reading


def _standing(session: Session, parcel: Parcel) -> Standing | None:
    first = parcel.dedupe_key.replace(ILLUSTRATED, MADE, 1)
    row = session.scalar(
        select(OutboxMessage).where(OutboxMessage.dedupe_key == first, OutboxMessage.state == DELIVERED)
    )
    if row is None:
        return None
    told = row.rendered or {}
    for sent in told.get("sent") or ():
        return Standing(row.id, sent["channel"], sent["ts"], told.get("chart") or {})
    return None
