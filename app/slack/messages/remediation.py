"""Stage 4: action items, to the one person who owns each; and the stage when it is complete."""

from __future__ import annotations

from datetime import timedelta

from app import links
from app.queries.notice import ItemNotice, Notice
from app.slack.messages import parts
from app.slack.messages.card import by_and_when, linked, page_of, reply
from app.slack.messages.parts import Button, Message
from app.words import plural

LATER = timedelta(days=7)
MUST_WORDS = {"must": "must be done and verified", "should": "should be done", "could": "could be done"}


def assigned(notice: Notice, base_url: str) -> Message:
    """A direct message to the owner."""
    of, item = notice.incident, notice.item
    assert of
    assert item
    url = links.absolute(base_url, links.incident(of.number, "remediation"))
    title = parts.typed(item.title)
    return Message(
        f"{item.name} is yours, by {parts.day(item.due_on)}: {title}",
        [
            parts.section(
                f"🛠️ *{parts.link(url, item.name)}* is yours: {title}",
                f"It {MUST_WORDS[item.priority]} by *{parts.day(item.due_on)}*.",
                f"From {linked(of, base_url)} {parts.typed(of.title)} · {by_and_when(notice)}",
            ),
            parts.actions(*_steps(item), Button(f"Open {item.name}", url, f"item:{item.number}")),
            parts.context(_awaited(item)),
        ],
    )


def _steps(item: ItemNotice) -> list[Button]:
    """The date is in the button: a second click moves nothing further."""
    if item.state != "open":
        return []
    later = f"{item.name} by {(item.due_on + LATER).isoformat()}"
    return [Button("Done", verb="done", value=item.name), Button("+1 week", verb="snooze", value=later)]


def _awaited(item: ItemNotice) -> str:
    if item.state == "open":
        return f"{item.name} waits for {parts.mention(item.owner)}."
    return f"{item.name} is {item.state} already."


def completed(notice: Notice, base_url: str) -> Message:
    of = notice.incident
    assert of
    because = parts.typed(of.none_needed_because, parts.PARAGRAPH_MAX)
    line = f"No action items are needed: {because}" if because and not of.items else plural(of.items, "action item")
    page = page_of(of, "remediation", "Read action items", base_url)
    return reply(notice, of, base_url, sign="🛠️", what="is remediated", lines=(line,), page=page)
