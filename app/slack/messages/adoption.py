"""Stage 8: services follow the rule, or no longer do; and the loop closes."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import next_steps, parts, practice
from app.slack.messages.card import reply
from app.slack.messages.parts import Message
from app.words import plural


def adopted(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="🎉", what="is adopted",
        lines=(practice.target(of), practice.to_do(of)), waits="The target is reached: nothing is awaited.",
    )  # fmt: skip


def slipped(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="⚠️", what="has slipped below its target", opens="See what slipped",
        steps=next_steps.of_practice(of), lines=(practice.target(of), practice.to_do(of)),
        waits=practice.waits(of),
    )  # fmt: skip


def loop_closed(notice: Notice, base_url: str) -> Message:
    """The whole way is gone. Broadcast."""
    of = notice.incident
    assert of
    days = max((notice.at - of.declared_at).days, 0)
    learned = parts.listed([each.name for each in of.practices])
    line = f"From incident to adoption in {plural(days, 'day')}" + (f", with {learned}." if learned else ".")
    return reply(notice, of, base_url, sign="✅", what="has its loop closed", lines=(line,))
