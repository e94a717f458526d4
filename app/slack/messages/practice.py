"""What every message about a practice shares."""

from __future__ import annotations

from collections.abc import Sequence

from app import links
from app.queries.notice import Notice, PracticeNotice
from app.slack.messages import parts
from app.slack.messages.card import by_and_when
from app.slack.messages.parts import Button, Message
from app.words import plural


def told(notice: Notice, base_url: str, *, sign: str, what: str, waits: str, opens: str = "",
         steps: Sequence[Button] = (), lines: tuple[str, ...] = ()) -> Message:  # fmt: skip
    """One message about a practice: what happened to it, what it says, what is next. `opens`: the words of the button
    for its page, which comes after the steps."""
    of = notice.practice
    assert of
    url = links.absolute(base_url, links.practice(of.number))
    statement = parts.typed(of.statement, parts.LINE_MAX)
    return Message(
        f"{of.name} {what}: {statement}",
        [
            parts.section(f"{sign} *{parts.link(url, of.name)}* {what}", f"*{statement}*", by_and_when(notice), *lines),
            parts.actions(*steps[:2], Button(opens or f"Open {of.name}", url, f"practice:{of.number}")),
            parts.context(waits),
        ],
    )


def why(of: PracticeNotice) -> str:
    return of.why and f"Why: {parts.typed(of.why, parts.PARAGRAPH_MAX)}"


def target(of: PracticeNotice) -> str:
    """ "Target: 90 % of services by Fri 1 May 2026; now 3 of 8". Unknown is said, and is not zero."""
    by = f" by {parts.day(of.target_on)}" if of.target_on else ""
    now = f"{of.progress.adopted} of {of.progress.applicable}" if of.progress else "not measured yet"
    return f"Target: {of.target_percent} % of services{by}. Now: {now}."


def to_do(of: PracticeNotice) -> str:
    """The services that have to act."""
    return f"Not adopted: {parts.listed(of.to_do, of.to_do_count)}." if of.to_do else ""


def waits(of: PracticeNotice) -> str:
    """How many services still have to adopt it: of the team that is told, or of everybody."""
    if not of.to_do_count:
        return "Every service that it applies to has adopted it: nothing is awaited."
    return f"Waits for {plural(of.to_do_count, 'service')} to adopt it."
