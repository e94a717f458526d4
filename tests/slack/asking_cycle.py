"""The bot of a company that goes through the later stages: practices, checks, adoption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import RATCHET, Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.slack import inputs
from app.slack.asked import CLICK, COMMAND, FORM, Answer, Asked, Opened
from app.slack.grammar import Understood, understand
from app.slack.verbs import FORMS, LOOKUPS
from app.wiring import make_parts
from app.workflow import analysis, automation, best_practice, catalog, lifecycle, people, remediation, review
from tests.slack.asking import answered, buttons_of, of_button, opened_fits, state
from tests.slack.company import Company, slack_settings


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
        return answered(self.typed(text, by, **more))

    def click(self, button: Any, by: Actor, **more: Any) -> Answer:
        """A click on a button of an answer or of a message, or on (verb, value)."""
        verb, value = button if isinstance(button, tuple) else (button["action_id"].split(":")[1], button["value"])
        return answered(self.asked(of_button(verb, value, self.clock().date()), by, kind=CLICK, **more))

    def submit(self, opened: Opened, by: Actor, key: str | None = None, **typed: Any) -> Answer:
        """The form with what it holds at first, and what somebody has changed."""
        opened_fits(opened)
        form = FORMS[opened.form]
        values = {**inputs.values(state(form.fields(opened.filled))), **typed}
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


def buttons(answer: Answer) -> dict[str, Any]:
    """The buttons of an answer by their words."""
    return {each["text"]["text"]: each for each in buttons_of(answer.blocks)}
