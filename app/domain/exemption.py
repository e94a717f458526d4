"""Exemptions: who decides on them, until when they may last, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import people
from app.domain.errors import NotAllowed, Refused
from app.domain.people import ADMINISTRATOR, Actor

MAX_DAYS, WARN_DAYS = 366, 7
ASKED, GRANTED, DECLINED, ENDED = "asked", "granted", "declined", "ended"


@dataclass(frozen=True)
class Owners:
    """Whom a practice belongs to: its author and its accepter, while they are active and owners. With neither of them,
    every owner decides. Administrators always may."""

    practice: str
    ids: frozenset[int]
    names: Sequence[str]

    @property
    def words(self) -> str:
        """ "Ana and Ben", or "any owner or administrator"."""
        return " and ".join(self.names) or "any owner or administrator"

    def may_decide(self, by: Actor) -> bool:
        """Whether this person is one of them."""
        if by.id is None or not people.may(by, "exempt"):
            return False
        return by.role == ADMINISTRATOR or not self.ids or by.id in self.ids

    def require(self, by: Actor, ask: str) -> None:
        """NotAllowed, in words that name who may, unless this person decides on this practice."""
        if by.id is None:
            raise NotAllowed("An exemption is decided on by a named person.")
        people.require(by, "exempt")
        if not self.may_decide(by):
            raise NotAllowed(f"{self.practice} belongs to {self.words}: {ask}.", "exemption.not_owner")


def require_other(asked_by_id: int | None, by: Actor, others: Sequence[str]) -> None:
    """Four eyes: nobody decides on what they asked for themselves, unless there is nobody else (`others` by name)."""
    if asked_by_id is not None and asked_by_id == by.id and others:
        raise NotAllowed(
            f"You asked for this yourself: {' or '.join(others)} decides. You may withdraw it.", "exemption.own"
        )


def require_last_day(expires_on: date | None, today: date) -> date:
    """The last day, in UTC: from today to a year from now."""
    if expires_on is None:
        raise Refused.because("exemption.date_missing", "Choose the last day.", "expires_on")
    if not today <= expires_on <= today + timedelta(days=MAX_DAYS):
        raise Refused.because("exemption.date_wrong", "Choose a last day from today to a year from now.", "expires_on")
    return expires_on


def is_running(state: str, expires_on: date, today: date) -> bool:
    """Whether it excuses the service today; it holds through its last day, in UTC."""
    return state == GRANTED and expires_on >= today
