"""The rows behind a practice in a weekly report: which services, and where each stood when the week was over."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.domain.adoption import COUNTED
from app.domain.errors import NotFound
from app.domain.report import EVERYONE
from app.domain.report_sections import Count
from app.faces import words
from app.queries import report_rows
from app.queries.audience import MINE
from app.web import current, paging
from app.web.report_reading import NEXT, address, asked_about, find, of_team

page = Blueprint("report_rows", __name__)


@page.get("/reports/<week>/practices/<int:number>")
def practice(week: str, number: int) -> str:
    about = of_team(request.args["team"]) if request.args.get("team") else asked_about()
    kept = find(week, about if about == MINE or request.args.get("team") else EVERYONE)
    line = next((each for each in kept.figures.practices if each.number == number), None)
    if line is None:
        raise NotFound(f"BP-{number} is not in the report of {kept.week.name} for {kept.audience.title}.")
    behind = report_rows.behind(current.reading(), kept.audience, number, kept.figures.as_of)
    only = request.args.get("standing", "")
    rows = [each for each in behind.rows if only not in COUNTED or each.standing == only]
    at, size = paging.asked(), report_rows.PAGE
    return render_template(
        "report/practice.html", kept=kept, line=line, behind=behind, rows=rows[(at - 1) * size : at * size],
        total=len(rows), only=only if only in COUNTED else "", counts=_counts(behind.count), words=words,
        back=address(kept), here=NEXT if kept.is_preview else kept.week.name,
        pager=paging.pager(at, size, len(rows)), team=request.args.get("team", ""),
    )  # fmt: skip


def _counts(of: Count) -> dict[str, int]:
    return {each: getattr(of, each) for each in ("not_adopted", "unknown", "adopted", "exempt")}
