"""Campaigns on the web: those that run with their burn-up, one with its services to go; start, change and end one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.campaign import RUNNING
from app.domain.errors import Refused
from app.models.best_practice import Practice
from app.parts import parts
from app.queries import campaign as campaigns
from app.queries import catalogue, practice
from app.web import current, paging
from app.web.burn_up import chart
from app.web.forms.campaign import CampaignForm
from app.web.saving import Attempt, attempt
from app.workflow import campaign

page = Blueprint("campaign", __name__)
ONE = "/campaigns/<int:campaign_id>"
USUAL_DAYS = 60


@page.get("/campaigns")
def index() -> str:
    session, at = current.reading(), paging.asked()
    running, total = campaigns.running(session, current.now())
    done, done_total = campaigns.done(session, at)
    return render_template(
        "campaign/index.html", running=running, running_total=total, done=done, done_total=done_total, chart=chart,
        pager=paging.pager(at, campaigns.PAGE, done_total, anchor="#done"),
    )  # fmt: skip


@page.get(ONE)
def show(campaign_id: int) -> str:
    session, by, at = current.reading(), current.actor(), paging.asked()
    row = campaigns.find(session, campaign_id, current.now())
    to_go, total = campaigns.to_go(session, by, row.practice, at)
    return render_template(
        "campaign/campaign.html", row=row, to_go=to_go, total=total, teams=campaigns.by_team(session, row.practice.id),
        chart=chart(row), pager=paging.pager(at, campaigns.PAGE, total, anchor="#to-go"),
        may_change=people.may(by, "campaign") and row.campaign.state == RUNNING,
    )  # fmt: skip


@page.route("/practices/<int:number>/campaign", methods=["GET", "POST"])
def new(number: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    of = practice.find(current.reading(), by, number).practice
    people.require(by, "campaign")
    today = now.date()
    form = CampaignForm(
        data={
            "version": 0, "target_percent": of.target_percent, "starts_on": today, "owner_id": by.id,
            "ends_on": of.target_on if of.target_on and of.target_on > today else today + timedelta(days=USUAL_DAYS),
        }
    )  # fmt: skip
    tried = attempt(form, lambda work: campaign.start(work, number, form.told(), by=by, now=now))
    if tried.is_saved and tried.result:
        flash("The campaign has begun; the teams that have to act are told.", "success")
        return redirect(f"/campaigns/{tried.result.id}")
    return _form(form, tried, of, None, by.id)


@page.route(f"{ONE}/edit", methods=["GET", "POST"])
def edit(campaign_id: int) -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    row = campaigns.find(current.reading(), campaign_id, now)
    people.require(by, "campaign")
    form = CampaignForm(data={"version": row.campaign.version, **campaign.saved(row.campaign)})
    tried = attempt(form, lambda work: campaign.edit(work, campaign_id, form.told(), version=form.seen, by=by, now=now))
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(f"/campaigns/{campaign_id}")
    return _form(form, tried, row.practice, campaign_id, row.campaign.owner_id)


@page.post(f"{ONE}/end")
def end(campaign_id: int) -> Response:
    by, now, why = current.actor(), current.now(), request.form.get("why", "")
    current.close()
    try:
        with parts().begin() as work:
            campaign.end(work, campaign_id, why=why, by=by, now=now)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash("The campaign is closed.", "success")
    return redirect(f"/campaigns/{campaign_id}")


def _form(
    form: CampaignForm, tried: Attempt[Any], of: Practice, campaign_id: int | None, keep: int | None
) -> tuple[str, int]:
    form.offer(catalogue.person_choices(current.reading(), "Choose somebody", keep))
    return render_template(
        "campaign/form.html", form=form, tried=tried, practice=of, campaign_id=campaign_id
    ), tried.status
