"""What the three sentences of "In short" are put together from."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.recurrence import listed
from app.domain.report_sections import PracticeLine
from app.faces import words

PARTS_MOST = 3  # of a sentence: ten seconds are short
NAMED_MOST = 2


def sentence(parts: Sequence[str]) -> str:
    """ "Adoption rose, 2 loops closed, and BP-5 reached its target." Only what is most important, which comes first."""
    said = joined(parts[:PARTS_MOST])
    is_word = said.split(" ", 1)[0] in ("adoption", "the", "nobody")
    return f"{said[0].upper() if is_word else said[0]}{said[1:]}."


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b, and c"; "a, a; and b" where one has a comma of its own."""
    if len(parts) < 2:
        return "".join(parts)
    mark = ";" if any(", " in each for each in parts) else ","
    end = "" if len(parts) == 2 and mark == "," else mark
    return f"{f'{mark} '.join(parts[:-1])}{end} and {parts[-1]}"


def few(names: Sequence[str]) -> str:
    """ "checkout and cart", "checkout, cart and 3 more"; empty: there is none."""
    shown = [words.plain(each, 60) for each in names[:NAMED_MOST]]
    return listed(shown, max(0, len(names) - NAMED_MOST)) if shown else ""


def practices(lines: Sequence[PracticeLine]) -> str:
    return few([each.name for each in lines])


def incident(number: int, title: str) -> str:
    """ "INC-31 “Mails were sent twice”"."""
    return f"INC-{number} “{words.plain(title, 60)}”"


def so_far(adopted: int, applicable: int) -> str:
    return f"{adopted:,} of {applicable:,}"
