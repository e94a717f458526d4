"""Stage 1 on the web: declare an incident, its page, who may see it, its history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.models.incident import Incident
from app.queries import catalogue, incident_page
from app.queries.incident_page import IncidentPage
from app.web import current, frame
from app.web.forms.incident import DeclareForm, IncidentForm, PrivacyForm
from app.web.saving import Attempt, attempt
from app.web.words import sentence, shown
from app.workflow import incident
from app.workflow.unit_of_work import Work

page = Blueprint("incident", __name__, url_prefix="/incidents")


@page.get("")
def index() -> Response:
    return redirect(f"/?{request.query_string.decode()}")


@page.route("/new", methods=["GET", "POST"])
def declare() -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    people.require(by, "declare")
    form = DeclareForm()
    _offer(form)
    if request.method == "GET":
        form.title.data = request.args.get("title", "")[:200]
    tried = _save(
        form, lambda work, told: incident.declare(work, told, is_private=form.is_private.data, by=by, now=now)
    )
    if tried.is_saved and tried.result:
        flash(f"{tried.result.name} is declared.", "success")
        return redirect(links.incident(tried.result.number))
    form.services.add_spare()
    return render_template("incident/new.html", form=form, tried=tried), tried.status


@page.get("/<int:number>")
def show(number: int) -> Response | tuple[str, int]:
    at = frame.load(number)
    if at.stage.key != "incident":  # one page per stage: the incident's own address leads to where it is
        return redirect(links.incident(number, at.stage.key))
    return _show(at)


@page.route("/<int:number>/incident", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    return _show(frame.load(number, "incident"))


def _show(at: IncidentPage) -> Response | tuple[str, int]:
    if not frame.is_form_shown(at):
        return frame.render("incident/stage.html", at, form=None, tried=Attempt())
    row = at.incident
    form = IncidentForm(
        data={
            "version": row.version, "title": row.title, "severity": row.severity or "", "description": row.description,
            "commander_id": row.commander_id, "services": [each.name for each in row.services],
            "labels": ", ".join(row.labels),
        }
    )  # fmt: skip
    form.name_of = {each.id: each.name for each in row.services}
    _offer(form, row.commander_id)
    by, now = current.actor(), current.now()
    tried = _save(form, lambda work, told: incident.edit(work, row.number, told, version=form.seen, by=by, now=now))
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(links.incident(row.number))
    form.services.add_spare()
    return frame.render("incident/stage.html", at, tried.status, form=form, tried=tried)


@page.route("/<int:number>/privacy", methods=["GET", "POST"])
def privacy(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    at = frame.load(number)
    people.require(by, "change_privacy")
    form = PrivacyForm(
        data={
            "version": at.incident.version, "is_private": at.incident.is_private,
            "reader_ids": incident_page.reader_ids(current.reading(), at.incident.id),
        }
    )  # fmt: skip
    choices = catalogue.person_choices(current.reading())
    form.reader_ids.choices = [(int(key), name) for key, name in choices if key]

    def step(work: Work) -> Incident:
        readers = form.reader_ids.data or ()
        return incident.change_privacy(
            work, number, is_private=form.is_private.data, reader_ids=readers, version=form.seen, by=by, now=now
        )

    tried = attempt(form, step)
    if tried.is_saved:
        flash("Saved who may see it.", "success")
        return redirect(links.incident(number))
    return frame.render("incident/privacy.html", at, tried.status, form=form, tried=tried)


@page.get("/<int:number>/history")
def history(number: int) -> tuple[str, int]:
    at = frame.load(number)
    moves = [shown(each, sentence(each)) for each in incident_page.history(current.reading(), at.incident.id)]
    return frame.render("incident/history.html", at, moves=moves)


def _offer(form: IncidentForm, commander_id: int | None = None) -> None:
    session = current.reading()
    form.offer(catalogue.service_names(session), catalogue.person_choices(session, keep=commander_id))


def _save(form: IncidentForm, step) -> Attempt[Incident]:  # type: ignore[no-untyped-def] # (work, told) -> Incident
    if not form.is_submitted():
        return Attempt()
    ids = form.services.ids()
    if ids is None:
        return Attempt(status=422)
    return attempt(form, lambda work: step(work, form.told(ids)))
