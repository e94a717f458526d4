"""Lists in parts: at most so many at once, and the address of the next part. A cursor is opaque to whoever gets it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

from flask import request

from app import links
from app.domain.errors import Refused
from app.parts import parts

LIMIT, LIMIT_MAX = 50, 200
CURSOR_MAX = 500


def cursor(*key: int | str) -> str:
    """Where a part ended."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def after(text: str, *kinds: type) -> list[Any] | None:
    """Where the last part ended; None: at the beginning. Refused: no part of this list has given this cursor."""
    if not text:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text[:CURSOR_MAX] + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        key = None
    is_ours = isinstance(key, list) and [type(each) for each in key] == list(kinds)
    if not is_ours or not all(_is_sane(each) for each in key):
        words = "Take the cursor as “next” gave it, with the same filters; or leave it out to begin again."
        raise Refused.because("cursor.unknown", words, "cursor")
    return list(key)


def _is_sane(part: int | str) -> bool:
    return 0 <= part < 10**15 if isinstance(part, int) else part.isprintable()


def next_url(cursor_of_last: str) -> str:
    """The whole address of the next part: the same filters, one cursor on."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    path = f"{request.path}?{urlencode([*kept, ('cursor', cursor_of_last)])}"
    return links.absolute(parts().settings.base_url, path)


def url(path: str) -> str:
    """The whole address of a page for people."""
    return links.absolute(parts().settings.base_url, path)
