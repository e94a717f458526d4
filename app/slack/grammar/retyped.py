"""What was understood, as it can be typed again: what buttons carry along."""

from __future__ import annotations

from app.slack.grammar.understood import Understood


def retyped(of: Understood) -> str:
    """What was understood beside the verb, as it can be typed after another one: the numbers first."""
    told = [
        *map(str, of.refs), of.words,
        *(each if each.startswith("@") else f"<@{each}>" for each in of.people),
        *(f"<!subteam^{each}>" for each in of.groups),
        *(each if each.startswith("#") else f"<#{each}>" for each in of.channels),
        *(f"~{each}" for each in of.labels), of.severity or "",
        f"by {of.on.isoformat()}" if of.on else "", f"+{of.later_days}d" if of.later_days else "", of.week or "",
    ]  # fmt: skip
    return " ".join(each for each in told if each)
