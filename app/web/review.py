"""Stage 3 on the web: the form of the postmortem meeting, and the review as a document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from app import links
from app.domain.review import AREAS
from app.queries import catalogue, lessons
from app.queries import review as rows
from app.queries.incident_page import IncidentPage
from app.queries.review import Written
from app.web import current, frame
from app.web.filters import day
from app.web.forms.review import ReviewForm, stored
from app.web.lifecycle import go_on
from app.web.saving import attempt
from app.workflow import review

page = Blueprint("review", __name__, url_prefix="/incidents/<int:number>/review")
CLOCK = ("%H:%M", "%H:%M:%S")  # seconds where there are some


@page.route("", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    at = frame.load(number, "review")
    is_form = frame.is_form_shown(at)
    is_read = not is_form or (request.method == "GET" and "read" in request.args)
    written = rows.load(current.reading(), at.incident.id, to_read=is_read)
    if is_read:
        return _document(at, written, is_draft=is_form)
    form = ReviewForm(data=stored(written, with_rows=request.method == "GET"))
    kept = written.row.facilitator_id if written.row else None
    form.facilitator_id.choices = catalogue.person_choices(current.reading(), keep=kept)
    by, now = current.actor(), current.now()
    tried = attempt(form, lambda work: review.save(work, number, form.told(), version=form.seen, by=by, now=now))
    if tried.is_saved:
        if request.form.get("then") == "advance":
            return go_on(number, "review")
        flash("Saved.", "success")
        return redirect(links.incident(number, "review"))
    form.add_spare_rows()
    return frame.render("review/stage.html", at, tried.status, form=form, tried=tried, **_known(at))


def _document(at: IncidentPage, written: Written, *, is_draft: bool) -> tuple[str, int]:
    """The review to be read. A draft is one that can still be typed into on the same page."""
    by_area = {area: [text for each, text in written.factors if each == area] for area in AREAS}
    return frame.render(
        "review/document.html", at, form=None, written=written, review=written.row, is_draft=is_draft,
        timeline=_timeline(written), by_area={area: texts for area, texts in by_area.items() if texts},
        counted_from="it started" if written.started_at else "the first entry", **_known(at),
    )  # fmt: skip


def _known(at: IncidentPage) -> dict[str, Any]:
    """Was this known? The verdict once the pattern is named; before that the lessons that are alike in words."""
    if at.pattern_id is not None:
        return {"recurrence": lessons.of_incident(current.reading(), current.actor(), at.incident), "likely": ()}
    if frame.is_under_way(at):  # until it is resolved, the lessons stand at the top
        return {"recurrence": None, "likely": ()}
    return {"recurrence": None, "likely": [each for each in frame.lessons_of(at) if each.is_likely]}


def _timeline(written: Written) -> list[dict[str, Any]]:
    """Each entry on the reader's clock and in UTC, with the time since the start; the day where it is another one."""
    found: list[dict[str, Any]] = []
    shown_day = ""
    start = written.started_at or (written.timeline[0][0] if written.timeline else None)
    for at, text in written.timeline:
        local = at.astimezone(current.zone())
        on = day(at)
        found.append(
            {
                "at": at, "text": text, "day": on if on != shown_day else "",
                "clock": f"{local:{CLOCK[local.second > 0]} %Z}", "utc": _utc(at, local),
                "since": since(at - start) if start else "",
            }
        )  # fmt: skip
        shown_day = on
    return found


def _utc(at: datetime, local: datetime) -> str:
    """The other clock, where it is another one; with its day, where that is another one."""
    utc = at.astimezone(UTC)
    if utc.replace(tzinfo=None) == local.replace(tzinfo=None):
        return ""
    clock = f"{utc:{CLOCK[utc.second > 0]}} UTC"
    return clock if utc.date() == local.date() else f"{utc.day} {utc:%b}, {clock}"


def since(passed: timedelta) -> str:
    """A duration with its sign: +42 min, −5 min, +2 h 05 min, +1 d 3 h."""
    seconds = int(abs(passed).total_seconds())
    if seconds < 60:
        words = f"{seconds} s" if seconds else "0 min"
    elif seconds < 5_400:
        words = f"{seconds // 60} min"
    elif seconds < 86_400:
        words = f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
    else:
        words = f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"
    return f"{'−' if passed < timedelta() and seconds else '+'}{words}"
