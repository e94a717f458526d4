"""The lessons that meet an incident: likely ones while its pattern is not known yet, the verdict once it is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, inspect, select
from sqlalchemy.orm import Session

from app.domain import recurrence as rules
from app.domain.adoption import ADOPTED, STANDINGS, UNKNOWN
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries import likeness, recurrence
from app.queries.known import RULE, STARTED_AT, Origin, Rule, not_applying, origins, was_known
from app.queries.lesson import Earlier, Lesson, Lessons, Met, Recurrence
from app.queries.pattern import may_see_pattern
from app.queries.recurrence import Affected, Stood
from app.queries.standing_at import standings_at
from app.queries.visibility import may_see_incident

SHOWN_MAX = 5
NUMBERS_MAX = 3  # incidents that a sentence names; the others are counted
EARLIER_MAX = 5


def at_declaration(session: Session, by: Actor, incident: Incident) -> Lessons:
    """What an affected service had not adopted when it started, the most relevant first. Nobody knows the pattern yet:
    words decide, then the same service, level, tier and what it cost before. One query where no practice is known,
    four where all are adopted, at most eight, however many incidents and services there are. An incident with its
    services loaded saves one."""
    services = _services(session, incident)
    known = _known(session, by, incident) if services else []
    if not known:
        return Lessons()
    found = _not_adopted(session, [each.rule for each in known], services, known[0].started_at)
    learned = origins(
        session, by, {stood.rule.id for _, stood in found}, before=incident,
        service_ids=[each.id for each in services],
    ) if found else {}  # fmt: skip
    return _most_relevant(incident, {each.rule.id: each for each in known}, found, learned)


def of_incident(session: Session, by: Actor, incident: Incident) -> Recurrence | None:
    """The verdict of every affected service, once the analysis has named a pattern. None: it has not, or this person
    may not know of the incident. A fixed number of queries."""
    found = recurrence.read(session, by, Incident.id == incident.id)
    if not found:
        return None
    (what,) = found
    asked = {stood.rule.id for each in what.services for stood in (*each.stood, *each.also)}
    learned = origins(session, by, asked, before=incident) if asked else {}
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


@dataclass(frozen=True)
class _Candidate:
    rule: Rule
    pattern: str | None  # if the reader may know of it
    is_same_pattern: bool
    started_at: datetime


def _known(session: Session, by: Actor, incident: Incident) -> list[_Candidate]:
    """The practices that held when it started. The start is read along with them."""
    start: Any = (
        select(STARTED_AT)
        .select_from(Incident)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .where(Incident.id == incident.id)
        .scalar_subquery()
    )
    named = select(Analysis.pattern_id).where(Analysis.incident_id == incident.id).scalar_subquery()
    rows = session.execute(
        select(*RULE, Pattern.name, func.coalesce(Practice.pattern_id == named, False), start)
        .outerjoin(Pattern, and_(Pattern.id == Practice.pattern_id, may_see_pattern(by)))
        .where(was_known(start))
        .order_by(Practice.id)
    )
    return [_Candidate(Rule(*row[: len(RULE)]), *row[len(RULE) :]) for row in rows]


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


def _most_relevant(
    incident: Incident, known: dict[int, _Candidate], found: Sequence[tuple[Service, Stood]],
    learned: dict[int, tuple[list[Origin], int]],
) -> Lessons:  # fmt: skip
    said = {
        key: [
            known[key].rule.statement,
            known[key].pattern or "",
            *(each.title for each in learned.get(key, ([], 0))[0]),
        ]
        for key in {stood.rule.id for _, stood in found}
    }
    shared = likeness.shared(
        [incident.title, *incident.labels], incident.description, said,
        kin={key: known[key].rule.pattern_id for key in said},
        leaving_out=[word for service, _ in found for word in (service.name, service.title)],
    )  # fmt: skip
    ranked = []
    for service, stood in found:
        alike, about = shared[stood.rule.id], known[stood.rule.id]
        numbers, total = learned.get(stood.rule.id, ([], 0))
        is_likely = about.is_same_pattern or alike.is_enough
        if not numbers and not is_likely:
            continue  # nothing that this reader knows of was learned from, and nothing says that it fits
        lesson = _lesson(service.name, service.title, stood, numbers, total, alike=alike.words, is_likely=is_likely)
        points = 2 * len(alike.words) + 3 * any(each.is_same_service for each in numbers)
        minutes = sum(each.customer_minutes or 0 for each in numbers)
        order = (not about.is_same_pattern, not is_likely, -points, lesson.level != "must", service.tier, -minutes)
        ranked.append(((*order, lesson.practice_number, lesson.service), lesson))
    ranked.sort(key=lambda each: each[0])
    lessons = Lessons(lesson for _, lesson in ranked[:SHOWN_MAX])
    lessons.more = len(ranked) - len(lessons)
    return lessons


def _said(of: Affected, stood: Sequence[Stood], learned: dict[int, tuple[list[Origin], int]]) -> list[Lesson]:
    """What was not adopted comes first: it is what decides."""
    order = {standing: at for at, standing in enumerate(("not_adopted", "unknown", "exempt", ADOPTED))}
    return [
        _lesson(of.name, of.title, each, *learned.get(each.rule.id, ([], 0)), is_likely=True)
        for each in sorted(stood, key=lambda each: (order.get(each.standing, len(STANDINGS)), each.rule.number))
    ]


def _lesson(service: str, title: str, stood: Stood, numbers: Sequence[Origin], total: int, **more: Any) -> Lesson:
    return Lesson(
        service=service, service_title=title, practice_number=stood.rule.number, statement=stood.rule.statement,
        level=stood.rule.level, standing=stood.standing, since=stood.since,
        learned_from=[each.number for each in numbers[:NUMBERS_MAX]], learned_more=max(0, total - NUMBERS_MAX), **more,
    )  # fmt: skip


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
