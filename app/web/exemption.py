"""Exemptions on the web: ask for one, answer a request, end one; and the page of all that wait, run and end soon."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.exemption import ASKED
from app.models.adoption import Exemption
from app.parts import parts
from app.queries import catalogue, exemptions, practice
from app.queries.exemptions import Filters, Row
from app.web import cell_page, current, paging
from app.web.forms.exemption import AnswerForm, ExemptForm
from app.web.one_service import answer
from app.workflow import exemption
from app.workflow.unit_of_work import Work

page = Blueprint("exemption", __name__)
ONE = "/exemptions/<int:exemption_id>"


@page.get("/exemptions")
def index() -> str:
    number = request.args.get("practice", "")
    filters = Filters(
        team=request.args.get("team", "").replace("\x00", "")[:100],
        practice=int(number) if number.isdecimal() and len(number) <= 9 else 0,
    )
    session, at = current.reading(), paging.asked()
    rows, total = exemptions.page(session, current.actor(), filters, at, current.now().date())
    return render_template(
        "exemption/index.html", rows=rows, total=total, filters=filters, is_filtered=filters != Filters(),
        teams=catalogue.team_names(session), practices=exemptions.practice_choices(session),
        pager=paging.pager(at, exemptions.PAGE, total),
    )  # fmt: skip


@page.route("/practices/<int:number>/exempt", methods=["GET", "POST"])
def exempt(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "ask_exemption")
    row = practice.find(current.reading(), by, number)
    owners = exemptions.owners(current.reading(), [row.practice])[row.practice.id]
    form = ExemptForm(data={"service": request.args.get("service", "")[:100]})

    def step(work: Work) -> str:
        do = exemption.exempt if people.may(by, "exempt") else exemption.ask
        made = do(
            work, number, form.service_name, reason=form.reason.data or "", expires_on=form.expires_on.data, by=by,
            now=now,
        )  # fmt: skip
        if made.state == ASKED:
            return f"{row.practice.name} belongs to {owners.words}: your request waits for them."
        return "The service is exempt."

    return answer(row.practice, form, step, "adoption/exempt.html", owners=owners, may_decide=owners.may_decide(by))


@page.post(f"{ONE}/grant")
def grant(exemption_id: int) -> Response | tuple[str, int]:
    form = AnswerForm()
    return _decide(
        exemption_id, form, "The service is exempt.",
        lambda work: exemption.grant(
            work, exemption_id, answer=form.answer.data or "", expires_on=form.expires_on.data, by=current.actor(),
            now=current.now(),
        ),
    )  # fmt: skip


@page.post(f"{ONE}/decline")
def decline(exemption_id: int) -> Response | tuple[str, int]:
    form = AnswerForm()
    return _decide(
        exemption_id, form, "The request is declined, and whoever asked is told why.",
        lambda work: exemption.decline(
            work, exemption_id, answer=form.answer.data or "", by=current.actor(), now=current.now()
        ),
    )  # fmt: skip


@page.post(f"{ONE}/withdraw")
def withdraw(exemption_id: int) -> Response | tuple[str, int]:
    return _decide(
        exemption_id, AnswerForm(), "The request is withdrawn.",
        lambda work: exemption.withdraw(work, exemption_id, by=current.actor(), now=current.now()),
    )  # fmt: skip


@page.post("/adoption/<service>/<int:number>/end_exemption")
def end_exemption(service: str, number: int) -> Response:
    by, now = current.actor(), current.now()
    current.close()
    try:
        with parts().begin() as work:
            exemption.end_exemption(work, number, service.replace("\x00", ""), by=by, now=now)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash("The exemption has ended.", "success")
    return redirect(f"/adoption/{service}/{number}")


def _decide(
    exemption_id: int, form: AnswerForm, done: str, step: Callable[[Work], Exemption]
) -> Response | tuple[str, int]:
    """Answer a request on the page of its cell; or show that page again with what stands against it."""
    row = _find(exemption_id)
    problems: list[str] = []
    if form.validate():
        current.close()
        try:
            with parts().begin() as work:
                step(work)
        except Refused as refused:
            problems = form.mark(refused)
        else:
            flash(done, "success")
            return redirect(f"/adoption/{row.service}/{row.practice_number}")
    shown = cell_page.gather(row.service, row.practice_number, answer_form=form, problems=problems)
    return render_template("adoption/cell.html", **shown), 422


def _find(exemption_id: int) -> Row:
    found = exemptions.find(current.reading(), current.actor(), exemption_id, current.now().date())
    if found is None:
        raise NotFound("There is no such exemption.")
    return found
