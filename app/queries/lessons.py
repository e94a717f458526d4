"""The lessons that meet an incident: likely ones while its pattern is not known yet, the verdict once it is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, inspect, select
from sqlalchemy.orm import Session

from app.domain import recurrence as rules
from app.domain.adoption import ADOPTED, STANDINGS, UNKNOWN
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries import recurrence, relevance
from app.queries.known import RULE, STARTED_AT, Learned, Rule, counted, not_applying, origins, was_known
from app.queries.lesson import Earlier, Lesson, Lessons, Met, Recurrence
from app.queries.pattern import may_see_pattern
from app.queries.recurrence import Affected, Stood
from app.queries.relevance import Candidate
from app.queries.standing_at import standings_at
from app.queries.visibility import may_see_incident

EARLIER_MAX = 5
# One statement for every incident that is looked at: made once, and without the patterns, which take as long to plan.
_KNOWN: Any = (
    select(*RULE, func.coalesce(Practice.pattern_id == Analysis.pattern_id, False), STARTED_AT)
    .select_from(Incident)
    .outerjoin(Resolution, Resolution.incident_id == Incident.id)
    .outerjoin(Analysis, Analysis.incident_id == Incident.id)
    .join(Practice, was_known(STARTED_AT))
    .where(Incident.id == bindparam("incident_id"))
    .order_by(Practice.id)
)


def at_declaration(session: Session, by: Actor, incident: Incident) -> Lessons:
    """What an affected service had not adopted when it started, the most relevant first. Nobody knows the pattern yet:
    words decide, then the same service, level, tier and what it cost before. For an incident with its services loaded:
    one query where no practice is known, four where all are adopted, at most eleven, however much there is."""
    services = _services(session, incident)
    held = _known(session, incident) if services else []
    found = _not_adopted(session, [each.rule for each in held], services, held[0].started_at) if held else []
    if not found:
        return Lessons()
    asked = {stood.rule.id for _, stood in found}
    known = _with_patterns(session, by, [each for each in held if each.rule.id in asked])
    nearest = relevance.nearest(incident, known, found)
    learned = origins(session, by, nearest, before=incident, service_ids=[each.id for each in services])
    ranked = relevance.ranked(incident, known, [each for each in found if each[1].rule.id in nearest], learned)
    shown = ranked[: relevance.SHOWN_MAX]
    learned = counted(session, by, learned, {each.stood.rule.id for each in shown}, before=incident)
    lessons = Lessons(each.lesson(learned) for each in shown)
    lessons.more = len(ranked) - len(shown)
    return lessons


def of_incident(session: Session, by: Actor, incident: Incident) -> Recurrence | None:
    """The verdict of every affected service, once the analysis has named a pattern. None: it has not, or this person
    may not know of the incident. A fixed number of queries."""
    found = recurrence.read(session, by, Incident.id == incident.id)
    if not found:
        return None
    (what,) = found
    asked = {stood.rule.id for each in what.services for stood in (*each.stood, *each.also)}
    learned = origins(session, by, asked, before=incident) if asked else {}
    learned = counted(session, by, learned, asked, before=incident)
    earlier, count = _earlier(session, by, incident, what.pattern_id)
    return Recurrence(
        pattern_id=what.pattern_id,
        pattern=session.scalars(select(Pattern.name).where(Pattern.id == what.pattern_id)).one(),
        started_at=what.started_at, verdict=what.verdict, earlier=earlier, earlier_count=count,
        services=[
            Met(each.name, each.title, each.verdict, _said(each, each.stood, learned), _said(each, each.also, learned))
            for each in what.services
        ],
    )  # fmt: skip


def _known(session: Session, incident: Incident) -> list[Candidate]:
    """The practices that held when it started. The start is read along with them."""
    rows = session.execute(_KNOWN, {"incident_id": incident.id})
    return [Candidate(Rule(*row[: len(RULE)]), *row[len(RULE) :]) for row in rows]


def _with_patterns(session: Session, by: Actor, known: Collection[Candidate]) -> dict[int, Candidate]:
    """Candidates by practice, with the names of their patterns."""
    ids = {each.rule.pattern_id for each in known} - {None}
    rows = session.execute(select(Pattern.id, Pattern.name).where(Pattern.id.in_(ids), may_see_pattern(by)))
    names: dict[int | None, str] = dict(rows.all())
    return {each.rule.id: replace(each, pattern=names.get(each.rule.pattern_id, "")) for each in known}


def _services(session: Session, incident: Incident) -> Sequence[Service]:
    if "services" not in inspect(incident).unloaded:
        return incident.services
    joined = select(Service).join(incident_service, incident_service.c.service_id == Service.id)
    return session.scalars(joined.where(incident_service.c.incident_id == incident.id).order_by(Service.name)).all()


def _not_adopted(
    session: Session, known: Sequence[Rule], services: Sequence[Service], at: datetime
) -> list[tuple[Service, Stood]]:
    stands = standings_at(session, [each.id for each in known], [each.id for each in services], at)
    pairs = [
        (service, Stood(rule, *stands.get((rule.id, service.id), (UNKNOWN, None))))
        for rule in known for service in services
    ]  # fmt: skip
    kept = [(service, stood) for service, stood in pairs if stood.standing in rules.STOOD and stood.standing != ADOPTED]
    out = not_applying(session, [(stood.rule, service.id) for service, stood in kept if stood.since is None])
    return [
        (service, stood) for service, stood in kept if stood.since is not None or (stood.rule.id, service.id) not in out
    ]


def _said(of: Affected, stood: Sequence[Stood], learned: dict[int, Learned]) -> list[Lesson]:
    """What was not adopted comes first: it is what decides."""
    order = {standing: at for at, standing in enumerate(("not_adopted", "unknown", "exempt", ADOPTED))}
    return [
        relevance.lesson(of.name, of.title, each, learned.get(each.rule.id), is_likely=True)
        for each in sorted(stood, key=lambda each: (order.get(each.standing, len(STANDINGS)), each.rule.number))
    ]


def _earlier(session: Session, by: Actor, incident: Incident, pattern_id: int) -> tuple[list[Earlier], int]:
    rows = session.execute(
        select(Incident.number, Incident.title, Incident.is_private, Incident.declared_at, func.count().over())
        .join(Analysis, Analysis.incident_id == Incident.id)
        .where(
            Analysis.pattern_id == pattern_id, may_see_incident(by), Incident.id != incident.id,
            Incident.declared_at <= incident.declared_at,
        )
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
        .limit(EARLIER_MAX)
    ).all()  # fmt: skip
    return [Earlier(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
