"""The outbox page: messages that wait, have arrived, are dead or kept; only of what the reader may know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.people import ADMINISTRATOR, Actor
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.models.outbox import DEAD, DELIVERED, KEPT, STATES, OutboxMessage
from app.models.person import Person, Team
from app.models.slack import SlackInstallation
from app.queries.visibility import may_see_incident

PAGE = 50
_OF_REPORTS = ("ReportMade", "ReportIllustrated")


def has_workspace(session: Session) -> bool:
    """Whether the app is installed in a workspace, so that messages go somewhere without a token in the settings."""
    return session.scalar(select(SlackInstallation.id).limit(1)) is not None


@dataclass(frozen=True)
class Row:
    """One message. `to` is whom it goes to in words; `rendered` what was shown, once it is settled."""

    id: int
    event: str
    audience: str
    to: str
    incident_number: int | None
    practice_number: int | None
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None
    last_error: str
    rendered: dict[str, Any] | None

    @property
    def can_be_retried(self) -> bool:
        return self.state in (DEAD, KEPT)


def page(
    session: Session, by: Actor, *, state: str | None = None, before: int | None = None, size: int = PAGE
) -> tuple[list[Row], int | None]:
    """Newest first; the second value is `before` of the next page, None on the last one. At most three
    queries."""
    rows = _rows().where(may_know(by)).order_by(OutboxMessage.id.desc()).limit(size + 1)
    if state in STATES:
        rows = rows.where(OutboxMessage.state == state)
    if before is not None:
        rows = rows.where(OutboxMessage.id < before)
    found = session.execute(rows).all()
    shown = found[:size]
    return _dress(session, shown), shown[-1][0].id if len(found) > size else None


def find(session: Session, by: Actor, message_id: int) -> Row:
    """One message. NotFound: there is none, or this person may not know what it is about."""
    found = session.execute(_rows().where(OutboxMessage.id == message_id, may_know(by))).one_or_none()
    if found is None:
        raise NotFound("There is no such message.")
    return _dress(session, [found])[0]


def counts(session: Session, by: Actor) -> dict[str, int]:
    """How many messages are in each state, of those that this person may know of."""
    rows = session.execute(
        select(OutboxMessage.state, func.count())
        .outerjoin(Incident, Incident.id == OutboxMessage.incident_id)
        .where(may_know(by))
        .group_by(OutboxMessage.state)
    )
    found = dict.fromkeys(STATES, 0)
    for state, count in rows:
        found[state] = count
    return found


def may_know(by: Actor) -> ColumnElement[bool]:
    """Of incidents those that they may see; of people's own reports only theirs. A chart that follows its message is
    told of while it is on its way."""
    to_a_person = or_(OutboxMessage.audience.like("person:%"), OutboxMessage.audience.like("mail:%"))
    is_theirs = ~and_(OutboxMessage.event.in_(_OF_REPORTS), to_a_person)
    own = OutboxMessage.audience.in_((f"person:{by.id}", f"mail:{by.id}"))
    return and_(
        or_(OutboxMessage.incident_id.is_(None), may_see_incident(by)),
        true() if by.role == ADMINISTRATOR else or_(is_theirs, own),
        or_(OutboxMessage.event != "ReportIllustrated", OutboxMessage.state.not_in((DELIVERED, KEPT))),
    )


def _rows() -> Any:
    return (
        select(OutboxMessage, Incident.number, Practice.number)
        .outerjoin(Incident, Incident.id == OutboxMessage.incident_id)
        .outerjoin(Practice, Practice.id == OutboxMessage.practice_id)
    )


def _dress(session: Session, found: Sequence[Any]) -> list[Row]:
    audiences = {message.audience for message, *_ in found}
    words = {
        "incidents": "the incidents channel", "engineering": "the engineering channel",
        "reports": "the channel for weekly reports",
        **_names(session, audiences, "team", Team.id, Team.title),
        **_names(session, audiences, "person", Person.id, Person.name),
        **_names(session, audiences, "mail", Person.id, Person.name),
    }  # fmt: skip
    return [
        Row(
            id=of.id, event=of.event, audience=of.audience, to=words.get(of.audience, of.audience),
            incident_number=incident, practice_number=practice, state=of.state, attempts=of.attempts,
            created_at=of.created_at, next_at=of.next_at, settled_at=of.settled_at, last_error=of.last_error,
            rendered=of.rendered,
        )
        for of, incident, practice in found
    ]  # fmt: skip


def _names(session: Session, audiences: Iterable[str], kind: str, key: Any, name: Any) -> dict[str, str]:
    """The names behind audiences such as "team:3"."""
    ids = {int(each.partition(":")[2]) for each in audiences if each.startswith(f"{kind}:")}
    if not ids:
        return {}
    return {f"{kind}:{found}": words for found, words in session.execute(select(key, name).where(key.in_(ids)))}
