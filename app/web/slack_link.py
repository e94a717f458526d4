"""Says that a Slack account is one's own, by the link that Ratchet gave to that account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain.errors import Refused
from app.parts import parts
from app.web import current
from app.workflow import slack_account

page = Blueprint("slack_link", __name__, url_prefix="/slack/link")
TOO_OLD = "This link is older than 15 minutes, or is incomplete. Type /ratchet in Slack once more for a new one."


@page.get("")
def ask() -> tuple[str, int] | str:
    token = request.args.get("token", "")
    if _slack_user(token) is None:
        return render_template("people/slack_link.html", token="", problem=TOO_OLD), 410
    return render_template("people/slack_link.html", token=token, problem="")


@page.post("")
def link() -> Response | tuple[str, int]:
    token = request.form.get("token", "")
    slack_user, by = _slack_user(token), current.actor()
    if slack_user is None:
        return render_template("people/slack_link.html", token="", problem=TOO_OLD), 410
    assert by.id is not None
    try:
        with parts().begin() as work:
            slack_account.link(work, by.id, slack_user, by=by)
    except Refused as refused:
        return render_template("people/slack_link.html", token=token, problem=str(refused)), 422
    flash("Your Slack account is linked: Ratchet knows you there now.", "success")
    return redirect("/account")


def _slack_user(token: str) -> str | None:
    return slack_account.slack_user_of(slack_account.signer(current_app.config["SECRET_KEY"]), token)
