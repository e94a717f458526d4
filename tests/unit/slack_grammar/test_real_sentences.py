"""Sentences that people really wrote about what broke are declared, and never taken for a command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.slack.grammar import understand
from app.slack.phrases import TODAY
from tests.parts import need

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "postmortems"
_END = re.compile(r"(?<=[.!?])\s+|\n")


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md"))]
    need("the folder ../shared/data/postmortems", bool(texts))
    return {each.strip() for text in texts for each in _END.split(text) if 15 < len(each.strip()) < 140}


def test_what_people_wrote_about_outages_is_no_command(sentences: set[str]) -> None:
    assert len(sentences) > 1_000
    assert {each for each in sentences if understand(each, today=TODAY).verb != "declare"} == set()


def test_hardly_any_of_it_is_asked_about(sentences: set[str]) -> None:
    asked = [each for each in sentences if understand(each, today=TODAY).nearest]
    assert len(asked) < len(sentences) / 100
