"""Everything that Slack can ask, by the framework that knows its protocol (slack-bolt): kept, acknowledged, begun."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

from app.slack import errors, inputs, says
from app.slack.asked import FORM, Answer, Place
from app.slack.bot import Bot
from app.slack.messages import parts
from app.slack.shapes import READ, Shape, form, submission_key
from app.slack.verbs import FORMS

log = structlog.get_logger("ratchet.slack")
ANYTHING = re.compile(r".*", re.DOTALL)
SAVED_WITHIN_SECONDS = 2.0  # Slack waits three
AWAY = "Ratchet cannot reach its database just now, so nothing was done. Try again in a minute"
BROKEN = "Something went wrong, and nothing was saved. Send it again."
Result = tuple[Answer | None, Mapping[str, str]]
Forget = Callable[[str | None, str | None, datetime | None], object]


def listen(bot: Bot, forget: Forget) -> App:
    """The bolt app: for HTTP behind our own door, which has checked the signature, and for Socket Mode."""
    app = App(
        name="ratchet", client=WebClient(), authorize=_everybody, request_verification_enabled=False,
        ignoring_self_events_enabled=False, token_verification_enabled=False,
        process_before_response=True,  # else bolt acknowledges an event before we have kept it
    )  # fmt: skip
    app.command(ANYTHING)(_keeps(bot, "command"))
    for name in ("app_mention", "message", "app_home_opened"):
        app.event(name)(_keeps(bot, "event"))
    app.action(ANYTHING)(_keeps(bot, "click"))
    app.shortcut(ANYTHING)(_keeps(bot, "shortcut"))
    app.view_submission(ANYTHING)(_Forms(bot))
    app.view_closed(ANYTHING)(lambda ack: ack())
    app.options(ANYTHING)(_offers(bot))
    app.event("app_uninstalled")(_left(forget))
    app.event("tokens_revoked")(_left(forget))
    return app


def _everybody(**about: Any) -> AuthorizeResult:
    """Who may what is decided where it is done; here only so that bolt goes on. It is given no token."""
    return AuthorizeResult(enterprise_id=about.get("enterprise_id"), team_id=about.get("team_id"))


def _keeps(bot: Bot, kind: str) -> Callable[..., None]:
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        shape = READ[kind](body)
        if shape is None:
            ack()
            return
        try:
            request = bot.inbox.take(shape.key, kind, _kept(body))
        except SQLAlchemyError:
            log.exception("a request from Slack could not be kept", kind=kind)
            if kind != "command":
                raise  # not acknowledged: Slack says so to whoever has clicked, and sends an event again
            ack(f"{AWAY}; this is what you typed: {parts.typed(shape.typed, parts.TEXT_MAX)}")
            return
        ack()
        if request is not None:
            bot.start(request)

    return listener


class _Forms:
    """A submitted form: saved while Slack waits, with errors beside the fields; if that takes too long, "Saving…", and
    the same form says later what became of it."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def __call__(self, ack: Ack, body: dict[str, Any]) -> None:
        shape = form(body)
        if shape.name not in FORMS:
            ack(response_action="update", view=says.shown(Answer("This form is from another version of Ratchet.")))
            return
        request = self.bot.inbox.take(submission_key(shape), FORM, _kept(body))
        saving = self.bot.savers.submit(self.bot.submitted, shape)
        try:
            answer, against = saving.result(timeout=SAVED_WITHIN_SECONDS)
        except TooLong:
            ack(response_action="update", view=says.shown(Answer("Saving…")))
            saving.add_done_callback(lambda done: self._late(shape, done))
        except Exception:  # logged; the form says so and keeps what was typed
            log.exception("a form could not be saved", form=shape.name)
            ack(response_action="errors", errors={_first(shape): BROKEN})
        else:
            self._in_time(ack, shape, answer, against)
        if request is not None:
            saving.add_done_callback(lambda _done: self.bot.inbox.done(request))

    def _in_time(self, ack: Ack, shape: Shape, answer: Answer | None, against: Mapping[str, str]) -> None:
        if against:
            ack(response_action="errors", errors=dict(against))
            return
        ack(response_action="clear")
        if answer is not None:
            self.bot.savers.submit(self._tell, shape, answer)

    def _tell(self, shape: Shape, answer: Answer) -> None:
        try:
            self.bot.tell(shape, answer)
        except Exception:  # logged; the form itself is saved
            log.exception("somebody was not told what became of a form", form=shape.name)

    def _late(self, shape: Shape, done: Future[Result]) -> None:
        client = self.bot.client_of(shape.place.team)
        if client is None:
            return
        try:
            answer, against = done.result()
        except Exception:  # logged; the form comes back with what was typed
            log.exception("a form could not be saved", form=shape.name)
            answer, against = None, {_first(shape): BROKEN}
        view = inputs.refilled(shape.view, against) if against else says.shown(answer or Answer("Saved."))
        try:
            client.views_update(view_id=shape.view["id"], view=view)
        except errors.FAILURES:
            log.warning("a form was closed before it was saved", form=shape.name)


def _offers(bot: Bot) -> Callable[..., None]:
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        kind = str(body.get("action_id", "")).removeprefix(inputs.LOOKUP)
        team = (body.get("team") or {}).get("id") or ""
        shape = Shape("options", "", body["user"]["id"], Place(team), view=body.get("view") or {})
        ack(options=inputs.options(bot.looked_up(shape, kind, str(body.get("value") or ""))))

    return listener


def _left(forget: Forget) -> Callable[..., None]:
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        event = body["event"]
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            at = datetime.fromtimestamp(int(body["event_time"]), UTC) if body.get("event_time") else None
            forget(body.get("team_id"), body.get("enterprise_id"), at)
        ack()

    return listener


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a payload: not the token by which Slack was known before there were signatures."""
    return {key: _storable(value) for key, value in body.items() if key != "token"}


def _storable(value: Any) -> Any:
    """Without NUL, which PostgreSQL keeps nowhere."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {key: _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value


def _first(shape: Shape) -> str:
    return next((each["block_id"] for each in shape.view.get("blocks", ()) if each.get("type") == "input"), "form")
