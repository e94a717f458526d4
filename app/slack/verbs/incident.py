"""Stage 1 from Slack: take the lead, say how bad it is, complete the details; services while somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.errors import Refused
from app.domain.incident import TITLE_MAX
from app.domain.lifecycle import SEVERITIES
from app.models.catalog import Service
from app.models.incident import Incident
from app.models.person import Team
from app.queries import catalogue
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.inputs import Choice
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import filling
from app.slack.verbs.standing import after, linked, notes, page, require_clear, stands, told
from app.workflow import changes


def take(asked: Asked) -> Answer:
    """The person becomes the commander."""
    require_clear(asked)
    number = pick.incident(asked)
    was = page(asked, number)
    if was.incident.commander_id == asked.by.id:
        return told(f"You lead {linked(asked, number)} already.", stands(was))
    _change(asked, number, {"commander_id": asked.by.id})
    instead = f", instead of {parts.typed(was.commander, 80)}" if was.commander else ""
    return after(asked, number, f"You lead {linked(asked, number)} now{instead}.")


def severity(asked: Asked) -> Answer:
    """How bad it is; without a word for it, the four are offered."""
    require_clear(asked)
    number = pick.incident(asked)
    was, wanted = page(asked, number).incident, asked.understood.severity
    now = f"It is {was.severity}." if was.severity else "Nobody has said yet."
    if wanted is None:
        offered = [Button(each, verb="severity", value=f"{was.name} {each.lower()}") for each in SEVERITIES]
        words = f"How bad is {linked(asked, number)}? {now}"
        return Answer(words, [parts.section(words), parts.choices(*offered)])
    if was.severity == wanted:
        return told(f"{linked(asked, number)} is {wanted} already.")
    _change(asked, number, {"severity": wanted})
    before = f", it was {was.severity}" if was.severity else ""
    return after(asked, number, f"{linked(asked, number)} is {wanted} now{before}.")


def give(asked: Asked, number: int, person_id: int, name: str) -> Answer:
    """Another commander."""
    was = page(asked, number)
    if was.incident.commander_id == person_id:
        return told(f"{parts.typed(name, 80)} leads {linked(asked, number)} already.", stands(was))
    _change(asked, number, {"commander_id": person_id})
    return after(asked, number, f"{parts.typed(name, 80)} leads {linked(asked, number)} now.")


def _change(asked: Asked, number: int, changed: Mapping[str, Any]) -> Incident:
    return asked.act(lambda work: changes.of_incident(work, number, changed, by=asked.by, now=asked.now))


def details(asked: Asked) -> Answer:
    """The form of everything about stage 1."""
    return Answer(form=_filled(asked))


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)
    people.require(asked.by, "edit_incident")
    of = page(asked, number).incident
    filled, about = filling.known_person(asked, "commander_id", of.commander_id)
    known = {
        "title": of.title, "severity": of.severity, "service_ids": [each.name for each in of.services],
        "description": of.description, **filled,
    }  # fmt: skip
    return Opened("details", known, {"number": number, "version": of.version, **about})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    return [
        *notes(filled),
        filling.text_field("title", "What is broken?", filled.get("title"), most=2 * TITLE_MAX),
        *needed_fields(filled, ("severity", "service_ids", "commander_id")),
        filling.long_text("description", "What do we know so far?", filled),
    ]


def needed_fields(filled: Mapping[str, Any], names: Sequence[str]) -> list[Block]:
    """The fields that stage 1 cannot be completed without, of those names; also for the form that resolves."""
    services = [(name, name) for name in filled.get("service_ids") or ()]
    made = {
        "severity": inputs.choice("severity", "Severity", filling.SEVERITIES, filled.get("severity"),
                                  is_optional=True),
        "service_ids": inputs.lookup("service_ids", "Affected services", "service", services[:inputs.OPTIONS_MAX],
                                     is_many=True, is_optional=True),
        "commander_id": filling.person_field("commander_id", "Commander", filled, is_optional=True),
    }  # fmt: skip
    return [made[each] for each in names if each in made]


def needed_told(asked: Asked) -> dict[str, Any]:
    """What was given in those fields, by the names of the step."""
    found: dict[str, Any] = {}
    if "severity" in asked.values:
        found["severity"] = asked.values["severity"]
    if "service_ids" in asked.values:
        found["service_ids"] = service_ids(asked, asked.values["service_ids"])
    if "commander_id" in asked.values:
        found["commander_id"] = filling.person_told(asked, "commander_id")
    return found


def _act(asked: Asked) -> Answer:
    number, version = asked.about["number"], asked.about["version"]
    changed = {**filling.texts_told(asked, ("title", "description")), **needed_told(asked)}
    asked.act(lambda work: changes.of_incident(work, number, changed, version=version, by=asked.by, now=asked.now))
    return after(asked, number, f"{linked(asked, number)} is saved.")


def service_ids(asked: Asked, names: Sequence[str]) -> list[int]:
    """Ids of services by their names. Refused: one of them is gone meanwhile."""
    found = asked.read(lambda session: catalogue.service_ids(session, list(names or ())))
    gone = [each for each in names or () if each not in found]
    if gone:
        sentence = f"There is no service {gone[0]} any more. Choose another one."
        raise Refused.because("service.unknown", sentence, "service_ids")
    return list(found.values())


def services(asked: Asked, query: str) -> Sequence[Choice]:
    """Services by their words, those whose name begins so first."""
    wanted = filling.sought(query).lower()

    def found(session: Session) -> list[Choice]:
        rows = select(Service.name, Service.title, Team.title.label("team")).outerjoin(Team, Team.id == Service.team_id)
        for word in wanted.split():
            has = [func.lower(each).contains(word, autoescape=True) for each in (Service.name, Service.title)]
            rows = rows.where(or_(*has))
        begins = func.lower(Service.name).startswith(wanted, autoescape=True)
        rows = rows.where(~Service.is_retired).order_by(begins.desc(), Service.tier, Service.name)
        return [(row.name, _words(row)) for row in session.execute(rows.limit(inputs.OPTIONS_MAX))]

    return asked.read(found)


def _words(row: Any) -> str:
    title = f" ({row.title})" if row.title and row.title.lower() != row.name.lower() else ""
    return f"{row.name}{title}"


VERBS = {"take": take, "severity": severity, "details": details}
FORMS = {"details": Form("Details", "Save", _fields, _filled, lambda _understood: True, _act)}
LOOKUPS = {"service": services}
