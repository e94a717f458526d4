"""Stage 4 from Slack: add an action item, give it to somebody, move its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.domain import people
from app.domain.errors import Refused
from app.domain.remediation import OPEN
from app.models.person import Person
from app.queries.item import ItemPage
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import INCIDENT
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import filling
from app.slack.verbs import incident as commanding
from app.slack.verbs.items import meant, named, stands
from app.slack.verbs.standing import linked, notes, require_clear, told
from app.workflow import changes, remediation

PRIORITY, KIND = "must", "prevent"  # of an item that was typed in one line
WEEKS = (1, 2)


def action(asked: Asked) -> Answer:
    """With its words, its owner and its date it is added at once; otherwise the form asks for what is missing."""
    if _wants_form(asked.understood):
        return Answer(form=_filled(asked))
    number, typed = pick.incident(asked), asked.understood
    assert typed.on is not None
    owner_id = pick.person(asked, typed.people[0], "owner_id")
    return _add(
        asked, number,
        remediation.Told(title=typed.words, owner_id=owner_id, priority=PRIORITY, kind=KIND, due_on=typed.on),
    )  # fmt: skip


def _wants_form(understood: Understood) -> bool:
    is_whole = understood.words and len(understood.people) == 1 and understood.on
    return not is_whole or bool(understood.problems)


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)
    people.require(asked.by, "remediate")
    typed = asked.understood
    filled, about = filling.person(asked, "owner_id", next(iter(typed.people), None))
    known = {
        "title": typed.words, "due_on": typed.on.isoformat() if typed.on else None, **filled,
        "notes": [*typed.problems, *filled.get("notes", ())],
    }  # fmt: skip
    return Opened("action", known, {"number": number, **about})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    due_on = filled.get("due_on")
    return [
        *notes(filled),
        filling.text_field("title", "What has to be done?", filled.get("title")),
        filling.person_field("owner_id", "Owner", filled, hint="One person, who is told."),
        inputs.day("due_on", "Due", date.fromisoformat(due_on) if due_on else None),
        inputs.choice("priority", "Priority", filling.PRIORITIES, filled.get("priority") or PRIORITY),
        inputs.choice("kind", "Kind", filling.KINDS, filled.get("kind") or KIND),
    ]


def _act(asked: Asked) -> Answer:
    values = asked.values
    owner_id = filling.person_told(asked, "owner_id")
    if owner_id is None:
        raise Refused.because("item.owner_missing", "Choose an owner.", "owner_id")
    if not values["due_on"]:
        raise Refused.because("item.due_missing", "Choose the day when it is due.", "due_on")
    return _add(
        asked, asked.about["number"],
        remediation.Told(
            title=values["title"], owner_id=owner_id, priority=values["priority"] or "", kind=values["kind"] or "",
            due_on=date.fromisoformat(values["due_on"]),
        ),
    )  # fmt: skip


def _add(asked: Asked, number: int, about: remediation.Told) -> Answer:
    made = asked.act(lambda work: remediation.add(work, number, about, by=asked.by, now=asked.now))
    owner = _name(asked, about.owner_id)
    who = "It is yours" if about.owner_id == asked.by.id else f"{owner} is told that it is theirs"
    return told(
        f"{made.name} is added to {linked(asked, number, 'remediation')}: {parts.typed(made.title)}.",
        f"{who}. It is due on {parts.day(made.due_on)}.",
        buttons=(Button("Add another", verb="action", value=f"INC-{number}", is_form=True),),
    )


def snooze(asked: Asked) -> Answer:
    """Another date. Without one, two are offered; a button carries its date, so a second click changes nothing."""
    require_clear(asked)
    item = meant(asked)
    if item.state != OPEN:
        return told(f"{named(asked, item)} is not open, so its date stays.", stands(asked, item))
    typed = asked.understood
    if typed.on is None and typed.later_days is None:
        return _dates(asked, item)
    due_on = typed.on or _later(item, typed.later_days or 0)
    if due_on == item.due_on:
        return told(f"{named(asked, item)} is due on {parts.day(due_on)} already.")
    if due_on < asked.today:
        return _dates(asked, item, f"{parts.day(due_on)} is past, so nothing was changed. ")
    asked.act(lambda work: changes.snooze(work, item.number, due_on, why=typed.words, by=asked.by, now=asked.now))
    kept = " The reason is kept in the history." if typed.words else ""
    return told(f"{named(asked, item)} is due on {parts.day(due_on)} now, it was {parts.day(item.due_on)}.{kept}")


def _later(item: ItemPage, days: int) -> date:
    try:
        return item.due_on + timedelta(days=days)
    except OverflowError:
        raise Unclear(told(f"No calendar goes that far. {item.name} stays due on {parts.day(item.due_on)}.")) from None


def _dates(asked: Asked, item: ItemPage, said: str = "") -> Answer:
    first = max(item.due_on, asked.today)
    offered = [(weeks, first + timedelta(weeks=weeks)) for weeks in WEEKS]
    buttons = [Button(f"{parts.day(on)} (+{weeks}w)", verb="snooze", value=f"{item.name} by {on.isoformat()}")
               for weeks, on in offered]  # fmt: skip
    words = f"{said}{named(asked, item)} is due on {parts.day(item.due_on)}. Move it to which day?"
    return Answer(words, [parts.section(words), parts.choices(*buttons)])


def assign(asked: Asked) -> Answer:
    """Another owner of an item, or another commander of an incident; without a person, the form asks for one."""
    if _wants_person(asked.understood):
        return Answer(form=_filled_person(asked))
    return _give(asked, pick.person(asked, asked.understood.people[0], "owner_id"), _subject(asked))


def _wants_person(understood: Understood) -> bool:
    return len(understood.people) != 1 or bool(understood.problems)


def _subject(asked: Asked) -> str:
    """What is given: "ACT-7", or "INC-42"."""
    ref = asked.understood.ref
    if ref is not None and ref.kind == INCIDENT:
        return f"INC-{pick.incident(asked)}"
    return meant(asked).name


def _filled_person(asked: Asked) -> Opened:
    subject = _subject(asked)
    people.require(asked.by, "edit_incident" if subject.startswith("INC") else "remediate")
    filled, about = filling.person(asked, "owner_id", next(iter(asked.understood.people), None))
    known = {**filled, "subject": subject, "notes": [*asked.understood.problems, *filled.get("notes", ())]}
    return Opened("assign", known, {"subject": subject, **about})


def _person_fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    subject = str(filled.get("subject") or "")
    label = f"Who leads {subject}?" if subject.startswith("INC") else f"Who owns {subject}?"
    return [*notes(filled), filling.person_field("owner_id", label, filled)]


def _give_form(asked: Asked) -> Answer:
    person_id = filling.person_told(asked, "owner_id")
    if person_id is None:
        raise Refused.because("item.owner_missing", "Choose a person.", "owner_id")
    return _give(asked, person_id, asked.about["subject"])


def _give(asked: Asked, person_id: int, subject: str) -> Answer:
    kind, _, digits = subject.partition("-")
    name = _name(asked, person_id)
    if kind == "INC":
        return commanding.give(asked, int(digits), person_id, name)
    item = meant(asked, int(digits))
    if item.owner_id == person_id:
        return told(f"{name} owns {named(asked, item)} already.", stands(asked, item))
    asked.act(lambda work: changes.of_item(work, item.number, {"owner_id": person_id}, by=asked.by, now=asked.now))
    return told(f"{name} owns {named(asked, item)} now, and is told. It is due on {parts.day(item.due_on)}.")


def _name(asked: Asked, person_id: int) -> str:
    """Somebody by name, as mrkdwn."""
    return parts.typed(asked.read(lambda session: session.get_one(Person, person_id).name), 80)


VERBS = {"action": action, "snooze": snooze, "assign": assign}
FORMS = {
    "action": Form("Add an action item", "Add", _fields, _filled, _wants_form, _act),
    "assign": Form("Give it to somebody", "Give", _person_fields, _filled_person, _wants_person, _give_form),
}
