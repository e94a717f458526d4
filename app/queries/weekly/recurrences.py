"""What had happened before: incidents whose analysis named a known pattern this week, preventable ones first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adoption import ADOPTED
from app.domain.lifecycle import BY_KEY
from app.domain.recurrence import ADOPTED_YET, PREVENTABLE
from app.domain.report import ROWS_MAX
from app.domain.report_sections import RecurrenceLine, Recurrences, order_of
from app.models.history import Move
from app.models.incident import Incident
from app.queries import recurrence
from app.queries.recurrence import Happened
from app.queries.weekly.positions import Positions
from app.queries.weekly.scope import Scope

TOLD = PREVENTABLE | {ADOPTED_YET}


def read(session: Session, scope: Scope, positions: Positions) -> Recurrences:
    """An incident counts in the week in which its analysis was completed: then its pattern is known. Two queries, and
    those of the verdict."""
    ids = _analysed(session, scope, positions)
    if not ids:
        return Recurrences([], 0, 0, 0, 0)
    happened = [
        each for each in recurrence.read(session, scope.by, Incident.id.in_(ids)) if each.verdict in TOLD
    ]  # fmt: skip
    rows: Any = session.execute(
        select(Incident.id, Incident.number, Incident.title, Incident.severity).where(Incident.id.in_(ids))
    )
    about = {row[0]: row[1:] for row in rows}
    lines = sorted((_line(each, about[each.id]) for each in happened), key=order_of)
    preventable = [each for each in lines if each.is_preventable]
    known = [each.minutes for each in preventable if each.minutes is not None]
    return Recurrences(
        lines[:ROWS_MAX], len(preventable), sum(known), len(preventable) - len(known), len(lines) - len(preventable)
    )


def _analysed(session: Session, scope: Scope, positions: Positions) -> list[int]:
    """Those whose analysis was completed in the week, and was not reopened by its end."""
    rows = session.scalars(
        select(Move.incident_id)
        .join(Incident, Incident.id == Move.incident_id)
        .where(
            Move.at >= scope.since, Move.at < scope.as_of, Move.verb == "advance", Move.from_stage == "analysis",
            *scope.incidents,
        )
    )  # fmt: skip
    beyond = BY_KEY["analysis"].number
    found = {key for key in rows if key is not None and key in positions.stood}
    return sorted(key for key in found if positions.stood[key].position.number > beyond)


def _line(of: Happened, about: tuple[int, str, str | None]) -> RecurrenceLine:
    """The services that make the verdict, and the practices that they had not adopted; or had, and yet it happened."""
    services = [each for each in of.services if each.verdict == of.verdict]
    practices = {
        stood.rule.number
        for each in services
        for stood in each.stood
        if (stood.standing == ADOPTED) == (of.verdict == ADOPTED_YET)
    }
    return RecurrenceLine(
        *about, of.verdict, [each.name for each in services], sorted(practices), of.customer_minutes
    )  # fmt: skip
