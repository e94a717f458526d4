"""The cells that several sections have: incidents, practices, services and what is counted, with words and paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from app import links
from app.domain.report_sections import Count
from app.faces import words
from app.faces.section import Cell, Column

SEVERITY = Column("severity", "Severity")
INCIDENT, TITLE = Column("incident", "Incident"), Column("title", "Title")
PRACTICE, STATEMENT = Column("practice", "Practice"), Column("statement", "Statement")
SERVICE, TEAM = Column("service", "Service"), Column("team", "Team")


def text(value: str | None, path: str = "", *, none: str = "") -> Cell:
    """What somebody wrote."""
    return Cell(value or None, words.plain(value) if value else none, path)


def count(value: int | None, path: str = "", tone: int = 0) -> Cell:
    """A number of things."""
    return Cell(value, words.number(value), path, tone)


def bad(of: int) -> int:
    """The tone of a number of things that should be none."""
    return -1 if of else 0


def share(value: Count | None, path: str = "") -> Cell:
    """So many of so many."""
    return Cell(value, words.share(value), path)


def changed(now: Count | None, before: Count | None) -> Cell:
    """The change in words, since when says its column; its value is in points, if there are percentages."""
    one, other = (each.tenths if each else None for each in (now, before))
    points = None if one is None or other is None else (one - other) / 10
    return Cell(points, words.change(now, before, ""), tone=words.direction(now, before))


def minutes(value: int | None) -> Cell:
    return Cell(value, words.minutes(value))


def day(on: date, year: int) -> Cell:
    return Cell(on, words.day(on, year))


def moment(at: datetime | None, zone: str, none: str = "") -> Cell:
    return Cell(at, words.moment(at, zone) if at else none)


def incident(number: int, stage: str | None = None) -> Cell:
    """Its name and page. One that the reader may not know of has neither."""
    return Cell(f"INC-{number}", f"INC-{number}", links.incident(number, stage)) if number else Cell(None, "private")


def severity(value: str | None) -> Cell:
    return Cell(value, value or "not set")


def practice(number: int) -> Cell:
    return Cell(f"BP-{number}", f"BP-{number}", links.practice(number))


def practices(numbers: Sequence[int]) -> Cell:
    """Several in one cell; the page is that of the first."""
    names = ", ".join(f"BP-{each}" for each in numbers)
    return Cell(names or None, names, links.practice(numbers[0]) if len(numbers) == 1 else "")


def service(name: str) -> Cell:
    return Cell(name, words.plain(name), links.service(quote(name, safe="")))


def services(names: Sequence[str]) -> Cell:
    """Several in one cell."""
    if len(names) == 1:
        return service(names[0])
    said = ", ".join(map(words.plain, names))
    return Cell(", ".join(names) or None, words.plain(said))


def team(title: str | None) -> Cell:
    return Cell(title, words.plain(title) if title else "nobody's")


def team_page(name: str, title: str) -> Cell:
    return Cell(title, words.plain(title), links.team(quote(name, safe="")))
