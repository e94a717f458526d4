"""Stage 6 on the web: the practices of an incident, all practices, and one practice from its proposal to its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.domain.errors import Conflict, Refused
from app.domain.review import AREAS
from app.models.analysis import Analysis
from app.parts import parts
from app.queries import checks, incident_page, origins, practice, verdicts
from app.queries import versions as past
from app.queries.practice import EVERYTHING, LIVE, STATES, Filters
from app.starter.catalogue import starters
from app.web import current, frame, paging, practice_page
from app.web.forms.best_practice import LinkForm, PracticeForm
from app.web.saving import Attempt, attempt
from app.workflow import best_practice

page = Blueprint("best_practice", __name__)
NUMBER = "<int:number>"
REVIEW_AFTER = timedelta(days=365)  # offered, not imposed


@page.route(f"/incidents/{NUMBER}/best_practice", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    at = frame.load(number, "best_practice")
    session, by, now = current.reading(), current.actor(), current.now()
    if request.method == "POST":
        people.require(by, "propose")
    linked = practice.linked(session, by, at.incident.id)
    ids = [each.practice.id for each in linked]
    form = LinkForm(data={"practice_ids": ids, "linked": ",".join(map(str, ids))}) if frame.is_form_shown(at) else None
    if form is None:
        return frame.render("best_practice/stage.html", at, linked=linked, form=None, tried=Attempt(), find="")
    analysis = session.get(Analysis, at.incident.id)
    find = request.args.get("find", "").replace("\x00", "")[:200]
    keep = {*ids, *(form.practice_ids.data or ())}
    form.offer(practice.offered(session, find, analysis.pattern_id if analysis else None, keep))
    tried = attempt(
        form,
        lambda work: best_practice.link(
            work, number, form.changed(practice.linked_ids(work.session, number)), by=by, now=now
        ),
    )
    if tried.is_saved:
        flash("Saved which practices this incident led to.", "success")
        return redirect(links.incident(number, "best_practice"))
    return frame.render("best_practice/stage.html", at, tried.status, linked=linked, form=form, tried=tried, find=find)


@page.get("/practices")
def index() -> str:
    filters = _filters()
    at = paging.asked()
    rows, total = practice.page(current.reading(), current.actor(), filters, at)
    return render_template(
        "best_practice/index.html", rows=rows, total=total, filters=filters, is_filtered=filters != Filters(),
        states=STATES, areas=AREAS, pager=paging.pager(at, practice.PAGE, total),
        may_propose=people.may(current.actor(), "propose"), known=len(starters()),
    )  # fmt: skip


@page.route("/practices/new", methods=["GET", "POST"])
def new() -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "propose")
    asked = request.values.get("incident", "")  # an expired session sends the form alone again
    incident = None
    if asked.isdecimal() and len(asked) <= 9:
        incident = incident_page.find(current.reading(), int(asked), by)
    number = incident.number if incident else None
    soon = {"version": 0, "review_on": now.date() + REVIEW_AFTER}
    form = PracticeForm(data={**soon, **origins.learned_from(current.reading(), incident)})
    tried = _save(form, lambda work: best_practice.propose(work, form.told(), by=by, now=now, incident_number=number))
    if tried.is_saved and tried.result:
        flash(f"{tried.result.name} is proposed. It waits for an owner other than you to accept it.", "success")
        return redirect(links.practice(tried.result.number))
    return _form("best_practice/new.html", form, tried, incident=incident)


@page.get(f"/practices/{NUMBER}")
def show(number: int) -> str:
    row = practice.find(current.reading(), current.actor(), number)
    found = practice_page.gather(row)
    return render_template("best_practice/practice.html", p=found, **found)


@page.route(f"/practices/{NUMBER}/edit", methods=["GET", "POST"])
def edit(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    row = practice.find(current.reading(), by, number)
    if not practice_page.may_edit(row, by):
        people.require(by, "accept")
    form = PracticeForm(data={"version": row.practice.version, **best_practice.saved(row.practice)})
    tried = _save(form, lambda work: best_practice.edit(work, number, form.told(), version=form.seen, by=by, now=now))
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(links.practice(number))
    return _form("best_practice/edit.html", form, tried, practice=row.practice)


@page.post(f"/practices/{NUMBER}/accept")
def accept(number: int) -> Response:
    seen = request.form.get("version", type=int) or 0
    current.close()
    try:
        with parts().begin() as work:
            best_practice.accept(work, number, version=seen, by=current.actor(), now=current.now())
    except Conflict as conflict:
        flash(f"{conflict.who} changed the practice while you were reading. Read it again, then accept it.", "error")
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(f"BP-{number} is accepted. Next, give it a check.", "success")
    return redirect(links.practice(number))


@page.get(f"/practices/{NUMBER}/versions")
def versions(number: int) -> str:
    row = practice.find(current.reading(), current.actor(), number)
    at = paging.asked()
    form = PracticeForm(formdata=None)
    found, total = past.of_practice(current.reading(), row.practice.id, at, form.said)
    return render_template(
        "best_practice/versions.html", practice=row.practice, versions=found, total=total,
        labels={each.name: each.label.text for each in form},
        pager=paging.pager(at, past.PAGE, total),
    )  # fmt: skip


@page.post(f"/practices/{NUMBER}/confirm")
def confirm(number: int) -> Response:
    seen, on = request.form.get("version", type=int) or 0, request.form.get("review_on", type=date.fromisoformat)
    current.close()
    try:
        with parts().begin() as work:
            best_practice.confirm(work, number, on, version=seen, by=current.actor(), now=current.now())
    except Conflict as conflict:
        flash(f"{conflict.who} changed the practice while you were reading. Read it again, then confirm it.", "error")
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(f"BP-{number} is confirmed. It asks for a review again on that day.", "success")
    return redirect(links.practice(number))


@page.post(f"/practices/{NUMBER}/retire")
def retire(number: int) -> Response:
    why = request.form.get("why", "")
    current.close()
    try:
        with parts().begin() as work:
            best_practice.retire(work, number, why=why, by=current.actor(), now=current.now())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(f"BP-{number} is retired.", "success")
    return redirect(links.practice(number))


def _save(form: PracticeForm, step: Any) -> Attempt[Any]:
    """Save, or only show whom the selector means: then nothing is saved."""
    return Attempt() if request.form.get("then") == "try" else attempt(form, step)


def _form(template: str, form: PracticeForm, tried: Attempt[Any], **more: Any) -> tuple[str, int]:
    """The form again; with the services that the selector means, if that was asked for."""
    reach = None
    status = tried.status
    if request.form.get("then") == "try" and form.validate():
        try:
            reach = checks.reach(checks.read_selector(form.selector.data or ""), verdicts.subjects(current.reading()))
        except Refused as refused:
            form.mark(refused)
            status = 422
    return render_template(template, form=form, tried=tried, reach=reach, **more), status


def _filters() -> Filters:
    asked = request.args
    state, area = asked.get("state", LIVE), asked.get("area", "")
    return Filters(
        state=state if state in (*STATES, EVERYTHING) else LIVE,
        area=area if area in AREAS else "",
        words=asked.get("q", "").replace("\x00", "")[:200],
    )
