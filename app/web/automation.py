"""Stage 7 on the web: the checks behind an incident's practices; write, try, activate, and switch off a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.domain.automation import ACTIVE_CHECK, FACTS
from app.domain.errors import Conflict, Refused
from app.models.automation import Check
from app.parts import parts
from app.queries import catalogue, checks, evidence, practice, verdicts
from app.queries.practice import Row
from app.web import current, frame
from app.web.forms.automation import WRITE, CheckForm
from app.web.saving import Attempt, attempt
from app.workflow import automation
from app.workflow.unit_of_work import Work

page = Blueprint("automation", __name__)
PRACTICE = "/practices/<int:number>/checks"
CHECK = PRACTICE + "/<int:check_id>"


@page.get("/incidents/<int:number>/automation")
def stage(number: int) -> tuple[str, int]:
    at = frame.load(number, "automation")
    session, by = current.reading(), current.actor()
    linked = practice.linked(session, by, at.incident.id)
    written = checks.of_practices(session, [each.practice.id for each in linked])
    return frame.render(
        "automation/stage.html", at, form=None, may_write=people.may(by, "write_check"),
        linked=[
            {"row": each, "checks": written[each.practice.id],
             "active": sum(check.state == ACTIVE_CHECK for check in written[each.practice.id])}
            for each in linked
        ],
    )  # fmt: skip


@page.route(f"{PRACTICE}/new", methods=["GET", "POST"])
def new(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    row = practice.find(current.reading(), by, number)
    people.require(by, "write_check")
    form = CheckForm(data={"version": 0})
    tried = _save(form, lambda work: automation.write(work, number, form.told(), by=by, now=now))
    if tried.is_saved:
        flash("Saved in dry run: it tells nobody until somebody activates it.", "success")
        return redirect(links.practice(number) + "#checks")
    return _form(form, tried, row, None)


@page.route(f"{CHECK}/edit", methods=["GET", "POST"])
def edit(number: int, check_id: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    row = practice.find(current.reading(), by, number)
    check = checks.find(current.reading(), number, check_id)
    people.require(by, "write_check")
    form = CheckForm(data={"version": check.version, **automation.saved(check)})
    tried = _save(form, lambda work: automation.edit(work, check_id, form.told(), version=form.seen, by=by, now=now))
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(links.practice(number) + "#checks")
    return _form(form, tried, row, check)


@page.post(f"{CHECK}/activate")
def activate(number: int, check_id: int) -> Response:
    seen = request.form.get("version", type=int) or 0
    by, now = current.actor(), current.now()
    return _step(
        number, check_id, lambda work: automation.activate(work, check_id, version=seen, by=by, now=now),
        "The check is active: services are evaluated.",
    )  # fmt: skip


@page.post(f"{CHECK}/switch_off")
def switch_off(number: int, check_id: int) -> Response:
    why = request.form.get("why", "")
    by, now = current.actor(), current.now()
    return _step(
        number, check_id, lambda work: automation.switch_off(work, check_id, why=why, by=by, now=now),
        "The check is off.",
    )  # fmt: skip


def _step(number: int, check_id: int, step: Callable[[Work], Check], done: str) -> Response:
    checks.find(current.reading(), number, check_id)
    current.close()
    try:
        with parts().begin() as work:
            step(work)
    except Conflict as conflict:
        flash(f"{conflict.who} changed the check while you were reading. Read it again, then activate it.", "error")
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(done, "success")
    return redirect(links.practice(number) + "#checks")


def _save(form: CheckForm, step: Callable[[Work], Check]) -> Attempt[Check]:
    """Save, or only try: then nothing is saved."""
    return Attempt() if request.form.get("then") == "try" else attempt(form, step)


def _form(form: CheckForm, tried: Attempt[Any], row: Row, check: Check | None) -> tuple[str, int]:
    """The form again; with the verdict on every service, if that was asked for."""
    verdict = reach = None
    status = tried.status
    session = current.reading()
    if request.form.get("then") == "try" and form.validate():
        try:
            asked = _asked(form, check)
        except Refused as refused:
            form.mark(refused)
            status = 422
        else:
            reach = checks.reach(row.practice.selector, verdicts.subjects(session))
            seen = evidence.latest(session, [check.id]) if check else {}
            verdict = checks.try_out(asked, reach, seen, current.now())
    return render_template(
        "automation/check.html", form=form, tried=tried, practice=row.practice, check=check, verdict=verdict,
        reach=reach, kind_hints=WRITE, service_names=catalogue.service_names(session),
    ), status  # fmt: skip


def _asked(form: CheckForm, check: Check | None) -> Check:
    """The check as the form says it, to be tried and never saved. Refused: its expression cannot be read."""
    kind, text = form.kind.data, form.expression.data or ""
    expression = checks.read_expression(text) if kind == FACTS else text
    return Check(
        id=check.id if check else 0, kind=kind, expression=expression, freshness_days=form.freshness_days.data or 30
    )
