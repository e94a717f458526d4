"""Stage 8 on the web: who has adopted what, the evidence of every cell, exemptions and attestations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.adoption import STANDINGS
from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.domain.errors import Refused
from app.domain.review import AREAS
from app.models.automation import Check
from app.parts import parts
from app.queries import catalogue, checks, matrix, practice, standings
from app.queries.matrix import Filters
from app.queries.practice import EVALUATED
from app.web import current, frame, paging
from app.web.forms.adoption import AttestForm, ExemptForm, ServiceForm
from app.workflow import adoption, exemption
from app.workflow.unit_of_work import Work

page = Blueprint("adoption", __name__)
PRACTICE = "/practices/<int:number>"
CELL = "/adoption/<service>/<int:number>"


@page.get("/incidents/<int:number>/adoption")
def stage(number: int) -> tuple[str, int]:
    at = frame.load(number, "adoption")
    session = current.reading()
    linked = practice.linked(session, current.actor(), at.incident.id)
    measured = [each.practice.id for each in linked if each.progress is not None]
    waiting = standings.to_adopt(session, measured, current.now().date())
    return frame.render("adoption/stage.html", at, form=None, linked=linked, waiting=waiting)


@page.get("/adoption")
def index() -> str:
    asked = request.args
    standing, area = asked.get("standing", ""), asked.get("area", "")
    filters = Filters(
        team=asked.get("team", "").replace("\x00", "")[:100],
        area=area if area in AREAS else "",
        standing=standing if standing in STANDINGS else "",
    )
    session, row_page, column_page = current.reading(), paging.asked(), paging.asked("columns")
    found = matrix.load(session, filters, row_page, column_page)
    return render_template(
        "adoption/index.html", matrix=found, figures=found.figures, filters=filters, is_filtered=filters != Filters(),
        teams=catalogue.team_names(session), areas=AREAS, standings=STANDINGS,
        rows_pager=paging.pager(row_page, matrix.ROWS, found.figures.services),
        columns_pager=paging.pager(column_page, matrix.COLUMNS, found.figures.practices, "columns"),
    )  # fmt: skip


@page.get(CELL)
def cell(service: str, number: int) -> str:
    at = standings.cell(current.reading(), service.replace("\x00", ""), number)
    by, questions = current.actor(), _questions(number)
    attest_form = AttestForm(formdata=None, data={"service": at.service.name})
    attest_form.offer(questions)
    return render_template(
        "adoption/cell.html", cell=at, questions=questions, attest_form=attest_form,
        exempt_form=ExemptForm(formdata=None, data={"service": at.service.name}),
        is_exempt=at.exemption is not None and at.exemption.expires_on >= current.now().date(),
        is_measured=at.practice.state in EVALUATED,
        may={each: people.may(by, each) for each in ("exempt", "attest")},
    )  # fmt: skip


@page.route(f"{PRACTICE}/exempt", methods=["GET", "POST"])
def exempt(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "exempt")
    form = ExemptForm(data={"service": request.args.get("service", "")[:100]})

    def step(work: Work) -> None:
        if form.expires_on.data is None:
            raise Refused.because("exemption.date_missing", "Choose the last day.", "expires_on")
        exemption.exempt(
            work, number, form.service_name, reason=form.reason.data or "", expires_on=form.expires_on.data,
            by=by, now=now,
        )  # fmt: skip

    return _answer(number, form, step, "adoption/exempt.html", "The service is exempt.")


@page.route(f"{PRACTICE}/attest", methods=["GET", "POST"])
def attest(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "attest")
    questions = _questions(number)
    form = AttestForm(data={"service": request.args.get("service", "")[:100]})
    form.offer(questions)

    def step(work: Work) -> None:
        check = form.check_of(questions)
        if check is None:
            raise Refused.because("attest.check_unknown", "Choose a question from the list.", "check_id")
        adoption.attest(
            work, check.id, form.service_name, form.result.data or "", message=form.message.data or "", by=by, now=now
        )

    return _answer(number, form, step, "adoption/attest.html", "Your answer is kept as evidence.")


@page.post(f"{CELL}/end_exemption")
def end_exemption(service: str, number: int) -> Response:
    current.close()
    try:
        with parts().begin() as work:
            exemption.end_exemption(work, number, service.replace("\x00", ""), by=current.actor(), now=current.now())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash("The exemption has ended.", "success")
    return redirect(f"/adoption/{service}/{number}")


def _answer(
    number: int, form: Any, step: Callable[[Work], None], template: str, done: str
) -> Response | tuple[str, int]:
    """Do what the form says and go to the cell; or show the form, with what stands against it."""
    row = practice.find(current.reading(), current.actor(), number)
    status, problems = 200, list[str]()
    if form.is_submitted():
        status = 422
        if form.validate() and _is_known(form):
            current.close()
            try:
                with parts().begin() as work:
                    step(work)
            except Refused as refused:
                problems = form.mark(refused)
            else:
                flash(done, "success")
                return redirect(f"/adoption/{form.service_name}/{number}")
    names = catalogue.service_names(current.reading())
    return render_template(template, form=form, practice=row.practice, problems=problems, service_names=names), status


def _is_known(form: ServiceForm) -> bool:
    """A name that is not in the catalogue is marked at its field."""
    name = form.service_name
    if name in catalogue.service_ids(current.reading(), [name]):
        return True
    form.service.errors = [f"There is no service {name} in the catalogue. Choose one from the list."]
    return False


def _questions(number: int) -> list[Check]:
    """The attested checks of a practice that count."""
    row = practice.find(current.reading(), current.actor(), number)
    found = checks.of_practices(current.reading(), [row.practice.id])[row.practice.id]
    return [each for each in found if each.kind == ATTESTED and each.state == ACTIVE_CHECK]
