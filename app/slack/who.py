"""Who somebody in Slack is: matched by their verified address, or linked once by a signed link. Strangers read
nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from itsdangerous import URLSafeTimedSerializer
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import links
from app.domain.people import Actor
from app.models.person import Person, membership
from app.parts import Parts
from app.slack import errors
from app.workflow import slack_account

log = structlog.get_logger("ratchet.slack")


@dataclass(frozen=True)
class Known:
    """A person of ours."""

    actor: Actor
    time_zone: str


@dataclass(frozen=True)
class Stranger:
    """Nobody of ours; the sentence says how to get in."""

    sentence: str


def who(parts: Parts, client: WebClient, slack_user: str, signer: URLSafeTimedSerializer) -> Known | Stranger:
    """The person behind a Slack user; whoever is seen for the first time is matched by their address."""
    with parts.read() as session:
        found = _by_account(session, slack_user)
    if isinstance(found, (Known, Stranger)):
        return found
    try:
        user = client.users_info(user=slack_user)["user"]
    except errors.FAILURES as error:
        log.warning("a Slack user cannot be looked up", reason=str(error))
        return Stranger("Slack does not say who you are just now. Try again in a minute.")
    if reason := _outsider(user):
        return Stranger(reason)
    email = str((user.get("profile") or {}).get("email") or "").strip().lower()
    if email and user.get("is_email_confirmed", True):
        with parts.begin() as work:
            slack_account.link_by_address(work, email, slack_user)
        with parts.read() as session:
            if isinstance(found := _by_account(session, slack_user), (Known, Stranger)):
                return found
    token = signer.dumps(slack_user)
    url = links.absolute(parts.settings.base_url, f"/slack/link?token={token}")
    return Stranger(
        f"Ratchet does not know you by the address of your Slack account. Sign in and link it once: {url} "
        "(15 minutes). If you have no account, ask an administrator of Ratchet for one."
    )


def _by_account(session: Session, slack_user: str) -> Known | Stranger | None:
    person = session.scalar(select(Person).where(Person.slack_user_id == slack_user))
    if person is None:
        return None
    if not person.is_active:
        return Stranger("Your account in Ratchet is closed. Ask an administrator to open it again.")
    teams = session.scalars(select(membership.c.team_id).where(membership.c.person_id == person.id))
    return Known(Actor(person.id, person.name, person.role, frozenset(teams)), person.time_zone)


def _outsider(user: dict[str, Any]) -> str:
    if user.get("is_bot") or user.get("deleted"):
        return "Only people may use Ratchet."
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
        return "Guests and people of other companies may not use Ratchet from Slack. Ask your host."
    return ""
