"""The table of verbs holds together, the parser obeys it, and the help and the page tell it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.slack.grammar import help_lines, understand
from app.slack.grammar.nearest import is_one_slip
from app.slack.grammar.page import page
from app.slack.grammar.understood import PREFIXES
from app.slack.grammar.verbs import SPELLINGS, VERBS, Verb, key_of
from app.slack.phrases import TODAY

PAGE = Path(__file__).parents[3] / "docs/slack-phrases.md"
SPELLED = [(spelling, verb) for verb in VERBS for spelling in verb.spellings]


def test_no_word_belongs_to_two_verbs() -> None:
    keys = [(key, verb.name) for verb in VERBS for key in {key_of(each) for each in verb.spellings}]
    assert len(keys) == len({key for key, _ in keys}) == len(SPELLINGS)


@pytest.mark.parametrize(("spelling", "verb"), SPELLED)
def test_every_word_alone_is_its_verb_however_it_is_written(spelling: str, verb: Verb) -> None:
    for typed in (spelling, spelling.upper(), f" {spelling}: ", spelling.replace(" ", "-"), f"please {spelling}"):
        assert understand(typed, today=TODAY).verb == (verb.name if typed.strip() != "please hello" else "menu")


@pytest.mark.parametrize(("spelling", "verb"), [each for each in SPELLED if each[1].refs])
def test_every_word_takes_each_of_its_kinds_of_number(spelling: str, verb: Verb) -> None:
    for kind in verb.refs:
        found = understand(f"{spelling} {PREFIXES[kind]}-42", today=TODAY)
        assert (found.verb, str(found.ref), found.words, found.problems) == (verb.name, f"{PREFIXES[kind]}-42", "", ())


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_example_of_a_verb_is_that_verb(verb: Verb) -> None:
    found = understand(verb.example, today=TODAY)
    assert (found.verb, found.problems) == (verb.name, ())


@pytest.mark.parametrize(
    "spelling", [each for each, verb in SPELLED if len(each) >= 5 and verb.refs and " " not in each]
)
def test_two_letters_exchanged_before_a_number_declare_nothing(spelling: str) -> None:
    for at in range(len(spelling) - 1):
        typed = spelling[:at] + spelling[at + 1] + spelling[at] + spelling[at + 2 :]
        if typed != spelling:
            assert understand(f"{typed} 42", today=TODAY).verb == "unclear"


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("resovle", "resolve", True), ("reslve", "resolve", True), ("ressolve", "resolve", True),
        ("rasolve", "resolve", True), ("resolv", "resolve", True), ("xresolve", "resolve", True),
        ("resolve", "resolve", False), ("rseovle", "resolve", False), ("solve", "resolve", False), ("", "a", True),
    ],
)  # fmt: skip
def test_one_slip_is_one_letter_or_two_neighbours(one: str, other: str, is_one: bool) -> None:
    assert is_one_slip(one, other) is is_one
    assert is_one_slip(other, one) is is_one


def test_help_fits_on_one_screen_and_names_every_verb() -> None:
    lines = help_lines(None, today=TODAY, command="/learn")
    assert len(lines) <= 20
    named = {word for line in lines if ": " in line for word in line.split(": ", 1)[1].split(", ")}
    assert {verb.name for verb in VERBS} <= named
    assert "/learn help resolve" in lines[-1]
    assert help_lines("  ", today=TODAY, command="/learn") == help_lines("me", today=TODAY, command="/learn") == lines


@pytest.mark.parametrize(("spelling", "verb"), SPELLED)
def test_help_about_any_word_tells_its_verb(spelling: str, verb: Verb) -> None:
    if spelling != "me":
        lines = help_lines(spelling, today=date(2031, 1, 1))
        assert lines[0] == f"{verb.name}: {verb.says}"
        assert len(lines) <= 20


def test_help_about_no_verb_says_what_may_have_been_meant() -> None:
    assert help_lines("resovle", today=TODAY) == ["There is no verb “resovle”. Did you mean /ratchet help resolve?"]
    assert help_lines("x" * 9_999, today=TODAY)[0].endswith("Type /ratchet help to see every verb.")


def test_the_page_is_what_the_tables_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "python -m app.slack.grammar.page > docs/slack-phrases.md writes it anew"
