"""A person's own weekly report: what it is about, whether it comes by Slack, and when the next one is made."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from app.domain.report import EVERYONE
from app.faces.words import instant
from app.queries import catalogue, people, report_weeks
from app.queries.audience import TEAM
from app.web import current
from app.web.forms.report import NOBODY, TEAMS, SubscriptionForm
from app.web.report_reading import next_due
from app.web.saving import attempt
from app.workflow import report

page = Blueprint("report_subscription", __name__)


@page.route("/account/reports", methods=["GET", "POST"])
def own() -> Response | tuple[str, int]:
    by = current.actor()
    assert by.id is not None  # the guard has made sure that it is a person of the database
    session = current.reading()
    me = people.find(session, by.id)
    has = report_weeks.subscription(session, by.id)
    teams = [(f"{TEAM}{name}", title) for name, title in catalogue.team_names(session)]
    scope = EVERYONE if EVERYONE in has.about else TEAMS if has.about else NOBODY
    form = SubscriptionForm(
        data={
            "version": has.version,
            "scope": scope,
            "teams": list(has.about),
            "by_slack": has.by_slack,
            "by_mail": has.by_mail,
        }
    )
    form.offer(teams)
    tried = attempt(
        form,
        lambda work: report.subscribe(
            work,
            about=form.told(),
            by_slack=bool(form.by_slack.data),
            by_mail=bool(form.by_mail.data),
            version=form.seen,
            by=by,
            now=current.now(),
        ),
    )
    if tried.is_saved:
        flash("Saved." if form.told() else "You get no report of your own any more.", "success")
        return redirect("/account/reports")
    due = next_due(me.time_zone)
    return render_template(
        "report/subscription.html",
        form=form,
        tried=tried,
        me=me,
        has=has,
        due=due,
        due_words=instant(due.due(me.time_zone), me.time_zone),
    ), tried.status
