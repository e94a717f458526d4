"""Exemptions: somebody asks, the practice's owner answers, and it ends after a warning. The words are of the Move."""

from __future__ import annotations

from collections.abc import Sequence

from app.queries.notice import Notice
from app.slack.messages import next_steps, parts, practice
from app.slack.messages.parts import Button, Message


def asked(notice: Notice, base_url: str) -> Message:
    """To the owners of the practice, who decide."""
    waits = "It waits for you: grant it or decline it."
    what = "has a request for an exemption"
    return _told(notice, base_url, sign="🙋", what=what, waits=waits, steps=_answers(notice))


def granted(notice: Notice, base_url: str) -> Message:
    return _told(notice, base_url, sign="🕊️", what="has an exemption", waits="Nothing is awaited until it ends.")


def declined(notice: Notice, base_url: str) -> Message:
    waits = "The service still has to adopt it."
    what = "has an exemption declined"
    return _told(notice, base_url, sign="✋", what=what, waits=waits, steps=_adopt(notice))


def expiring(notice: Notice, base_url: str) -> Message:
    waits = "Adopt the practice before that day, or ask for another exemption."
    what = "has an exemption that ends soon"
    return _told(notice, base_url, sign="⏳", what=what, waits=waits, steps=[*_adopt(notice), *_ask(notice)])


def _answers(notice: Notice) -> list[Button]:
    if notice.exemption_id is None:
        return []
    value = str(notice.exemption_id)
    return [Button("Grant", verb="grant", value=value), Button("Decline", verb="decline", value=value)]


def _adopt(notice: Notice) -> list[Button]:
    return [next_steps.adopt(notice.practice.name)] if notice.practice else []


def _ask(notice: Notice) -> list[Button]:
    return [Button("Ask for another", verb="exempt", value=notice.practice.name)] if notice.practice else []


def _told(notice: Notice, base_url: str, *, sign: str, what: str, waits: str, steps: Sequence[Button] = ()) -> Message:
    words = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    return practice.told(
        notice, base_url, sign=sign, what=what, opens="See the exemption", steps=steps, lines=(words,), waits=waits
    )  # fmt: skip
