"""What people wrote, as one line that is safe to stand beside figures: every face escapes it for itself."""

from __future__ import annotations

import re
import unicodedata

TITLE_MOST = 120  # characters of a title or a sentence of somebody's; pages have the whole of it
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # they turn what stands beside them


def plain(text: str, most: int = TITLE_MOST) -> str:
    """What somebody wrote, on one line, without what cannot be seen or turns its surroundings, and not too long."""
    shown = _TURNS.sub("", text[: most * 4])
    shown = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in shown)
    shown = " ".join(shown.split())
    return shown if len(shown) <= most and len(text) <= most * 4 else shown[: most - 1].rstrip() + "…"
