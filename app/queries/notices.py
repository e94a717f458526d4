"""What a message tells, read at the moment when it is delivered: it is never older than its delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.domain import remediation
from app.domain.adoption import NOT_ADOPTED, UNKNOWN, progress
from app.domain.lifecycle import BY_KEY
from app.domain.people import Actor
from app.models.adoption import Standing
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.person import Person, Team
from app.models.remediation import ActionItem, Remediation
from app.models.resolution import Resolution
from app.models.review import ContributingFactor, Review
from app.queries import lessons, slip_notices, waiting
from app.queries.known import PUBLIC
from app.queries.notice import (
    IncidentNotice,
    ItemNotice,
    KnownLine,
    Notice,
    PracticeLine,
    PracticeNotice,
    ServiceLine,
    Who,
)
from app.queries.visibility import may_see_incident

SERVICES_NAMED = 10
KNOWN_MAX = 3


def read(session: Session, event: str, payload: Mapping[str, Any], *, team_id: int | None = None) -> Notice:
    """Everything that the message about this event needs, as it is now. The number of queries is fixed."""
    if "slip_ids" in payload:
        lost = slip_notices.read(session, payload["team_id"], payload["slip_ids"])
        return Notice(event=event, at=datetime.fromisoformat(payload["at"]), slips=lost)
    by_id, item_id = payload.get("by_id"), payload.get("action_item_id")
    incident_id, practice_id = payload.get("incident_id"), payload.get("practice_id")
    return Notice(
        event=event,
        at=datetime.fromisoformat(payload["at"]),
        by=who(session, by_id) if by_id is not None else None,
        why=session.scalar(select(Move.why).where(Move.id == payload["move_id"])) or "",
        stage=payload.get("stage"),
        incident=incident(session, incident_id) if incident_id is not None else None,
        practice=practice(session, practice_id, team_id) if practice_id is not None else None,
        item=action_item(session, item_id) if item_id is not None else None,
        exemption_id=payload.get("exemption_id"),
    )


def who(session: Session, person_id: int) -> Who:
    return Who(*session.execute(select(*_WHO).where(Person.id == person_id)).one())


def may_see(session: Session, incident_id: int, by: Actor) -> bool:
    return session.scalar(select(Incident.id).where(Incident.id == incident_id, may_see_incident(by))) is not None


def is_private(session: Session, incident_id: int) -> bool:
    return session.execute(select(Incident.is_private).where(Incident.id == incident_id)).scalar_one()


_WHO = (Person.id, Person.name, Person.slack_user_id)
_Commander, _Declarer, _Facilitator = aliased(Person), aliased(Person), aliased(Person)
_OPEN = (remediation.OPEN, remediation.ITEM_DONE)


def incident(session: Session, incident_id: int) -> IncidentNotice:
    """The card. At most eight queries, whatever the incident holds; more only until it is resolved, for what was known
    before."""
    of, ended, review, none_needed, decision, reason, pattern, commander, declarer, facilitator = session.execute(
        select(
            Incident, Resolution, Review, Remediation.none_needed_because, Analysis.decision, Analysis.reason,
            Pattern.name, _Commander, _Declarer, _Facilitator,
        )
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .outerjoin(Remediation, Remediation.incident_id == Incident.id)
        .outerjoin(Analysis, Analysis.incident_id == Incident.id)
        .outerjoin(Pattern, Pattern.id == Analysis.pattern_id)
        .outerjoin(_Commander, _Commander.id == Incident.commander_id)
        .outerjoin(_Declarer, _Declarer.id == Incident.declared_by_id)
        .outerjoin(_Facilitator, _Facilitator.id == Review.facilitator_id)
        .where(Incident.id == incident_id)
    ).one()  # fmt: skip
    row = SimpleNamespace(
        id=of.id, stage=of.stage, state=of.state, commander=commander and commander.name,
        facilitator=facilitator and facilitator.name,
    )  # fmt: skip
    ended = ended or Resolution(impact="", how_resolved="")  # nobody has said anything yet
    review = review or Review(summary="", lessons="")
    items, items_open = _item_counts(session, incident_id)
    known, known_more = _known(session, of)
    return IncidentNotice(
        number=of.number, title=of.title, severity=of.severity, stage=of.stage, state=of.state,
        declared_at=of.declared_at, stage_entered_at=of.stage_entered_at,
        waits_for=waiting.waits_for(session, [row]).get(of.id, ""), is_imported=of.imported is not None,
        services=_services(session, incident_id),
        commander=_who(commander), declared_by=_who(declarer), facilitator=_who(facilitator),
        started_at=ended.started_at or ended.detected_at, resolved_at=ended.resolved_at,
        impact=ended.impact, customer_minutes=ended.customer_minutes,
        how_resolved=ended.how_resolved,
        summary=review.summary, lessons=review.lessons,
        factors=_factors(session, incident_id), items=items, items_open=items_open,
        none_needed_because=none_needed or "", pattern=pattern, decision=decision, reason=reason or "",
        practices=_practices(session, incident_id), known=known, known_more=known_more,
    )  # fmt: skip


def practice(session: Session, practice_id: int, team_id: int | None = None) -> PracticeNotice:
    """A practice, and the services that still have to adopt it. Three queries. No incident is named: some are private,
    and those that are public today may not be tomorrow."""
    author, accepter = aliased(Person), aliased(Person)
    of, written_by, accepted_by = session.execute(
        select(Practice, author, accepter)
        .outerjoin(author, author.id == Practice.author_id)
        .outerjoin(accepter, accepter.id == Practice.accepted_by_id)
        .where(Practice.id == practice_id)
    ).one()
    counts = [
        (standing, count)
        for standing, count in session.execute(
            select(Standing.standing, func.count())
            .join(Service, Service.id == Standing.service_id)
            .where(Standing.practice_id == practice_id, ~Service.is_retired)
            .group_by(Standing.standing)
        )
    ]
    to_do, total = _to_do(session, practice_id, team_id)
    return PracticeNotice(
        number=of.number, statement=of.statement, why=of.why, state=of.state, level=of.level,
        target_percent=of.target_percent, target_on=of.target_on, author=_who(written_by),
        accepted_by=_who(accepted_by), progress=progress(of.name, counts, of.target_percent) if counts else None,
        to_do=to_do, to_do_count=total,
    )  # fmt: skip


def action_item(session: Session, item_id: int) -> ItemNotice:
    item, owner = session.execute(
        select(ActionItem, Person).join(Person, Person.id == ActionItem.owner_id).where(ActionItem.id == item_id)
    ).one()
    return ItemNotice(
        item.number, item.title, item.priority, item.kind, item.due_on, item.state,
        Who(owner.id, owner.name, owner.slack_user_id),
    )  # fmt: skip


def _who(person: Person | None) -> Who | None:
    return Who(person.id, person.name, person.slack_user_id) if person else None


def _services(session: Session, incident_id: int) -> list[ServiceLine]:
    rows = session.execute(
        select(Service.title, Team.title)
        .join(incident_service, incident_service.c.service_id == Service.id)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(incident_service.c.incident_id == incident_id)
        .order_by(Service.tier, Service.name)
    )
    return [ServiceLine(title, team) for title, team in rows]


def _factors(session: Session, incident_id: int) -> int:
    return session.scalar(select(func.count()).where(ContributingFactor.incident_id == incident_id)) or 0


def _item_counts(session: Session, incident_id: int) -> tuple[int, int]:
    """All action items, and those that are neither verified nor dropped."""
    is_open = func.count(ActionItem.id).filter(ActionItem.state.in_(_OPEN))
    row = session.execute(select(func.count(ActionItem.id), is_open).where(ActionItem.incident_id == incident_id)).one()
    return row[0], row[1]


def _practices(session: Session, incident_id: int) -> list[PracticeLine]:
    rows = session.execute(
        select(Practice.number, Practice.statement, Practice.state)
        .join(incident_practice, incident_practice.c.practice_id == Practice.id)
        .where(incident_practice.c.incident_id == incident_id)
        .order_by(Practice.number)
    )
    return [PracticeLine(*row) for row in rows]


def _known(session: Session, of: Incident) -> tuple[list[KnownLine], int]:
    """The lessons that meet it, until it is resolved: as everybody may know them, for the card stands in a channel."""
    if of.position.number > BY_KEY["resolution"].number:
        return [], 0
    found = lessons.at_declaration(session, PUBLIC, of)
    shown = found[:KNOWN_MAX]
    lines = [KnownLine(each.service, each.practice_number, each.words, each.statement) for each in shown]
    return lines, len(found) - len(shown) + found.more


def _to_do(session: Session, practice_id: int, team_id: int | None) -> tuple[list[str], int]:
    conditions = [
        Standing.practice_id == practice_id, Standing.standing.in_((NOT_ADOPTED, UNKNOWN)), ~Service.is_retired,
    ]  # fmt: skip
    if team_id is not None:
        conditions.append(Service.team_id == team_id)
    rows = session.execute(
        select(Service.title, func.count().over())
        .join(Standing, Standing.service_id == Service.id)
        .where(*conditions)
        .order_by(Service.tier, Service.name)
        .limit(SERVICES_NAMED)
    ).all()
    return [title for title, _ in rows], rows[0][1] if rows else 0
