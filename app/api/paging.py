"""Lists in parts: at most so many at once, and the address of the next part. A cursor is opaque to whoever gets it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from app import links
from app.domain.errors import Refused
from app.parts import parts

LIMIT, LIMIT_MAX = 50, 200
CURSOR_MAX = 500
YEAR_LEAST, YEAR_MOST = 1900, 2999  # postmortems of long ago, and no mistakes


def instant(value: Any) -> datetime:
    """An instant with its zone, in UTC. ValueError, as the end of a sentence: it is none, or of a year that is
    surely a mistake."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not YEAR_LEAST <= at.year <= YEAR_MOST:
        raise ValueError("must be a time with its zone, such as 2026-03-02T09:00:00Z")
    return at.astimezone(UTC)


def cursor(*key: int | str | datetime) -> str:
    """Where a part ended."""
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def after(text: str, *kinds: type) -> list[Any] | None:
    """Where the last part ended; None: at the beginning. Refused: no part of this list has given this cursor."""
    if not text:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text[:CURSOR_MAX] + "=" * (-len(text) % 4)))
        return [_part(each, kind) for each, kind in zip(key, kinds, strict=True)]
    except (ValueError, TypeError, RecursionError):
        words = "Take the cursor as “next” gave it, with the same filters; or leave it out to begin again."
        raise Refused.because("cursor.unknown", words, "cursor") from None


def _part(given: Any, kind: type) -> Any:
    """One part of a key. ValueError: it is none of ours."""
    if kind is datetime:
        return instant(given)
    if kind is str and isinstance(given, str) and given.isprintable():
        return given
    if kind is int and type(given) is int and 0 <= given < 10**15:
        return given
    raise ValueError("no part of a key of ours")


def next_url(cursor_of_last: str) -> str:
    """The whole address of the next part: the same filters, one cursor on."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    path = f"{request.path}?{urlencode([*kept, ('cursor', cursor_of_last)])}"
    return links.absolute(parts().settings.base_url, path)


def url(path: str) -> str:
    """The whole address of a page for people."""
    return links.absolute(parts().settings.base_url, path)
