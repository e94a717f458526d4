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
    service, key, cells = str(escape(line.name)), line.id, matrix.cells
    built = []
    for column in matrix.columns:
        begin, words, end = _parts(cells.get((key, column.id)) or (column.absent, None))
        built.append(f'{begin}{service}/{column.number}" title="{service}, BP-{column.number}: {words}">{end}')
    return Markup("".join(built))  # noqa: S704 - the only word that people wrote is escaped above


@lru_cache(maxsize=4096)
def _parts(cell: tuple[str, date | str | None]) -> tuple[str, str, str]:
    """What is the same for every cell that has stood so since this day (in UTC)."""
    standing, since = cell
    since = date.fromisoformat(since) if isinstance(since, str) else since
    word = WORDS.get(standing, WORDS[UNKNOWN])
    return (
        f'<td><a class="cell cell-{standing}" href="/adoption/',
        f"{word} since {day(since)}" if since else f"{word}, not evaluated yet" if standing == UNKNOWN else word,
        f'<svg aria-hidden="true"><use href="#m-{standing}"/></svg><span class="sr-only">{word}</span></a></td>',
    )
