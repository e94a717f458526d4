"""Quiet hours of a person, and of a team: when they hear only of what cannot wait."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.people import Actor
from app.models.person import Person, Team
from app.workflow import kit
from app.workflow.unit_of_work import Work

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds: wall clocks ("22:00"), or nothing in both. `time_zone` is only asked of a team."""

    quiet_from: str = ""
    quiet_until: str = ""
    time_zone: str = "UTC"


def set_for_person(work: Work, person_id: int, told: Told, *, version: int, by: Actor) -> Person:
    """One's own, in one's own time zone; or an administrator's doing."""
    if by.id != person_id:
        people.require(by, "manage_people")
    person = work.get(Person, person_id)
    before = saved(person)
    kit.require_version(work, seen=version, current=person.version, edited_by_id=person.edited_by_id, saved=before)
    person.quiet_from, person.quiet_until = _hours(told)
    if saved(person) != before:
        kit.keep(work, person, by)
    return person


def set_for_team(work: Work, name: str, told: Told, *, version: int, by: Actor) -> Team:
    """For the channel of a team. The zone is a name of the IANA database, checked at the door."""
    people.require(by, "edit_catalogue")
    team = work.session.scalar(select(Team).where(Team.name == name).with_for_update(key_share=True))
    if team is None:
        raise NotFound(f"There is no team {name}.")
    before = {**saved(team), "time_zone": team.time_zone}
    kit.require_version(work, seen=version, current=team.version, edited_by_id=team.edited_by_id, saved=before)
    team.quiet_from, team.quiet_until = _hours(told)
    team.time_zone = told.time_zone
    if {**saved(team), "time_zone": team.time_zone} != before:
        kit.keep(work, team, by)
    return team


def saved(of: Person | Team) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {"quiet_from": of.quiet_from, "quiet_until": of.quiet_until}


def _hours(told: Told) -> tuple[str, str]:
    """Both or neither, and not the same. Refused otherwise, beside the field."""
    begins, ends = told.quiet_from.strip(), told.quiet_until.strip()
    for field, value in (("quiet_from", begins), ("quiet_until", ends)):
        if value and not CLOCK.fullmatch(value):
            raise Refused.because("quiet.clock_wrong", "Give a time of day such as 22:00.", field)
    if bool(begins) != bool(ends):
        missing = "quiet_until" if begins else "quiet_from"
        raise Refused.because("quiet.half", "Give both times, or none: then no hour is quiet.", missing)
    if begins and begins == ends:
        raise Refused.because("quiet.same", "Choose two different times.", "quiet_until")
    return begins, ends
