"""The board: incidents by stage, filtered and paged, with what each waits for. As many queries for 50 rows as for 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from app import links
from app.domain.lifecycle import ACTIVE, AHEAD, BLOCKED, BY_KEY, DONE, KEYS, SKIPPED, STAGES, Position
from app.domain.people import ADMINISTRATOR, Actor
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.person import Person, Team
from app.models.review import Review
from app.queries import waiting
from app.queries.catalogue import affected
from app.queries.visibility import is_insider, may_see_incident

PAGE = 50
CLOSED_COUNTED_MAX = 1_000  # counting further takes long and tells little
OPEN, CLOSED, EVERYTHING = "open", "closed", "all"
IS_OPEN = Incident.state.in_(
    (ACTIVE, BLOCKED)
)  # a closed loop is done or skipped at the last stage, and nothing else is
IS_CLOSED = Incident.state.in_((DONE, SKIPPED))
_Commander, _Facilitator, _Skip = aliased(Person), aliased(Person), aliased(Move)  # made once: making them is slow
_BASE: Any = (
    select(
        Incident.id, Incident.number, Incident.title, Incident.severity, Incident.stage, Incident.state,
        Incident.is_private, Incident.declared_at, Incident.stage_entered_at,
        _Commander.name.label("commander"), _Facilitator.name.label("facilitator"),
    )
    .outerjoin(_Commander, _Commander.id == Incident.commander_id)
    .outerjoin(Review, Review.incident_id == Incident.id)
    .outerjoin(_Facilitator, _Facilitator.id == Review.facilitator_id)
)  # fmt: skip
_HAS_SKIPPED = (
    exists().where(_Skip.incident_id == Incident.id, _Skip.verb.in_(("skip", "leave_out"))).correlate(Incident)
)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader chose. `stage` is a stage's key, or open, closed, all."""

    stage: str = OPEN
    severity: str = ""
    team: str = ""
    service: str = ""
    words: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One incident on the board, as the list shows it. `since`: at its stage, or closed."""

    ref: str
    url: str
    title: str
    severity: str | None
    stage: str
    state: str
    states: tuple[str, ...]
    is_closed: bool
    is_private: bool
    since: datetime
    services: Sequence[str]
    waits_for: str


@dataclass(frozen=True)
class Page:
    """`newer` and `older` are cursors of the neighbouring pages, or empty."""

    rows: Sequence[Row]
    newer: str
    older: str


def stage_counts(session: Session, by: Actor) -> Mapping[str, int]:
    """Open incidents per stage, and loops closed up to 1,000: only what this person may know of. One query."""
    questions: list[Any] = []
    for condition in _seen_in_parts(by):
        closed = select(Incident.state).where(condition, IS_CLOSED).limit(CLOSED_COUNTED_MAX).subquery()
        questions += [
            select(Incident.stage, func.count()).where(condition, IS_OPEN).group_by(Incident.stage),
            select(literal(CLOSED), func.count()).select_from(closed),
        ]
    found = dict.fromkeys((*KEYS, CLOSED), 0)
    for key, count in session.execute(union_all(*questions)):
        found[key] += count
    found[OPEN] = sum(found[each] for each in KEYS)
    return found


def _seen_in_parts(by: Actor) -> list[ColumnElement[bool]]:
    # In two questions: the public ones are counted on an index alone, the few private ones row by row.
    public = Incident.is_private.is_(False)
    if by.role == ADMINISTRATOR:
        return [public, Incident.is_private.is_(True)]
    return [public] + ([and_(Incident.is_private.is_(True), is_insider(by.id))] if by.id is not None else [])


def page(session: Session, by: Actor, filters: Filters, cursor: str = "") -> Page:
    """One page, newest first. `cursor` is one that an earlier page gave; anything else starts at the top."""
    backwards, at = _read_cursor(cursor)
    order = tuple_(Incident.declared_at, Incident.id)
    rows = _rows(by, filters)
    if at is not None:
        rows = rows.where(order > tuple_(*at) if backwards else order < tuple_(*at))
    if backwards:
        rows = rows.order_by(Incident.declared_at.asc(), Incident.id.asc())
    else:
        rows = rows.order_by(Incident.declared_at.desc(), Incident.id.desc())
    found = list(session.execute(rows.limit(PAGE + 1)))
    has_more = len(found) > PAGE
    found = found[:PAGE][::-1] if backwards else found[:PAGE]
    if not found:
        return Page([], "", "")
    has_newer, has_older = (has_more, True) if backwards else (at is not None, has_more)
    return Page(
        _dress(session, found),
        _cursor("n", found[0]) if has_newer else "",
        _cursor("o", found[-1]) if has_older else "",
    )


def _rows(by: Actor, filters: Filters) -> Any:
    return _BASE.where(may_see_incident(by), *_conditions(by, filters))


def _conditions(by: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.stage in KEYS:
        found += [Incident.stage == filters.stage, IS_OPEN]
    elif filters.stage == CLOSED:
        found.append(IS_CLOSED)
    elif filters.stage != EVERYTHING:
        found.append(IS_OPEN)
    if filters.severity:
        found.append(Incident.severity == filters.severity)
    if filters.service or filters.team:
        found.append(_affects(filters))
    if filters.words.strip():
        found.append(_says(filters.words.strip()))
    if filters.mine:
        found.append(is_insider(by.id) if by.id is not None else false())
    return found


def _affects(filters: Filters) -> ColumnElement[bool]:
    affected = (
        exists()
        .where(incident_service.c.incident_id == Incident.id, Service.id == incident_service.c.service_id)
        .correlate(Incident)
    )
    if filters.service:
        affected = affected.where(Service.name == filters.service)
    if filters.team:
        affected = affected.where(Team.id == Service.team_id, Team.name == filters.team)
    return affected


def _says(words: str) -> ColumnElement[bool]:
    number = words.upper().removeprefix("INC-")
    says = and_(*(Incident.title.icontains(word, autoescape=True) for word in words.split()[:8]))
    # As many digits as a number can have: a longer one would not fit the database's integers.
    return or_(says, Incident.number == int(number)) if number.isdecimal() and len(number) <= 9 else says


def _dress(session: Session, found: Sequence[Any]) -> list[Row]:
    ids = [each.id for each in found]
    services = affected(session, ids)
    skipped = _skipped(session, ids)
    waits = waiting.waits_for(session, found)
    rows = []
    for each in found:
        at = Position(each.stage, each.state)
        rows.append(
            Row(
                ref=f"INC-{each.number}", url=links.incident(each.number), title=each.title, severity=each.severity,
                stage=f"{at.number} {BY_KEY[at.stage].title}", state=at.state, is_closed=at.is_closed,
                states=_states(at, skipped.get(each.id, set())), is_private=each.is_private,
                since=each.stage_entered_at, services=services.get(each.id, []), waits_for=waits.get(each.id, ""),
            )
        )  # fmt: skip
    return rows


def _states(at: Position, skipped: set[str]) -> tuple[str, ...]:
    states = []
    for stage in STAGES:
        if stage.number > at.number:
            states.append(AHEAD)
        elif stage.number == at.number:
            states.append(at.state)
        else:
            states.append(SKIPPED if stage.key in skipped else DONE)
    return tuple(states)


def _skipped(session: Session, ids: Sequence[int]) -> dict[int, set[str]]:
    """The stages that were left out, by incident; a later completion of the same stage takes that back."""
    left: dict[tuple[int, str], str] = {}
    for incident_id, stage, verb in session.execute(
        select(Move.incident_id, Move.from_stage, Move.verb)
        .join(Incident, Incident.id == Move.incident_id)
        .where(Incident.id.in_(ids), _HAS_SKIPPED, Move.verb.in_(("skip", "leave_out", "advance")))
        .order_by(Move.id)
    ):
        if incident_id is not None and stage is not None:
            left[incident_id, stage] = verb
    found: dict[int, set[str]] = {}
    for (incident_id, stage), verb in left.items():
        if verb != "advance":
            found.setdefault(incident_id, set()).add(stage)
    return found


def _cursor(direction: str, row: Any) -> str:
    return f"{direction}{row.declared_at.timestamp():.6f}-{row.id}"


def _read_cursor(cursor: str) -> tuple[bool, tuple[datetime, int] | None]:
    direction, _, rest = cursor[:1], "", cursor[1:]
    seconds, dash, row_id = rest.partition("-")
    try:
        at = (datetime.fromtimestamp(float(seconds), UTC), int(row_id[:18]))
    except (ValueError, OverflowError, OSError):
        return False, None
    return direction == "n", at if dash else None
