"""A question to Slack that never raises: the answer, or in words why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.slack import errors
from config import Settings

WAIT_SECONDS = 5
BROKEN = (*errors.FAILURES, ValueError, TypeError, LookupError, AttributeError)  # also an answer that makes no sense


@dataclass(frozen=True)
class Answer:
    """`error` is Slack's word, `silence` says why Slack did not answer at all; both empty: it is good."""

    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    silence: str = ""

    @property
    def is_good(self) -> bool:
        return not self.error and not self.silence


class Asking:
    """Asks with one token. Once Slack has not answered, it is not asked again: every question would wait as long."""

    def __init__(self, settings: Settings, token: str) -> None:
        self.client = WebClient(
            token, base_url=settings.slack_api_url.rstrip("/") + "/", timeout=WAIT_SECONDS, retry_handlers=[]
        )
        self.silence = ""
        self.wait_seconds = 0  # the longest time that Slack asked us to wait; 0: never

    def ask(self, method: str, **told: Any) -> Answer:
        """One call of the Web API."""
        if self.silence:
            return Answer(silence=self.silence)
        try:
            response = self.client.api_call(method, params={key: each for key, each in told.items() if each})
            return Answer(_data(response), _headers(response))
        except SlackApiError as error:
            return self._refused(error)
        except BROKEN as error:
            self.silence = _first_line(error)
            return Answer(silence=self.silence)

    def post(self, method: str, body: Mapping[str, Any]) -> Answer:
        """One call with a JSON body, which may be refused without harm to the other questions."""
        try:
            response = self.client.api_call(method, json=dict(body))
            return Answer(_data(response), _headers(response))
        except SlackApiError as error:
            return self._refused(error)
        except BROKEN as error:
            return Answer(silence=_first_line(error))

    def _refused(self, error: SlackApiError) -> Answer:
        response: Any = error.response
        data, headers = _data(response), _headers(response)
        status = getattr(response, "status_code", 0)
        word = str(data.get("error") or "") or (
            "ratelimited" if status == 429 else f"an answer {status} without a reason"
        )
        if word == "ratelimited":
            given = headers.get("retry-after", "")
            self.wait_seconds = max(self.wait_seconds, int(given) if given.isdecimal() and len(given) < 6 else 30)
        return Answer(data, headers, error=word)


def _data(response: Any) -> Mapping[str, Any]:
    data = getattr(response, "data", None)
    return data if isinstance(data, Mapping) else {}


def _headers(response: Any) -> Mapping[str, str]:
    return {str(name).lower(): str(value) for name, value in (getattr(response, "headers", None) or {}).items()}


def _first_line(error: BaseException) -> str:
    words = str(getattr(error, "reason", None) or error).splitlines()  # urllib wraps what the network says
    return words[0][:300] if words else type(error).__name__
