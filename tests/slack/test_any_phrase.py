"""Whatever is typed, the bot answers, and the answer says what to do next."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, given, settings

from app.slack.bot import BROKEN
from app.slack.grammar import understand
from tests.slack.talking import Talk, Workspace
from tests.unit.slack_grammar.test_hostile import TEXTS

PHRASES = int(os.environ.get("RATCHET_TESTS_PHRASES", "100"))  # five thousand take some minutes


@given(typed=TEXTS)
@settings(
    max_examples=PHRASES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_every_phrase_is_answered_with_what_to_do_next(talk: Talk, workspace: Workspace, typed: str) -> None:
    sendable = typed.encode(errors="ignore").decode()  # Slack sends no halves of characters
    workspace.said.clear()
    assert talk.command(sendable).status_code == 200
    told = workspace.heard("respond", "views.update", seconds=10)
    said = json.dumps(told, ensure_ascii=False)
    assert BROKEN not in said
    assert "another version" not in said
    problems = understand(sendable, today=talk.parts.clock().date()).problems  # sentences that say what to do
    assert is_next_said(told) or any(each in said for each in problems), said


def is_next_said(told: dict[str, Any]) -> bool:
    """A form, a button, a command to type, or a page to open."""
    view = told.get("view") or {}
    blocks = view.get("blocks") or told.get("blocks") or ()
    said = json.dumps(blocks, ensure_ascii=False)
    is_pointed_at = any(each in said for each in ("/ratchet", "<http", "Try ", "keep one", "choose one", "type "))
    return "submit" in view or any(each["type"] == "actions" for each in blocks) or is_pointed_at
