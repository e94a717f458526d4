"""Asking the bot without Slack: what is typed, clicked and submitted reaches a verb as the door would hand it over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import RATCHET, Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.slack import inputs
from app.slack.asked import CLICK, COMMAND, FORM, Answer, Asked, Opened, Unclear
from app.slack.grammar import Ref, Understood, understand
from app.slack.grammar.understood import INCIDENT, ITEM, PRACTICE
from app.slack.grammar.verbs import BY_NAME
from app.slack.verbs import FORMS, LOOKUPS, VERBS
from app.wiring import make_parts
from app.workflow import analysis, automation, best_practice, catalog, lifecycle, people, remediation, review
from tests.slack.by_blockkit import agrees_with_message, agrees_with_modal
from tests.slack.company import Company, slack_settings

KINDS = {"INC": INCIDENT, "BP": PRACTICE, "ACT": ITEM}
_REF = re.compile(r"(INC|BP|ACT)-(\d+)\s*")


@dataclass
class Desk:
    """The bot of one company. Ana and Ben own, Rita responds, Dev only looks."""

    office: Company
    parts: Any
    clock: Any
    rita: Actor
    keys: Iterator[int]

    def asked(self, understood: Understood, by: Actor, **more: Any) -> Asked:
        told = {"key": f"key-{next(self.keys)}", "kind": COMMAND, **more}
        return Asked(by=by, now=self.clock(), parts=self.parts, understood=understood, **told)

    def typed(self, text: str, by: Actor, **more: Any) -> Asked:
        return self.asked(understand(text, today=self.clock().date()), by, **more)

    def say(self, text: str, by: Actor, **more: Any) -> Answer:
        """What is answered to what was typed."""
        return _done(self.typed(text, by, **more))

    def click(self, button: Any, by: Actor, **more: Any) -> Answer:
        """A click on a button of an answer or of a message, or on (verb, value)."""
        verb, value = button if isinstance(button, tuple) else (button["action_id"].split(":")[1], button["value"])
        return _done(self.asked(_of_button(verb, value, self.clock()), by, kind=CLICK, **more))

    def submit(self, opened: Opened, by: Actor, key: str | None = None, **typed: Any) -> Answer:
        """The form with what it holds at first, and what somebody has changed."""
        form = FORMS[opened.form]
        blocks = form.fields(opened.filled)
        shown(form.title, form.submit, blocks)
        values = {**inputs.values(_state(blocks)), **typed}
        more: dict[str, Any] = {"key": key} if key else {}
        asked = self.asked(understand("", today=self.clock().date()), by, kind=FORM, values=values,
                           about=opened.about, **more)  # fmt: skip
        return form.act(asked)

    def look_up(self, kind: str, query: str, by: Actor) -> list[tuple[str, str]]:
        return list(LOOKUPS[kind](self.typed("", by), query))

    # What the company has.

    def incident(self, title: str = "Checkout is down", *, until: str = "analysis", **more: Any) -> Incident:
        """An incident that has come as far as this stage."""
        office, now = self.office, self.clock()
        of = office.declare(title, **more)
        if until == "resolution":
            return of
        office.resolve(of)
        if until == "review":
            return of
        with office.begin() as work:
            told = review.Told(
                facilitator_id=office.ana.id, summary="s", went_well="a", went_badly="b", got_lucky="c",
                timeline=[(now, "Alarm")], factors=[("dependency", "No timeout")],
            )  # fmt: skip
            review.save(work, of.number, told, version=0, by=office.ana, now=now)
        self.advance(of, "review")
        with office.begin() as work:
            remediation.save_none_needed(work, of.number, "Nothing to fix.", version=0, by=office.ana, now=now)
        self.advance(of, "remediation")
        return of

    def advance(self, of: Incident, stage: str) -> None:
        with self.office.begin() as work:
            lifecycle.advance(work, of.number, stage, by=self.office.ana, now=self.clock())

    def analyse(self, of: Incident, pattern: str = "retry storm", decision: str = "new") -> None:
        with self.office.begin() as work:
            told = analysis.Told(new_pattern=pattern, decision=decision, reason="Because.")
            analysis.save(work, of.number, told, version=0, by=self.office.ana, now=self.clock())
        self.advance(of, "analysis")

    def practice(self, statement: str = "Every call has a timeout", *, is_accepted: bool = True, **more: Any) -> str:
        """The name of a new practice: Ana's, accepted by Ben."""
        office, now = self.office, self.clock()
        told = best_practice.Told(statement=statement, why="It would have met it.", area="dependency", **more)
        with office.begin() as work:
            made = best_practice.propose(work, told, by=office.ana, now=now)
            number = made.number
        if is_accepted:
            with office.begin() as work:
                best_practice.accept(work, number, version=self.row(number).version, by=office.ben, now=now)
        return f"BP-{number}"

    def check(self, practice: str, *, kind: str = "attested", expression: str = "Does it?", **more: Any) -> int:
        """An active check of a practice."""
        office, now = self.office, self.clock()
        told = automation.Told(kind=kind, expression=expression, because="By hand.", **more)
        with office.begin() as work:
            made = automation.write(work, int(practice[3:]), told, by=office.ana, now=now)
            check_id, version = made.id, made.version
        with office.begin() as work:
            automation.activate(work, check_id, version=version, by=office.ana, now=now)
        return check_id

    def service(self, name: str, *, team: bool = True) -> int:
        told = catalog.ServiceTold(name=name, title=name.capitalize(), team_id=self.office.team.id if team else None)
        with self.office.begin() as work:
            return catalog.add_service(work, told, by=RATCHET, now=self.clock()).id

    # What the database says.

    def read(self, statement: Any) -> Sequence[Any]:
        with self.parts.read() as session:
            return session.scalars(statement).all()

    def row(self, number: int) -> Practice:
        (found,) = self.read(select(Practice).where(Practice.number == number))
        return found

    def of(self, incident: Incident) -> Incident:
        (found,) = self.read(select(Incident).where(Incident.id == incident.id))
        return found

    def analysis(self, incident: Incident) -> Analysis | None:
        found = self.read(select(Analysis).where(Analysis.incident_id == incident.id))
        return found[0] if found else None


def open_desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    parts = make_parts(slack_settings(), clock=clock, engine=engine, sessions=sessions)
    with office.begin() as work:
        made = people.add(work, email="rita@example.com", name="Rita", role="responder", by=RATCHET, now=clock())
        rita = Actor(made.id, made.name, made.role)
    return Desk(office, parts, clock, rita, count(1))


def _done(asked: Asked) -> Answer:
    try:
        answer = VERBS[asked.understood.verb](asked)
    except Unclear as unclear:
        answer = unclear.answer
    seen(answer)
    return answer


def _of_button(verb: str, value: str, now: datetime) -> Understood:
    if verb in BY_NAME:
        return understand(f"{verb} {value}", today=now.date())
    refs, rest = [], value
    while found := _REF.match(rest):
        refs.append(Ref(KINDS[found[1]], int(found[2])))
        rest = rest[found.end() :]
    return Understood(typed=value, verb=verb, refs=tuple(refs), words=rest)


def _state(blocks: Sequence[Any]) -> dict[str, Any]:
    """What Slack sends for a form that nobody has touched."""
    state: dict[str, Any] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            told = {"type": element["type"], "value": element.get("initial_value"),
                    "selected_option": element.get("initial_option"),
                    "selected_options": element.get("initial_options", []),
                    "selected_date": element.get("initial_date")}  # fmt: skip
            state[block["block_id"]] = {element["action_id"]: told}
    return state


def buttons(answer: Answer) -> dict[str, Any]:
    """The buttons of an answer by their words."""
    found = [each for block in answer.blocks if block["type"] == "actions" for each in block["elements"]]
    return {each["text"]["text"]: each for each in found}


def seen(answer: Answer) -> None:
    """What Slack accepts, as far as its library and its documentation say."""
    if answer.form is not None:
        form = FORMS[answer.form.form]
        assert not answer.text
        assert form.title
        return
    assert 0 < len(answer.text) <= 4_000
    for parsed in SlackBlock.parse_all(list(answer.blocks)):
        parsed.to_dict()
        parsed.validate_json()
    if answer.blocks:
        agrees_with_message(answer.text, answer.blocks)
    for block in answer.blocks:
        if block["type"] == "section":
            assert 0 < _length(block["text"]["text"]) <= 3_000
        for each in block.get("elements", ()):
            assert _length(each["text"]["text"]) <= 75
            assert len(each.get("value", "")) <= 2_000
            assert each.get("url") or each["action_id"].split(":")[1] in {*VERBS, *BY_NAME}
    for found in re.findall(r"<[^>]*>", answer.text):
        assert re.fullmatch(r"<https://ratchet\.example\.com/[a-z0-9/_#-]+\|[A-Z]+-\d+>", found), found


def shown(title: str, submit: str, blocks: Sequence[Any]) -> None:
    """A form that Slack accepts."""
    assert len(title) <= 24
    assert len(submit) <= 24
    text = {"type": "plain_text", "text": title}
    view = View(type="modal", title=text, submit={"type": "plain_text", "text": submit}, blocks=list(blocks))
    view.to_dict()
    view.validate_json()
    agrees_with_modal({"title": text, "submit": {"type": "plain_text", "text": submit}, "blocks": list(blocks)})
    assert len({each["block_id"] for each in blocks if each["type"] == "input"}) == len(_state(blocks))
    for block in blocks:
        if block["type"] == "section":
            assert 0 < _length(block["text"]["text"]) <= 3_000
            assert "<" not in block["text"]["text"]
            continue
        element = block["element"]
        assert len(element.get("initial_value", "")) <= element.get("max_length", 3_000) <= 3_000
        for option in [*element.get("options", ()), *element.get("initial_options", ()),
                       *filter(None, [element.get("initial_option")])]:  # fmt: skip
            assert 0 < _length(option["text"]["text"]) <= 75
            assert 0 < len(option["value"]) <= 150
        assert len(element.get("options", ())) <= 100


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
