"""Stage 5: which failure pattern it was, and what follows from it."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import parts
from app.slack.messages.card import page_of, reply
from app.slack.messages.parts import Message

DECISIONS = {"new": "a new practice", "known": "a known practice", "none": "no practice"}


def completed(notice: Notice, base_url: str) -> Message:
    of = notice.incident
    assert of
    decided = f"Decided on {DECISIONS.get(of.decision or '', 'nothing yet')}"
    if of.practices:
        decided += f" ({parts.listed([each.name for each in of.practices])})"
    lines = (
        of.pattern and f"Pattern: *{parts.typed(of.pattern)}*",
        f"{decided}: {parts.typed(of.reason, parts.PARAGRAPH_MAX)}" if of.reason else f"{decided}.",
    )
    page = page_of(of, "analysis", "Read the analysis", base_url)
    return reply(notice, of, base_url, sign="🔍", what="is analysed", lines=tuple(filter(None, lines)), page=page)
