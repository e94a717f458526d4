"""Blocked, unblocked, skipped, reopened: the moves that no single stage owns."""

from __future__ import annotations

from app.domain.lifecycle import BY_KEY
from app.queries.notice import Notice
from app.slack.messages import parts
from app.slack.messages.card import reply
from app.slack.messages.parts import Message


def blocked(notice: Notice, base_url: str) -> Message:
    return _moved(notice, base_url, "⛔", "is blocked at")


def unblocked(notice: Notice, base_url: str) -> Message:
    return _moved(notice, base_url, "▶️", "goes on at")


def skipped(notice: Notice, base_url: str) -> Message:
    return _moved(notice, base_url, "⏩", "skipped")


def reopened(notice: Notice, base_url: str) -> Message:
    return _moved(notice, base_url, "↩️", "was reopened at")


def _moved(notice: Notice, base_url: str, sign: str, verb: str) -> Message:
    assert notice.incident
    assert notice.stage
    why = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    what = f"{verb} {BY_KEY[notice.stage].title}"
    return reply(notice, notice.incident, base_url, sign=sign, what=what, lines=(why and f"Because: {why}",))
