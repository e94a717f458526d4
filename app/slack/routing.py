"""Where one message goes and what it says: read from the database before anything is said to Slack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.models.outbox import DELIVERED, OutboxMessage, SlackThread
from app.models.person import Person, Team
from app.outbox.contract import Dead, Later, Parcel, ThreadRef
from app.queries import notices
from app.queries.notice import Notice
from app.slack.messages import CARD_ONLY
from app.slack.quiet import is_quiet, may_wait
from config import Settings

CARDS_MAX = 20


@dataclass(frozen=True)
class Address:
    """A channel as somebody wrote it, or a person. `label` is what people call it. The quiet hours are theirs."""

    label: str
    channel: str = ""
    person: Actor | None = None
    slack_user_id: str | None = None
    email: str = ""
    team_id: int | None = None
    zone: str = "UTC"
    quiet_from: str = ""
    quiet_until: str = ""


@dataclass(frozen=True)
class Errand:
    """What to tell. `root` is the card that stands at this destination, `others` the cards that stand elsewhere."""

    address: Address
    notice: Notice
    root: ThreadRef | None = None
    others: Sequence[ThreadRef] = ()

    def not_now(self, now: datetime) -> Later | None:
        """What need not wake anybody waits for the end of their quiet hours."""
        of, severity = self.address, self.notice.incident.severity if self.notice.incident else None
        end = is_quiet(now, of.zone, of.quiet_from, of.quiet_until) if may_wait(self.notice.event, severity) else None
        if end is None:
            return None
        reason = f"Quiet hours of {of.label} until {of.quiet_until} ({of.zone})."
        return Later(reason, (end - now).total_seconds(), is_patient=True)


@dataclass(frozen=True)
class TakeDown:
    """The incident has become private: what was posted to channels, as channel and ts."""

    address: Address
    posts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Superfluous:
    """There is nothing to post, for a reason that is shown."""

    address: Address
    because: str


def plan(session: Session, parcel: Parcel, settings: Settings) -> Errand | TakeDown | Superfluous | Dead:
    """What is to be done for this message, as things are now."""
    address = find(session, parcel.audience, settings)
    if isinstance(address, Dead):
        return address
    if private := _if_private(session, parcel, address):
        return private
    if address.team_id is not None and (same := _told_already(session, parcel, address, settings)):
        return Superfluous(address, f"Nothing more was posted: {same} is told of this already.")
    notice = notices.read(session, parcel.event, parcel.payload, team_id=address.team_id)
    return _about_incident(session, parcel, address, notice) if notice.incident else Errand(address, notice)


def _if_private(session: Session, parcel: Parcel, address: Address) -> TakeDown | Dead | None:
    """What becomes of it if its incident is private; None for what may be told."""
    if parcel.incident_id is None:
        return None
    if address.person is not None:
        if notices.may_see(session, parcel.incident_id, address.person):
            return None
        return Dead(f"The incident is private and {address.label} may not see it: nothing was sent.")
    if notices.is_private(session, parcel.incident_id):
        return TakeDown(address, _public_posts(session, parcel.incident_id))
    return None


def _about_incident(session: Session, parcel: Parcel, address: Address, notice: Notice) -> Errand | Superfluous:
    assert parcel.incident_id is not None
    assert notice.incident
    cards = _cards(session, parcel.incident_id)
    if not cards and parcel.event in CARD_ONLY and notice.incident.is_imported:
        return Superfluous(address, f"Nothing was posted: {notice.incident.name} was imported and has no card.")
    if notice.item and notice.item.owner.id != parcel.payload.get("owner_id"):
        now = f"{notice.item.name} belongs to {notice.item.owner.name} now"
        return Superfluous(address, f"Nothing was posted: {now}.")
    root = next((each for each in cards if each.destination == parcel.audience), None)
    is_first = parcel.audience == "incidents"  # whoever tells the company brings the cards of teams up to date
    return Errand(address, notice, root, [each for each in cards if each != root][:CARDS_MAX] if is_first else ())


def find(session: Session, audience: str, settings: Settings) -> Address | Dead:
    """The address of an audience such as "team:3"."""
    kind, _, key = audience.partition(":")
    if kind == "incidents":
        return Address(settings.slack_incidents_channel, settings.slack_incidents_channel)
    if kind == "engineering":
        return Address(settings.slack_engineering_channel, settings.slack_engineering_channel)
    if kind == "reports":
        channel = settings.slack_report_channel or settings.slack_engineering_channel
        return Address(channel, channel)
    if kind == "channel":  # somebody asked for it to be posted there
        return Address(key, key)
    if kind == "team":
        return _team(session.get(Team, int(key)))
    return _person(session.get(Person, int(key)))


def _team(team: Team | None) -> Address | Dead:
    if team is None:
        return Dead("The team does not exist any more: nothing was sent.")
    if not team.slack_channel:
        return Dead(f"Team {team.title} has no Slack channel. Give it one; then retry.")
    return Address(
        team.slack_channel, team.slack_channel, team_id=team.id, zone=team.time_zone, quiet_from=team.quiet_from,
        quiet_until=team.quiet_until,
    )  # fmt: skip


def _person(person: Person | None) -> Address | Dead:
    if person is None or not person.is_active:
        return Dead(f"{person.name if person else 'This person'} is not active any more: nothing was sent.")
    actor = Actor(person.id, person.name, person.role)
    return Address(
        person.name, person=actor, slack_user_id=person.slack_user_id, email=person.email, zone=person.time_zone,
        quiet_from=person.quiet_from, quiet_until=person.quiet_until,
    )  # fmt: skip


def _told_already(session: Session, parcel: Parcel, address: Address, settings: Settings) -> str | None:
    """The channel, if the same event goes there for the whole company, or for another team that shares it."""
    of_same = parcel.dedupe_key.removesuffix(parcel.audience)
    about = (
        OutboxMessage.incident_id == parcel.incident_id
        if parcel.incident_id is not None
        else OutboxMessage.practice_id == parcel.practice_id
    )
    rows = session.scalars(
        select(OutboxMessage.audience).where(
            about, OutboxMessage.event == parcel.event, OutboxMessage.dedupe_key.startswith(of_same, autoescape=True)
        )
    ).all()
    shared = select(Team.id).where(Team.slack_channel == address.channel, Team.id < (address.team_id or 0))
    rivals = {f"team:{each}" for each in session.scalars(shared)}
    for audience, channel in (
        ("incidents", settings.slack_incidents_channel), ("engineering", settings.slack_engineering_channel),
    ):  # fmt: skip
        if _plain(channel) == _plain(address.channel):
            rivals.add(audience)
    return address.label if rivals & set(rows) else None


def _plain(channel: str) -> str:
    return channel.lstrip("#").lower()


def _cards(session: Session, incident_id: int) -> list[ThreadRef]:
    rows = session.scalars(select(SlackThread).where(SlackThread.incident_id == incident_id).order_by(SlackThread.id))
    return [ThreadRef(each.incident_id, each.destination, each.channel, each.ts) for each in rows]


def _public_posts(session: Session, incident_id: int) -> list[tuple[str, str]]:
    """Everything about the incident that was posted to a channel: cards, and answers in their threads."""
    found = [
        (each.channel, each.ts)
        for each in _cards(session, incident_id)
        if not each.destination.startswith("person:")
    ]  # fmt: skip
    rows = session.execute(
        select(OutboxMessage.audience, OutboxMessage.rendered)
        .where(OutboxMessage.incident_id == incident_id, OutboxMessage.state == DELIVERED)
        .order_by(OutboxMessage.id)
    )
    for audience, rendered in rows:
        if not audience.startswith("person:"):
            found += [(sent["channel"], sent["ts"]) for sent in (rendered or {}).get("sent", ())]
    return list(dict.fromkeys(found))
