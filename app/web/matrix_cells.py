"""The cells of one line of the matrix as HTML. A page has 1,500 of them: a template would take longer than all the
rest, so they are put together here, from words that are escaped once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from app.domain.adoption import UNKNOWN
from app.queries.matrix import Line, Matrix
from app.web.filters import day

WORDS = {
    "adopted": "Adopted", "not_adopted": "Not adopted", "unknown": "Unknown", "exempt": "Exempt",
    "not_applicable": "Not applicable",
}  # fmt: skip


def cells_of(matrix: Matrix, line: Line) -> Markup:
    """One <td> for each practice of the page: a link to the evidence that says the standing and since when."""
    service, cells = str(escape(line.name)), matrix.cells.get(line.id, {})
    built = []
    for column in matrix.columns:
        begin, words, end = _parts(cells.get(column.key, column.absent))
        built.append(f'{begin}{service}/{column.number}" title="{service}, BP-{column.number}: {words}">{end}')
    return Markup("".join(built))  # noqa: S704 - the only word that people wrote is escaped above


@lru_cache(maxsize=4096)
def _parts(cell: str) -> tuple[str, str, str]:
    """What is the same for every cell that has stood so since this day (in UTC)."""
    standing, _, since = cell.partition(" ")
    word = WORDS.get(standing, WORDS[UNKNOWN])
    never = f"{word}, not evaluated yet" if standing == UNKNOWN else word
    return (
        f'<td><a class="cell cell-{standing}" href="/adoption/',
        f"{word} since {day(date.fromisoformat(since))}" if since else never,
        f'<svg aria-hidden="true"><use href="#m-{standing}"/></svg><span class="sr-only">{word}</span></a></td>',
    )
