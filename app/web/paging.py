"""Pages of a list by number: the one that is asked for, and the links to its neighbours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

LAST_PAGE = 10_000  # nobody reads further, and the database counts no further


def asked(name: str = "page") -> int:
    """The number of the page that is asked for; anything that is none is the first."""
    text = request.args.get(name, "")
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) <= 9 else 1


def pager(at: int, size: int, total: int, name: str = "page", anchor: str = "") -> dict[str, Any]:
    """What the component `pager` shows; the filters of the address stay as they are."""
    last = -(-total // size)
    return {
        "first": (at - 1) * size + 1, "last": min(at * size, total), "total": total,
        "prev_url": _url(name, min(at - 1, max(last, 1)), anchor) if at > 1 else None,
        "next_url": _url(name, at + 1, anchor) if at < last else None,
    }  # fmt: skip


def _url(name: str, number: int, anchor: str) -> str:
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != name and value]
    return f"{request.path}?{urlencode([*kept, (name, str(number))])}{anchor}"
