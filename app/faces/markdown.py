"""The weekly report as Markdown: read as it is in a mail, or shown by GitHub. What people wrote formats nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app import links
from app.domain.report import ROWS_MAX, Figures
from app.faces import words
from app.faces.brief import in_short
from app.faces.escaped import Links, escaped
from app.faces.how import HOW
from app.faces.meta import Meta
from app.faces.section import Cell, Section
from app.faces.sections import sections
from app.faces.spark import spark

LISTED_LEAST = 4  # figures of a section; fewer are in its first sentence
PADDED_MOST = 72  # characters to which a column is padded


def markdown(figures: Figures, meta: Meta, base_url: str, most: int = ROWS_MAX) -> str:
    """The whole report, at most so many rows of each table. Ends with a line break."""
    to = Links(base_url)
    told = sections(figures, meta.path)
    parts = [*_head(figures, meta, to), *_short(figures, meta, to)]
    for each in told:
        if not each.is_detail:
            parts += _section(each, to, most, figures)
    if any(each.rows for each in told if each.is_detail):
        parts.append("## Details")
        for each in told:
            parts += _section(each, to, most, figures) if each.is_detail and each.rows else []
    parts += ["## How it is computed", *_how(told)]
    return "\n\n".join([*parts, *to.definitions()]) + "\n"


def _head(figures: Figures, meta: Meta, to: Links) -> Iterator[str]:
    heading = escaped(words.heading(figures))
    yield f"# {heading[:-1]}\\#" if heading.endswith("#") else f"# {heading}"
    yield f"{words.week(meta.week, figures.zone)}\n<{links.absolute(to.base_url, meta.path)}>"
    for each in words.remarks(figures, meta):
        yield f"> {escaped(each)}"


def _short(figures: Figures, meta: Meta, to: Links) -> Iterator[str]:
    yield "## In short"
    yield "\n".join(f"- **{each.label}:** {escaped(each.sentence)}" for each in in_short(figures, meta.path))


def _section(of: Section, to: Links, most: int, figures: Figures) -> Iterator[str]:
    yield f"{'#' * of.level} {of.title}"
    yield escaped(of.lead)
    if of.key == "adoption":
        yield spark(figures.adoption.series)
    if len(of.figures) >= LISTED_LEAST:
        yield " · ".join(f"{each.title}: {_cell(each.cell, to)}" for each in of.figures if each.cell.words)
    if of.key == "needs" and of.rows:
        yield "\n".join(_need(at, row, to) for at, row in enumerate(of.rows, 1))
    elif of.rows:
        head = [escaped(each.title) for each in of.columns]
        rows = [[_cell(each, to) for each in row] for row in of.shown(most)]
        yield "\n".join(_table(head, [each.is_number for each in of.columns], rows))
    if more := of.more(most):
        yield more


def _need(at: int, row: Sequence[Cell], to: Links) -> str:
    owner, subject, title, detail, cost = row
    about = f" {escaped(title.words.rstrip('.'))}" if title.words else ""
    behind = f" Preventable: {cost.words}." if cost.value else ""
    return f"{at}. **{escaped(owner.words)}**: {_cell(subject, to)}{about} – {escaped(detail.words)}{behind}"


def _cell(of: Cell, to: Links) -> str:
    return to.link(of.words, of.path) if of.path and of.words else escaped(of.words)


def _table(head: Sequence[str], is_number: Sequence[bool], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Padded, so that it is a table in plain text as well; numbers to the right."""
    wide = [
        min(max(3, len(title), *(len(row[at]) for row in rows)), PADDED_MOST) for at, title in enumerate(head)
    ]  # fmt: skip
    rule = [f"{'-' * (size - 1)}{':' if right else '-'}" for size, right in zip(wide, is_number, strict=True)]
    for row in (head, rule, *rows):
        said = [
            each.rjust(size) if right else each.ljust(size)
            for each, size, right in zip(row, wide, is_number, strict=True)
        ]
        yield f"| {' | '.join(said)} |"


def _how(told: Sequence[Section]) -> Iterator[str]:
    yield HOW["report"]
    lines = []
    for each in told:
        lines.append(f"- **{each.title}:** {escaped(each.how)}")
        if len(each.figures) >= LISTED_LEAST:
            lines += [f"  - {figure.title}: {escaped(figure.how)}" for figure in each.figures]
    yield "\n".join(lines)
