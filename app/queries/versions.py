"""What a practice said before: its versions with who and when, and word by word what changed from one to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.best_practice import PracticeVersion
from app.models.person import Person

PAGE = 20
WORDS_MAX = 600  # beyond that the parts that differ are shown whole: comparing word by word would take too long
SAME, GONE, NEW = "same", "gone", "new"
Piece = tuple[str, str]  # one of the three above, and its text


@dataclass(frozen=True)
class Changed:
    """One field that says something else than in the version before."""

    name: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Version:
    """One version; `changes` is None where the one before it is not known."""

    number: int
    at: datetime
    who: str | None
    said: dict[str, object]
    changes: Sequence[Changed] | None


def of_practice(session: Session, practice_id: int, page: int) -> tuple[list[Version], int]:
    """One page of versions, newest first, and how many there are. Two queries."""
    rows = select(PracticeVersion, Person.name).outerjoin(Person, Person.id == PracticeVersion.by_id)
    of = PracticeVersion.practice_id == practice_id
    total = session.scalar(select(func.count()).select_from(PracticeVersion).where(of)) or 0
    found = session.execute(
        rows.where(of).order_by(PracticeVersion.version.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    ).all()
    before = [row for row, _ in found[1:]] + [None]
    return [
        Version(row.version, row.at, who, dict(row.said), changes(old.said, row.said) if old else None)
        for (row, who), old in zip(found[:PAGE], before, strict=False)
    ], total


def changes(old: dict[str, object], new: dict[str, object]) -> list[Changed]:
    """The fields that differ, in the order of the form."""
    names = [*new, *(name for name in old if name not in new)]
    was, now = ({name: _text(said.get(name)) for name in names} for said in (old, new))
    return [Changed(name, compare(was[name], now[name])) for name in names if was[name] != now[name]]


def compare(old: str, new: str) -> list[Piece]:
    """Both texts in one: what stayed, what is gone, what is new, by words."""
    was, now = _words(old), _words(new)
    start = _same_start(was, now)
    end = _same_start(was[start:][::-1], now[start:][::-1])
    left, right = was[start : len(was) - end], now[start : len(now) - end]
    pieces = [(SAME, "".join(was[:start])), *_middle(left, right), (SAME, "".join(was[len(was) - end :]))]
    return [(kind, text) for kind, text in pieces if text]


def _middle(was: list[str], now: list[str]) -> list[Piece]:
    if max(len(was), len(now)) > WORDS_MAX:
        return [(GONE, "".join(was)), (NEW, "".join(now))]
    pieces: list[Piece] = []
    for kind, one, two, three, four in SequenceMatcher(None, was, now).get_opcodes():
        if kind == "equal":
            pieces.append((SAME, "".join(was[one:two])))
        else:
            pieces += [(GONE, "".join(was[one:two])), (NEW, "".join(now[three:four]))]
    return pieces


def _same_start(one: list[str], other: list[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _text(value: object) -> str:
    return "" if value is None else str(value)
