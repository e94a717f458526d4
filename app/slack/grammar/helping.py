"""What `help` answers: everything on one screen, or all about one verb; told from the table of verbs and the phrases."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from app.slack.grammar.nearest import nearest_verb
from app.slack.grammar.parse import understand
from app.slack.grammar.understood import PREFIXES, echo
from app.slack.grammar.verbs import (
    BY_NAME, CHANNELS, DUE, LABELS, LATER, PEOPLE, SEVERITY, SPELLINGS, VERBS, WEEK, WORDS, Verb, key_of,
)  # fmt: skip
from app.slack.phrases import PHRASES

_HOW_TYPED = {
    PEOPLE: "@person", CHANNELS: "#channel", LABELS: "~team or ~service", SEVERITY: "sev1 to sev4",
    DUE: "by fri, by 1 dec, in 2 weeks", LATER: "+3d, +1w", WEEK: "last, 2026-W47", WORDS: "words",
}  # fmt: skip
_MOST_PHRASES = 8


def help_lines(asked: str | None, *, today: date, command: str = "/ratchet") -> list[str]:
    """At most 20 lines of plain text; `asked` is what was typed after help: any word of a verb, or nothing."""
    if not asked or not asked.strip():
        return _everything(command)
    spelling = SPELLINGS.get(key_of(asked.strip()[:50]))
    if spelling:
        return about(spelling.verb, today=today, command=command)
    near = nearest_verb(asked.strip()[:50])
    hint = f"Did you mean {command} help {near.name}?" if near else f"Type {command} help to see every verb."
    return [f"There is no verb “{' '.join(asked.split())[:50]}”. {hint}"]


def _everything(command: str) -> list[str]:
    return [
        f"Say what broke, and a form opens: {command} {BY_NAME['declare'].example}",
        f"Or begin with a verb, for example {command} {BY_NAME['resolve'].example}",
        *(
            f"{stage}: {', '.join(verb.name for verb in verbs)}"
            for stage, verbs in ((stage, list(of)) for stage, of in groupby(VERBS, key=lambda verb: verb.stage))
        ),
        "Numbers: INC-42, BP-5, ACT-7, or 42 alone. Without a number, the newest open one of the channel is meant.",
        f"More about a verb: {command} help resolve. All phrases: docs/slack-phrases.md",
    ]


def about(verb: Verb, *, today: date, command: str) -> list[str]:
    """What it does, an example, its other words, what it takes, and phrases with what they mean."""
    others = list(dict.fromkeys(each for each in verb.spellings if each != verb.name))
    takes = [
        *(f"{PREFIXES[kind]}-42" for kind in verb.refs),
        *(how for what, how in _HOW_TYPED.items() if what in verb.takes),
    ]
    lines = [f"{verb.name}: {verb.says}", f"For example: {command} {verb.example}"]
    if others:
        lines.append(f"Also: {', '.join(others)}")
    if takes:
        lines.append(f"Takes: {'; '.join(takes)}")
    phrases = [each.typed for each in PHRASES if each.verb == verb.name][:_MOST_PHRASES]
    return lines + [f"{typed} → {echo(understand(typed, today=today))}" for typed in phrases]
