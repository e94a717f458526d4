"""Quiet hours: one's own, and those of a team's channel."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from app.domain import people as rules
from app.queries import people as rows
from app.web import current
from app.web.forms.people import time_zones
from app.web.forms.quiet import QuietForm, TeamQuietForm
from app.web.saving import attempt
from app.workflow import quiet

page = Blueprint("quiet", __name__)


@page.route("/account/quiet", methods=["GET", "POST"])
def own() -> Response | tuple[str, int]:
    by = current.actor()
    assert by.id is not None  # the guard has made sure that it is a person of the database
    me, person_id = rows.find(current.reading(), by.id), by.id
    form = QuietForm(data={"version": me.version, **quiet.saved(me)})
    tried = attempt(form, lambda work: quiet.set_for_person(work, person_id, form.told(), version=form.seen, by=by))
    if tried.is_saved and tried.result:
        flash(_said(tried.result.quiet_from, tried.result.quiet_until), "success")
        return redirect("/account/quiet")
    return render_template("people/quiet.html", form=form, tried=tried, me=me, team=None), tried.status


@page.route("/teams/<name>/quiet", methods=["GET", "POST"])
def of_team(name: str) -> Response | tuple[str, int]:
    by = current.actor()
    found = rows.find_team(current.reading(), name.replace("\x00", ""))
    rules.require(by, "edit_catalogue")
    form = TeamQuietForm(data={"version": found.version, "time_zone": found.time_zone, **quiet.saved(found)})
    tried = attempt(form, lambda work: quiet.set_for_team(work, found.name, form.told(), version=form.seen, by=by))
    if tried.is_saved and tried.result:
        flash(_said(tried.result.quiet_from, tried.result.quiet_until), "success")
        return redirect(f"/teams/{found.name}")
    shown = render_template("people/quiet.html", form=form, tried=tried, me=None, team=found, zones=time_zones())
    return shown, tried.status


def _said(begins: str, ends: str) -> str:
    if not begins:
        return "No hour is quiet: every message comes at once."
    return f"Quiet from {begins} until {ends}. What need not wake anybody comes after that."
