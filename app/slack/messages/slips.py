"""What a team has lost, told once for all of its services."""

from __future__ import annotations

from app import links
from app.queries.notice import Notice, SlipNotice
from app.slack.messages import parts
from app.slack.messages.parts import Button, Message
from app.words import plural


def slipped(notice: Notice, base_url: str) -> Message:
    """One message for the owning team. What has recovered since is not told."""
    of = notice.slips
    assert of
    if not of.count:
        return Message("What had slipped is adopted again.", [parts.context("What had slipped is adopted again.")])
    whose = f"of {parts.typed(of.team, 80)}" if of.team else "that nobody owns"
    title = f"{plural(of.services, 'service')} {whose} slipped"
    path = links.team(of.team_name) if of.team_name else "/adoption?standing=not_adopted"
    lines = [
        f"• *{parts.typed(each.service, 80)}* no longer has {each.practice} "
        f"_{parts.typed(each.statement, 100)}_: {parts.typed(each.why, 100)}"
        for each in of.lines
    ]
    more = of.count - len(of.lines)
    return Message(
        f"{title}: nothing slips back unseen.",
        [
            parts.section(f"⚠️ *{title}*", *lines, f"and {more} more" if more > 0 else ""),
            parts.actions(*_steps(of), Button("See what to do", links.absolute(base_url, path), "slips:team")),
            parts.context("Adopt it again, or ask the practice's owner for an exemption."),
        ],
    )


def _steps(of: SlipNotice) -> list[Button]:
    """For the whole team: the first two practices that were lost."""
    lost = list(dict.fromkeys(each.practice for each in of.lines))
    whose = f" ~{of.team_name}" if of.team_name else ""
    return [Button(f"Adopt {each}", verb="adopt", value=f"{each}{whose}") for each in lost[:2]]
