"""The home tab: what waits for the person who looks at it."""

from __future__ import annotations

from app.slack.asked import Asked
from app.slack.messages import parts
from app.slack.messages.parts import Block


def home(_asked: Asked, page: int = 1) -> list[Block]:
    """The blocks of one page."""
    return [parts.section(f"Nothing is here yet, on page {page}.")]
