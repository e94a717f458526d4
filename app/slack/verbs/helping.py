"""`help`, the menu, and what is said when nobody knows what was meant."""

from __future__ import annotations

from collections.abc import Sequence

from app.slack.asked import Answer, Asked
from app.slack.grammar import Understood
from app.slack.grammar.helping import help_lines
from app.slack.grammar.retyped import retyped
from app.slack.grammar.understood import UNCLEAR, echo
from app.slack.grammar.verbs import BY_NAME
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines

LINE_MAX = 200
# What the buttons of verbs are called. A verb that needs a number is told with one, so it has no button alone.
MENU = (("Declare an incident", "declare"), ("Mine", "mine"), ("Find", "find"), ("Report", "report"), ("Help", "help"))


def menu(asked: Asked) -> Answer:
    """Buttons for what is asked most."""
    command = asked.parts.settings.slack_command
    words = "What would you like to do?"
    hint = f"Or type it: `{command} checkout is down sev2`, `{command} resolve 42`, `{command} 42`."
    return Answer(words, [parts.section(f"*{words}*", hint), parts.choices(*_menu())])


def help_(asked: Asked) -> Answer:
    """What the bot understands, or all about one verb."""
    command = asked.parts.settings.slack_command
    told = help_lines(asked.understood.words or None, today=asked.today, command=command)
    title = f"Help for {command}"
    return Answer(title, [parts.section(f"*{title}*"), *_plain(told), parts.choices(*_menu(but="help"))])


def unclear(asked: Asked) -> Answer:
    """Nothing was done: what was understood, what it might have been, and a way to declare it."""
    of = asked.understood
    words = "Nothing was done: that was not clear."
    shown = [
        parts.section(f"*{words}*", f"You typed: {parts.typed(of.typed, parts.LINE_MAX)}", f"Read as: {_read(of)}")
    ]
    return Answer(words, [*shown, *lines.notes(of.problems), parts.choices(*_offered(of))])


def _read(of: Understood) -> str:
    return parts.typed(echo(of), parts.LINE_MAX)


def _offered(of: Understood) -> list[Button]:
    found = []
    if of.nearest and of.nearest in BY_NAME:
        found.append(Button(_words_of(of), verb=of.nearest, value=parts.cut(retyped(of), parts.VALUE_MAX)))
    if of.typed.strip():
        found.append(
            Button(
                "Declare an incident with these words",
                verb="declare",
                value=parts.cut(of.typed.strip(), parts.VALUE_MAX),
            )
        )
    return [*found, Button("Help", verb="help", value=of.nearest or "")]


def _words_of(of: Understood) -> str:
    """ "done ACT-7"."""
    return " ".join([str(of.nearest), *map(str, of.refs[:3])])


def _menu(but: str = UNCLEAR) -> list[Button]:
    return [Button(words, verb=verb) for words, verb in MENU if verb != but]


def _plain(told: Sequence[str]) -> list[Block]:
    """Lines in which nothing means anything: ~team stays ~team."""
    text = "\n".join(parts.plain(each, LINE_MAX)["text"] for each in told)
    return [{"type": "section", "text": {"type": "plain_text", "text": text[: parts.SECTION_MAX], "emoji": False}}]


VERBS = {"help": help_, "menu": menu, "unclear": unclear}
