"""Stage 6 from Slack: propose a practice, look at one, accept one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.automation import DRY_RUN
from app.domain.best_practice import LEVELS
from app.domain.lifecycle import BY_KEY, PROPOSED
from app.domain.review import AREAS
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.queries import checks, notices, trial
from app.queries import labels as names
from app.queries import practice as practices
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import INCIDENT, PRACTICE
from app.slack.inputs import Choice
from app.slack.messages import next_steps, parts
from app.slack.messages import practice as message
from app.slack.messages.parts import Block, Button
from app.slack.verbs import replies
from app.words import plural
from app.workflow import best_practice

LEVEL_WORDS = {"must": "Must: every service it applies to", "should": "Should: unless there is a reason"}
PAST = (
    "{name} has its practices agreed: it is at {stage}. If it is linked to another one, it goes back to Best practice."
)


def practice(asked: Asked) -> Answer:
    """A number alone shows that practice; anything else opens the form that proposes one."""
    return Answer(form=_filled(asked)) if _proposes(asked.understood) else _shown(asked)


def accept(asked: Asked) -> Answer:
    """Agree to the words as they are at this moment. Who may is the workflow's to say."""
    number = pick.number(asked, PRACTICE)
    row = asked.read(lambda session: practices.find(session, asked.by, number))
    if row.practice.state != PROPOSED:
        by = f", accepted by {parts.typed(row.accepter, 80)}" if row.accepter else ""
        return replies.told(f"{replies.practice(asked, number)} is {row.practice.state} already{by}.")
    version = row.practice.version
    asked.act(lambda work: best_practice.accept(work, number, version=version, by=asked.by, now=asked.now))
    words, step = asked.read(lambda session: _checked_next(session, row.practice))
    return replies.told(
        f"{replies.practice(asked, number)} is accepted: {parts.typed(row.practice.statement, parts.LINE_MAX)}",
        words,
        buttons=[step, replies.open_practice(asked, number)],
    )


def _checked_next(session: Session, of: Practice) -> tuple[str, Button]:
    """The step after acceptance: a check may have been written before."""
    tried = [each for each in checks.of_practices(session, [of.id])[of.id] if each.state == DRY_RUN]
    if not tried:
        return "Next: a check that a machine runs.", next_steps.write_check(of.name)
    value = f"{of.name} {tried[0].id} {tried[0].version}"
    return "Next: it has a check in dry run, which can count now.", Button("Activate", verb="activate", value=value)


def _proposes(understood: Understood) -> bool:
    return PRACTICE not in {ref.kind for ref in understood.refs}


def _shown(asked: Asked) -> Answer:
    number = pick.number(asked, PRACTICE)
    row = asked.read(lambda session: practices.find(session, asked.by, number))
    of = asked.read(lambda session: notices.practice(session, row.practice.id))
    ignored = asked.understood.words
    return replies.told(
        f"{replies.practice(asked, number)} is {of.state}: *{parts.typed(of.statement, parts.LINE_MAX)}*",
        message.target(of),
        message.to_do(of),
        "To propose another practice, leave out the number." if ignored else "",
        buttons=[*next_steps.of_practice(of), replies.open_practice(asked, number)],
    )


def _filled(asked: Asked) -> Opened:
    number = _origin(asked)
    return asked.read(lambda session: _known(session, asked, number))


def _origin(asked: Asked) -> int | None:
    """The incident that was named; or else the one of the place, if one belongs to it."""
    if any(ref.kind == INCIDENT for ref in asked.understood.refs):
        return pick.incident(asked)
    if not asked.place.channel:
        return None
    try:
        return pick.incident(asked)
    except Unclear:
        return None


def _known(session: Session, asked: Asked, number: int | None) -> Opened:
    said = [(each, names.meant(session, each)) for each in replies.labels(asked)]
    selector = " || ".join(each.selector for _, each in said if each)
    unknown = [f"~{label}" for label, each in said if each is None]  # nothing typed is lost
    filled: dict[str, Any] = {
        "statement": " ".join([replies.free_words(asked), *unknown]).strip(), "selector": selector or "true",
        "level": LEVELS[0], "target_percent": "100",
    }  # fmt: skip
    if number is not None:
        of = session.scalars(select(Incident).where(Incident.number == number)).one()
        row = session.get(Analysis, of.id)
        kept = session.get(Pattern, row.pattern_id) if row and row.pattern_id else None
        is_past = of.position.is_closed or of.position.number > BY_KEY["best_practice"].number
        filled |= {
            "incident": f"{of.name} {of.title}", "area": kept.area if kept else None,
            "note": PAST.format(name=of.name, stage=BY_KEY[of.stage].title) if is_past else "",
        }  # fmt: skip
    return Opened("practice", filled, {"number": number})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    areas = [(each, each.capitalize()) for each in AREAS]
    fields = [
        inputs.text("statement", "The rule", filled.get("statement"), most=300,
                    hint="One sentence that a service either follows or does not."),
        inputs.text("why", "Why", filled.get("why"), is_long=True, hint="What it would have met."),
        inputs.choice("area", "Area", areas, filled.get("area")),
        inputs.choice("level", "Level", [(each, LEVEL_WORDS[each]) for each in LEVELS], filled.get("level")),
        inputs.text("selector", "Applies to", filled.get("selector"), is_optional=True,
                    hint='Such as service.tier <= 2 && service.team == "payments". true means every service.'),
        inputs.text("target_percent", "Target in percent", filled.get("target_percent"), most=6,
                    hint="Of the services it applies to."),
        inputs.day("target_on", "To be reached by", is_optional=True),
    ]  # fmt: skip
    note = filled.get("note")
    if filled.get("incident"):
        fields.append(inputs.tick("is_linked", "Learned from", filled["incident"], is_ticked=not note))
    return [parts.section(note), *fields] if note else fields


def _act(asked: Asked) -> Answer:
    values = asked.values
    on = values.get("target_on")
    told = best_practice.Told(
        statement=values.get("statement") or "", why=values.get("why") or "", area=values.get("area") or "",
        selector=values.get("selector") or "", level=values.get("level") or "",
        target_percent=inputs.whole(values.get("target_percent") or "", "target_percent"),
        target_on=date.fromisoformat(on) if on else None,
    )  # fmt: skip
    number = asked.about.get("number") if values.get("is_linked") else None
    made = asked.act(
        lambda work: best_practice.propose(work, told, by=asked.by, now=asked.now, incident_number=number).number
    )
    row = asked.read(lambda session: practices.find(session, asked.by, made))
    meant = asked.read(lambda session: trial.selector(session, row.practice.selector))
    check = [next_steps.write_check(row.practice.name)] if people.may(asked.by, "write_check") else []
    origin = f", learned from {replies.incident(asked, number)}" if number else ""
    return replies.told(
        f"{replies.practice(asked, made)} is proposed{origin}: *{parts.typed(row.practice.statement, parts.LINE_MAX)}*",
        f"It applies to {meant.count} of {plural(meant.looked_at, 'service')}.",
        "It waits for an owner other than you to accept it; the engineering channel is told.",
        buttons=[*check, replies.open_practice(asked, made)],
    )


def offered(asked: Asked, query: str) -> list[Choice]:
    """Practices to choose from, by number or by words of the rule."""

    def found(session: Session) -> list[Choice]:
        rows = practices.offered(session, query.replace("\x00", ""), None, ())
        return [(str(each.id), f"{each.name} {each.statement}") for each in rows]

    return asked.read(found)


VERBS = {"practice": practice, "accept": accept}
FORMS = {"practice": Form("Propose a practice", "Propose", _fields, _filled, _proposes, _act)}
LOOKUPS = {"practice": offered}
