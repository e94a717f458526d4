"""Advance, block, unblock, skip, reopen: the moves of an incident through its eight stages."""

from __future__ import annotations

from datetime import datetime

from app.domain import lifecycle
from app.domain.errors import Refused
from app.domain.events import STAGE_COMPLETED, StageBlocked, StageReopened, StageSkipped, StageUnblocked
from app.domain.lifecycle import ACTIVE, BY_KEY, Position
from app.domain.people import RATCHET, Actor
from app.models.history import add_move
from app.models.incident import Incident
from app.queries import criteria
from app.workflow import kit
from app.workflow.unit_of_work import Work


def advance(work: Work, number: int, stage: str, *, by: Actor, now: datetime) -> Incident:
    """Complete the current stage; Refused names every exit criterion that does not hold, and nothing has changed."""
    incident = kit.incident(work, number, by, "advance")
    complete(work, incident, _known(stage), by=by, now=now)
    return incident


def block(work: Work, number: int, stage: str, *, why: str, by: Actor, now: datetime) -> Incident:
    """Say that the current stage cannot go on, and what it waits for."""
    incident = kit.incident(work, number, by, "block")
    why = kit.text(why, "why")
    to = lifecycle.block(incident.position, _known(stage), why)
    move = _move(work, incident, "block", to, by=by, now=now, why=why)
    work.tell(StageBlocked(move_id=move, incident_id=incident.id, by_id=by.id, at=now, stage=stage))
    return incident


def unblock(work: Work, number: int, stage: str, *, by: Actor, now: datetime) -> Incident:
    """Say that the current stage can go on."""
    incident = kit.incident(work, number, by, "block")
    to = lifecycle.unblock(incident.position, _known(stage))
    move = _move(work, incident, "unblock", to, by=by, now=now)
    work.tell(StageUnblocked(move_id=move, incident_id=incident.id, by_id=by.id, at=now, stage=stage))
    return incident


def skip(work: Work, number: int, stage: str, *, why: str, by: Actor, now: datetime) -> Incident:
    """Leave the current stage out, where the policy of the severity allows it."""
    incident = kit.incident(work, number, by, "skip")
    why = kit.text(why, "why")
    to = lifecycle.skip(incident.position, _known(stage), incident.severity, why, work.policy)
    move = _move(work, incident, "skip", to, by=by, now=now, why=why)
    work.tell(StageSkipped(move_id=move, incident_id=incident.id, by_id=by.id, at=now, stage=stage))
    return incident


def reopen(work: Work, number: int, stage: str, *, why: str, by: Actor, now: datetime) -> Incident:
    """Go back to an earlier stage with a reason; nothing that was entered is lost."""
    incident = kit.incident(work, number, by, "reopen")
    put_back(work, incident, _known(stage), why=kit.text(why, "why"), by=by, now=now)
    return incident


def complete(work: Work, incident: Incident, stage: str, *, by: Actor, now: datetime) -> None:
    """Advance an incident that is locked and may be changed."""
    lifecycle.require_current(incident.position, stage)
    to = lifecycle.advance(incident.position, stage, criteria.missing(work.session, incident, stage))
    move = _move(work, incident, "advance", to, by=by, now=now)
    work.tell(STAGE_COMPLETED[stage](move_id=move, incident_id=incident.id, by_id=by.id, at=now))


def settle(work: Work, incident: Incident, *, now: datetime) -> None:
    """Complete, one after the other, the stages that complete themselves once their criteria hold."""
    while (
        incident.state == ACTIVE
        and BY_KEY[incident.stage].completes_itself
        and not criteria.missing(work.session, incident, incident.stage)
    ):
        complete(work, incident, incident.stage, by=RATCHET, now=now)


def fall_back(work: Work, incident: Incident, *, now: datetime) -> None:
    """Go back to the first of the practices' stages that no longer holds, because other practices are linked now."""
    skipped = criteria.skipped_stages(work.session, incident.id)
    for stage in ("best_practice", "automation", "adoption"):
        is_behind = BY_KEY[stage].number < incident.position.number or incident.position.is_closed
        missing = criteria.missing(work.session, incident, stage) if is_behind and stage not in skipped else []
        if missing:
            put_back(work, incident, stage, why=missing[0].sentence, by=RATCHET, now=now)
            return


def leave_out(work: Work, incident: Incident, *, why: str, now: datetime) -> None:
    """Skip every stage from here on, because analysis has decided that there is nothing for them to act on."""
    move: int | None = None
    while not incident.position.is_closed:
        move = _move(work, incident, "leave_out", lifecycle.leave_out(incident.position), by=RATCHET, now=now, why=why)
    if move is not None:
        work.tell(STAGE_COMPLETED["adoption"](move_id=move, incident_id=incident.id, by_id=None, at=now))


def put_back(work: Work, incident: Incident, stage: str, *, why: str, by: Actor, now: datetime) -> None:
    """Reopen a stage of an incident that is locked."""
    to = lifecycle.reopen(incident.position, stage, why)
    move = _move(work, incident, "reopen", to, by=by, now=now, why=why)
    work.tell(StageReopened(move_id=move, incident_id=incident.id, by_id=by.id, at=now, stage=stage))


def _move(work: Work, incident: Incident, verb: str, to: Position, *, by: Actor, now: datetime, why: str = "") -> int:
    was = incident.position
    incident.move_to(work.session, to, at=now)
    return add_move(
        work.session,
        incident_id=incident.id,
        verb=verb,
        from_stage=was.stage,
        from_state=was.state,
        to_stage=to.stage,
        to_state=to.state,
        why=why,
        by_id=by.id,
        at=now,
    )


def _known(stage: str) -> str:
    if stage not in BY_KEY:
        raise Refused.because("stage.unknown", "There is no such stage.", "stage")
    return stage
