"""Stage 6: a rule is proposed, accepted, retired; and an incident has all of its rules agreed on."""

from __future__ import annotations

from app.queries.notice import Notice
from app.slack.messages import next_steps, parts, practice
from app.slack.messages.card import page_of, reply
from app.slack.messages.parts import Message


def proposed(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="💡", what="is proposed", opens=f"Read {of.name}",
        steps=next_steps.of_practice(of), lines=(practice.why(of), practice.target(of)),
        waits=f"Waits for an owner other than {parts.name(of.author, 'its author')}.",
    )  # fmt: skip


def accepted(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    return practice.told(
        notice, base_url, sign="🤝", what="is accepted", steps=next_steps.of_practice(of),
        lines=(practice.why(of), practice.target(of)),
        waits="Waits for a check that a machine runs." if of.state == "accepted" else "It has a check already.",
    )  # fmt: skip


def retired(notice: Notice, base_url: str) -> Message:
    of = notice.practice
    assert of
    because = parts.typed(notice.why, parts.PARAGRAPH_MAX)
    return practice.told(
        notice, base_url, sign="🗑️", what="is retired",
        lines=(because and f"Because: {because}",),
        waits="Incidents that were under way with it wait for another practice.",
    )  # fmt: skip


def agreed(notice: Notice, base_url: str) -> Message:
    """Every practice of the incident is accepted."""
    of = notice.incident
    assert of
    lines = tuple(f"*{each.name}* {parts.typed(each.statement, parts.LINE_MAX)}" for each in of.practices[:5])
    page = page_of(of, "best_practice", "Read the practices", base_url)
    return reply(notice, of, base_url, sign="💡", what="has its best practice agreed", lines=lines, page=page)
