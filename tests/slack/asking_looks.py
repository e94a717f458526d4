"""How tests of the verbs that only look ask: typed words in, what is seen out, checked against Slack's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import Block as Checked
from slack_sdk.models.views import View
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.parts import Parts
from app.slack.asked import COMMAND, Answer, Asked, Place, Unclear
from app.slack.grammar import Understood, understand
from app.slack.home import home
from app.slack.verbs import FORMS, VERBS
from app.wiring import make_parts
from app.workflow import remediation
from config import Settings
from tests.cast import Cast
from tests.slack.by_blockkit import agrees_with_home

BASE = "https://ratchet.example.com"
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
        asked = self.asked(text, by)
        try:
            found = VERBS[asked.understood.verb](asked)
        except Unclear as problem:
            found = problem.answer
        assert found.form is not None or 0 < length(found.text) <= 4_000
        if found.blocks:
            check(found.blocks)
        return found

    def says(self, text: str | Understood, by: str = "Ana") -> str:
        """Everything that is seen."""
        found = self.answer(text, by)
        return "\n".join(texts(list(found.blocks))) if found.blocks else found.text

    def buttons(self, text: str | Understood, by: str = "Ana") -> list[tuple[str, str, str]]:
        return buttons(self.answer(text, by).blocks)

    def home(self, by: str = "Ana", page: int = 1) -> Sequence[Any]:
        """The view, within Slack's limits."""
        found = home(self.asked("", by), page)
        check(found, most=100)
        View("home", blocks=list(found)).validate_json()
        agrees_with_home(found)
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
    found = []
    for each in _dicts(list(blocks)):
        if each.get("type") == "button":
            verb = each["action_id"].split(":")[1]
            found.append((each["text"]["text"], verb, each.get("value") or each.get("url", "").removeprefix(BASE)))
    return found


def texts(value: Any) -> Iterator[str]:
    """Every text that is seen, in order."""
    for each in _dicts(value):
        if each.get("type") in ("mrkdwn", "plain_text"):
            yield each["text"]


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _dicts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _dicts(each)


def check(blocks: Sequence[Any], most: int = 50) -> None:
    """Slack's limits, as slack_sdk's models check them and as its documentation says."""
    assert 1 <= len(blocks) <= most
    assert len(json.dumps(list(blocks))) < 250_000
    for parsed in Checked.parse_all(list(blocks)):
        parsed.to_dict()  # validates
    agrees_with_home(blocks)  # the same rules as for a message, but for how many
    for block in blocks:
        found = block.get("elements", ())
        assert len(found) <= (10 if block["type"] == "context" else 25)
        ids = [each["action_id"] for each in found if "action_id" in each]
        assert len(set(ids)) == len(ids)
    for each in _dicts(list(blocks)):
        if each.get("type") == "mrkdwn":
            assert each["verbatim"] is True
            assert 0 < length(each["text"]) <= 3_000
            _harmless(each["text"])
        elif each.get("type") == "plain_text":
            assert 0 < length(each["text"]) <= 3_000
        elif each.get("type") == "button":
            assert length(each["text"]["text"]) <= 75
            assert length(each.get("value", "")) <= 2_000
            assert each.get("url", BASE).startswith(BASE)
            assert len(each["action_id"]) <= 255
        for field in each.get("fields", ()):
            assert length(field["text"]) <= 2_000


def _harmless(text: str) -> None:
    """The only links, mentions and dates are ours."""
    for found in re.findall(r"<[^>]*>", text):
        assert re.fullmatch(rf"<{BASE}/[^|>\s]*\|[^|<>]+>|<!date\^\d+\^[^|]+\|[^|>]+>", found), found
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)


def length(text: str) -> int:
    """As Slack counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
