"""The moves of an incident: advance, block, unblock, skip, reopen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from app import links
from app.domain.errors import Refused
from app.domain.lifecycle import BY_KEY
from app.models.incident import Incident
from app.parts import parts
from app.web import current
from app.workflow import lifecycle
from app.workflow.unit_of_work import Work

page = Blueprint("lifecycle", __name__, url_prefix="/incidents/<int:number>")


@page.post("/advance")
def advance(number: int) -> Response:
    stage = request.form.get("stage", "")
    return go_on(number, stage)


@page.post("/block")
def block(number: int) -> Response:
    return _move(number, lambda work, stage, why: lifecycle.block(work, number, stage, why=why, **_who()), "Blocked.")


@page.post("/unblock")
def unblock(number: int) -> Response:
    return _move(number, lambda work, stage, _why: lifecycle.unblock(work, number, stage, **_who()), "Unblocked.")


@page.post("/skip")
def skip(number: int) -> Response:
    return _move(number, lambda work, stage, why: lifecycle.skip(work, number, stage, why=why, **_who()), "Skipped.")


@page.post("/reopen")
def reopen(number: int) -> Response:
    return _move(number, lambda work, stage, why: lifecycle.reopen(work, number, stage, why=why, **_who()), "Reopened.")


def go_on(number: int, stage: str) -> Response:
    """Complete the stage; if something is missing, its page says what."""

    def step(work: Work, at: str, _why: str) -> Incident:
        return lifecycle.advance(work, number, at, **_who())

    return _move(number, step, f"{BY_KEY[stage].title} is complete." if stage in BY_KEY else "", stage)


def _move(number: int, step: Callable[[Work, str, str], Incident], words: str, stage: str | None = None) -> Response:
    stage = stage or request.form.get("stage", "")
    why = request.form.get("why", "")
    current.close()
    try:
        with parts().begin() as work:
            incident = step(work, stage, why)
    except Refused as refused:
        for each in refused.refusals:
            flash(each.sentence, "error")
        return redirect(links.incident(number, stage if stage in BY_KEY else None))
    flash(f"{words} The loop of this incident is closed." if incident.position.is_closed else words, "success")
    return redirect(links.incident(number, incident.stage))


def _who() -> dict[str, Any]:
    """The keyword arguments of every step."""
    return {"by": current.actor(), "now": current.now()}
