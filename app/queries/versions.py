"""What a practice said before: its versions with who and when, and word by word what changed from one to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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
Say = Callable[[str, object], str]  # field and value → the value as people read it


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
    said: Mapping[str, str]
    changes: Sequence[Changed] | None


def of_practice(session: Session, practice_id: int, page: int, say: Say) -> tuple[list[Version], int]:
    """One page of versions, newest first, and how many there are. Two queries."""
    rows = select(PracticeVersion, Person.name).outerjoin(Person, Person.id == PracticeVersion.by_id)
    of = PracticeVersion.practice_id == practice_id
    total = session.scalar(select(func.count()).select_from(PracticeVersion).where(of)) or 0
    found = session.execute(
        rows.where(of).order_by(PracticeVersion.version.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    ).all()
    said = [{name: say(name, value) for name, value in row.said.items()} for row, _ in found]
    return [
        Version(row.version, row.at, who, now, changes(was, now) if was is not None else None)
        for (row, who), now, was in zip(found[:PAGE], said, [*said[1:], None], strict=False)
    ], total


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Changed]:
    """The fields that differ, in the order of the form."""
    names = [*new, *(name for name in old if name not in new)]
    both = [(name, old.get(name, ""), new.get(name, "")) for name in names]
    return [Changed(name, compare(was, now)) for name, was, now in both if was != now]


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
    gone = new = ""
    for kind, one, two, three, four in SequenceMatcher(None, was, now).get_opcodes():
        same = "".join(was[one:two]) if kind == "equal" else ""
        if same and not same.isspace():
            pieces += [(GONE, gone), (NEW, new), (SAME, same)]
            gone = new = ""
        else:  # a space between two changes belongs to both: words are read together
            gone, new = gone + "".join(was[one:two]), new + "".join(now[three:four])
    return [*pieces, (GONE, gone), (NEW, new)]


def _same_start(one: list[str], other: list[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)
