"""A picture for a message: uploaded to nobody, and shown only after Slack has processed it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk import WebClient

from app.slack import errors

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 20.0
FIRST_WAIT, LONGEST_WAIT = 0.3, 2.0
# What slack_sdk may stumble over where an answer lacks what it needs, such as the address to upload to.
BROKEN = (*errors.FAILURES, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True)
class Chart:
    """A file that a message shows; or why it shows none, and when to try again. Neither: there is nothing to show."""

    file_id: str = ""
    missing: str = ""
    after_seconds: float | None = None

    @property
    def shown(self) -> str:
        """The file that the message shows: none that Slack has not processed."""
        return "" if self.missing else self.file_id

    def told(self) -> dict[str, str]:
        """As it is remembered beside the message."""
        return {key: value for key, value in (("file", self.file_id), ("missing", self.missing)) if value}


class NoPicture(Exception):
    """There is none to be shown now, and why. `file_id`: it is uploaded, and may be ready later."""

    def __init__(self, reason: str, *, after_seconds: float | None = None, file_id: str = "") -> None:
        super().__init__(reason)
        self.chart = Chart(file_id, reason, after_seconds)


class Pictures:
    """Uploads to Slack. `sleep` and `now` count seconds."""

    def __init__(
        self, client: WebClient, sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.client, self.sleep, self.now = client, sleep, now

    def upload(self, png: bytes, name: str, alt: str) -> str:
        """The id of a file that a message may show. NoPicture says why there is none."""
        try:
            # Without a channel: a file that is shared by its upload is a message of its own, which nobody finds again.
            answer = self.client.files_upload_v2(content=png, filename=f"{name}.png", title=name, alt_txt=alt)
            file_id = str(answer["files"][0]["id"])
        except BROKEN as error:
            raise _none(error) from error
        self.await_ready(file_id)
        return file_id

    def await_ready(self, file_id: str) -> None:
        """Return once Slack has processed the file. NoPicture: it has not, or cannot be asked."""
        until, wait = self.now() + PATIENCE_SECONDS, FIRST_WAIT
        while not self._is_ready(file_id):
            if self.now() + wait > until:
                raise NoPicture("Slack has not processed the picture yet.", file_id=file_id)
            self.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def forget(self, file_id: str) -> None:
        """Delete what no message shows. It is no harm if that fails."""
        try:
            self.client.files_delete(file=file_id)
        except BROKEN as error:
            log.info("an unused picture stays in Slack", file=file_id, error=str(error)[:200])

    def _is_ready(self, file_id: str) -> bool:
        try:
            answer: Any = self.client.files_info(file=file_id)
            return bool((answer.get("file") or {}).get("mimetype"))
        except BROKEN as error:
            raise _none(error, file_id) from error


def _none(error: BaseException, file_id: str = "") -> NoPicture:
    word = errors.code(error)
    status, wait = errors.answered(error)
    if word == "missing_scope":
        said = (
            "The Slack app lacks a permission: add files:write and files:read to its bot scopes and install it again."
        )
        return NoPicture(said, after_seconds=errors.TOKEN_RETRY_SECONDS, file_id=file_id)
    if word == "ratelimited" or status == 429:
        return NoPicture("Slack asks for patience.", after_seconds=wait or 30.0, file_id=file_id)
    if word:
        return NoPicture(f"Slack refused the picture: {word[:100]}.", file_id=file_id)
    return NoPicture(f"The picture could not be uploaded: {type(error).__name__}: {str(error)[:200]}", file_id=file_id)
