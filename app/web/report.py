"""The weekly report on the web: for everyone, a team, or oneself; as a page, on paper, and as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain.report import EVERYONE
from app.faces import words
from app.faces.brief import in_short
from app.faces.csv import csv_of
from app.faces.how import HOW
from app.faces.json import json_of
from app.faces.markdown import markdown
from app.faces.meta import Meta
from app.parts import parts
from app.queries import report_weeks
from app.queries.audience import MINE, TEAM
from app.queries.reports import Kept
from app.web import current
from app.web.report_correction import may_correct
from app.web.report_parts import parts as parts_of
from app.web.report_reading import NEXT, address, asked_about, choices, find, next_due, of_team

page = Blueprint("report", __name__)
FACES = {
    ".md": (markdown, "text/markdown"), ".csv": (csv_of, "text/csv"), ".json": (json_of, "application/json"),
}  # fmt: skip


@page.get("/reports/<week>")
def everyone(week: str) -> Response | str:
    if "about" in request.args:  # from the list of teams
        return redirect(f"/reports/{week}{_path(asked_about())}")
    return _answer(week, EVERYONE)


@page.get("/reports/<week>/teams/<name>")
def team(week: str, name: str) -> Response | str:
    return _answer(week, of_team(name))


@page.get("/reports/<week>/mine")
@page.get("/reports/<week>/mine.md")
@page.get("/reports/<week>/mine.csv")
@page.get("/reports/<week>/mine.json")
def mine(week: str) -> Response | str:
    return _answer(week, MINE)


def _answer(week: str, about: str) -> Response | str:
    ending = next((each for each in FACES if request.path.endswith(each)), "")
    if about not in (EVERYONE, MINE):
        about = about.removesuffix(ending)
    kept = find(week.removesuffix(ending), about)
    return _file(kept, ending) if ending else render_template("report/report.html", **_shown(kept))


def _shown(kept: Kept) -> dict[str, Any]:
    session, figures, about = current.reading(), kept.figures, kept.audience.about
    meta = Meta.of(kept)
    needs, *rest = parts_of(kept, meta.path)
    before, after = (None, None) if kept.is_preview else report_weeks.beside(session, kept.audience, kept.week)
    if kept.is_preview:
        before = next(iter(report_weeks.kept(session, kept.audience)), None)
    near, teams = choices(about)
    due = next_due(kept.audience.zone)
    return {
        "kept": kept, "figures": figures, "meta": meta, "words": words, "how": HOW,
        "in_short": in_short(figures), "needs": needs, "parts": rest, "before": before, "after": after,
        "near": near, "teams": teams, "address": address, "here": NEXT if kept.is_preview else kept.week.name,
        "due": due,
        "due_at": due.due(kept.audience.zone), "may_correct": not kept.is_preview and may_correct(about),
    }  # fmt: skip


def _file(kept: Kept, ending: str) -> Response:
    """The same report for machines, spreadsheets and mails; kept under a name that says what it is."""
    write, kind = FACES[ending]
    written = write(kept.figures, Meta.of(kept), parts().settings.base_url)
    name = f"ratchet-{kept.week.name}{kept.audience.path.replace('/', '-')}"
    name += f"-revision-{kept.revision}" if kept.revision < kept.revisions else "-preview" if kept.is_preview else ""
    answer = Response(written, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name + ending)
    return answer


def _path(about: str) -> str:
    if about.startswith(TEAM):
        return f"/teams/{about.removeprefix(TEAM)}"
    return f"/{MINE}" if about == MINE else ""
