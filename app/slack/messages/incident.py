"""Stage 1: something is broken."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages.card import card
from app.slack.messages.parts import Message


def declared(notice: Notice, base_url: str) -> Message:
    """The card itself: it opens the thread."""
    assert notice.incident
    return card(notice.incident, base_url)
