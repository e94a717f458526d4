"""What changed between two versions, word by word: both texts can be read from it, and it never takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.queries.versions import GONE, NEW, SAME, changes, compare

WORDS = some.text(some.sampled_from("ab é,\n<"), max_size=40)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_what_is_shown(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(text for kind, text in pieces if kind != NEW) == old
    assert "".join(text for kind, text in pieces if kind != GONE) == new
    assert all(text for _, text in pieces)


def test_words_that_changed_together_are_shown_together() -> None:
    assert compare("at most two seconds, at last", "at most one second, at last") == [
        (SAME, "at most "), (GONE, "two seconds"), (NEW, "one second"), (SAME, ", at last"),
    ]  # fmt: skip


def test_only_fields_that_differ_are_named_and_a_new_field_was_empty_before() -> None:
    found = changes({"why": "x", "level": "must"}, {"why": "x", "level": "should", "combine": "any"})
    assert [(each.name, list(each.pieces)) for each in found] == [
        ("level", [(GONE, "must"), (NEW, "should")]), ("combine", [(NEW, "any")]),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["a ", "a b ", "ab,", "x\n"])
def test_the_longest_texts_are_compared_in_time(unit: str) -> None:
    started = time.perf_counter()
    compare(unit * 5_000, "c " + unit[::-1] * 5_000)
    assert time.perf_counter() - started < 3
