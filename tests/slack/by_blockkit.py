"""Messages and forms, built once more by a library that others wrote and that knows Slack's limits (blockkit)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import blockkit
from blockkit import Home, Message, Modal, Option, Text

KINDS = {
    "section": blockkit.Section, "context": blockkit.Context, "actions": blockkit.Actions, "header": blockkit.Header,
    "divider": blockkit.Divider, "input": blockkit.Input, "button": blockkit.Button,
    "plain_text_input": blockkit.PlainTextInput, "static_select": blockkit.StaticSelect,
    "external_select": blockkit.ExternalSelect, "multi_external_select": blockkit.MultiExternalSelect,
    "users_select": blockkit.UsersSelect, "datepicker": blockkit.DatePicker,
    "datetimepicker": blockkit.DatetimePicker, "checkboxes": blockkit.Checkboxes, "overflow": blockkit.Overflow,
    "image": blockkit.Image,
}  # fmt: skip


def agrees_with_message(text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
    """Raises what blockkit finds wrong."""
    Message(text=text, blocks=[_built(each) for each in blocks]).build()


def agrees_with_modal(view: Mapping[str, Any]) -> None:
    """Raises what blockkit finds wrong."""
    told = {name: view[name] for name in ("callback_id", "private_metadata") if name in view}
    texts = {name: _built(view[name]) for name in ("title", "submit", "close") if name in view}
    Modal(blocks=[_built(each) for each in view["blocks"]], **texts, **told).build()


def agrees_with_home(blocks: Sequence[Mapping[str, Any]]) -> None:
    """Raises what blockkit finds wrong."""
    Home(blocks=[_built(each) for each in blocks]).build()


def _built(of: Any) -> Any:
    if isinstance(of, list):
        return [_built(each) for each in of]
    if not isinstance(of, Mapping):
        return of
    kind = of.get("type")
    if kind in ("plain_text", "mrkdwn"):
        return Text(**of)
    if kind is None and set(of) == {"id"}:
        return blockkit.SlackFile(**of)
    about = {name: _built(value) for name, value in of.items() if name != "type"}
    return KINDS[kind](**about) if kind else Option(**about)
