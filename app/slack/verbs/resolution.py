"""Stage 2 from Slack: say that an incident is over, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain import people
from app.domain import resolution as rules
from app.domain.lifecycle import BLOCKED, BY_KEY
from app.models.incident import Incident
from app.models.resolution import Resolution
from app.queries import criteria
from app.queries.incident_page import IncidentPage
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.messages.parts import Block, Button
from app.slack.verbs import filling, incident
from app.slack.verbs.standing import after, linked, notes, onwards, page, stands, told
from app.workflow import changes, lifecycle, resolution
from app.workflow.unit_of_work import Work

NUMBER = BY_KEY["resolution"].number
TEXTS = ("how_resolved", "impact")
TIMES = ("started_at", "detected_at", "mitigated_at", "resolved_at")
DETAILS = {  # what the stage before it may lack: the field that it is asked with
    "incident.severity_missing": "severity", "incident.service_missing": "service_ids",
    "incident.commander_missing": "commander_id",
}  # fmt: skip


def resolve(asked: Asked) -> Answer:
    """The form with everything that is known; times that nobody has entered are those of the declaration and now."""
    now = page(asked, pick.incident(asked))
    at = now.incident.position
    if at.number > NUMBER or at.is_closed:
        name, next_ = now.incident.name, onwards(asked, now)
        said = f"{linked(asked, now.incident.number, 'resolution')} is resolved already: nothing was changed."
        change = Button("Change how", verb="resolve", value=name, is_form=True)
        return told(said, stands(now), buttons=(*next_[:1], change))
    return Answer(form=_filled(asked))


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)
    people.require(asked.by, "resolve")
    now = page(asked, number)

    def known(session: Session) -> tuple[Resolution | None, list[str]]:
        lacks = [each.code for each in criteria.missing(session, now.incident, "incident")]
        return session.get(Resolution, now.incident.id), lacks

    row, lacks = asked.read(known)
    filled, about = _known(asked, now, row)
    needed = [DETAILS[each] for each in lacks if each in DETAILS] if now.incident.stage == "incident" else []
    if "commander_id" in needed:  # whoever resolves it has led it, unless they say who has
        person, carried = filling.known_person(asked, "commander_id", asked.by.id)
        filled, about = {**filled, **person}, {**about, **carried}
    return Opened("resolve", {**filled, "needed": needed}, {**about, "number": number})


def _known(asked: Asked, now: IncidentPage, row: Resolution | None) -> tuple[dict[str, Any], dict[str, Any]]:
    told = resolution.saved(row)
    stored, typed = str(told["how_resolved"] or ""), asked.understood.words
    how = stored if typed in stored else "\n".join(filter(None, (stored, typed)))
    of = now.incident
    times = {
        "started_at": told["started_at"] or _minute(of.declared_at),
        "detected_at": told["detected_at"] or _minute(of.declared_at),
        "resolved_at": told["resolved_at"] or _minute(asked.now),
    }
    notes = list(asked.understood.problems)
    if of.state == BLOCKED:
        notes.append(f"{of.name} is blocked: {now.waits_for} Resolving it takes the block back.")
    return {**told, **times, "how_resolved": how, "notes": notes}, {"version": row.version if row else 0}


def _minute(at: datetime) -> datetime:
    """A field of Slack's shows minutes: a time of the same minute must not come before it."""
    return at.replace(second=0, microsecond=0)


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    minutes = filled.get("customer_minutes")
    return [
        *notes(filled),
        *incident.needed_fields(filled, filled.get("needed") or ()),
        filling.long_text("how_resolved", "How was it resolved?", filled, is_optional=False),
        filling.long_text("impact", "Impact", filled, is_optional=False, hint="Who could not do what, and how many."),
        inputs.instant("started_at", "Started", filled.get("started_at"), hint="When it began to hurt."),
        inputs.instant("detected_at", "Detected", filled.get("detected_at"), hint="When we knew."),
        inputs.instant("mitigated_at", "Mitigated", filled.get("mitigated_at"), is_optional=True,
                       hint="When it stopped hurting; empty: when it was resolved."),
        inputs.instant("resolved_at", "Resolved", filled.get("resolved_at"), hint="When it was over for good."),
        inputs.text("customer_minutes", "Customer minutes", "" if minutes is None else str(minutes), is_optional=True,
                    hint="Customers × minutes. Leave it empty when nobody knows.", most=15),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    number, version = asked.about["number"], asked.about["version"]
    changed: dict[str, Any] = {
        **filling.texts_told(asked, TEXTS), **{name: inputs.moment(asked.values[name]) for name in TIMES},
        "customer_minutes": inputs.whole(asked.values["customer_minutes"], "customer_minutes"),
    }  # fmt: skip
    rules.require_sane(
        rules.ResolutionFacts(**{name: changed[name] for name in TIMES}, impact="", how_resolved=""), now=asked.now
    )  # as typed, before a time is filled in that nobody has typed
    changed["mitigated_at"] = changed["mitigated_at"] or changed["resolved_at"]
    details, by, now = incident.needed_told(asked), asked.by, asked.now

    def step(work: Work) -> bool:
        if details:
            changes.of_incident(work, number, details, by=by, now=now)
        row = changes.of_resolution(work, number, changed, version=version, by=by, now=now)
        return _complete(asked, work, row.incident_id)

    with filling.beside_fields():
        is_resolved = asked.act(step)
    where = linked(asked, number, "resolution")
    return after(asked, number, f"{where} is resolved." if is_resolved else f"{where} is saved.")


def _complete(asked: Asked, work: Work, incident_id: int) -> bool:
    """What is over is blocked no more, and has been declared well enough, if it lacks nothing. False: it was resolved
    before, and only its words have changed."""
    of, by, now = work.get(Incident, incident_id), asked.by, asked.now
    if of.position.number > NUMBER or of.position.is_closed:
        return False
    if of.state == BLOCKED:
        lifecycle.unblock(work, of.number, of.stage, by=by, now=now)
    for stage in ("incident", "resolution"):
        if of.stage == stage:
            lifecycle.advance(work, of.number, stage, by=by, now=now)
    return True


VERBS = {"resolve": resolve}
FORMS = {"resolve": Form("Resolve", "Resolve", _fields, _filled, lambda _understood: True, _act)}
