"""What every answer that only looks is made of: one thing on one line, with its next step beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app import links
from app.domain import people, remediation
from app.domain.adoption import Progress
from app.domain.lifecycle import BLOCKED, BY_KEY, PROPOSED, Position
from app.queries import mine
from app.slack.asked import Asked
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.words import plural

WEEK = timedelta(days=7)
ITEM_WORDS = {
    remediation.OPEN: "open", remediation.ITEM_DONE: "done, not verified yet", remediation.VERIFIED: "verified",
    remediation.DROPPED: "dropped",
}  # fmt: skip


def page(base_url: str, path: str, words: str) -> str:
    """A link to a page of ours whose address may hold a question. In mrkdwn an & is written as Slack reads it."""
    return parts.link(links.absolute(base_url, path).replace("&", "&amp;"), words)


def incident_link(base_url: str, number: int, stage: str | None = None) -> str:
    return parts.link(links.absolute(base_url, links.incident(number, stage)), f"INC-{number}")


def practice_link(base_url: str, number: int) -> str:
    return parts.link(links.absolute(base_url, links.practice(number)), f"BP-{number}")


def item_path(incident: int, number: int) -> str:
    """Where an action item can be seen and changed."""
    return f"{links.incident(incident, 'remediation')}/items/{number}"


def item_link(base_url: str, incident: int, number: int) -> str:
    return parts.link(links.absolute(base_url, item_path(incident, number)), f"ACT-{number}")


def beside(line: str, button: Button) -> Block:
    """One line, with one button at its end."""
    return {**parts.section(line), "accessory": parts.choices(button)["elements"][0]}


def more(hidden: int, base_url: str, path: str, words: str) -> list[Block]:
    """The line that says how many are not shown, and where they are; nothing if all are."""
    if hidden <= 0:
        return []
    return [parts.context(f"and {hidden:,} more: {page(base_url, path, words)}")]


def notes(problems: Sequence[str]) -> list[Block]:
    """What was typed and could not be taken: it is said, so that nobody takes the answer for another one."""
    told = [each for each in (parts.typed(each, parts.LINE_MAX) for each in problems[:5]) if each]
    return [parts.context("\n".join(told))] if told else []


def steps(asked: Asked, page: Button, of: Sequence[Button]) -> Block:
    """The next step first; whoever may only read is offered the page alone."""
    may_act = people.may(asked.by, "remediate")
    return parts.actions(*(of if may_act else ()), page)


# What an incident waits for, and the verb that does it.


def stage_words(stage: str, state: str) -> str:
    """ "Review", "Review, blocked", "Loop closed"."""
    if Position(stage, state).is_closed:
        return "Loop closed"
    return BY_KEY[stage].title + (", blocked" if state == BLOCKED else "")


def next_step(base_url: str, number: int, stage: str, state: str, practices: Sequence[int] = ()) -> Button | None:
    """The button of what to do next; None: the loop is closed. `practices` are those that the incident waits for."""
    if Position(stage, state).is_closed:
        return None
    value = f"INC-{number}"
    if state == BLOCKED:
        return Button("Unblock", verb="unblock", value=value)
    if stage in _OF_PRACTICE and practices:
        words, verb = _OF_PRACTICE[stage]
        if not verb:  # to accept is a matter of reading it first: that is on its page
            return Button(words, url=links.absolute(base_url, links.practice(practices[0])))
        return Button(words, verb=verb, value=f"BP-{practices[0]}")
    words, verb = _NEXT.get(stage, ("What is missing?", "advance"))
    return Button(words, verb=verb, value=value)


_NEXT = {
    "incident": ("Complete the stage", "advance"),
    "resolution": ("Resolve", "resolve"),
    "review": ("Review", "review"),
    "remediation": ("Add an action item", "action"),
    "analysis": ("Name the pattern", "pattern"),
    "best_practice": ("Propose a practice", "practice"),
}
READ_AND_ACCEPT = "Read and accept"
_OF_PRACTICE = {
    "best_practice": (READ_AND_ACCEPT, ""), "automation": ("Give it a check", "automate"),
    "adoption": ("We adopted it", "adopt"),
}  # fmt: skip


# Lines.


def due(on: date, today: date) -> str:
    """ "due Fri 6 Mar 2026", or how long ago that was."""
    if on < today:
        return f"due {parts.day(on)}, *{plural((today - on).days, 'day')} overdue*"
    return f"due {parts.day(on)}" + (", *today*" if on == today else "")


def item(of: mine.Item, base_url: str, today: date) -> str:
    about = f"of {incident_link(base_url, of.incident)} · {of.priority}"
    state = due(of.due_on, today) if of.state == remediation.OPEN else "*done*, waits for you to verify it"
    return f"*{item_link(base_url, of.incident, of.number)}* {parts.typed(of.title)}\n{about} · {state}"


def item_steps(number: int, state: str, due_on: date, today: date) -> list[Button]:
    """What can be done with an action item. A week later is told as a day: a second click changes nothing more."""
    value = f"ACT-{number}"
    if state == remediation.OPEN:
        later = max(due_on, today) + WEEK
        return [
            Button("Done", verb="done", value=value),
            Button("+1 week", verb="snooze", value=f"{value} by {later.isoformat()}"),
        ]
    if state == remediation.ITEM_DONE:
        return [Button("Verify", verb="verify", value=value)]
    return []


def stage(of: mine.Stage, base_url: str) -> str:
    severity = of.severity or "no severity yet"
    at = stage_words(of.stage, of.state)
    return (
        f"*{incident_link(base_url, of.number)}* {parts.typed(of.title)}\n"
        f"{severity} · {at} waits for you since {parts.when(of.since)}"
    )


def rule(of: mine.Rule, base_url: str) -> str:
    what = "waits for somebody to accept it" if of.state == PROPOSED else "is yours, and has no check yet"
    return f"*{practice_link(base_url, of.number)}* {parts.typed(of.statement)}\n{what}"


def rule_step(of: mine.Rule, base_url: str) -> Button:
    """What to do with a practice that waits for somebody."""
    if of.state == PROPOSED:
        return Button(READ_AND_ACCEPT, url=links.absolute(base_url, links.practice(of.number)))
    return Button("Give it a check", verb="automate", value=f"BP-{of.number}")


def excuse(of: mine.Excuse, base_url: str) -> str:
    about = f"{parts.typed(of.service, 80)} on {practice_link(base_url, of.practice)}"
    if of.is_asked:
        return f"*{about}* asks for an exemption until {parts.day(of.expires_on)}: you decide."
    return f"*{about}*: its exemption ends on {parts.day(of.expires_on)}."


def adoption(of: Progress | None) -> str:
    """ "12 of 20 services, 60 % of 90 %"; or that nobody knows."""
    if of is None:
        return "not measured yet"
    if not of.applicable:
        return "applies to no service"
    return f"{of.adopted:,} of {plural(of.applicable, 'service')}, {of.percent} % (target {of.target_percent} %)"
