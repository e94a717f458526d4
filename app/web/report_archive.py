"""The archive of weekly reports: newest first, searched by what they name."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.domain.errors import NotFound
from app.faces import words
from app.queries import audience as audiences
from app.queries import reports
from app.queries.audience import MINE
from app.web import current, paging
from app.web.report_reading import asked_about, choices, clean, company_zone, next_due

page = Blueprint("report_archive", __name__)
SOUGHT_MOST = 200


@page.get("/reports")
def index() -> str:
    session, by, zone, about = current.reading(), current.actor(), company_zone(), asked_about()
    sought, at = clean(request.args.get("q", ""))[:SOUGHT_MOST], paging.asked()
    near, teams = choices(about)
    try:
        rows, total = reports.listing(session, by, about, sought, at, zone=zone)
    except NotFound:
        if about != MINE:
            raise
        return render_template("report/archive.html", has_own=False, about=about, near=near, teams=teams, words=words)
    try:
        zone = audiences.named(session, by, about, zone).zone
    except NotFound:  # somebody has given up their own, and reads those that were made
        zone = current.zone().key
    week = next_due(zone)
    return render_template(
        "report/archive.html", has_own=True, rows=rows, total=total, sought=sought, about=about, near=near, teams=teams,
        path=next(each.path for each in near if each.about == about), words=words, week=week, zone=zone,
        due_at=week.due(zone), pager=paging.pager(at, reports.PAGE, total),
    )  # fmt: skip
