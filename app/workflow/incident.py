"""Stage 1, incident: declare what broke, and keep title, severity, services and commander right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain import incident as rules
from app.domain import people
from app.domain.errors import Refused
from app.domain.events import IncidentChanged, IncidentDeclared
from app.domain.lifecycle import BY_KEY, STAGES, START
from app.domain.people import Actor
from app.models.catalog import Service
from app.models.counter import next_number
from app.models.history import add_move
from app.models.incident import Incident
from app.models.person import Person
from app.queries import criteria
from app.workflow import kit
from app.workflow.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the stage-1 form holds. Only the title is needed during the outage; the rest may come later."""

    title: str
    severity: str | None = None
    service_ids: Sequence[int] = ()
    commander_id: int | None = None
    description: str = ""
    labels: Sequence[str] = ()


def declare(work: Work, told: Told, *, by: Actor, now: datetime, is_private: bool = False) -> Incident:
    """Somebody says that something is broken; the channel and the owning teams are told."""
    people.require(by, "declare")
    incident = Incident(
        number=work.private_number() if is_private else next_number(work.session, "incident"),
        title=rules.require_title(told.title), description=kit.text(told.description, "description"),
        severity=rules.require_severity(told.severity), is_private=is_private,
        stage=START.stage, state=START.state, stage_entered_at=now, declared_at=now, declared_by_id=by.id,
        commander_id=_person(work, told.commander_id), edited_by_id=by.id, labels=_labels(told.labels),
        version=1,
        services=_services(work, told.service_ids), readers=[],
    )  # fmt: skip
    work.session.add(incident)
    work.session.flush()
    move = add_move(
        work.session,
        incident_id=incident.id,
        verb="declare",
        to_stage=START.stage,
        to_state=START.state,
        by_id=by.id,
        at=now,
    )
    work.tell(IncidentDeclared(move_id=move, incident_id=incident.id, by_id=by.id, at=now))
    return incident


def edit(work: Work, number: int, told: Told, *, version: int, by: Actor, now: datetime) -> Incident:
    """Title, severity, services, commander: the card is updated. Conflict when someone else saved meanwhile."""
    incident = kit.incident(work, number, by, "edit_incident")
    work.session.refresh(incident, ["services"])
    before = saved(incident)
    kit.require_version(work, seen=version, current=incident.version, edited_by_id=incident.edited_by_id, saved=before)
    incident.title = rules.require_title(told.title)
    incident.severity = rules.require_severity(told.severity)
    incident.description = kit.text(told.description, "description")
    incident.commander_id = _person(work, told.commander_id, kept=incident.commander_id)
    incident.services = _services(work, told.service_ids, kept=incident.services)
    incident.labels = _labels(told.labels)
    after = saved(incident)
    if after == before:
        return incident
    kit.keep(work, incident, by)
    kit.require_still_complete(work, incident, "incident")
    _require_policy(work, incident)
    changed = ", ".join(_FIELD_WORDS[each] for each in after if after[each] != before[each])
    move = kit.record(work, incident, "edit", by=by, now=now, why=f"Changed {changed}.", on="incident")
    work.tell(IncidentChanged(move_id=move, incident_id=incident.id, by_id=by.id, at=now))
    return incident


def change_privacy(
    work: Work, number: int, *, is_private: bool, reader_ids: Sequence[int], by: Actor, now: datetime,
    version: int | None = None,
) -> Incident:  # fmt: skip
    """Decide who may know of an incident. Whoever makes it private stays inside. Without a version nobody has read a
    form: the latest one is changed."""
    incident = kit.incident(work, number, by, "change_privacy")
    work.session.refresh(incident, ["readers"])
    if version is not None:
        kit.require_version(
            work, seen=version, current=incident.version, edited_by_id=incident.edited_by_id,
            saved={"is_private": incident.is_private, "reader_ids": sorted(each.id for each in incident.readers)},
        )  # fmt: skip
    wanted = {*reader_ids} | ({by.id} if is_private and by.id is not None else set())
    readers = work.session.scalars(select(Person).where(Person.id.in_(wanted)).order_by(Person.id)).all()
    if len(readers) != len(wanted):
        raise Refused.because("person.unknown", "Choose people from the list.", "reader_ids")
    incident.is_private, incident.readers = is_private, list(readers)
    kit.keep(work, incident, by)
    why = f"Private, open to {', '.join(each.name for each in readers)}." if is_private else "Open to everyone."
    move = kit.record(work, incident, "change_privacy", by=by, now=now, why=why, on="incident")
    work.tell(IncidentChanged(move_id=move, incident_id=incident.id, by_id=by.id, at=now))
    return incident


def _require_policy(work: Work, incident: Incident) -> None:
    """A higher severity may not keep what only a lower one was allowed to skip. Stages after analysis follow its
    decision, whatever the severity."""
    may_skip = work.policy[incident.severity].skippable if incident.severity else frozenset()
    for stage in STAGES[: BY_KEY["analysis"].number]:
        if stage.key not in may_skip and stage.key in criteria.skipped_stages(work.session, incident.id):
            words = f"{incident.severity or 'Without a severity it'} may not skip {stage.title}: reopen it first."
            raise Refused.because("incident.severity_skipped", words, "severity")


_FIELD_WORDS = {
    "title": "the title", "severity": "the severity", "service_ids": "the services", "commander_id": "the commander",
    "description": "the description", "labels": "the labels",
}  # fmt: skip


def saved(incident: Incident) -> dict[str, object]:
    """The stored values by the names of the form: what a conflict shows beside what was typed."""
    return {
        "title": incident.title,
        "severity": incident.severity or "",
        "service_ids": [each.id for each in incident.services],
        "commander_id": incident.commander_id,
        "description": incident.description,
        "labels": list(incident.labels),
    }


LABELS_MAX, LABEL_LENGTH_MAX = 200, 200


def _labels(labels: Sequence[str]) -> list[str]:
    found = [kit.line(each, "labels", most=LABEL_LENGTH_MAX) for each in labels]
    kept = list(dict.fromkeys(each for each in found if each))
    if len(kept) > LABELS_MAX:
        raise Refused.because("labels.many", f"Keep at most {LABELS_MAX} labels; there are {len(kept)}.", "labels")
    return kept


def _services(work: Work, ids: Sequence[int], kept: Sequence[Service] = ()) -> list[Service]:
    if not ids:
        return []
    found = work.session.scalars(select(Service).where(Service.id.in_(set(ids))).order_by(Service.name)).all()
    known = {each.id for each in kept}
    if len(found) != len(set(ids)) or any(each.is_retired and each.id not in known for each in found):
        raise Refused.because("service.unknown", "Choose services from the catalogue.", "service_ids")
    return list(found)


def _person(work: Work, person_id: int | None, kept: int | None = None) -> int | None:
    if person_id is None or person_id == kept:
        return person_id
    person = work.session.get(Person, person_id)
    if person is None or not person.is_active:
        raise Refused.because("person.unknown", "Choose a person from the list.", "commander_id")
    return person.id
