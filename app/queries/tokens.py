"""Tokens of the API: the one that a machine shows, and the lists that people manage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.people import ROLES, Actor
from app.models.person import Person
from app.models.token import ApiToken

PAGE = 50
_Maker = aliased(Person)
_T, _P = ApiToken.__table__.c, Person.__table__.c
# One statement for every request of a machine: made once.
_SHOWN = (
    select(
        _T.id, _T.role, _T.expires_on, _T.revoked_at, _T.last_used_at,
        _P.id.label("person_id"), _P.name, _P.role.label("person_role"), _P.is_active,
    )
    .join_from(ApiToken.__table__, Person.__table__, _P.id == _T.person_id)
    .where(_T.digest == bindparam("digest"))
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """The token that a request shows. `problem` is a sentence if it is good for nothing any more, or empty."""

    id: int
    actor: Actor
    last_used_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Row:
    """A token in a list, with its person and, if that was somebody else, who made it."""

    token: ApiToken
    person: Person
    maker: str | None

    def state(self, today: date) -> str:
        """live, revoked, expired, or idle: its person is not active."""
        if self.token.revoked_at is not None:
            return "revoked"
        if self.token.expires_on is not None and self.token.expires_on < today:
            return "expired"
        return "live" if self.person.is_active else "idle"

    @property
    def role(self) -> str:
        """What it may do now: the lower of its own role and that of its person."""
        return lower(self.token.role, self.person.role)


def lower(one: str, other: str) -> str:
    """The role of the two that may do less."""
    return min(one, other, key=ROLES.index)


def shown(session: Session, digest: str, today: date) -> Shown | None:
    """Who stands behind the token of this digest; None: there is no such token."""
    row = session.execute(_SHOWN, {"digest": digest}).one_or_none()
    if row is None:
        return None
    actor = Actor(row.person_id, row.name, lower(row.role, row.person_role))
    return Shown(row.id, actor, row.last_used_at, _problem(row, today))


def of_person(session: Session, person_id: int, number: int) -> tuple[list[Row], int]:
    """One page of the tokens of one person, and how many there are. Two queries."""
    return _page(session, number, ApiToken.person_id == person_id)


def page(session: Session, number: int) -> tuple[list[Row], int]:
    """One page of everybody's tokens, and how many there are. Two queries."""
    return _page(session, number)


def _problem(row: Any, today: date) -> str:
    if row.revoked_at is not None:
        return "This token was revoked. Make a new one on your account page."
    if row.expires_on is not None and row.expires_on < today:
        return f"This token expired after {row.expires_on}. Make a new one on your account page."
    return "" if row.is_active else "The person of this token is not active."


def _page(session: Session, number: int, *of: ColumnElement[bool]) -> tuple[list[Row], int]:
    """The ones that work first, then the newest."""
    total = session.scalar(select(func.count()).select_from(ApiToken).where(*of)) or 0
    found = session.execute(
        select(ApiToken, Person, _Maker.name)
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(_Maker, (_Maker.id == ApiToken.created_by_id) & (_Maker.id != ApiToken.person_id))
        .where(*of)
        .order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return [Row(*row) for row in found], total
