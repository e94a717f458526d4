"""Asking the bot without Slack: what is typed, clicked and submitted reaches the verbs as the door hands it over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import RATCHET, Actor
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem
from app.slack import inputs
from app.slack.asked import CLICK, COMMAND, FORM, SHORTCUT, Answer, Asked, Opened, Place, Unclear
from app.slack.grammar import Ref, Understood, understand
from app.slack.grammar.understood import PREFIXES
from app.slack.grammar.verbs import BY_NAME
from app.slack.verbs import FORMS, SHORTCUTS, VERBS
from app.wiring import make_parts
from app.workflow import people
from tests.slack.company import Company, slack_settings

ACCOUNTS = {"Ana": "U0ANA", "Ben": "U0BEN", "Cleo": "U0CLEO"}
_REF = re.compile(r"(INC|BP|ACT)-(\d+)\s*")
_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


@dataclass
class Desk:
    """Ana commands, Ben owns too, Cleo responds, Dev only looks and has no Slack account."""

    office: Company
    parts: Any
    clock: Any
    cleo: Actor
    keys: Iterator[int] = field(default_factory=count)

    @property
    def ana(self) -> Actor:
        return self.office.ana

    @property
    def ben(self) -> Actor:
        return self.office.ben

    @property
    def dev(self) -> Actor:
        return self.office.dev

    def asked(self, understood: Understood, by: Actor, **more: Any) -> Asked:
        known = {ACCOUNTS[each.name]: each for each in (self.ana, self.ben, self.cleo)}
        told = {"key": f"key-{next(self.keys)}", "kind": COMMAND, "find_person": known.get, **more}
        return Asked(by=by, now=self.clock(), parts=self.parts, understood=understood, **told)

    def say(self, text: str, by: Actor | None = None, **more: Any) -> Answer:
        """What is answered to what was typed."""
        return self.done(self.asked(understand(text, today=self.clock().date()), by or self.ana, **more))

    def click(self, button: Mapping[str, Any], by: Actor | None = None, **more: Any) -> Answer:
        """A click on a button of an answer, as the door reads it."""
        what, verb, _ = button["action_id"].split(":")
        asked = self.asked(of_button(verb, button["value"], self.clock()), by or self.ana, kind=CLICK, **more)
        if what == "form":
            return Answer(form=FORMS[verb].filled(asked))
        return self.done(asked)

    def shortcut(self, name: str, by: Actor | None = None, **payload: Any) -> Answer:
        place = Place("T1", (payload.get("channel") or {}).get("id", ""))
        asked = self.asked(Understood("", ""), by or self.ana, kind=SHORTCUT, payload=payload, place=place)
        answer = SHORTCUTS[name](asked)
        shown(asked, answer)
        return answer

    def submit(self, answer: Answer, by: Actor | None = None, **typed: Any) -> Answer:
        """The form as it was opened, with what somebody has changed in it."""
        opened, key = answer.form, typed.pop("key", None)
        assert opened is not None
        asked = self.asked(Understood("", ""), by or self.ana, kind=FORM, about=opened.about,
                           **({"key": key} if key else {}))  # fmt: skip
        held = inputs.values(state(FORMS[opened.form].fields(opened.filled)))
        unknown = set(typed) - set(held)
        assert not unknown, f"the form has no field {unknown}"
        answered = FORMS[opened.form].act(asked.but(values={**held, **typed}))
        shown(asked, answered)
        return answered

    def done(self, asked: Asked) -> Answer:
        try:
            answer = VERBS[asked.understood.verb](asked)
        except Unclear as unclear:
            answer = unclear.answer
        shown(asked, answer)
        return answer

    # What the company has.

    def read(self, number: int) -> Incident:
        with self.parts.read() as session:
            return session.scalars(select(Incident).where(Incident.number == number)).one()

    def item(self, number: int) -> ActionItem:
        with self.parts.read() as session:
            return session.scalars(select(ActionItem).where(ActionItem.number == number)).one()

    def moves(self) -> int:
        with self.parts.read() as session:
            return session.scalar(select(func.count()).select_from(Move)) or 0


def desk(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    office = Company(sessions, clock)
    parts = make_parts(slack_settings(), clock=clock, engine=engine, sessions=sessions)
    with office.begin() as work:
        made = people.add(work, email="cleo@example.com", name="Cleo", role="responder", by=RATCHET, now=clock())
        cleo = Actor(made.id, made.name, made.role)
        for name, account in ACCOUNTS.items():
            work.session.execute(update(Person).where(Person.name == name).values(slack_user_id=account))
    return Desk(office, parts, clock, cleo)


def of_button(verb: str, value: str, now: Any) -> Understood:
    """What a click stands for, read as the door reads it."""
    if verb in BY_NAME:
        return understand(f"{verb} {value}", today=now.date())
    refs, rest = [], value
    while found := _REF.match(rest):
        refs.append(Ref(_KINDS[found[1]], int(found[2])))
        rest = rest[found.end() :]
    return Understood(value, verb, words=rest, refs=tuple(refs))


def buttons(answer: Answer) -> list[dict[str, Any]]:
    return [each for block in answer.blocks if block["type"] == "actions" for each in block["elements"]]


def words_of(answer: Answer) -> list[str]:
    return [each["text"]["text"] for each in buttons(answer)]


def button(answer: Answer, words: str) -> dict[str, Any]:
    (found,) = [each for each in buttons(answer) if each["text"]["text"].startswith(words)]
    return found


def state(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`view.state.values` of a form that nobody has touched."""
    found: dict[str, Any] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        told = {"type": element["type"], "value": element.get("initial_value"),
                "selected_option": element.get("initial_option"), "selected_options": element.get("initial_options"),
                "selected_user": element.get("initial_user"), "selected_date": element.get("initial_date"),
                "selected_date_time": element.get("initial_date_time")}  # fmt: skip
        found[block["block_id"]] = {element["action_id"]: told}
    return found


def shown(asked: Asked, answer: Answer) -> None:
    """Slack would show it: its limits, and nothing in it mentions or links but what is ours."""
    if answer.form is not None:
        _check_form(asked, answer.form)
        return
    assert 0 < len(answer.text) <= 3_000
    assert len(answer.blocks) <= 50
    for parsed in SlackBlock.parse_all(list(answer.blocks)):
        parsed.to_dict()
    for block in answer.blocks:
        if block["type"] == "section":
            assert 0 < _length(block["text"]["text"]) <= 3_000
        for each in block.get("elements", ()):
            assert _length(each["text"]["text"]) <= 75
            assert len(each.get("value", "")) <= 2_000
    for found in re.findall(r"<[^>]*>", answer.text):
        assert re.fullmatch(r"<https://ratchet\.example\.com/[a-z0-9/_#-]+\|[A-Z]+-\d+>", found), found


def _check_form(asked: Asked, opened: Opened) -> None:
    form = FORMS[opened.form]
    blocks = form.fields(opened.filled)
    made = View(type="modal", title={"type": "plain_text", "text": form.title}, blocks=list(blocks),
                submit={"type": "plain_text", "text": form.submit}, callback_id=opened.form)  # fmt: skip
    made.validate_json()
    assert made.to_dict()
    assert len(form.title) <= 24
    assert len(form.submit) <= 24
    assert 0 < len(blocks) <= 100
    names = [each["block_id"] for each in blocks if each["type"] == "input"]
    assert len(set(names)) == len(names)
    assert len(str(dict(opened.about))) <= 1_000
    for block in blocks:
        if block["type"] == "section":
            assert 0 < _length(block["text"]["text"]) <= 3_000
            continue
        element = block["element"]
        assert len(element.get("initial_value", "x")) > 0
        assert (
            _length(element.get("initial_value", "")) <= element.get("max_length", 0) or "initial_value" not in element
        )
        for each in [*element.get("options", ()), *element.get("initial_options", ())]:
            assert _length(each["text"]["text"]) <= 75
            assert len(each["value"]) <= 150


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
