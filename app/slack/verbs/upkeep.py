"""Stage 6 from Slack, later on: a practice is still right, or holds no longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.lifecycle import PROPOSED, RETIRED
from app.models.best_practice import Practice, incident_practice
from app.models.incident import Incident
from app.queries import practice as practices
from app.queries.board import IS_OPEN
from app.queries.visibility import may_see_incident
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import PRACTICE
from app.slack.messages import next_steps, parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import filling, replies
from app.slack.verbs.items import reason
from app.slack.verbs.standing import notes
from app.workflow import best_practice

WHY_MAX = 2_000
AGAIN = timedelta(days=365)  # offered, not imposed


def retire(asked: Asked) -> Answer:
    """Nobody is measured by it any more, and why; without a reason, the form asks for it."""
    if _wants_why(asked.understood):
        return Answer(form=_to_retire(asked))
    return _retire(asked, _alive(asked).number, reason(asked.understood.words))


def _wants_why(understood: Understood) -> bool:
    return not reason(understood.words) or bool(understood.problems)


def _alive(asked: Asked) -> Practice:
    """Unclear: it is retired already."""
    number = pick.number(asked, PRACTICE)
    of = asked.read(lambda session: practices.find(session, asked.by, number)).practice
    if of.state == RETIRED:
        said = f"{replies.practice(asked, number)} is retired already: nothing was changed. Its page says why."
        raise Unclear(replies.told(said, buttons=[replies.open_practice(asked, number)]))
    return of


def _to_retire(asked: Asked) -> Opened:
    of = _alive(asked)
    people.require(asked.by, "retire")
    known = {"why": reason(asked.understood.words), "notes": [*asked.understood.problems, f"{of.name} {of.statement}"]}
    return Opened("retire", known, {"number": of.number})


def _why_fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    hint = "Nobody is measured by it any more. Incidents that are under way with it need another one."
    return [
        *notes(filled),
        filling.text_field("why", "Why does it hold no longer?", filled.get("why"), is_long=True, most=WHY_MAX,
                           hint=hint),
    ]  # fmt: skip


def _retire_form(asked: Asked) -> Answer:
    return _retire(asked, asked.about["number"], asked.values["why"])


def _retire(asked: Asked, number: int, why: str) -> Answer:
    asked.act(lambda work: best_practice.retire(work, number, why=why, by=asked.by, now=asked.now))
    waiting = asked.read(lambda session: _waiting(session, asked, number))
    waits = [replies.incident(asked, each) for each in waiting]
    verb = "waits" if len(waits) == 1 else "wait"
    return replies.told(
        f"{replies.practice(asked, number)} is retired: {parts.typed(why, parts.LINE_MAX)}",
        f"{' and '.join(waits)} {verb} for another practice." if waits else "Nobody is measured by it any more.",
        buttons=[
            *(Button(f"Propose one for INC-{each}", verb="practice", value=f"INC-{each}") for each in waiting),
            replies.open_practice(asked, number),
        ],
    )


def _waiting(session: Session, asked: Asked, number: int) -> Sequence[int]:
    """The newest open incidents that were learned from with it and are back at this stage: as many as have buttons."""
    rows = (
        select(Incident.number)
        .join(incident_practice, incident_practice.c.incident_id == Incident.id)
        .join(Practice, Practice.id == incident_practice.c.practice_id)
        .where(Practice.number == number, Incident.stage == "best_practice", IS_OPEN, may_see_incident(asked.by))
        .order_by(Incident.declared_at.desc())
    )
    return session.scalars(rows.limit(2)).all()


def confirm(asked: Asked) -> Answer:
    """It is still right, until it is looked at again; without that day, the form shows the rule and asks for it."""
    if _wants_day(asked.understood):
        return Answer(form=_to_confirm(asked))
    of, on = _accepted(asked), asked.understood.on
    assert on is not None
    if of.review_on == on:
        said = f"{replies.practice(asked, of.number)} is looked at again on {parts.day(on)} already."
        return replies.told(f"{said} Nothing was changed.", buttons=[replies.open_practice(asked, of.number)])
    return _confirm(asked, of.number, on, of.version)


def _wants_day(understood: Understood) -> bool:
    return understood.on is None or bool(understood.problems)


def _accepted(asked: Asked) -> Practice:
    """Unclear: it is retired, or nobody has accepted it yet."""
    of = _alive(asked)
    if of.state == PROPOSED:
        said = f"{replies.practice(asked, of.number)} is only proposed: nobody has accepted it yet."
        buttons = [next_steps.accept(of.name), replies.open_practice(asked, of.number)]
        raise Unclear(replies.told(said, buttons=buttons))
    return of


def _to_confirm(asked: Asked) -> Opened:
    of = _accepted(asked)
    people.require(asked.by, "accept")
    known = {
        "practice": f"{of.name} {of.statement}", "why": of.why, "notes": asked.understood.problems,
        "review_on": (asked.understood.on or asked.today + AGAIN).isoformat(),
    }  # fmt: skip
    return Opened("confirm", known, {"number": of.number, "version": of.version})


def _day_fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    on = filled.get("review_on")
    return [
        *notes(filled),
        parts.section(
            f"*{parts.typed(filled.get('practice') or 'A practice', parts.LINE_MAX)}*",
            parts.typed(filled.get("why") or "", parts.PARAGRAPH_MAX),
        ),
        inputs.day("review_on", "Review it again on", date.fromisoformat(on) if on else None),
    ]


def _confirm_form(asked: Asked) -> Answer:
    on = asked.values["review_on"]
    last = date.fromisoformat(on) if on else None
    return _confirm(asked, asked.about["number"], last, asked.about["version"])


def _confirm(asked: Asked, number: int, on: date | None, version: int) -> Answer:
    """`version`: the words that this person has read."""
    asked.act(lambda work: best_practice.confirm(work, number, on, version=version, by=asked.by, now=asked.now))
    again = f"It asks for a review again on {parts.day(on)}." if on else ""
    said = f"{replies.practice(asked, number)} is confirmed: it is still right."
    return replies.told(said, again, buttons=[replies.open_practice(asked, number)])


VERBS = {"retire": retire, "confirm": confirm}
FORMS = {
    "retire": Form("Retire a practice", "Retire it", _why_fields, _to_retire, _wants_why, _retire_form),
    "confirm": Form("Confirm a practice", "It is still right", _day_fields, _to_confirm, _wants_day, _confirm_form),
}
