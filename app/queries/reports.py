"""Weekly reports as they are kept: one to be read, and the archive. Whoever reads one later is told of no incident that
they may not know of now: it may have become private since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.people import Actor
from app.domain.report import Figures
from app.domain.report_sections import Count, Need, PracticeLine
from app.domain.week import Week
from app.models.incident import Incident
from app.models.person import Person
from app.models.report import Report
from app.queries import audience as audiences
from app.queries.audience import MINE, PERSON, Audience
from app.queries.visibility import may_see_incident

PAGE = 26
SEARCHED = 260  # of the latest reports of an audience, five years
_SHAPE: TypeAdapter[Figures] = TypeAdapter(Figures)


@dataclass(frozen=True)
class Kept:
    """One report as somebody may read it. `revisions`: how many there are of its week. A preview has no id."""

    figures: Figures
    audience: Audience
    week: Week
    revision: int
    revisions: int
    made_at: datetime
    is_late: bool
    is_preview: bool = False
    why: str = ""
    changed: Sequence[str] = ()
    by_name: str | None = None
    id: int | None = None


@dataclass(frozen=True)
class Row:
    """One week in the archive: its latest revision, and the figures that it is recognised by."""

    week: Week
    revision: int
    made_at: datetime
    is_late: bool
    adoption: Count | None
    closed: int
    preventable: int
    slips: int
    found: str = ""  # where the words that were sought stand


def load(told: dict[str, Any]) -> Figures:
    """The figures from what is kept. ValidationError: the shape is not ours."""
    return _SHAPE.validate_python(told)


def dump(figures: Figures) -> dict[str, Any]:
    """The figures as JSON keeps them."""
    told: dict[str, Any] = _SHAPE.dump_python(figures, mode="json")
    return told


def find(
    session: Session, by: Actor, about: str, week: Week | None, revision: int | None = None, *, zone: str = "UTC"
) -> Kept:
    """The report of a week, or the latest one; the latest revision unless one is named. NotFound, in words."""
    of = _readable(session, by, about, zone)
    rows = _all(of.key).where(Report.week == week.name) if week else _all(of.key)
    if revision is not None:
        rows = rows.where(Report.revision == revision)
    found = session.execute(rows.order_by(Report.week.desc(), Report.revision.desc()).limit(1)).first()
    if found is None:
        raise NotFound(_absent(of, week, revision))
    return _kept(session, by, of, found[0], found[1])


def by_id(session: Session, report_id: int, by: Actor, zone: str = "UTC") -> Kept:
    """One report, as its own message tells it to `by`. NotFound: its audience is there no more."""
    row, name = session.execute(
        select(Report, Person.name).outerjoin(Person, Person.id == Report.by_id).where(Report.id == report_id)
    ).one()
    return _kept(session, by, audiences.of_key(session, row.audience, zone), row, name)


def listing(
    session: Session, by: Actor, about: str, sought: str, page: int, *, zone: str = "UTC"
) -> tuple[list[Row], int]:
    """One page of the archive, newest first, and how many weeks there are. Sought are words in what a report names."""
    of = _readable(session, by, about, zone)
    total = session.scalar(select(func.count(func.distinct(Report.week))).where(Report.audience == of.key)) or 0
    if not sought.strip():
        rows = _latest(session, of.key, PAGE, (page - 1) * PAGE)
        return [_row(row, load(row.figures)) for row in rows], total
    words = sought.casefold().split()
    read = [(row, load(row.figures)) for row in _latest(session, of.key, SEARCHED, 0)]
    hidden = _hidden(session, by, {number for _, told in read for number in told.incidents})
    found = []
    for row, told in read:
        where = _found(told.without(told.incidents & hidden), words)
        if where is not None:
            found.append(_row(row, told, where))
    return found[(page - 1) * PAGE : page * PAGE], len(found)


def weeks(session: Session, of: Audience, names: Collection[str]) -> dict[str, Figures]:
    """The latest revision of some weeks, as it is kept: for comparisons and for what was said before."""
    rows = session.scalars(
        select(Report).where(Report.audience == of.key, Report.week.in_(names)).order_by(Report.revision)
    )
    return {row.week: load(row.figures) for row in rows}


def conceal(session: Session, by: Actor, figures: Figures) -> Figures:
    """The same figures, naming no incident that this person may not know of now."""
    return figures.without(_hidden(session, by, figures.incidents))


def _readable(session: Session, by: Actor, about: str, zone: str) -> Audience:
    """A person's own reports stay readable to them alone, with or without a subscription."""
    try:
        return audiences.named(session, by, about, zone)
    except NotFound:
        key = f"{PERSON}{by.id}"
        if about != MINE or session.scalar(select(Report.id).where(Report.audience == key).limit(1)) is None:
            raise
        return Audience(key, MINE, by.name, zone, by)


def _all(key: str) -> Any:
    return (
        select(Report, Person.name).outerjoin(Person, Person.id == Report.by_id).where(Report.audience == key)
    )  # fmt: skip


def _latest(session: Session, key: str, limit: int, offset: int) -> Sequence[Report]:
    last = (
        select(func.max(Report.id)).where(Report.audience == key).group_by(Report.week).order_by(Report.week.desc())
    ).limit(limit).offset(offset)  # fmt: skip
    ids = session.scalars(last).all()
    return session.scalars(select(Report).where(Report.id.in_(ids)).order_by(Report.week.desc())).all()


def _kept(session: Session, by: Actor, of: Audience, row: Report, name: str | None) -> Kept:
    count = select(func.count()).select_from(Report).where(Report.audience == row.audience, Report.week == row.week)
    return Kept(
        conceal(session, by, load(row.figures)), of, Week.parse(row.week), row.revision, session.scalar(count) or 1,
        row.made_at, row.is_late, False, row.why, row.changed, name, row.id,
    )  # fmt: skip


def _row(row: Report, told: Figures, found: str = "") -> Row:
    return Row(
        Week.parse(row.week), row.revision, row.made_at, row.is_late, told.adoption.now, told.loops.closed_count,
        told.recurrences.preventable, told.slips.lost_count, found,
    )  # fmt: skip


def _hidden(session: Session, by: Actor, numbers: Collection[int]) -> frozenset[int]:
    """Those of some numbers of incidents that this person may not know of."""
    if not numbers:
        return frozenset()
    seen = select(Incident.number).where(Incident.number.in_(numbers), may_see_incident(by))
    return frozenset(numbers) - set(session.scalars(seen))


def _found(told: Figures, words: Sequence[str]) -> str | None:
    """A text that holds one of the words, if each of them stands somewhere. None: one is missing."""
    texts = list(_texts(told))
    where = [next((text for text in texts if word in text.casefold()), None) for word in words]
    return where[0] if where and all(where) else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        number = getattr(value, "number", None)
        if isinstance(value, PracticeLine):
            yield value.name
        elif isinstance(value, Need):
            yield value.subject
        elif number:
            yield f"ACT-{number}"
        if incident := getattr(value, "incident", None):
            yield f"INC-{incident}"
        for each in fields(value):
            yield from _texts(getattr(value, each.name))


def _absent(of: Audience, week: Week | None, revision: int | None) -> str:
    if week is None:
        return f"No weekly report for {of.title} is made yet: the next one comes on Monday."
    if revision is not None:
        return f"There is no revision {revision} of the report of {week.name} for {of.title}."
    return f"There is no report of {week.name} for {of.title}."
