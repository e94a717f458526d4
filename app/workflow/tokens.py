"""Tokens of the API: people make them for their machines, see the secret once, and revoke them at will."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, update

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.people import ROLES, Actor
from app.models.person import Person
from app.models.token import ApiToken
from app.workflow import kit
from app.workflow.unit_of_work import Work

PREFIX = "rtk_"
SECRET_BYTES = 30  # 240 bits: 40 characters that fit into an address and a header
HINT_LENGTH = len(PREFIX) + 4
LIVE_MAX = 50
NAME_MAX = 120
USE_IS_NOTED_EVERY = timedelta(hours=1)


def make(
    work: Work, *, name: str, person_id: int, role: str, expires_on: date | None, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """A token that acts as a person, with at most a role, through its last day in UTC; and its secret, which is kept
    nowhere. For oneself; for others it takes an administrator. Refused: it could do more than its person."""
    people.require(by, "make_token")
    if by.id != person_id:
        people.require(by, "manage_people")
    person = work.get(Person, person_id)
    if not person.is_active:
        raise Refused.because("token.person_inactive", f"{person.name} is not active, and a token would not work.")
    name = kit.required_line(name, "name", "Say what the token is for, such as CI of checkout.", most=NAME_MAX)
    _require_role(role, person.role)
    _require_day(expires_on, now.date())
    _require_few(work, person_id, now.date())
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        name=name, hint=secret[:HINT_LENGTH], digest=digest(secret), person_id=person_id, role=role,
        created_by_id=by.id, created_at=now, expires_on=expires_on,
    )  # fmt: skip
    work.session.add(token)
    work.session.flush()
    return token, secret


def revoke(work: Work, token_id: int, *, by: Actor, now: datetime) -> ApiToken:
    """End a token at once: one's own, or an administrator's doing. NotFound also for the tokens of others."""
    token = work.session.get(ApiToken, token_id, with_for_update=True, populate_existing=True)
    if token is None or not (token.person_id == by.id or people.may(by, "manage_people")):
        raise NotFound("There is no such token, or it is not yours.")
    token.revoked_at = token.revoked_at or now
    work.session.flush()
    return token


def note_use(work: Work, token_id: int, *, now: datetime) -> None:
    """Remember that a token was used, once an hour at most."""
    is_long_ago = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USE_IS_NOTED_EVERY)
    work.session.execute(update(ApiToken).where(ApiToken.id == token_id, is_long_ago).values(last_used_at=now))


def digest(secret: str) -> str:
    """What is kept of a secret. It is long and random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _require_role(role: str, most: str) -> None:
    allowed = ROLES[: ROLES.index(most) + 1]
    if role not in allowed:
        words = f"Choose one of {', '.join(allowed)}: a token may do no more than its person."
        raise Refused.because("token.role_too_high" if role in ROLES else "token.role_unknown", words, "role")


def _require_day(expires_on: date | None, today: date) -> None:
    if expires_on is not None and expires_on < today:
        raise Refused.because("token.expired", f"Choose a last day from {today} on, or none.", "expires_on")


def _require_few(work: Work, person_id: int, today: date) -> None:
    live = work.session.scalar(
        select(func.count())
        .select_from(ApiToken)
        .where(
            ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_on.is_(None), ApiToken.expires_on >= today),
        )
    )  # fmt: skip
    if (live or 0) >= LIVE_MAX:
        raise Refused.because("token.many", f"Revoke a token that is no longer needed first: there are {live}.")
