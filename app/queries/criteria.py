"""What is missing before a stage can be completed: the facts of one incident, read for the rules of each stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.domain import adoption, analysis, automation, best_practice, incident, remediation, resolution, review
from app.domain.errors import Refusal
from app.domain.lifecycle import SKIPPED, Step, rail
from app.models.adoption import Tally
from app.models.analysis import Analysis
from app.models.automation import Check
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.remediation import ActionItem, Remediation
from app.models.resolution import Resolution
from app.models.review import ContributingFactor, Review, TimelineEntry


def missing(session: Session, of: Incident, stage: str) -> list[Refusal]:
    """Every exit criterion of this stage that does not hold, one sentence each. Empty: the stage can be completed."""
    return list(_READ[stage](session, of))


def _incident(session: Session, of: Incident) -> Iterator[Refusal]:
    services = session.scalar(
        select(func.count()).select_from(incident_service).where(incident_service.c.incident_id == of.id)
    )
    yield from incident.missing(
        incident.IncidentFacts(of.title, of.severity, services or 0, of.commander_id is not None)
    )


def _resolution(session: Session, of: Incident) -> Iterator[Refusal]:
    row = session.get(Resolution, of.id)
    yield from resolution.missing(resolution_facts(row))


def resolution_facts(row: Resolution | None) -> resolution.ResolutionFacts:
    if row is None:
        return resolution.ResolutionFacts(None, None, None, None, "", "")
    return resolution.ResolutionFacts(
        row.started_at, row.detected_at, row.mitigated_at, row.resolved_at, row.impact, row.how_resolved
    )


def _review(session: Session, of: Incident) -> Iterator[Refusal]:
    row = session.get(Review, of.id)
    entries, factors = session.execute(
        select(
            select(func.count()).where(TimelineEntry.incident_id == of.id).scalar_subquery(),
            select(func.count()).where(ContributingFactor.incident_id == of.id).scalar_subquery(),
        )
    ).one()
    yield from review.missing(
        review.ReviewFacts(
            has_facilitator=row is not None and row.facilitator_id is not None,
            summary=row.summary if row else "",
            timeline_entries=entries,
            contributing_factors=factors,
            went_well=row.went_well if row else "",
            went_badly=row.went_badly if row else "",
            got_lucky=row.got_lucky if row else "",
        )
    )


def _remediation(session: Session, of: Incident) -> Iterator[Refusal]:
    row = session.get(Remediation, of.id)
    items = session.execute(
        select(ActionItem.number, ActionItem.title, ActionItem.priority, ActionItem.state)
        .where(ActionItem.incident_id == of.id)
        .order_by(ActionItem.number)
    )
    yield from remediation.missing(
        remediation.RemediationFacts(
            [remediation.ItemFacts(*item) for item in items], row.none_needed_because if row else ""
        )
    )


def _analysis(session: Session, of: Incident) -> Iterator[Refusal]:
    row = session.get(Analysis, of.id)
    linked = session.scalar(
        select(func.count()).select_from(incident_practice).where(incident_practice.c.incident_id == of.id)
    )
    yield from analysis.missing(
        analysis.AnalysisFacts(
            has_pattern=row is not None and row.pattern_id is not None,
            decision=row.decision if row else None,
            reason=row.reason if row else "",
            practices=linked or 0,
        )
    )


def _best_practice(session: Session, of: Incident) -> Iterator[Refusal]:
    rows = session.execute(_linked(of, Practice.number, Practice.state))
    yield from best_practice.missing([best_practice.PracticeFacts(*row) for row in rows])


def _automation(session: Session, of: Incident) -> Iterator[Refusal]:
    active = func.count(case((Check.state == automation.ACTIVE_CHECK, Check.id)))
    rows = session.execute(
        _linked(of, Practice.number, active)
        .outerjoin(Check, Check.practice_id == Practice.id)
        .group_by(Practice.id, Practice.number)
    )
    yield from automation.missing([automation.CheckedPractice(f"BP-{number}", count) for number, count in rows])


def _adoption(session: Session, of: Incident) -> Iterator[Refusal]:
    practices = session.execute(_linked(of, Practice.id, Practice.number, Practice.target_percent)).all()
    counts = standing_counts(session, [each.id for each in practices])
    yield from adoption.missing(
        [adoption.progress(f"BP-{each.number}", counts.get(each.id, ()), each.target_percent) for each in practices]
    )


def _linked(of: Incident, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Practice)
        .join(incident_practice, incident_practice.c.practice_id == Practice.id)
        .where(incident_practice.c.incident_id == of.id)
        .order_by(Practice.number)
    )


def standing_counts(session: Session, practice_ids: Sequence[int]) -> Mapping[int, list[tuple[str, int]]]:
    """For each practice, how many services stand where."""
    found: dict[int, list[tuple[str, int]]] = {}
    if practice_ids:
        columns = [getattr(Tally, name) for name in adoption.STANDINGS]
        rows = session.execute(select(Tally.practice_id, *columns).where(Tally.practice_id.in_(practice_ids)))
        for practice_id, *counts in rows:
            found[practice_id] = list(zip(adoption.STANDINGS, counts, strict=True))
    return found


def moves_of(session: Session, incident_id: int) -> list[Step]:
    """The Moves of one incident, oldest first, as the rail needs them."""
    rows = session.execute(
        select(Move.verb, Move.from_stage, Move.to_stage, Move.to_state, Move.at, Move.why)
        .where(Move.incident_id == incident_id)
        .order_by(Move.id)
    )
    return [Step(*row) for row in rows]


def skipped_stages(session: Session, incident_id: int) -> set[str]:
    """The stages that were left out, not completed."""
    here = session.get_one(Incident, incident_id).position
    return {tooth.stage.key for tooth in rail(here, moves_of(session, incident_id)) if tooth.state == SKIPPED}


_READ: Mapping[str, Callable[[Session, Incident], Iterator[Refusal]]] = {
    "incident": _incident,
    "resolution": _resolution,
    "review": _review,
    "remediation": _remediation,
    "analysis": _analysis,
    "best_practice": _best_practice,
    "automation": _automation,
    "adoption": _adoption,
}
