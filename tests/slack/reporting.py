"""Weekly reports for tests of their messages: kept as they are kept, announced as they are announced, with a small
picture in the place of the chart."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.domain.events import ReportIllustrated, ReportMade
from app.domain.report import VERSION, Figures
from app.models.report import Report
from app.outbox.recorder import record
from app.queries import reports
from app.slack.client import web_client
from app.slack.delivery import SlackDelivery
from app.slack.picture import Pictures
from config import Settings
from tests.faces.sample import figures


def png(_of: Figures | None = None, width: int = 640, height: int = 260) -> bytes:
    """A blue picture."""
    rows = b"".join(b"\0" + b"\x20\x60\xd0" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def keep(session: Session, now: datetime, audience: str = "all", **more: Any) -> Report:
    """The report of 2026-W47, unless `week` says another; figures that are named replace what is made up."""
    about = {"revision": 1, "is_late": False, "why": "", "changed": []}
    columns = {name: more.pop(name) for name in list(more) if name in about}
    told = figures(audience=audience, **more)
    row = Report(
        audience=audience, week=told.week, as_of=told.as_of, zone=told.zone, made_at=now, by_id=None, shape=VERSION,
        figures=reports.dump(told), **(about | columns),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def announce(
    sessions: sessionmaker[Session], now: datetime, *to: str, audience: str = "all", is_late_charted: bool = True,
    **more: Any,
) -> int:  # fmt: skip
    """Keep a report and write its messages to the outbox; its id."""
    with sessions() as session, session.begin():
        row = keep(session, now, audience, **more)
        for event in (ReportMade, ReportIllustrated) if is_late_charted else (ReportMade,):
            record(session, event(report_id=row.id, audience=audience, by_id=None, at=now), to or ("reports",), now=now)
        return row.id


def delivery(
    sessions: sessionmaker[Session], settings: Settings, draw: Callable[[Figures], bytes | None] = png
) -> SlackDelivery:
    """Waits for no picture longer than the clock of tests says: each look takes no time, and counts as its wait."""
    made = SlackDelivery(web_client(settings), sessions, settings, draw=draw)
    if made.reports.pictures:
        passed = [0.0]
        made.reports.pictures = Pictures(
            made.reports.pictures.client, lambda wait: passed.__setitem__(0, passed[0] + wait), lambda: passed[0]
        )
    return made
