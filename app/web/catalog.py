"""The catalogue on the web: services with everything that is known of them, and the teams that own them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people as rules
from app.models.catalog import Service
from app.models.person import Team
from app.queries import catalogue, people, services
from app.queries import teams as teams_in_use
from app.queries.services import Filters
from app.web import current, paging, service_page, team_page
from app.web.forms.catalog import TIERS, FactForm, NewServiceForm, NewTeamForm, ServiceForm, TeamForm
from app.web.saving import Attempt, attempt
from app.workflow import adoption, catalog
from app.workflow.unit_of_work import Work

page = Blueprint("catalog", __name__)


@page.get("/services")
def index() -> str:
    asked = request.args
    tier = asked.get("tier", "")
    filters = Filters(
        team=_clean(asked.get("team", ""))[:100], tier=tier if tier in dict(TIERS) else "",
        words=_clean(asked.get("q", ""))[:200], retired=asked.get("retired") == "1",
    )  # fmt: skip
    session, at = current.reading(), paging.asked()
    rows, total = services.page(session, current.actor(), filters, at)
    return render_template(
        "catalog/services.html", rows=rows, total=total, filters=filters, is_filtered=filters != Filters(),
        tiers=TIERS, teams=catalogue.team_names(session), pager=paging.pager(at, services.PAGE, total),
        may_edit=rules.may(current.actor(), "edit_catalogue"),
    )  # fmt: skip


@page.route("/services/new", methods=["GET", "POST"])
def new() -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    rules.require(by, "edit_catalogue")
    form = NewServiceForm(data={"version": 0, "tier": "3", "kind": "stateless"})
    _offer(form)
    tried = _save(form, lambda work, ids: catalog.add_service(work, form.told(form.name.data, ids), by=by, now=now))
    if tried.is_saved and tried.result:
        flash(f"{tried.result.name} is in the catalogue.", "success")
        return redirect(links.service(tried.result.name))
    form.depends_on_ids.add_spare()
    return render_template("catalog/service_form.html", form=form, tried=tried, service=None), tried.status


@page.get("/services/<name>")
def show(name: str) -> str:
    return _show(name, FactForm(formdata=None), [])


@page.route("/services/<name>/edit", methods=["GET", "POST"])
def edit(name: str) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    service = services.find(current.reading(), by, _clean(name)).service
    rules.require(by, "edit_catalogue")
    form = ServiceForm(
        data={
            "version": service.version, "title": service.title, "description": service.description,
            "team_id": service.team_id, "tier": str(service.tier), "kind": service.kind,
            "depends_on_ids": sorted(each.name for each in services.depends_on(current.reading(), service.id)),
            "is_retired": service.is_retired, "system": service.system, "type": service.type,
            "lifecycle": service.lifecycle, "tags": ", ".join(service.tags or ()),
        }
    )  # fmt: skip
    _offer(form, service.team_id)

    def step(work: Work, ids: dict[str, int]) -> Service:
        told = form.told(service.name, ids)
        return catalog.edit_service(work, service.name, told, version=form.seen, by=by, now=now)

    tried = _save(form, step)
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(links.service(service.name))
    form.depends_on_ids.add_spare()
    return render_template("catalog/service_form.html", form=form, tried=tried, service=service), tried.status


@page.post("/services/<name>/facts")
def report(name: str) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    rules.require(by, "report")
    form = FactForm()

    def step(work: Work) -> None:
        told = {form.key.data or "": form.read()}
        adoption.report_facts(work, _clean(name), told, source="web", by=by, now=now)

    tried = attempt(form, step)
    if tried.is_saved:
        flash(f"{form.key.data} is reported; the standing of {name} is up to date.", "success")
        return redirect(f"{links.service(_clean(name))}#facts")
    return _show(name, form, tried.problems), tried.status


@page.get("/teams")
def teams() -> str:
    at = paging.asked()
    rows, total = people.teams(current.reading(), at)
    return render_template(
        "catalog/teams.html", rows=rows, total=total, pager=paging.pager(at, people.PAGE, total),
        may_edit=rules.may(current.actor(), "edit_catalogue"),
    )  # fmt: skip


@page.route("/teams/new", methods=["GET", "POST"])
def new_team() -> Response | tuple[str, int]:
    by = current.actor()
    rules.require(by, "edit_catalogue")
    form = NewTeamForm()
    tried = attempt(form, lambda work: catalog.add_team(work, form.told(form.name.data), by=by))
    return _answer_team(form, tried, None)


@page.get("/teams/<name>")
def team(name: str) -> str:
    by = current.actor()
    found = people.find_team(current.reading(), _clean(name))
    return render_template("catalog/team.html", **team_page.gather(found), may_edit=rules.may(by, "edit_catalogue"))


@page.route("/teams/<name>/edit", methods=["GET", "POST"])
def edit_team(name: str) -> Response | tuple[str, int]:
    by = current.actor()
    found = people.find_team(current.reading(), _clean(name))
    rules.require(by, "edit_catalogue")
    form = TeamForm(
        data={
            "version": found.version, "title": found.title, "slack_channel": found.slack_channel,
            "is_retired": found.is_retired,
        }
    )  # fmt: skip
    tried = attempt(
        form, lambda work: catalog.edit_team(work, found.name, form.told(found.name), by=by, version=form.seen)
    )
    return _answer_team(form, tried, found)


def _show(name: str, form: FactForm, problems: Any) -> str:
    row = services.find(current.reading(), current.actor(), _clean(name))
    return render_template("catalog/service.html", form=form, problems=problems, **service_page.gather(row))


def _offer(form: ServiceForm, team_id: int | None = None) -> None:
    session = current.reading()
    form.offer(catalogue.service_names(session), teams_in_use.choices(session, keep=team_id))


def _save(form: ServiceForm, step: Any) -> Attempt[Service]:
    """Save, if every name in the form is one of the catalogue."""
    if not form.is_submitted():
        return Attempt()
    ids = form.depends_on_ids.ids()
    if ids is None:
        return Attempt(status=422)
    return attempt(form, lambda work: step(work, ids))


def _answer_team(form: TeamForm, tried: Attempt[Team], found: Team | None) -> Response | tuple[str, int]:
    if tried.is_saved and tried.result:
        flash(f"{tried.result.title} is saved.", "success")
        return redirect(f"/teams/{tried.result.name}")
    return render_template("catalog/team_form.html", form=form, tried=tried, team=found), tried.status


def _clean(text: str) -> str:
    """Without NUL, which no database can look for."""
    return text.replace("\x00", "")
