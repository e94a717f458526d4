"""People: who may sign in, with which role, and in which teams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.domain import people as rules
from app.domain.errors import NotFound, Refused
from app.domain.people import ADMINISTRATOR, ROLES, Actor
from app.models.person import Person, Team
from app.workflow import kit
from app.workflow.unit_of_work import Work

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def add(
    work: Work, *, email: str, name: str, role: str, password_hash: str = "", by: Actor, now: datetime,
    team_ids: Sequence[int] = (),
) -> Person:  # fmt: skip
    """A new person. Without a password they cannot sign in until one is set."""
    rules.require(by, "manage_people")
    email = require_email(email)
    if find(work, email) is not None:
        raise Refused.because("person.email_taken", f"There is a person with the address {email} already.", "email")
    person = Person(
        email=email, name=kit.required_line(name, "name", "Give the name.", most=120), role=_role(role),
        password_hash=password_hash, is_active=True, created_at=now, teams=_teams(work, team_ids),
    )  # fmt: skip
    work.session.add(person)
    work.session.flush()
    return person


def change(
    work: Work, person_id: int, *, name: str, role: str, is_active: bool, team_ids: Sequence[int], by: Actor,
    version: int | None = None,
) -> Person:  # fmt: skip
    """Change a person's name, role and teams. The last active administrator stays one. Without a version nobody has
    read a form: the latest one is changed."""
    rules.require(by, "manage_people")
    # All administrators are locked in order: two who demote each other at once must not both succeed.
    locked = select(Person).where(Person.role == ADMINISTRATOR, Person.is_active).order_by(Person.id).with_for_update()
    administrators = work.session.scalars(locked.execution_options(populate_existing=True)).all()
    person = work.get(Person, person_id)
    if not (role == ADMINISTRATOR and is_active) and [each.id for each in administrators] == [person.id]:
        raise Refused.because(
            "person.last_administrator", "Name another administrator first: this is the last one.", "role"
        )
    work.session.refresh(person, ["teams"])
    before = saved(person)
    if version is not None:
        kit.require_version(work, seen=version, current=person.version, edited_by_id=person.edited_by_id, saved=before)
    person.name = kit.required_line(name, "name", "Give the name.", most=120)
    if (person.role, person.is_active) != (_role(role), is_active):
        person.session_epoch += 1  # the old rights end now, in every browser
    person.role, person.is_active = role, is_active
    person.teams = _teams(work, team_ids)
    if saved(person) != before:
        kit.keep(work, person, by)
    return person


def saved(person: Person) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "name": person.name, "role": person.role, "team_ids": sorted(each.id for each in person.teams),
        "is_active": person.is_active,
    }  # fmt: skip


def set_password(work: Work, person_id: int, password_hash: str, *, by: Actor) -> Person:
    """A new password ends every session of the person. One's own, or an administrator's doing."""
    if by.id != person_id:
        rules.require(by, "manage_people")
    person = work.get(Person, person_id)
    person.password_hash = password_hash
    person.session_epoch += 1
    work.session.flush()
    return person


def set_time_zone(work: Work, person_id: int, time_zone: str, *, by: Actor) -> Person:
    """The zone in which this person reads times; a zone's name of the IANA database, checked at the door."""
    if by.id != person_id:
        rules.require(by, "manage_people")
    person = work.get(Person, person_id)
    person.time_zone = time_zone
    work.session.flush()
    return person


def end_sessions(work: Work, person_id: int, *, by: Actor) -> None:
    """Sign a person out everywhere."""
    if by.id != person_id:
        rules.require(by, "manage_people")
    work.get(Person, person_id).session_epoch += 1
    work.session.flush()


def find(work: Work, email: str) -> Person | None:
    """By address, which is stored in small letters."""
    return work.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def require_email(email: str) -> str:
    email = email.strip().lower()
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Refused.because("person.email_wrong", "Give an e-mail address such as ana@example.com.", "email")
    return email


def count(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(Person)) or 0


def _role(role: str) -> str:
    if role not in ROLES:
        raise Refused.because("person.role_unknown", f"Choose one of {', '.join(ROLES)}.", "role")
    return role


def _teams(work: Work, ids: Sequence[int]) -> list[Team]:
    found = list(work.session.scalars(select(Team).where(Team.id.in_(set(ids))).order_by(Team.name))) if ids else []
    if len(found) != len(set(ids)):
        raise NotFound("There is no such team.")
    return found
