"""Writes docs/slack-phrases.md from the two tables: python -m app.slack.grammar.page > docs/slack-phrases.md"""

from __future__ import annotations

import sys
from itertools import groupby

from app.slack.grammar.helping import other_words, taken_by
from app.slack.grammar.parse import understand
from app.slack.grammar.understood import UNCLEAR, day_in_words, echo
from app.slack.grammar.verbs import VERBS, Verb
from app.slack.phrases import PHRASES, TODAY, Phrase

_HEAD = f"""# What you can say to Ratchet in Slack

After `/ratchet`, after a mention of the bot, or in a message to it. Say what broke, and a form opens:
`/ratchet checkout is down sev2 #payments @bob`. Or begin with one of the verbs below.

- **Numbers**: `INC-42`, `inc42`, `inc 42`, `#42`, or `42` alone, of the kind that the verb expects; `BP-5`, `ACT-7`.
  Without a number, that of the thread is meant, or the only open one of the channel.
- **People and places**: `@person`, `#channel`, `~team` or `~service`, `sev1` to `sev4` (or `p1`, `s1`).
- **Dates**: `by fri`, `by 1 dec`, `by 2026-12-01`, `by tomorrow`, `in 2 weeks`; to put something off: `+3d`, `+1w`.
- **Everything else** stays as you typed it. Case, hyphens and a colon after the verb do not matter.
- What begins with no verb declares an incident, in a form that you see before anything is sent. A verb counts as such
  when what follows fits it; a word with one slip before a number is asked about, and does nothing.

This page is written by `python -m app.slack.grammar.page > docs/slack-phrases.md` from `app/slack/grammar/verbs.py`
and `app/slack/phrases.py`, and a test holds every phrase to its meaning. Dates are counted from
{day_in_words(TODAY)}; `<@U1|bob>` is how Slack sends @bob.
"""


def page() -> str:
    """The whole document, in Markdown."""
    parts = [_HEAD]
    for stage, verbs in groupby(VERBS, key=lambda verb: verb.stage):
        parts.append(f"## {stage}\n")
        parts.extend(_section(verb) for verb in verbs)
    unclear = [phrase for phrase in PHRASES if phrase.verb == UNCLEAR]
    parts.append(f"## Unclear\n\nNothing is done; the answer offers what may have been meant.\n\n{_table(unclear)}")
    return "\n".join(parts)


def _section(verb: Verb) -> str:
    about = [("Also", _code(other_words(verb), ", ")), ("Takes", taken_by(verb))]
    lines = [f"{what}: {said}." for what, said in about if said]
    phrases = [phrase for phrase in PHRASES if phrase.verb == verb.name]
    return f"### {verb.name}\n\n{' '.join([verb.says, *lines])}\n\n{_table(phrases)}"


def _table(phrases: list[Phrase]) -> str:
    rows = ["| typed | understood |", "|---|---|"]
    for phrase in phrases:
        found = understand(phrase.typed, today=TODAY)
        notes = [each for each in (*found.problems, phrase.why) if each]
        typed = _cell(f"`{phrase.typed}`") if phrase.typed else "(nothing)"
        rows.append(f"| {typed} | {'<br>'.join([_cell(f'`{echo(found)}`'), *map(_cell, notes)])} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(listed: str, between: str) -> str:
    return between.join(f"`{each}`" for each in listed.split(between) if each)


if __name__ == "__main__":
    sys.stdout.write(page())
