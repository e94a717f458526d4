"""Stage 2 on the web: times, impact, and how it was resolved."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from app import links
from app.models.resolution import Resolution
from app.web import current, frame
from app.web.forms.resolution import ResolutionForm
from app.web.lifecycle import go_on
from app.web.saving import Attempt, attempt
from app.workflow import resolution

page = Blueprint("resolution", __name__, url_prefix="/incidents/<int:number>/resolution")


@page.route("", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    at = frame.load(number, "resolution")
    row = current.reading().get(Resolution, at.incident.id)
    if not frame.is_form_shown(at):
        return frame.render("resolution/stage.html", at, row=row, form=None, tried=Attempt())
    form = ResolutionForm(data={"version": row.version if row else 0, **resolution.saved(row)})
    by, now = current.actor(), current.now()
    tried = attempt(form, lambda work: resolution.save(work, number, form.told(), version=form.seen, by=by, now=now))
    if tried.is_saved:
        if request.form.get("then") == "advance":
            return go_on(number, "resolution")
        flash("Saved.", "success")
        return redirect(links.incident(number, "resolution"))
    return frame.render("resolution/stage.html", at, tried.status, row=row, form=form, tried=tried)
