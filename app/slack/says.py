"""How an answer reaches the one person who asked: where they are, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from app.slack import errors
from app.slack.asked import DIRECT, Answer, Asked, Form, Opened, Place
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.shapes import AS_TYPED, Shape

log = structlog.get_logger("ratchet.slack")
CARRIED_MAX = 3000  # of Slack, for private_metadata
TIMEOUT_SECONDS = 5
NOWHERE = Place()
LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "invalid_trigger_id"})


class Says:
    """Answers one request."""

    def __init__(self, client: WebClient, shape: Shape) -> None:
        self.client = client
        self.shape = shape
        self._view = ""  # of the form that was opened as "Loading…"

    def answer(self, answer: Answer) -> None:
        """Only this person sees it. What cannot be said here is said in a direct message."""
        if not answer.text and not answer.blocks:
            return
        blocks = [*answer.blocks] or [parts.section(answer.text[: parts.SECTION_MAX])]
        text = answer.text[:3000] or "Ratchet has an answer."
        if self._view:
            self._update(shown(answer))
            return
        if self._by_url(text, blocks):
            return
        place = self.shape.place
        if self.shape.kind != DIRECT and place.channel and not place.is_direct:
            try:
                self.client.chat_postEphemeral(
                    channel=place.channel, user=self.shape.slack_user, text=text, blocks=blocks,
                    thread_ts=place.thread or None,
                )  # fmt: skip
                return
            except SlackApiError as error:
                if errors.code(error) not in (
                    "channel_not_found",
                    "not_in_channel",
                    "user_not_in_channel",
                    "is_archived",
                ):
                    raise
        channel = place.channel if place.is_direct else self._direct()
        self.client.chat_postMessage(
            channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False,
            thread_ts=(place.thread or None) if place.is_direct else None,
        )  # fmt: skip

    def open_loading(self, form: Form) -> None:
        """At once: a trigger is good for three seconds, and the database may take longer."""
        if not self.shape.trigger:
            return
        loading = {"type": "modal", "title": parts.plain(form.title, 24), "close": parts.plain("Cancel", 24),
                   "blocks": [parts.section("Loading…")]}  # fmt: skip
        try:
            self._view = self._open(loading)["view"]["id"]
        except SlackApiError as error:
            if errors.code(error) not in LATE:
                raise

    def form(self, opened: Opened, form: Form, asked: Asked) -> None:
        """The form; without a trigger, or when it has expired, a button that opens it with what was typed."""
        view = view_of(opened, form, asked.place, asked.understood.typed)
        if self._view:
            self._update(view)
            return
        if self.shape.trigger:
            try:
                self._open(view)
                return
            except SlackApiError as error:
                if errors.code(error) not in LATE:
                    raise
        self.answer(to_form(asked, opened.form, f"{form.title}: there is a form for it."))

    def home(self, blocks: Sequence[Block]) -> None:
        """The home tab of this person."""
        self.client.views_publish(user_id=self.shape.slack_user, view=home_of(blocks))

    def _open(self, view: dict[str, Any]) -> SlackResponse:
        """On top of the form that was clicked in, if it was one: Slack opens no second one beside it."""
        is_on_top = self.shape.view.get("type") == "modal"
        show = self.client.views_push if is_on_top else self.client.views_open
        return show(trigger_id=self.shape.trigger, view=view)

    def _update(self, view: Mapping[str, Any]) -> None:
        self.client.views_update(view_id=self._view, view=dict(view))

    def _direct(self) -> str:
        return str(self.client.conversations_open(users=self.shape.slack_user)["channel"]["id"])

    def _by_url(self, text: str, blocks: Sequence[Block]) -> bool:
        url = self.shape.response_url
        if urlsplit(url).scheme not in ("https", "http"):
            return False
        hook = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        try:
            said = hook.send(text=text, blocks=blocks, response_type="ephemeral", replace_original=False)
        except errors.FAILURES as error:
            log.warning("an answer could not be given where it was asked", reason=str(error)[:200])
            return False
        return said.status_code == 200


def view_of(opened: Opened, form: Form, place: Place = NOWHERE, typed: str = "") -> dict[str, Any]:
    """The modal. It carries along what it is about, where it was opened, and what was typed."""
    kept = {"about": dict(opened.about), "place": [place.team, place.channel, place.thread, place.ts, place.is_direct]}
    carried = json.dumps({**kept, "typed": typed}, ensure_ascii=False)
    if len(carried) > CARRIED_MAX:
        carried = json.dumps(kept, ensure_ascii=False)
    return {
        "type": "modal", "callback_id": opened.form, "private_metadata": carried,
        "title": parts.plain(form.title, 24), "submit": parts.plain(form.submit, 24),
        "close": parts.plain("Cancel", 24), "blocks": [*form.fields(opened.filled)],
    }  # fmt: skip


def home_of(blocks: Sequence[Block]) -> dict[str, Any]:
    """The home tab."""
    return {"type": "home", "blocks": [*blocks]}


def shown(answer: Answer, title: str = "Ratchet") -> dict[str, Any]:
    """An answer as a modal, where a form was open already."""
    blocks = [*answer.blocks] or [parts.section(answer.text[: parts.SECTION_MAX])]
    return {"type": "modal", "title": parts.plain(title, 24), "close": parts.plain("Close", 24), "blocks": blocks}


def to_form(asked: Asked, verb: str, text: str) -> Answer:
    """A sentence, and a button that opens the form with everything that was typed."""
    typed = parts.cut(f"{AS_TYPED}{asked.understood.typed}", parts.VALUE_MAX)
    button = Button("Open the form", verb=verb, value=typed, is_form=True)
    return Answer(text, [parts.section(text[: parts.SECTION_MAX]), parts.actions(button)])
