"""The timeline from Slack: one line typed while it happens, or a message that says what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.models.incident import Incident
from app.queries.board import IS_OPEN
from app.queries.visibility import may_see_incident
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.inputs import Choice
from app.slack.messages.parts import Block
from app.slack.verbs import filling
from app.slack.verbs.declaring import plain_text, source_of
from app.slack.verbs.standing import after, linked, notes, require_clear
from app.workflow import timeline as steps

OFFERED = 50
ROOM = 1_500  # of an entry, for its text; the rest is for who has said it, and where
DIGITS_MAX = 9


def timeline(asked: Asked) -> Answer:
    """One entry, now, with the name of whoever wrote it; without words, the form."""
    require_clear(asked)
    if not asked.understood.words:
        return Answer(form=_filled(asked))
    number, text, by = pick.incident(asked), asked.understood.words, asked.by
    asked.act(lambda work: steps.add(work, number, text, at=asked.now, source=by.name, by=by, now=asked.now))
    return _added(asked, number)


def add_to_timeline(asked: Asked) -> Answer:
    """The shortcut on a message: when it was written, what it says, who wrote it and where it stands."""
    people.require(asked.by, "review")
    message = asked.payload.get("message") or {}
    text = filling.cut(plain_text(str(message.get("text") or "")), ROOM)
    filled = {"text": text, "at": _written_at(asked, str(message.get("ts") or "")), "incident": _meant(asked)}
    return Answer(form=Opened("timeline", filled, {"source": source_of(asked)}))


def _written_at(asked: Asked, ts: str) -> Any:
    """The instant of a message, which is also its name: 1700000000.000100."""
    seconds = ts.partition(".")[0]
    return inputs.moment(seconds) if seconds.isdecimal() and 0 < len(seconds) <= DIGITS_MAX + 1 else asked.now


def _meant(asked: Asked) -> Sequence[Choice]:
    """The incident that is named, or whose place it is; nothing: the person chooses."""
    try:
        name = f"INC-{pick.incident(asked)}"
    except Unclear:
        return ()
    return [each for each in offered(asked, name) if each[0] == name]


def _filled(asked: Asked) -> Opened:
    people.require(asked.by, "review")
    typed = asked.understood
    filled = {"text": typed.words, "at": asked.now, "incident": _meant(asked), "notes": typed.problems}
    return Opened("timeline", filled, {"source": asked.by.name})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    return [
        *notes(filled),
        inputs.lookup("incident", "Which incident?", "open_incident", filled.get("incident") or ()),
        inputs.instant("at", "When did it happen?", filled.get("at")),
        filling.text_field("text", "What happened?", filled.get("text"), is_long=True, most=steps.ENTRY_MAX),
    ]


def _act(asked: Asked) -> Answer:
    number = _chosen(asked.values["incident"])
    at, text = inputs.moment(asked.values["at"]) or asked.now, asked.values["text"]
    source = str(asked.about.get("source") or asked.by.name)
    try:
        asked.act(lambda work: steps.add(work, number, text, at=at, source=source, by=asked.by, now=asked.now))
    except NotFound as error:
        raise Refused.because("incident.unknown", str(error), "incident") from error
    return _added(asked, number)


def _chosen(value: Any) -> int:
    digits = str(value or "").removeprefix("INC-")
    if not digits.isdecimal() or len(digits) > DIGITS_MAX:
        raise Refused.because("incident.missing", "Choose an incident.", "incident")
    return int(digits)


def _added(asked: Asked, number: int) -> Answer:
    return after(asked, number, f"Added to the timeline of {linked(asked, number, 'review')}.")


def offered(asked: Asked, query: str) -> Sequence[Choice]:
    """Incidents by number or words; without a query the open ones, the newest first."""
    wanted = filling.sought(query)
    digits = wanted.upper().removeprefix("INC-")

    def found(session: Session) -> list[Choice]:
        rows = select(Incident).where(may_see_incident(asked.by)).limit(OFFERED)
        if digits.isdecimal():
            number = cast(Incident.number, String)
            rows = rows.where(or_(number.startswith(digits), Incident.title.icontains(wanted, autoescape=True)))
            rows = rows.order_by((number == digits).desc())
        elif wanted:
            rows = rows.where(Incident.title.icontains(wanted, autoescape=True))
        else:
            rows = rows.where(IS_OPEN)
        rows = rows.order_by(Incident.declared_at.desc())
        return [(each.name, f"{each.name} {each.title}") for each in session.scalars(rows)]

    return asked.read(found)


def _wants_form(understood: Understood) -> bool:
    return not understood.words and not understood.problems


VERBS = {"timeline": timeline}
FORMS = {"timeline": Form("Add to the timeline", "Add", _fields, _filled, _wants_form, _act)}
SHORTCUTS = {"add_to_timeline": add_to_timeline}
LOOKUPS = {"open_incident": offered}
