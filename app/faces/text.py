"""The weekly report in a few lines of plain text: for a terminal, and wherever nothing can be formatted."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from app import links
from app.domain.report import Figures
from app.faces import words
from app.faces.brief import in_short, need_sentence
from app.faces.meta import Meta
from app.faces.sections import sections
from app.faces.spark import spark

WIDE = 100


def text(figures: Figures, meta: Meta, base_url: str) -> str:
    """Heading, the three sentences, what needs someone, and each section in its one sentence."""
    return "\n".join(_lines(figures, meta, base_url)) + "\n"


def _lines(figures: Figures, meta: Meta, base_url: str) -> Iterator[str]:
    yield words.heading(figures)
    yield words.week(meta.week, figures.zone)
    yield links.absolute(base_url, meta.path)
    for remark in words.remarks(figures, meta):
        yield from ["", *_wrapped(remark)]
    for said in in_short(figures, meta.path):
        yield from ["", said.label, *_wrapped(said.sentence, "  ")]
    yield from ["", "Needs someone"]
    for at, need in enumerate(figures.needs, 1):
        yield from _wrapped(f"{at}. {need_sentence(need)}", "  ")
    told = [each for each in sections(figures, meta.path) if each.level == 2]
    yield from ["  Nothing needs a decision this week."] if not figures.needs else []
    yield ""
    for each in told[1:]:
        yield each.title
        yield from _wrapped(each.lead, "  ")
        if each.key == "adoption" and (line := spark(figures.adoption.series)):
            yield f"  {line}"


def _wrapped(said: str, indent: str = "") -> list[str]:
    # A name that is longer than a line stays whole: it can be found and copied.
    return wrap(
        said, WIDE, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
