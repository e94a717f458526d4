"""Stage 3: the postmortem is published."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import parts
from app.slack.messages.card import page_of, reply
from app.slack.messages.parts import Message
from app.words import plural


def published(notice: Notice, base_url: str) -> Message:
    of = notice.incident
    assert of
    lines = (
        of.summary and parts.typed(of.summary, parts.PARAGRAPH_MAX),
        f"{plural(of.factors, 'contributing factor')} · facilitated by {parts.name(of.facilitator, 'nobody')}",
        of.lessons and f"Learned: {parts.typed(of.lessons, parts.PARAGRAPH_MAX)}",
    )
    page = page_of(of, "review", "Read the review", base_url)
    return reply(notice, of, base_url, sign="📝", what="has its review published", lines=lines, page=page)
