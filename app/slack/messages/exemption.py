"""Exemptions: somebody asks, the practice's owner answers, and it ends after a warning. The words are of the Move."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import parts, practice
from app.slack.messages.parts import Message


def asked(notice: Notice, base_url: str) -> Message:
    """To the owners of the practice, who decide."""
    return _told(notice, base_url, "🙋", "has a request for an exemption", "It waits for you: grant it or decline it.")


def granted(notice: Notice, base_url: str) -> Message:
    return _told(notice, base_url, "🕊️", "has an exemption", "Nothing is awaited until it ends.")


def declined(notice: Notice, base_url: str) -> Message:
    return _told(notice, base_url, "✋", "has an exemption declined", "The service still has to adopt it.")


def expiring(notice: Notice, base_url: str) -> Message:
    waits = "Adopt the practice before that day, or ask for another exemption."
    return _told(notice, base_url, "⏳", "has an exemption that ends soon", waits)


def _told(notice: Notice, base_url: str, sign: str, what: str, waits: str) -> Message:
    words = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    return practice.told(
        notice, base_url, sign=sign, what=what, button="See the exemption", lines=(words,), waits=waits
    )  # fmt: skip
