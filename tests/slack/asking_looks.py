"""How tests of the verbs that only look ask: typed words in, what is seen out, checked against Slack's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.parts import Parts
from app.slack.asked import COMMAND, Answer, Asked, Place
from app.slack.grammar import Understood, understand
from app.slack.home import home
from app.slack.verbs import FORMS
from app.wiring import make_parts
from app.workflow import remediation
from config import Settings
from tests.cast import Cast
from tests.slack.asking import BASE, answered, buttons_of, home_fits, texts

DAY = timedelta(days=1)


@dataclass
class Desk:
    """Somebody of the cast types, clicks, or opens the home of the app."""

    cast: Cast
    parts: Parts

    def asked(self, text: str | Understood, by: str = "Ana", **more: Any) -> Asked:
        said = understand(text, today=self.cast.now.date()) if isinstance(text, str) else text
        return Asked(
            self.cast[by], self.cast.now, "key", COMMAND, self.parts, said, Place("T1", "C1"), **more
        )  # fmt: skip

    def answer(self, text: str | Understood, by: str = "Ana") -> Answer:
        """What the verb says, within Slack's limits."""
        return answered(self.asked(text, by))

    def says(self, text: str | Understood, by: str = "Ana") -> str:
        """Everything that is seen."""
        found = self.answer(text, by)
        return "\n".join(texts(list(found.blocks))) if found.blocks else found.text

    def buttons(self, text: str | Understood, by: str = "Ana") -> list[tuple[str, str, str]]:
        return buttons(self.answer(text, by).blocks)

    def home(self, by: str = "Ana", page: int = 1) -> Sequence[Any]:
        """The view, within Slack's limits."""
        found = home(self.asked("", by), page)
        home_fits(found)
        return found

    def sees(self, by: str = "Ana", page: int = 1) -> str:
        return "\n".join(texts(list(self.home(by, page))))

    def submit(self, form: str, by: str = "Ana", **values: Any) -> Answer:
        return FORMS[form].act(self.asked("", by, values=values))

    def item(
        self, incident: int, title: str = "Alert on declines", *, owner: str = "Ana", due_in: int = 7, **told: Any
    ) -> int:
        about = {"title": title, "owner_id": self.cast.id(owner), "priority": "must", "kind": "detect",
                 "due_on": (self.cast.now + due_in * DAY).date(), **told}  # fmt: skip
        return self.cast.do(remediation.add, incident, remediation.Told(**about)).number


def desk(cast: Cast, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    settings = Settings.from_env({"RATCHET_BASE_URL": BASE, "RATCHET_SECRET_KEY": "tests"})
    return Desk(cast, make_parts(settings, clock=clock, engine=engine, sessions=sessions))


def buttons(blocks: Sequence[Any]) -> list[tuple[str, str, str]]:
    """Words, verb and value (or the path of the page) of every button."""
    return [
        (
            each["text"]["text"],
            each["action_id"].split(":")[1],
            each.get("value") or each.get("url", "").removeprefix(BASE),
        )
        for each in buttons_of(blocks)
    ]
