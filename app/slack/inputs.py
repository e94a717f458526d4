"""Fields of forms in Slack, and what a submitted form holds. The block id of a field is its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from app.domain.errors import Refused
from app.slack.messages.parts import Block, cut, plain, section, typed

TEXT_MAX = 3000  # of Slack, for what is typed into one field
OPTIONS_MAX = 100
LOOKUP = "lookup:"  # how the action id of a field begins whose options are asked for while somebody types
Choice = tuple[str, str]  # value, words
_INITIAL = {
    "value": "initial_value", "selected_option": "initial_option", "selected_options": "initial_options",
    "selected_user": "initial_user", "selected_date": "initial_date", "selected_date_time": "initial_date_time",
}  # fmt: skip
_ONE = frozenset({"static_select", "external_select"})
_SEVERAL = frozenset({"multi_external_select", "checkboxes"})
_PLAIN = {"users_select": "selected_user", "datepicker": "selected_date", "datetimepicker": "selected_date_time"}


def text(
    name: str, label: str, value: str | None = "", *, is_long: bool = False, is_optional: bool = False, hint: str = "",
    most: int = TEXT_MAX,
) -> Block:  # fmt: skip
    """One line, or several. More than `most` characters cannot be typed; what is filled in is cut there."""
    most = min(most, TEXT_MAX)
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": is_long, "max_length": most}
    if value:
        element["initial_value"] = cut(value, most)
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def choice(
    name: str, label: str, options: Sequence[Choice], chosen: str | None = None, *, is_optional: bool = False,
    hint: str = "",
) -> Block:  # fmt: skip
    """One of at most a hundred."""
    offered = [_option(each) for each in options[:OPTIONS_MAX]]
    element: Block = {"type": "static_select", "action_id": name, "options": offered}
    for each in offered:
        if each["value"] == chosen:
            element["initial_option"] = each
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def lookup(
    name: str, label: str, kind: str, chosen: Sequence[Choice] = (), *, is_many: bool = False,
    is_optional: bool = False, hint: str = "",
) -> Block:  # fmt: skip
    """One or several of any number, found while somebody types; `kind` names them in the table of lookups."""
    element: Block = {
        "type": "multi_external_select" if is_many else "external_select", "action_id": LOOKUP + kind,
        "min_query_length": 1,
    }  # fmt: skip
    found = [_option(each) for each in chosen]
    if found:
        element["initial_options" if is_many else "initial_option"] = found if is_many else found[0]
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def person(name: str, label: str, slack_user: str | None = None, *, is_optional: bool = False, hint: str = "") -> Block:
    """A Slack user."""
    element: Block = {"type": "users_select", "action_id": name}
    if slack_user:
        element["initial_user"] = slack_user
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def day(name: str, label: str, on: date | None = None, *, is_optional: bool = False, hint: str = "") -> Block:
    element: Block = {"type": "datepicker", "action_id": name}
    if on:
        element["initial_date"] = on.isoformat()
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def instant(name: str, label: str, at: datetime | None = None, *, is_optional: bool = False, hint: str = "") -> Block:
    """Shown in the zone of whoever fills it in; its value is a whole number of seconds since 1970."""
    element: Block = {"type": "datetimepicker", "action_id": name}
    if at:
        element["initial_date_time"] = int(at.timestamp())
    return _input(name, label, element, is_optional=is_optional, hint=hint)


def moment(value: Any) -> datetime | None:
    """The instant that such a field holds."""
    return datetime.fromtimestamp(int(value), UTC) if value else None


def whole(value: str, field: str) -> int | None:
    """A whole number that was typed; None for nothing. Refused: it is none."""
    flat = value.replace(",", "").replace(" ", "")
    if not flat:
        return None
    if not flat.isdecimal():
        raise Refused.because("slack.number", "Write a whole number, such as 1200.", field)
    return int(flat)


def tick(name: str, label: str, words: str, *, is_ticked: bool = False) -> Block:
    """A box that may be ticked: its value is ["yes"] or []."""
    option = _option(("yes", words))
    element: Block = {"type": "checkboxes", "action_id": name, "options": [option]}
    if is_ticked:
        element["initial_options"] = [option]
    return _input(name, label, element, is_optional=True)


def values(state: Mapping[str, Any], blocks: Sequence[Block] = ()) -> dict[str, Any]:
    """What `view.state.values` holds, by field: text, the value of a choice, a list of values, a date in ISO format or
    the id of a Slack user; None or an empty list where nothing was given. A client that does not know an element sends
    nothing for it: then what it held at first, in `blocks`, still holds."""
    first = {each["block_id"]: _first_of(each["element"]) for each in blocks if each.get("type") == "input"}
    told: dict[str, Mapping[str, Any]] = {name: next(iter(each.values()), {}) for name, each in state.items()}
    return {name: _value({**first.get(name, {}), **told.get(name, {})}) for name in first | told}


def _first_of(element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": element.get("type"),
        **{of: element[initial] for of, initial in _INITIAL.items() if initial in element},
    }


def _value(told: Mapping[str, Any]) -> Any:
    kind = str(told.get("type"))
    if kind in _SEVERAL:
        return [each["value"] for each in told.get("selected_options") or ()]
    if kind in _ONE:
        return (told.get("selected_option") or {}).get("value")
    if kind == "plain_text_input":
        return told.get("value") or ""
    return told.get(_PLAIN.get(kind, ""))


def refilled(view: Mapping[str, Any], against: Mapping[str, str]) -> dict[str, Any]:
    """The form again with everything that was typed, below what stands against it."""
    state = (view.get("state") or {}).get("values") or {}
    blocks = [_with(each, state.get(each.get("block_id"), {})) for each in view.get("blocks", ())]
    words = "\n".join(f"• {typed(each, 300)}" for each in against.values())
    kept = {
        name: view[name] for name in ("callback_id", "private_metadata", "title", "submit", "close") if name in view
    }
    return {"type": "modal", **kept, "blocks": [section(f"*Nothing was saved yet.*\n{words}"), *blocks][:100]}


def _with(block: Block, actions: Mapping[str, Mapping[str, Any]]) -> Block:
    told = next(iter(actions.values()), None)
    if not told or block.get("type") != "input":
        return block
    element = {name: value for name, value in block["element"].items() if not name.startswith("initial_")}
    for of, initial in _INITIAL.items():
        if told.get(of):
            element[initial] = told[of]
    return {**block, "element": element}


def options(found: Sequence[Choice]) -> list[Block]:
    """What a lookup answers."""
    return [_option(each) for each in found[:OPTIONS_MAX]]


def _option(of: Choice) -> Block:
    value, words = of
    return {"text": plain(words, 75), "value": value[:150]}


def _input(name: str, label: str, element: Block, *, is_optional: bool, hint: str = "") -> Block:
    made: Block = {
        "type": "input", "block_id": name, "label": plain(label, 75), "element": element, "optional": is_optional,
    }  # fmt: skip
    if hint:
        made["hint"] = plain(hint, 150)
    return made
