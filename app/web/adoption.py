"""Stage 8 on the web: the matrix of who has adopted what, the evidence of every cell, attestations."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.domain.best_practice import LEVELS
from app.domain.errors import Refused
from app.domain.review import AREAS
from app.models.automation import Check
from app.queries import checks, matrix, practice, standings
from app.queries.matrix_filters import Filters
from app.web import cell_page, current, frame, paging
from app.web.forms.adoption import AttestForm
from app.web.matrix_cells import WORDS, cells_of
from app.web.one_service import answer
from app.workflow import adoption
from app.workflow.unit_of_work import Work

page = Blueprint("adoption", __name__)
TIERS = ("1", "2", "3", "4")


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
    filters, row_page, column_page = _filters(), paging.asked(), paging.asked("columns")
    found = matrix.load(current.reading(), filters, row_page, column_page)
    return render_template(
        "adoption/index.html", matrix=found, figures=found.figures, filters=filters, is_filtered=filters != Filters(),
        cells_of=lambda line: cells_of(found, line), areas=_pairs(AREAS), levels=_pairs(LEVELS),
        tiers=_pairs(TIERS), standing_words=[(each, WORDS[each]) for each in matrix.SUMMED],
        rows_pager=paging.pager(row_page, matrix.ROWS, found.figures.services),
        columns_pager=paging.pager(column_page, matrix.COLUMNS, found.figures.practices, "columns"),
    )  # fmt: skip


@page.get("/adoption/<service>/<int:number>")
def cell(service: str, number: int) -> str:
    return render_template("adoption/cell.html", **cell_page.gather(service, number))


@page.route("/practices/<int:number>/attest", methods=["GET", "POST"])
def attest(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "attest")
    of = practice.find(current.reading(), by, number).practice
    questions = _questions(of.id)
    form = AttestForm(data={"service": request.args.get("service", "")[:100]})
    form.offer(questions)

    def step(work: Work) -> str:
        check = form.check_of(questions)
        if check is None:
            raise Refused.because("attest.check_unknown", "Choose a question from the list.", "check_id")
        adoption.attest(
            work, check.id, form.service_name, form.result.data or "", message=form.message.data or "", by=by, now=now
        )
        return "Your answer is kept as evidence."

    return answer(of, form, step, "adoption/attest.html")


def _pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, each.capitalize()) for each in words]


def _filters() -> Filters:
    asked = request.args

    def one_of(name: str, words: tuple[str, ...]) -> str:
        return asked.get(name, "") if asked.get(name) in words else ""

    return Filters(
        team=asked.get("team", "").replace("\x00", "")[:100], words=asked.get("q", "").replace("\x00", "")[:200],
        tier=one_of("tier", TIERS), area=one_of("area", AREAS), level=one_of("level", LEVELS),
        standing=one_of("standing", matrix.SUMMED),
    )  # fmt: skip


def _questions(practice_id: int) -> list[Check]:
    """The attested checks of a practice that count."""
    found = checks.of_practices(current.reading(), [practice_id])[practice_id]
    return [each for each in found if each.kind == ATTESTED and each.state == ACTIVE_CHECK]
