"""Stage 7: a machine checks the rule from now on."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import next_steps, parts, practice
from app.slack.messages.card import page_of, reply
from app.slack.messages.parts import Message


def activated(notice: Notice, base_url: str) -> Message:
    """To the teams whose services do not pass yet."""
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="⚙️", what="is checked from now on", opens="See how to adopt it",
        steps=next_steps.of_practice(of), lines=(practice.why(of), practice.target(of), practice.to_do(of)),
        waits=practice.waits(of),
    )  # fmt: skip


def reached(notice: Notice, base_url: str) -> Message:
    """Every practice of the incident has an active check."""
    of = notice.incident
    assert of
    line = f"Checked by a machine: {parts.listed([each.name for each in of.practices]) or 'nothing'}."
    page = page_of(of, "automation", "See the checks", base_url)
    return reply(notice, of, base_url, sign="⚙️", what="is automated", lines=(line,), page=page)
