"""What answers of the first stages share: where an incident stands, what it waits for, and the button for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import links
from app.queries import incident_page
from app.queries.incident_page import IncidentPage
from app.slack.asked import Answer, Asked, Unclear
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button


def told(*lines: str, buttons: tuple[Button, ...] = ()) -> Answer:
    """An answer of a few lines, with at most three buttons; the first one is what to do next."""
    said = [each for each in lines if each]
    text = "\n".join(said) or "–"
    return Answer(text, [parts.section(*said), parts.actions(*buttons)]) if buttons else Answer(text)


def linked(asked: Asked, number: int, stage: str | None = None) -> str:
    """The number of an incident, linked to its page."""
    return parts.link(links.absolute(asked.base_url, links.incident(number, stage)), f"INC-{number}")


def page(asked: Asked, number: int, stage: str | None = None) -> IncidentPage:
    """The incident as it is now. NotFound: this person may not know of it."""
    policy = asked.parts.begin.policy
    return asked.read(lambda session: incident_page.load(session, number, asked.by, policy, stage))


def stands(of: IncidentPage) -> str:
    """ "It is at Review, and waits for Ana." """
    if of.incident.position.is_closed:
        return "Its loop is closed: nothing is awaited."
    whom = parts.typed(of.waits_for or of.current.waits_for, parts.LINE_MAX)
    if of.is_blocked:
        return f"It is blocked at {of.current.title}: {whom}"
    return f"It is at {of.current.title}, and waits for {whom}."


def onwards(asked: Asked, of: IncidentPage) -> tuple[Button, ...]:
    """What to do next with an incident; `of` is the page of its current stage."""
    name, stage = of.incident.name, of.incident.stage
    whole = Button(f"Open {name}", url=links.absolute(asked.base_url, links.incident(of.incident.number, stage)))
    if of.incident.position.is_closed:
        return (whole,)
    if of.is_blocked:
        return (Button("Unblock", verb="unblock", value=name), whole)
    if stage in _BY_HAND and not of.missing:
        return (Button(f"Complete {of.current.title}", verb="advance", value=f"{name} {stage}"), whole)
    found = _NEXT.get(stage)
    if found is None:
        return (whole,)
    words, verb, is_form = found
    return (Button(words, verb=verb, value=name, is_form=is_form), whole)


_BY_HAND = frozenset({"incident", "review", "remediation", "analysis"})  # what resolve completes lacks nothing either
_NEXT: Mapping[str, tuple[str, str, bool]] = {
    # stage: the words of the button, its verb, whether it opens the form
    "incident": ("Complete the details", "details", True),
    "resolution": ("Resolve", "resolve", True),
    "review": ("Write the review", "review", True),
    "remediation": ("Add an action item", "action", True),
    "analysis": ("Name the pattern", "pattern", True),
}


def after(asked: Asked, number: int, *said: str) -> Answer:
    """What was done, where the incident stands now, and the button for what is next."""
    now = page(asked, number)
    return told(*said, stands(now), buttons=onwards(asked, now))


def require_clear(asked: Asked) -> None:
    """Unclear: what was typed has problems, and there is no form to mend them in."""
    if asked.understood.problems:
        raise Unclear(told(*(parts.typed(each, parts.LINE_MAX) for each in asked.understood.problems)))


def notes(filled: Mapping[str, Any]) -> list[Block]:
    """What the person should know before filling in a form: one block, or none. `filled["notes"]` is plain text."""
    lines = [parts.typed(each, parts.LINE_MAX) for each in list(filled.get("notes") or ())[:5]]
    return [parts.section(*lines)] if any(lines) else []
