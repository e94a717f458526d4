"""Tokens of the API on the web: one's own on the account, everybody's for administrators."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people as rules
from app.domain.people import RESPONDER
from app.models.token import ApiToken
from app.parts import parts
from app.queries import tokens as rows
from app.web import current, paging
from app.web.forms.tokens import TokenForm
from app.web.saving import Attempt, attempt
from app.workflow import tokens
from app.workflow.unit_of_work import Work

page = Blueprint("tokens", __name__)
USUAL_DAYS = 365


@page.route("/account/tokens", methods=["GET", "POST"])
def own() -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    me = by.id
    assert me is not None  # the person of a session
    role = rows.lower(RESPONDER, by.role)
    form = TokenForm(data={"role": role, "expires_on": now.date() + timedelta(days=USUAL_DAYS)})
    form.offer(by.role)

    def step(work: Work) -> tuple[ApiToken, str]:
        return tokens.make(
            work, name=form.name.data, person_id=me, role=form.role.data, expires_on=form.expires_on.data,
            by=by, now=now,
        )  # fmt: skip

    tried: Attempt[tuple[ApiToken, str]] = attempt(form, step)
    if tried.is_saved and tried.result:
        return _show_once(*tried.result)
    at = paging.asked()
    found, total = rows.of_person(current.reading(), me, at)
    return render_template(
        "tokens/own.html", form=form, tried=tried, rows=found, pager=paging.pager(at, rows.PAGE, total),
        today=now.date(), may_make=rules.may(by, "make_token"), may_see_all=rules.may(by, "manage_people"),
    ), tried.status  # fmt: skip


@page.get("/people/tokens")
def everybodys() -> str:
    rules.require(current.actor(), "manage_people")
    at = paging.asked()
    found, total = rows.page(current.reading(), at)
    return render_template(
        "tokens/all.html", rows=found, total=total, pager=paging.pager(at, rows.PAGE, total),
        today=current.now().date(),
    )  # fmt: skip


@page.route("/account/tokens/<int:token_id>/revoke", methods=["GET", "POST"])
def revoke(token_id: int) -> Response:
    return _revoke(token_id, "/account/tokens")


@page.route("/people/tokens/<int:token_id>/revoke", methods=["GET", "POST"])
def revoke_anybodys(token_id: int) -> Response:
    rules.require(current.actor(), "manage_people")
    return _revoke(token_id, "/people/tokens")


def _revoke(token_id: int, back: str) -> Response:
    if request.method == "POST":  # a GET comes from the sign-in page, when the session had expired
        current.close()
        with parts().begin() as work:
            ended = tokens.revoke(work, token_id, by=current.actor(), now=current.now())
        flash(f"{ended.name} works no longer.", "success")
    return redirect(back)


def _show_once(token: ApiToken, secret: str) -> tuple[str, int]:
    """In the answer itself: nothing that outlives it holds the secret."""
    address = links.absolute(parts().settings.base_url, "/api/v1/services")
    return render_template("tokens/secret.html", token=token, secret=secret, address=address), 200
