"""The few calls to Slack that carry messages. A post is marked, so that it is found again when its answer was lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.slack import errors
from app.slack.messages.parts import Message

log = structlog.get_logger(__name__)
EVENT_TYPE = "ratchet_notice"
EARLIER_SECONDS = 5  # their clock and ours differ
_ID = re.compile(r"[CDG][A-Z0-9]+")  # names of channels are in lower case
PAGE, PAGES = 200, 50
TEXT_ONLY_MAX = 3_000


class Calls:
    """Slack, as far as the delivery needs it. Raises what `errors.FAILURES` names."""

    def __init__(self, client: WebClient) -> None:
        self.client = client
        self._channels: dict[str, str] = {}  # name → id, and e-mail → direct message; a process learns them once

    def channel_id(self, name: str) -> str | None:
        """The id of a channel that is written as "#incidents", "incidents" or as its id. None: it is not to be seen."""
        if _ID.fullmatch(name):
            return name
        plain = name.lstrip("#")
        if name not in self._channels:
            for each in self._list():
                self._channels[f"#{each['name']}"] = self._channels[each["name"]] = each["id"]
        return self._channels.get(name) or self._channels.get(plain)

    def direct(self, slack_user_id: str | None, email: str) -> str:
        """The direct message with somebody."""
        key = slack_user_id or email
        if key not in self._channels:
            user = slack_user_id or self.client.users_lookupByEmail(email=email)["user"]["id"]
            self._channels[key] = self.client.conversations_open(users=user)["channel"]["id"]
        return self._channels[key]

    def post(self, channel: str, message: Message, mark: Mark, *, thread: str | None = None,
             broadcast: bool = False, is_strict: bool = False) -> tuple[str, str]:  # fmt: skip
        """Post once. The channel's id and the ts. Joins the channel when that is what it takes. With `is_strict` blocks
        that Slack refuses are an error, and nothing is posted."""
        told: dict[str, Any] = {
            "channel": channel, "text": message.text, "blocks": mark.on(message.blocks), "metadata": mark.metadata,
            "unfurl_links": False, "unfurl_media": False,
        }  # fmt: skip
        if thread is not None:
            told |= {"thread_ts": thread, "reply_broadcast": broadcast}
        send = self.client.chat_postMessage
        answer = self._as_member(
            channel, lambda: send(**told) if is_strict else self._with_or_without_blocks(send, told)
        )
        self._channels.setdefault(channel, answer["channel"])
        return answer["channel"], answer["ts"]

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of ours by its present state."""
        told = {"channel": channel, "ts": ts, "text": message.text, "blocks": message.blocks}
        self._with_or_without_blocks(self.client.chat_update, told)

    def illustrate(self, channel: str, ts: str, message: Message, mark: Mark) -> None:
        """Replace a marked message by the same one with its picture. Blocks that Slack refuses are an error: what is
        there stays."""
        self.client.chat_update(
            channel=channel, ts=ts, text=message.text, blocks=mark.on(message.blocks), metadata=mark.metadata
        )

    def take_down(self, channel: str, ts: str, instead: Message) -> None:
        """Leave nothing of a message: replaced, or deleted where it may not be changed any more."""
        try:
            self.update(channel, ts, instead)
        except SlackApiError as error:
            if errors.code(error) in errors.UNCHANGEABLE:
                self.client.chat_delete(channel=channel, ts=ts)
            elif errors.code(error) not in errors.GONE:
                raise

    def find(self, channel: str, mark: Mark, since: datetime, *, thread: str | None = None) -> str | None:
        """The ts of the post with this mark, if it has arrived."""
        found = self.find_whole(channel, mark, since, thread=thread)
        return str(found["ts"]) if found else None

    def find_whole(
        self, channel: str, mark: Mark, since: datetime, *, thread: str | None = None
    ) -> dict[str, Any] | None:
        """The post with this mark as it stands there, if it has arrived."""
        for each in self._as_member(channel, lambda: list(self._read(channel, since, thread))):
            if mark.is_on(each):
                return dict(each)
        return None

    def whole(self, channel: str, ts: str) -> dict[str, Any] | None:
        """A message as it stands there, if it is to be seen."""
        answer = self.client.conversations_history(channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1)
        return next((dict(each) for each in answer.get("messages") or [] if each.get("ts") == ts), None)

    def _with_or_without_blocks(self, send: Callable[..., Any], told: dict[str, Any]) -> Any:
        """A message whose blocks Slack refuses is a mistake of ours; what it says still gets through as plain text."""
        try:
            return send(**told)
        except SlackApiError as error:
            if errors.code(error) not in errors.TOO_MUCH:
                raise
            log.error("Slack refused the blocks; sent as plain text", error=errors.code(error), text=told["text"])
            plain = {key: value for key, value in told.items() if key != "blocks"}
            return send(**{**plain, "text": told["text"][:TEXT_ONLY_MAX]})

    def _as_member(self, channel: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except SlackApiError as error:
            if errors.code(error) == "channel_not_found":
                self._channels.clear()  # what was learned is old: there may be another channel of this name
            if errors.code(error) != errors.NOT_A_MEMBER:
                raise
            self.client.conversations_join(channel=self.channel_id(channel) or channel)
            return call()

    def _read(self, channel: str, since: datetime, thread: str | None) -> Iterator[dict[str, Any]]:
        told: dict[str, Any] = {
            "channel": channel, "oldest": f"{since.timestamp() - EARLIER_SECONDS:.6f}", "limit": PAGE,
            "include_all_metadata": True,
        }  # fmt: skip
        for _ in range(PAGES):
            if thread is None:
                answer = self.client.conversations_history(**told)
            else:
                answer = self.client.conversations_replies(ts=thread, **told)
            yield from answer.get("messages") or []
            told["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not told["cursor"]:
                return

    def _list(self) -> Iterator[dict[str, Any]]:
        cursor = None
        for _ in range(PAGES):
            answer = self.client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
            )
            yield from answer["channels"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


class Mark:
    """Says of a post which part of which outbox message it is; in its metadata, and in the id of its first block,
    because not every server gives metadata back."""

    def __init__(self, outbox_id: int, part: str) -> None:
        self.payload = {"outbox_id": outbox_id, "part": part}
        self.block_id = f"ratchet:{outbox_id}:{part}"

    @property
    def metadata(self) -> dict[str, Any]:
        return {"event_type": EVENT_TYPE, "event_payload": self.payload}

    def on(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**blocks[0], "block_id": self.block_id}, *blocks[1:]]

    def is_on(self, message: dict[str, Any]) -> bool:
        told = message.get("metadata") or {}
        if told.get("event_type") == EVENT_TYPE and told.get("event_payload") == self.payload:
            return True
        return any(each.get("block_id") == self.block_id for each in message.get("blocks") or [])
