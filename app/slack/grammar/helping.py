"""What `help` answers: everything on one screen, or all about one verb; told from the verbs and the phrases."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from app.slack.grammar import verbs
from app.slack.grammar.nearest import nearest_verb
from app.slack.grammar.parse import understand
from app.slack.grammar.understood import PREFIXES, echo
from app.slack.grammar.verbs import BY_NAME, SPELLINGS, VERBS, Verb, key_of
from app.slack.phrases import PHRASES

_HOW_TYPED = {
    verbs.PEOPLE: "@person",
    verbs.CHANNELS: "#channel",
    verbs.LABELS: "~team or ~service",
    verbs.SEVERITY: "sev1 to sev4",
    verbs.DUE: "by fri, by 1 dec, in 2 weeks",
    verbs.LATER: "+3d, +1w",
    verbs.WEEK: "last, 2026-W47",
    verbs.WORDS: "words",
}
_MOST_PHRASES = 8


def help_lines(asked: str | None, *, today: date, command: str = "/ratchet") -> list[str]:
    """At most 20 lines of plain text; `asked` is what was typed after help: any word of a verb, or nothing."""
    if not asked or key_of(asked.strip()[:50]) in ("", "me"):
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
            f"{stage}: {', '.join(verb.name for verb in those)}"
            for stage, those in ((stage, list(of)) for stage, of in groupby(VERBS, key=lambda verb: verb.stage))
        ),
        "Numbers: INC-42, BP-5, ACT-7, or 42 alone. "
        "Without a number, that of the thread is meant, or the only open one of the channel.",
        f"More about a verb: {command} help resolve",
    ]


def about(verb: Verb, *, today: date, command: str) -> list[str]:
    """What it does, an example, its other words, what it takes, and phrases with what they mean today."""
    lines = [f"{verb.name}: {verb.says}", f"For example: {command} {verb.example}"]
    if others := other_words(verb):
        lines.append(f"Also: {others}")
    if takes := taken_by(verb):
        lines.append(f"Takes: {takes}")
    found = [understand(phrase.typed, today=today) for phrase in PHRASES if phrase.verb == verb.name]
    plain = [each for each in found if each.typed and not each.problems and not each.nearest][:_MOST_PHRASES]
    return lines + [f"{each.typed} → {echo(each)}" for each in plain]


def other_words(verb: Verb) -> str:
    """Its spellings but for its name."""
    return ", ".join(dict.fromkeys(each for each in verb.spellings if each != verb.name))


def taken_by(verb: Verb) -> str:
    """What may follow it, as it is typed."""
    numbers = [f"{PREFIXES[kind]}-42" for kind in verb.refs]
    return "; ".join([*numbers, *(how for what, how in _HOW_TYPED.items() if what in verb.takes), *verb.known[:3]])
