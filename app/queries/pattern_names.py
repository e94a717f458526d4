"""Patterns by what somebody types: the one that is meant, and those that a list offers. Only those they may know of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.models.analysis import Pattern
from app.queries.pattern import may_see_pattern

OFFERED_MAX = 100
COMPARED_MAX = 2_000
# One word may be mistyped: a long one that begins alike, so that "unsafe" is not taken for "safe", nor db-1 for db-2.
LONG, ALIKE = 5, 0.8
_BETWEEN = re.compile(r"[\W_]+")


def near(session: Session, by: Actor, name: str) -> Pattern | None:
    """The pattern of this name, or of one that differs by case, hyphens, a plural or a slip of the finger."""
    wanted = key_of(name)
    if not wanted:
        return None
    rows = select(Pattern).where(may_see_pattern(by)).order_by(Pattern.id.desc()).limit(COMPARED_MAX)
    known = {key_of(each.name): each for each in session.scalars(rows)}
    return known.get(wanted) or next((each for key, each in known.items() if _is_slip(wanted, key)), None)


def offered(session: Session, by: Actor, words: str) -> Sequence[Pattern]:
    """Patterns whose name has all of these words, by name; at most a hundred."""
    says = [Pattern.name.icontains(each, autoescape=True) for each in words.replace("\x00", "").split()[:8]]
    rows = select(Pattern).where(may_see_pattern(by), *says).order_by(func.lower(Pattern.name), Pattern.id)
    return session.scalars(rows.limit(OFFERED_MAX)).all()


def _is_slip(one: str, other: str) -> bool:
    words = list(zip(one.split(), other.split(), strict=False))
    different = [(a, b) for a, b in words if a != b]
    if one.count(" ") != other.count(" ") or len(different) != 1:
        return False
    a, b = different[0]
    is_long = min(len(a), len(b)) >= LONG and (a + b).isalpha()
    return is_long and a[0] == b[0] and SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def key_of(name: str) -> str:
    """ "Retry-storms" and "retry storm" are one."""
    return " ".join(each.removesuffix("s") for each in _BETWEEN.split(name.casefold()) if each)
