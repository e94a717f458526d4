"""Incidents: declared by whatever notices them first, read, and moved on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, request

from app import links
from app.api import asking, bodies, errors, paging, practice, shapes
from app.api.v1 import operation, shown
from app.domain.errors import NotFound, Refused
from app.models.incident import Incident
from app.parts import parts
from app.queries import catalogue, incident_list, incident_page, lessons, people
from app.queries import practice as practices
from app.queries.incident_list import Filters, Line
from app.workflow import lifecycle
from app.workflow.declare_once import OtherBody, declare_once
from app.workflow.incident import Told


@operation("GET", "/incidents", query=bodies.OfIncidents, gives=shapes.Incidents)
def index(query: bodies.OfIncidents) -> shapes.Incidents:
    """List the incidents that this token may know of, newest first."""
    filters = Filters(
        stage=query.stage, severity=query.severity, service=query.service, team=query.team, words=query.q,
        updated_since=query.updated_since,
    )  # fmt: skip
    after = paging.after(query.cursor, datetime, int)
    start = (after[0], after[1]) if after else None
    found = incident_list.incidents(asking.reading(), asking.by(), filters, start, query.limit + 1)
    items = [shapes.IncidentShort(**_about(each)) for each in found[: query.limit]]
    url = None
    if len(found) > query.limit:
        last = found[query.limit - 1].incident
        url = paging.next_url(paging.cursor(last.declared_at, last.id))
    return shapes.Incidents(items=items, next=url)


@operation("POST", "/incidents", told=bodies.IncidentTold, gives=shapes.Declared, status=201)
def declare(told: bodies.IncidentTold) -> Response:
    """Declare an incident, and be told what was known: with the header Idempotency-Key, only once."""
    given = Told(
        title=told.title, severity=told.severity, service_ids=_service_ids(told.services),
        commander_id=_person_id(told.commander), description=told.description, labels=told.labels,
    )  # fmt: skip
    fingerprint = hashlib.sha256(told.model_dump_json().encode()).hexdigest()
    key = request.headers.get("Idempotency-Key", "")
    try:
        with asking.begin() as work:
            done = declare_once(
                work, given, key=key, fingerprint=fingerprint, by=asking.by(), now=asking.now(),
                is_private=told.private,
            )  # fmt: skip
            number = done.incident.number
    except OtherBody as error:
        return errors.problem(409, "Used before", str(error), errors=errors.listed(error.refusals))
    found = incident_page.find(asking.reading(), number, asking.by())
    url = paging.url(links.incident(number))
    answer = shapes.Declared(
        ref=found.name, number=number, url=url, stage=found.stage, state=found.state, lessons=_lessons(found)
    )
    return shown(answer, 201 if done.is_new else 200, Location=f"{request.path}/{number}")


@operation("GET", "/incidents/<int:number>", gives=shapes.IncidentWhole)
def show(number: int) -> shapes.IncidentWhole:
    """Read an incident: where it stands, what it still needs, its practices, and what was known."""
    return _whole(number)


@operation("POST", "/incidents/<int:number>/advance", told=bodies.AdvanceTold, gives=shapes.IncidentWhole)
def advance(number: int, told: bodies.AdvanceTold) -> shapes.IncidentWhole:
    """Complete the stage that it is at; if something is missing, nothing changes and each thing is named."""
    with asking.begin() as work:
        lifecycle.advance(work, number, told.stage, by=asking.by(), now=asking.now())
    return _whole(number)


def _whole(number: int) -> shapes.IncidentWhole:
    session, by = asking.reading(), asking.by()
    at = incident_page.load(session, number, by, parts().settings.policy)
    (line,) = incident_list.lines(session, [at.incident])
    linked = practices.linked(session, by, at.incident.id)
    return shapes.IncidentWhole(
        **_about(line), description=at.incident.description, commander=at.commander, waits_for=at.waits_for,
        missing=[shapes.Wrong(code=each.code, sentence=each.sentence, field=each.field) for each in at.missing],
        practices=[shapes.PracticeShort(**practice.short(each.practice)) for each in linked],
        lessons=_lessons(at.incident),
    )  # fmt: skip


def _lessons(of: Incident) -> list[shapes.Lesson]:
    """What was known when it started, and had not been adopted."""
    return [
        shapes.Lesson(
            service=each.service, practice=each.practice, statement=each.statement, standing=each.standing,
            learned_from=[f"INC-{number}" for number in each.learned_from], words=each.words,
        )
        for each in lessons.at_declaration(asking.reading(), asking.by(), of)
    ]  # fmt: skip


def _service_ids(names: Sequence[str]) -> list[int]:
    known = catalogue.service_ids(asking.reading(), names) if names else {}
    if unknown := [each for each in names if each not in known]:
        words = f"There is no service {', '.join(unknown[:5])} in the catalogue."
        raise Refused.because("service.unknown", words, "services")
    return sorted(known.values())


def _person_id(email: str | None) -> int | None:
    if email is None:
        return None
    try:
        return people.by_email(asking.reading(), email).id
    except NotFound as error:
        raise Refused.because("person.unknown", str(error), "commander") from None


def _about(line: Line) -> dict[str, Any]:
    of = line.incident
    return {
        "ref": of.name, "number": of.number, "title": of.title, "severity": of.severity, "stage": of.stage,
        "state": of.state, "is_closed": of.position.is_closed, "is_private": of.is_private,
        "services": line.services, "labels": of.labels, "declared_at": of.declared_at,
        "stage_entered_at": of.stage_entered_at, "updated_at": line.updated_at,
        "url": paging.url(links.incident(of.number)),
    }  # fmt: skip
