"""The bot of a company that goes through the first stages, with people who have accounts in Slack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import RATCHET, Actor
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem
from app.slack import inputs
from app.slack.asked import CLICK, COMMAND, FORM, SHORTCUT, Answer, Asked, Place
from app.slack.grammar import Understood, understand
from app.slack.verbs import FORMS, SHORTCUTS
from app.wiring import make_parts
from app.workflow import people
from tests.slack.asking import answered, buttons_of, fits, of_button, state
from tests.slack.company import Company, slack_settings

ACCOUNTS = {"Ana": "U0ANA", "Ben": "U0BEN", "Cleo": "U0CLEO"}


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
        understood = of_button(verb, button.get("value") or "", self.clock().date())
        asked = self.asked(understood, by or self.ana, kind=CLICK, **more)
        return Answer(form=FORMS[verb].filled(asked)) if what == "form" else self.done(asked)

    def shortcut(self, name: str, by: Actor | None = None, **payload: Any) -> Answer:
        place = Place("T1", (payload.get("channel") or {}).get("id", ""))
        asked = self.asked(Understood("", ""), by or self.ana, kind=SHORTCUT, payload=payload, place=place)
        answer = SHORTCUTS[name](asked)
        fits(answer)
        return answer

    def submit(self, answer: Answer, by: Actor | None = None, **typed: Any) -> Answer:
        """The form as it was opened, with what somebody has changed in it."""
        opened, key = answer.form, typed.pop("key", None)
        assert opened is not None
        asked = self.asked(Understood("", ""), by or self.ana, kind=FORM, about=opened.about,
                           **({"key": key} if key else {}))  # fmt: skip
        fits(answer)
        held = inputs.values(state(FORMS[opened.form].fields(opened.filled)))
        unknown = set(typed) - set(held)
        assert not unknown, f"the form has no field {unknown}"
        said = FORMS[opened.form].act(asked.but(values={**held, **typed}))
        fits(said)
        return said

    def done(self, asked: Asked) -> Answer:
        return answered(asked)

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


def buttons(answer: Answer) -> list[dict[str, Any]]:
    return buttons_of(answer.blocks)


def words_of(answer: Answer) -> list[str]:
    return [each["text"]["text"] for each in buttons(answer)]


def button(answer: Answer, words: str) -> dict[str, Any]:
    (found,) = [each for each in buttons(answer) if each["text"]["text"].startswith(words)]
    return found
