"""Stage 3 from Slack: start the review or see where it stands, and write what a modal can hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.domain import people
from app.domain.lifecycle import BY_KEY
from app.models.person import Person
from app.models.review import Review
from app.queries import review as rows
from app.queries.incident_page import IncidentPage
from app.queries.review import Written
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import filling
from app.slack.verbs.standing import after, linked, notes, onwards, page, require_clear, stands, told
from app.workflow import changes, lifecycle
from app.workflow.unit_of_work import Work

TEXTS = ("summary", "went_well", "went_badly", "got_lucky", "lessons")
NUMBER = BY_KEY["review"].number


def review(asked: Asked) -> Answer:
    """Who leads it, and what it lacks. At its stage somebody leads from now on: whoever is named, or asks first."""
    require_clear(asked)
    number = pick.incident(asked)
    now = page(asked, number, "review")
    if now.is_current:
        wanted = _wanted(asked, number)
        if wanted is None:
            return _shown(asked, number)
        asked.act(lambda work: changes.of_review(work, number, {"facilitator_id": wanted}, by=asked.by, now=asked.now))
        return _shown(asked, number, f"{_led_by(asked, wanted)} the review of {linked(asked, number, 'review')}.")
    where = linked(asked, number, "review")
    if now.incident.position.number < NUMBER and not now.incident.position.is_closed:
        return told(f"The review of {where} comes later.", stands(now), buttons=onwards(asked, page(asked, number)))
    return told(f"The review of {where} is done.", stands(now), buttons=onwards(asked, page(asked, number)))


def _wanted(asked: Asked, number: int) -> int | None:
    """Who is to lead, unless they do already, or somebody does and nobody was named."""
    leads = _facilitator_id(asked, number)
    if asked.understood.people:
        named = pick.person(asked, asked.understood.people[0], "facilitator_id")
        return named if named != leads else None
    return asked.by.id if leads is None else None


def _facilitator_id(asked: Asked, number: int) -> int | None:
    row = asked.read(lambda session: session.get(Review, page(asked, number).incident.id))
    return row.facilitator_id if row else None


def _led_by(asked: Asked, person_id: int) -> str:
    if person_id == asked.by.id:
        return "You lead"
    name = asked.read(lambda session: session.get_one(Person, person_id).name)
    return f"{parts.typed(name, 80)} leads"


def _shown(asked: Asked, number: int, said: str = "") -> Answer:
    """What the review lacks, line by line, and the button that writes it."""
    now = page(asked, number)
    said = (
        said or f"{parts.typed(now.facilitator or 'Nobody', 80)} leads the review of {linked(asked, number, 'review')}."
    )
    return told(said, stands(now) if now.is_blocked else "", *lacks(now), buttons=onwards(asked, now))


def lacks(of: IncidentPage) -> list[str]:
    """What the stage of a page lacks, as bullets."""
    if not of.missing:
        return ["Nothing is missing: it can be completed."]
    return ["It lacks:", *(f"• {parts.typed(each.sentence, parts.LINE_MAX)}" for each in of.missing[:20])]


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)
    people.require(asked.by, "review")
    of = page(asked, number, "review")

    def written(session: Session) -> Written:
        return rows.load(session, of.incident.id, to_read=False)

    found = asked.read(written)
    row = found.row
    filled, about = filling.known_person(asked, "facilitator_id", row.facilitator_id if row else None)
    known = {name: getattr(row, name) if row else "" for name in TEXTS}
    extra = {"counts": [len(found.timeline), len(found.factors)], "is_current": of.is_current,
             "page": linked(asked, number, "review")}  # fmt: skip
    about = {"number": number, "version": row.version if row else 0, **about}
    return Opened("review", {**known, **filled, **extra, "notes": asked.understood.problems}, about)


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    timeline, factors = filled.get("counts") or (0, 0)
    has = f"Timeline entries: {timeline}. Contributing factors: {factors}."
    whole = f"All of it is on the page of {filled['page']}." if filled.get("page") else ""
    fields = [
        *notes(filled),
        parts.section(f"{has} {whole}".strip()),
        filling.person_field("facilitator_id", "Facilitator", filled, is_optional=True,
                             hint="Leads the meeting and publishes the review."),
        filling.long_text("summary", "Summary", filled,
                          hint="What happened, to whom, and why it could, for somebody who was not there."),
        filling.text_field("factors", "One more contributing factor", filled.get("factors"), is_optional=True,
                           most=2_000, hint="What made it possible: never a person."),
        inputs.choice("area", "Its area", filling.AREAS, filled.get("area"), is_optional=True),
        filling.long_text("went_well", "What went well?", filled),
        filling.long_text("went_badly", "What went badly?", filled),
        filling.long_text("got_lucky", "Where did we get lucky?", filled),
        filling.long_text("lessons", "Lessons", filled,
                          hint="What others should know before it happens to them."),
    ]  # fmt: skip
    if filled.get("is_current"):
        fields.append(inputs.tick("complete", "When it is saved", "Complete the review"))
    return fields


def _act(asked: Asked) -> Answer:
    number, version = asked.about["number"], asked.about["version"]
    changed: dict[str, Any] = filling.texts_told(asked, TEXTS)
    changed["facilitator_id"] = filling.person_told(asked, "facilitator_id")
    text, area = str(asked.values.get("factors") or "").strip(), asked.values.get("area")
    factor = (str(area or ""), text) if text or area else None

    def step(work: Work) -> None:
        changes.of_review(work, number, changed, version=version, factor=factor, by=asked.by, now=asked.now)
        if asked.values.get("complete"):
            lifecycle.advance(work, number, "review", by=asked.by, now=asked.now)

    with filling.beside_fields():
        asked.act(step)
    now = page(asked, number)
    if now.incident.stage == "review":
        return _shown(asked, number, f"The review of {linked(asked, number, 'review')} is saved.")
    return after(asked, number, f"The review of {linked(asked, number, 'review')} is saved.")


VERBS = {"review": review}
FORMS = {"review": Form("Write the review", "Save", _fields, _filled, lambda _understood: False, _act)}
