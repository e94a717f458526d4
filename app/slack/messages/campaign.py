"""Campaigns: a practice's push to its target begins, and is over."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import next_steps, parts, practice
from app.slack.messages.parts import Message


def started(notice: Notice, base_url: str) -> Message:
    """To the teams whose services have to act."""
    of = notice.practice
    assert of
    words = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    return practice.told(
        notice, base_url, sign="🏁", what="has a campaign", opens="See what to do",
        steps=next_steps.of_practice(of), lines=(words, practice.to_do(of)), waits=practice.waits(of),
    )  # fmt: skip


def closed(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    words = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    return practice.told(
        notice, base_url, sign="🏁", what="has its campaign closed",
        steps=next_steps.of_practice(of), lines=(words, practice.target(of), practice.to_do(of)),
        waits=practice.waits(of),
    )  # fmt: skip
