"""A correction of a weekly report: somebody says why, its figures are made once more, and the old ones stay."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.errors import Refused
from app.domain.report import EVERYONE
from app.parts import parts
from app.queries.audience import MINE
from app.web import current
from app.web.forms.report import CorrectionForm
from app.web.report_reading import address, company_zone, find, named, of_team
from app.workflow import report

page = Blueprint("report_correction", __name__)


@page.route("/reports/<week>/correct", methods=["GET", "POST"])
def everyone(week: str) -> Response | tuple[str, int]:
    return _correct(week, EVERYONE)


@page.route("/reports/<week>/teams/<name>/correct", methods=["GET", "POST"])
def team(week: str, name: str) -> Response | tuple[str, int]:
    return _correct(week, of_team(name))


@page.route("/reports/<week>/mine/correct", methods=["GET", "POST"])
def mine(week: str) -> Response | tuple[str, int]:
    return _correct(week, MINE)


def may_correct(about: str) -> bool:
    """One's own report is everybody's own to correct."""
    return about == MINE or people.may(current.actor(), "correct_report")


def _correct(week: str, about: str) -> Response | tuple[str, int]:
    by, of = current.actor(), named(week)
    kept = find(of.name, about)
    if not may_correct(about):
        people.require(by, "correct_report")
    form, problems, status = CorrectionForm(), [], 200
    if form.is_submitted():
        current.close()
        status = 422
        if form.validate():
            try:
                made = parts()
                why = form.why.data or ""
                now, zone = current.now(), company_zone()
                report.correct(made.begin, made.read, about, of, why=why, by=by, now=now, zone=zone)
            except Refused as refused:
                problems = form.mark(refused)
            else:
                flash("It is corrected. What has changed is said at the top; the one before stays readable.", "success")
                return redirect(address(find(of.name, about)))
    return render_template(
        "report/correct.html", kept=kept, form=form, problems=problems, back=address(kept)
    ), status  # fmt: skip
