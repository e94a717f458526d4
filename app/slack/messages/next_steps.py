"""What can be done next with an incident or a practice, as buttons that do it: each is a verb of the bot."""

from __future__ import annotations

from app.domain import lifecycle
from app.domain.lifecycle import BLOCKED
from app.queries.notice import IncidentNotice, PracticeNotice
from app.slack.messages.parts import Button

_BEHIND = (lifecycle.AUTOMATED, lifecycle.SLIPPED)  # checked, and below the target


def next_steps(of: IncidentNotice) -> list[Button]:
    """The likeliest first; none once the loop is closed."""
    if of.position.is_closed:
        return []
    if of.state == BLOCKED:
        return [Button("Unblock", verb="unblock", value=of.name)]
    return {
        "incident": _lead, "resolution": _lead, "review": _review, "remediation": _remediation, "analysis": _analysis,
        "best_practice": _best_practice, "automation": _automation, "adoption": _adoption,
    }[of.stage](of)  # fmt: skip


def of_practice(of: PracticeNotice) -> list[Button]:
    """One step, for the state that a practice is in."""
    if of.state == lifecycle.PROPOSED:
        return [accept(of.name)]
    if of.state == lifecycle.ACCEPTED:
        return [write_check(of.name)]
    is_behind = of.state in _BEHIND or (of.state == lifecycle.ADOPTED and of.to_do_count)
    return [adopt(of.name)] if is_behind else []


def accept(practice: str) -> Button:
    return Button(f"Accept {practice}", verb="accept", value=practice)


def write_check(practice: str) -> Button:
    return Button(f"Write a check for {practice}", verb="automate", value=practice)


def adopt(practice: str) -> Button:
    return Button(f"Adopt {practice}", verb="adopt", value=practice)


def propose(of: IncidentNotice) -> Button:
    return Button("Propose a practice", verb="practice", value=of.name)


def _lead(of: IncidentNotice) -> list[Button]:
    return [
        Button("Resolve", verb="resolve", value=of.name), Button("Take the lead", verb="take", value=of.name),
    ]  # fmt: skip


def _review(of: IncidentNotice) -> list[Button]:
    words = "Start the review" if of.facilitator is None else "Go on with the review"
    return [Button(words, verb="review", value=of.name)]


def _remediation(of: IncidentNotice) -> list[Button]:
    return [Button("Add action item", verb="action", value=of.name)]


def _analysis(of: IncidentNotice) -> list[Button]:
    return [Button("Name the pattern", verb="pattern", value=of.name)]


def _best_practice(of: IncidentNotice) -> list[Button]:
    waiting = [accept(each.name) for each in of.practices if each.state == lifecycle.PROPOSED]
    return [*waiting[:1], propose(of)]


def _automation(of: IncidentNotice) -> list[Button]:
    return [write_check(each.name) for each in of.practices if each.state == lifecycle.ACCEPTED]


def _adoption(of: IncidentNotice) -> list[Button]:
    return [adopt(each.name) for each in of.practices if each.state in _BEHIND]
