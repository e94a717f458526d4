"""An incident that a machine declares: however often it asks with the same key, it is declared once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain import people
from app.domain.errors import Refused
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.person import Person
from app.workflow import incident, kit
from app.workflow.incident import Told
from app.workflow.unit_of_work import Work

KEY_MAX = 200
_DIGITS = 32  # of each digest: enough that two keys never meet


class OtherBody(Refused):
    """The key was used for something else: most likely a mistake of whoever sent it."""


@dataclass(frozen=True)
class Declared:
    """`is_new`: it was declared now. Otherwise it was there already, as it is now."""

    incident: Incident
    is_new: bool


def declare_once(
    work: Work, told: Told, *, key: str, fingerprint: str, by: Actor, now: datetime, is_private: bool = False
) -> Declared:
    """Declare an incident, or find the one that this person has declared with the same key. OtherBody: the key was
    used with a body of another fingerprint. Without a key each asking declares one."""
    if not key:
        return Declared(incident.declare(work, told, by=by, now=now, is_private=is_private), is_new=True)
    people.require(by, "declare")
    key = kit.required_line(key, "Idempotency-Key", "Give the Idempotency-Key some characters.", most=KEY_MAX)
    if by.id is not None:
        work.get(Person, by.id)  # one at a time: two at once with the same key must not both find nothing
    prefix = f"api:{_digest(f'{by.id}:{key}')}:"
    ref = prefix + _digest(fingerprint)
    # Between, not LIKE: digests of one length, so that the index serves whatever order the database has for texts.
    is_same_key = Incident.external_ref.between(prefix + "0" * _DIGITS, prefix + "f" * _DIGITS)
    known = work.session.scalar(select(Incident).where(is_same_key))
    if known is None:
        made = incident.declare(work, told, by=by, now=now, is_private=is_private)
        made.external_ref = ref
        work.session.flush()
        return Declared(made, is_new=True)
    if known.external_ref != ref:
        words = "This Idempotency-Key was used with another body. Send the same body again, or take a new key."
        raise OtherBody.because("idempotency.other_body", words, "Idempotency-Key")
    return Declared(known, is_new=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
