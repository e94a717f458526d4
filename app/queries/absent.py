"""What it means that a cell has no row: a practice that is measured does not apply there, another is unknown."""

from __future__ import annotations

from app.domain.adoption import DOES_NOT_APPLY, UNKNOWN


def absent(tally: object) -> str:
    """The standing of a cell without a row. `tally`: anything of the practice's tally, None if nobody keeps one yet."""
    return UNKNOWN if tally is None else DOES_NOT_APPLY
