"""Asking the bot without Slack: what is typed, clicked and submitted reaches a verb as the door would hand it over, and
every answer is held to what Slack shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View

from app.slack.asked import Answer, Asked, Opened, Place, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.verbs import BY_NAME
from app.slack.says import CARRIED_MAX, view_of
from app.slack.shapes import Shape
from app.slack.verbs import FORMS, VERBS
from tests.slack.by_blockkit import agrees_with_home, agrees_with_message, agrees_with_modal

BASE = "https://ratchet.example.com"
_OURS = re.compile(rf"<{BASE}/[^|>\s]*\|[^|<>]+>|<!date\^\d+\^[^|]+\|[^|>]+>")
_INITIAL = {
    "value": "initial_value", "selected_option": "initial_option", "selected_options": "initial_options",
    "selected_user": "initial_user", "selected_date": "initial_date", "selected_date_time": "initial_date_time",
}  # fmt: skip


def of_button(verb: str, value: str, today: date) -> Understood:
    """What a click stands for, read by what the door reads it with."""
    return Shape("click", "", "", Place(), verb=verb, value=value).understood(today)


def answered(asked: Asked) -> Answer:
    """What the verb says, within Slack's limits."""
    try:
        answer = VERBS[asked.understood.verb](asked)
    except Unclear as unclear:
        answer = unclear.answer
    fits(answer)
    return answer


def state(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`view.state.values` of a form that nobody has touched."""
    fields = {each["block_id"]: each["element"] for each in blocks if each["type"] == "input"}
    return {
        name: {of["action_id"]: {"type": of["type"], **{key: of.get(initial) for key, initial in _INITIAL.items()}}}
        for name, of in fields.items()
    }


def buttons_of(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every button, in order, wherever it stands."""
    return [each for each in dicts(list(blocks)) if each.get("type") == "button"]


# What Slack shows: its limits, as its library, its documentation and a library of others say. Nothing that was typed
# mentions, links or formats.


def fits(answer: Answer) -> None:
    """An answer, or the form that it opens."""
    if answer.form is not None:
        assert not answer.text
        opened_fits(answer.form)
        return
    assert 0 < length(answer.text) <= 3_000
    harmless(answer.text)
    if answer.blocks:
        agrees_with_message(answer.text, answer.blocks)
        blocks_fit(answer.blocks)


def opened_fits(opened: Opened) -> None:
    """A form with what it holds at first."""
    view = view_of(opened, FORMS[opened.form])
    View(**view).to_dict()
    View(**view).validate_json()
    agrees_with_modal(view)
    assert length(view["title"]["text"]) <= 24
    assert length(view["submit"]["text"]) <= 24
    assert len(view["private_metadata"]) <= CARRIED_MAX
    inputs = [each for each in view["blocks"] if each["type"] == "input"]
    assert len({each["block_id"] for each in inputs}) == len(inputs)
    blocks_fit(view["blocks"], most=100)
    for element in (each["element"] for each in inputs):
        first = element.get("initial_value", "x")
        assert 0 < length(first) <= min(element.get("max_length", 3_000), 3_000)
        options = [*element.get("options", ()), *element.get("initial_options", ())]
        options += [element["initial_option"]] if "initial_option" in element else []
        for option in options:
            assert 0 < length(option["text"]["text"]) <= 75
            assert 0 < len(option["value"]) <= 150
        assert len(element.get("options", ())) <= 100


def blocks_fit(blocks: Sequence[Any], most: int = 50) -> None:
    """Blocks of a message, or of a view with as many as that."""
    assert 1 <= len(blocks) <= most
    assert len(json.dumps(list(blocks))) < 250_000
    for parsed in SlackBlock.parse_all(list(blocks)):
        parsed.to_dict()
        parsed.validate_json()
    for block in blocks:
        found = block.get("elements", ())
        assert len(found) <= (10 if block["type"] == "context" else 25)
        ids = [each["action_id"] for each in found if "action_id" in each]
        assert len(set(ids)) == len(ids)
    for each in dicts(list(blocks)):
        _piece_fits(each)


def home_fits(blocks: Sequence[Any]) -> None:
    """The home of the app."""
    View("home", blocks=list(blocks)).validate_json()
    agrees_with_home(blocks)
    blocks_fit(blocks, most=100)


def _piece_fits(of: Mapping[str, Any]) -> None:
    if of.get("type") == "mrkdwn":
        assert of["verbatim"] is True
        assert 0 < length(of["text"]) <= 3_000
        harmless(of["text"])
    elif of.get("type") == "plain_text":
        assert 0 < length(of["text"]) <= 3_000
    elif of.get("type") == "button":
        assert length(of["text"]["text"]) <= 75
        assert length(of.get("value", "")) <= 2_000
        assert len(of["action_id"]) <= 255
        assert of.get("url", f"{BASE}/").startswith(f"{BASE}/")
        assert of.get("url") or of["action_id"].split(":")[1] in {*VERBS, *BY_NAME, "home"}
    for field in of.get("fields", ()):
        assert length(field["text"]) <= 2_000


def harmless(text: str) -> None:
    """The only links, mentions and dates are ours."""
    for found in re.findall(r"<[^>]*>", text):
        assert _OURS.fullmatch(found), found
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)


def texts(value: Any) -> Iterator[str]:
    """Every text that is seen, in order."""
    for each in dicts(value):
        if each.get("type") in ("mrkdwn", "plain_text"):
            yield each["text"]


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Every piece of some blocks, in order."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from dicts(each)
    elif isinstance(value, list):
        for each in value:
            yield from dicts(each)


def length(text: str) -> int:
    """As Slack counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
