"""The weekly report as CSV: one long table, a line for each value, for a spreadsheet and for a script alike.

UTF-8 with a byte order mark, for without it Excel reads umlauts wrongly (scripts read "utf-8-sig"); lines end as RFC
4180 says. What somebody wrote never becomes a formula: a text that begins like one gets an apostrophe before it.
Numbers are plain ("1420", "71.2"); what is unknown is empty, and its words say so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from app import links
from app.domain.report import Figures
from app.domain.report_sections import Count
from app.faces import words
from app.faces.brief import in_short
from app.faces.meta import Meta
from app.faces.section import Section, Value
from app.faces.sections import sections

COLUMNS = ("week", "audience", "section", "row", "item", "column", "value", "unit", "words", "url")
BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
Line = tuple[str, int, str, str, str, str, str, str]  # all but the first two of COLUMNS


def csv_of(figures: Figures, meta: Meta, base_url: str) -> str:
    """All values, headed by COLUMNS. `row` counts the lines of a section from 1; in row 0 are its own figures; `item`
    is what the row is about. A share is told as five values: `adopted.percent` (none of fewer than ten),
    `adopted.adopted`, `adopted.not_adopted`, `adopted.unknown`, `adopted.exempt`."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(COLUMNS)
    for line in _lines(figures, meta):
        url = links.absolute(base_url, line[-1]) if line[-1] else ""
        out.writerow([_safe(each) for each in (figures.week, figures.title, *line[:-1], url)])
    return BOM + file.getvalue()


def _lines(figures: Figures, meta: Meta) -> Iterator[Line]:
    yield "report", 0, "", "revision", str(meta.revision), "", "; ".join(words.remarks(figures, meta)), meta.path
    yield "report", 0, "", "made_at", meta.made_at.isoformat(), "", words.instant(meta.made_at, figures.zone), ""
    yield "report", 0, "", "as_of", figures.as_of.isoformat(), "", words.instant(figures.as_of, figures.zone), ""
    for at, said in enumerate(in_short(figures, meta.path), 1):
        yield "in_short", at, said.label, "sentence", said.sentence, "", said.sentence, said.path
    for section in sections(figures, meta.path):
        yield from _of_section(section)


def _of_section(of: Section) -> Iterator[Line]:
    for figure in of.figures:
        key = figure.key.removeprefix(f"{of.key}.")
        for name, value, unit in _values(key, figure.cell.value, figure.unit):
            yield of.key, 0, "", name, value, unit, figure.cell.words, figure.cell.path
    if of.total > len(of.rows):
        yield of.key, 0, "", "rows_in_all", str(of.total), "rows", of.more(len(of.rows)), of.path
    for at, row in enumerate(of.rows, 1):
        for column, cell in zip(of.columns, row, strict=True):
            for name, value, unit in _values(column.key, cell.value, column.unit):
                yield of.key, at, str(row[0].value or row[0].words), name, value, unit, cell.words, cell.path


def _values(name: str, value: Value, unit: str) -> Sequence[tuple[str, str, str]]:
    if isinstance(value, Count):
        tenths = value.tenths
        return [
            (f"{name}.percent", "" if tenths is None else f"{tenths // 10}.{tenths % 10}", "percent"),
            (f"{name}.adopted", str(value.adopted), "count"),
            (f"{name}.not_adopted", str(value.not_adopted), "count"),
            (f"{name}.unknown", str(value.unknown), "count"),
            (f"{name}.exempt", str(value.exempt), "count"),
        ]
    if isinstance(value, (date, datetime)):
        return [(name, value.isoformat(), unit)]
    return [(name, "" if value is None else str(value), unit)]


def _safe(value: str | int) -> str | int:
    """No formula: spreadsheets take what follows the apostrophe as text. And no NUL, which ends the line for some."""
    if isinstance(value, int) or _is_number(value):
        return value
    value = value.replace("\x00", "")
    return f"'{value}" if value.lstrip(" \u00a0\u200b\u2060\ufeff").startswith(_FORMULA) else value


def _is_number(value: str) -> bool:
    return value.removeprefix("-").replace(".", "", 1).isdecimal() and value.isascii()
