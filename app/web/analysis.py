"""Stage 5 on the web: similar incidents, the pattern, the decision; and the pages of patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain.people import may
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.queries import analysis as rows
from app.queries import lessons, practice_choices
from app.queries import pattern as patterns
from app.queries.analysis import Similar
from app.web import current, frame, paging
from app.web.forms.analysis import DECISION_WORDS, AnalysisForm
from app.web.lifecycle import go_on
from app.web.saving import Attempt, attempt
from app.workflow import analysis
from app.workflow import links as linking
from app.workflow.unit_of_work import Work

page = Blueprint("analysis", __name__)


@page.route("/incidents/<int:number>/analysis", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    at = frame.load(number, "analysis")
    session, by, now = current.reading(), current.actor(), current.now()
    incident = at.incident
    row = session.get(Analysis, incident.id)
    linked = practice_choices.linked(session, incident.id)
    areas = rows.areas_of(session, incident.id)
    alike = rows.similar(session, incident, by, areas)
    shown: dict[str, Any] = {
        "row": row, "linked": linked, "similar": alike, "may_question": may(by, "question"),
        "recurrence": lessons.of_incident(session, by, incident) if row and row.pattern_id else None,
    }  # fmt: skip
    if not frame.is_form_shown(at):
        named = session.get(Pattern, row.pattern_id) if row and row.pattern_id else None
        words = DECISION_WORDS.get(row.decision or "", "").partition(":")[0] if row else ""
        return frame.render(
            "analysis/stage.html", at, form=None, tried=Attempt(), pattern=named, decision=words, **shown
        )
    form = _form(row, linked)
    has_more = _offer(form, alike, areas)

    def step(work: Work) -> Analysis:
        told = form.told(linking.practice_ids(work, incident.id))
        return analysis.save(work, number, told, version=form.seen, by=by, now=now)

    tried = attempt(form, step)
    if tried.is_saved:
        if request.form.get("then") == "advance":
            return go_on(number, "analysis")
        flash("Saved.", "success")
        return redirect(links.incident(number, "analysis"))
    return frame.render("analysis/stage.html", at, tried.status, form=form, tried=tried, has_more=has_more, **shown)


@page.get("/patterns")
def index() -> str:
    at = paging.asked()
    found, total = patterns.page(current.reading(), current.actor(), at)
    pager = paging.pager(at, patterns.PAGE, total)
    return render_template("analysis/patterns.html", rows=found, total=total, pager=pager)


@page.get("/patterns/<int:pattern_id>")
def show(pattern_id: int) -> str:
    session, by, at = current.reading(), current.actor(), paging.asked()
    found = patterns.find(session, by, pattern_id)
    incidents, total = patterns.incidents(session, by, pattern_id, at)
    return render_template(
        "analysis/pattern.html", pattern=found, incidents=incidents, total=total,
        practices=patterns.practices(session, pattern_id), pager=paging.pager(at, patterns.PAGE, total),
    )  # fmt: skip


def _form(row: Analysis | None, linked: Sequence[Practice]) -> AnalysisForm:
    ids = [each.id for each in linked]
    told: dict[str, Any] = {"version": 0}
    if row:
        told = {
            "version": row.version, "pattern_id": row.pattern_id, "decision": row.decision or "", "reason": row.reason,
        }  # fmt: skip
    form = AnalysisForm(data={**told, "practice_ids": ids, "linked": ",".join(map(str, ids))})
    form.pattern_name = _pattern_name
    form.practice_names = lambda wanted: practice_choices.practice_names(current.reading(), wanted)
    return form


def _offer(form: AnalysisForm, alike: Sequence[Similar], areas: set[str]) -> bool:
    """The choices; and whether there are more practices than that."""
    session = current.reading()
    seen_as: dict[int, list[str]] = {}
    for each in alike:
        if each.pattern_id is not None:
            seen_as.setdefault(each.pattern_id, []).append(f"INC-{each.number}")
    chosen = form.pattern_id.data
    known = patterns.choices(session, current.actor(), keep={*seen_as, *([chosen] if chosen else [])})
    practices, has_more = practice_choices.offered(
        session, keep=set(form.practice_ids.data or ()), pattern_id=chosen, areas=areas,
        near={practice.id for each in alike for practice in each.practices},
    )  # fmt: skip
    form.offer(known, practices, seen_as)
    return has_more


def _pattern_name(pattern_id: int) -> str:
    found = current.reading().get(Pattern, pattern_id)
    return found.name if found else ""
