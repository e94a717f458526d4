"""What Slack's errors mean for a message."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from app.outbox.contract import Dead, Later
from app.slack import errors


def refused(word: str, status: int = 200, headers: dict[str, Any] | None = None, **more: Any) -> SlackApiError:
    return SlackApiError("no", SlackResponse(
        client=WebClient(), http_verb="POST", api_url="", req_args={}, data={"ok": False, "error": word, **more},
        headers=headers or {}, status_code=status,
    ))  # fmt: skip


def test_a_limit_is_waited_out_for_as_long_as_slack_says() -> None:
    found = errors.outcome(refused("ratelimited", 429, {"Retry-After": "42"}), "#incidents")
    assert isinstance(found, Later)
    assert (found.after_seconds, found.is_patient) == (42.0, True)


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
def test_a_problem_of_slack_s_own_is_tried_again(word: str) -> None:
    assert isinstance(errors.outcome(refused(word), "#incidents"), Later)


def test_a_page_of_html_with_status_500_is_tried_again() -> None:
    assert isinstance(errors.outcome(refused("Received a response in a non-JSON format", 503), "#incidents"), Later)


@pytest.mark.parametrize("error", [TimeoutError("timed out"), ConnectionResetError(), OSError("no route")])
def test_a_network_that_fails_is_tried_again(error: Exception) -> None:
    assert isinstance(errors.outcome(error, "#incidents"), Later)


@pytest.mark.parametrize("word", sorted(errors.SENTENCES))
def test_what_only_a_person_can_change_is_dead_with_a_sentence_that_names_the_place(word: str) -> None:
    found = errors.outcome(refused(word), "#incidents")
    assert isinstance(found, Dead)
    assert "#incidents" in found.reason
    assert "{" not in found.reason


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_bad_token_makes_messages_wait_and_says_which_setting_to_change(word: str) -> None:
    found = errors.outcome(refused(word), "#incidents")
    assert isinstance(found, Later)
    assert found.is_patient
    assert "RATCHET_SLACK_TOKEN" in found.reason


def test_a_missing_permission_is_named() -> None:
    found = errors.outcome(refused("missing_scope", needed="channels:history"), "#incidents")
    assert "channels:history" in found.reason


def test_an_unknown_refusal_is_dead_with_slack_s_own_word() -> None:
    found = errors.outcome(refused("something_new"), "#incidents")
    assert isinstance(found, Dead)
    assert "something_new" in found.reason
