"""A practice is questioned: a service had adopted it, and it happened all the same."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import parts, practice
from app.slack.messages.parts import Message


def questioned(notice: Notice, base_url: str) -> Message:
    """To engineering and to the practice's owners. The reason names no private incident: none questions by itself."""
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="❓", what="is not enough",
        lines=(parts.typed(notice.why, parts.PARAGRAPH_MAX),),
        waits="Waits for a new analysis: change the practice, add another, or say why it stays.",
    )  # fmt: skip
