"""Every phrase of the table means what its row says, and nothing besides."""

from __future__ import annotations

import pytest

from app.slack.grammar import Understood, understand
from app.slack.grammar.verbs import VERBS
from app.slack.phrases import PHRASES, TODAY, Phrase


def _as_row(found: Understood) -> Phrase:
    return Phrase(
        typed=found.typed,
        verb=found.verb,
        words=found.words,
        refs=" ".join(map(str, found.refs)),
        people=" ".join(found.people),
        groups=" ".join(found.groups),
        channels=" ".join(found.channels),
        labels=" ".join(found.labels),
        severity=found.severity or "",
        on=found.on.isoformat() if found.on else "",
        later_days=found.later_days or 0,
        week=found.week or "",
        is_guess=found.is_guess,
        nearest=found.nearest or "",
        problem=" ".join(found.problems),
    )


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.typed or "nothing")
def test_a_phrase_means_what_its_row_says(phrase: Phrase) -> None:
    found = _as_row(understand(phrase.typed, today=TODAY))
    assert found.problem.startswith(phrase.problem)
    assert bool(found.problem) == bool(phrase.problem)
    assert found == Phrase(**{**phrase.__dict__, "problem": found.problem, "why": ""})


def test_the_table_has_every_verb_and_each_phrase_once() -> None:
    assert {phrase.verb for phrase in PHRASES} == {verb.name for verb in VERBS} | {"unclear"}
    assert len({phrase.typed for phrase in PHRASES}) == len(PHRASES) >= 80
