"""A person's weekly report as an e-mail: the same figures, once, and never to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from app import links
from app.domain.errors import NotFound
from app.domain.people import Actor
from app.domain.report import Figures
from app.faces import charts
from app.faces.mail import mail
from app.faces.meta import Meta
from app.mail import server
from app.models.person import Person
from app.outbox.contract import Dead, Delivered, Kept, Outcome, Parcel
from app.queries import reports
from app.queries.audience import PERSON
from config import Settings

log = structlog.get_logger(__name__)
AUDIENCE, MADE = "mail:", "ReportMade"
NO_ADDRESS = (ValueError, IndexError, MessageError)  # what the standard library says of what is none
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[^\s<>()\[\],;:\\\"@]+")  # one address, and nothing that begins another
Draw = Callable[[Figures], bytes | None]


def is_mail(parcel: Parcel) -> bool:
    """Whether a message goes out by e-mail."""
    return parcel.audience.startswith(AUDIENCE)


class MailDelivery:
    """Given a parcel, says what became of it. Without a mail server, what it would have sent is kept.

    `draw` makes the chart as a PNG; None where there is nothing to draw. The database is read in a short session that
    is closed before the server is called.
    """

    def __init__(
        self, sessions: sessionmaker[Session], settings: Settings, *, draw: Draw,
        send: Callable[[str, EmailMessage], None] = server.send,
    ) -> None:  # fmt: skip
        self.sessions, self.settings, self.draw, self.send = sessions, settings, draw, send

    def __call__(self, parcel: Parcel) -> Outcome:
        if parcel.event != MADE:  # a letter has its chart in it
            return Delivered({"channel": "e-mail", "text": "There is nothing more to send.", "blocks": []})
        with self.sessions() as session:
            found = _read(session, parcel, self.settings.time_zone)
        if isinstance(found, Dead):
            return found
        person, kept = found
        try:
            letter = self._letter(parcel, person, kept)
        except NO_ADDRESS as error:
            return Dead(f"No letter for {person.name} can be made: {error}. Correct their address, or the sender's.")
        shown = self._shown(letter, person, kept)
        if not self.settings.smtp_url:
            return Kept(shown)
        try:
            self.send(self.settings.smtp_url, letter)
        except OSError as error:  # what smtplib raises is one of these
            return server.outcome(error, person.name)
        return Delivered(shown)

    def _letter(self, parcel: Parcel, person: Person, kept: reports.Kept) -> EmailMessage:
        sender = self.settings.mail_from or f"Ratchet <ratchet@{_host(self.settings.base_url)}>"
        if not _ADDRESS.fullmatch(person.email):
            raise ValueError("it is not of the form name@example.com")
        chart = self._chart(kept.figures)
        return mail(
            kept.figures, Meta.of(kept), base_url=self.settings.base_url, sender=sender,
            to=f"{person.name} <{person.email}>", message_id=message_id(parcel, sender), chart=chart,
            alt=charts.alt(kept.figures) if chart else "",
        )  # fmt: skip

    def _chart(self, figures: Figures) -> bytes | None:
        try:
            return self.draw(figures)
        except Exception:  # a mistake in the drawing: the words are worth more than it
            log.exception("the chart of a weekly report could not be drawn", week=figures.week)
            return None

    def _shown(self, letter: EmailMessage, person: Person, kept: reports.Kept) -> dict[str, Any]:
        """For the outbox page, which many read: of somebody's own report no more than its subject."""
        page = links.absolute(self.settings.base_url, Meta.of(kept).path)
        text = f"{letter['Subject']}\nThe whole of it is at {page}, for {person.name} alone."
        return {"channel": f"e-mail to {person.name}", "text": text, "blocks": [], "thread": None}


def message_id(parcel: Parcel, sender: str) -> str:
    """The same however often this message is sent: a letter that arrives twice is known as one."""
    sum_ = blake2b(f"{parcel.id}:{parcel.dedupe_key}".encode(), digest_size=12).hexdigest()
    host = parseaddr(sender)[1].rpartition("@")[2] or "ratchet.invalid"
    return f"<report.{sum_}@{host}>"


def _read(session: Session, parcel: Parcel, zone: str) -> tuple[Person, reports.Kept] | Dead:
    person = session.get(Person, int(parcel.audience.removeprefix(AUDIENCE)))
    if person is None or not person.is_active:
        return Dead(f"{person.name if person else 'This person'} is not active any more: nothing was sent.")
    by = Actor(person.id, person.name, person.role)
    try:
        kept = reports.by_id(session, parcel.payload["report_id"], by, zone)
    except NotFound as gone:
        return Dead(f"{gone} Nothing was sent.")
    key = kept.audience.key
    if key.startswith(PERSON) and key != f"{PERSON}{person.id}":
        return Dead("This report is somebody else's own: nothing was sent.")
    session.expunge(person)
    return person, kept


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or "ratchet.invalid"
