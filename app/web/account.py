"""One's own account: time zone, colours, password, sessions."""

from __future__ import annotations

from typing import Any

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Blueprint, flash, redirect, render_template, request, session
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.domain.errors import Refused
from app.models.person import Person
from app.parts import parts
from app.queries import people as rows
from app.web import current
from app.web.auth import SignedIn, hasher, limiter
from app.web.forms.people import THEMES, PasswordForm, ThemeForm, TimeZoneForm, time_zones
from app.web.saving import attempt
from app.workflow import people
from app.workflow.unit_of_work import Work

page = Blueprint("account", __name__, url_prefix="/account")
YEAR_SECONDS = 365 * 86_400


def _whose() -> str:
    """Guesses are counted for each account: the guard has made sure that there is one."""
    return str(current.actor().id)


@page.get("")
def show() -> tuple[str, int]:
    return _show()


@page.route("/time-zone", methods=["GET", "POST"])
def time_zone() -> Response | tuple[str, int]:
    me, form = current.actor(), TimeZoneForm()
    tried = attempt(form, lambda work: people.set_time_zone(work, _id(), form.read(), by=me))
    if tried.is_saved and tried.result:
        flash(f"Times are shown in the zone {tried.result.time_zone}.", "success")
    return _answer(tried.is_saved, tried.status, time_zone=form)


@page.route("/theme", methods=["GET", "POST"])
def theme() -> Response:
    chosen = request.form.get("theme", "")
    answer = redirect("/account")
    if chosen in ("light", "dark"):
        answer.set_cookie(
            "theme", chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=parts().settings.is_https
        )
    elif chosen in dict(THEMES):
        answer.delete_cookie("theme")
    return answer


@page.route("/password", methods=["GET", "POST"])
@limiter.limit("10/15 minutes", key_func=_whose, methods=["POST"])
def password() -> Response | tuple[str, int]:
    me, form = current.actor(), PasswordForm()
    stored = rows.find(current.reading(), _id()).password_hash

    def step(work: Work) -> Person:
        if not is_right(stored, form.present.data or ""):
            raise Refused.because("password.wrong", "This is not your present password.", "present")
        return people.set_password(work, _id(), hasher.hash(form.read()), by=me)

    tried = attempt(form, step)
    if tried.is_saved and tried.result:
        keep_signed_in(tried.result)
        flash("The password is changed. Every other browser is signed out.", "success")
    return _answer(tried.is_saved, tried.status, password=form)


@page.route("/sign-out-everywhere", methods=["GET", "POST"])
def sign_out_everywhere() -> Response:
    if request.method == "GET":
        return redirect("/account")
    current.close()
    with parts().begin() as work:
        people.end_sessions(work, _id(), by=current.actor())
    logout_user()
    session.clear()
    flash("You are signed out in every browser.", "success")
    return redirect("/sign-in")


def keep_signed_in(person: Person) -> None:
    """If this is the person of the session: it goes on, while all others end."""
    if person.id == current.actor().id:
        login_user(SignedIn(person))


def _id() -> int:
    """The person who is signed in: a person of the database always."""
    found = current.actor().id
    assert found is not None
    return found


def is_right(stored: str, given: str) -> bool:
    """True if this is the password; False also where none is set."""
    try:
        return hasher.verify(stored, given)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _answer(is_saved: bool, status: int, **form: Any) -> Response | tuple[str, int]:
    """Back to the account; or the account with the form as it was typed, and what stands against it."""
    if is_saved or request.method == "GET":
        return redirect("/account")
    return _show(status, **form)


def _show(status: int = 200, **typed: Any) -> tuple[str, int]:
    me = rows.find(current.reading(), _id())
    chosen = request.cookies.get("theme", "auto")
    forms = {
        "time_zone": TimeZoneForm(formdata=None, data={"time_zone": me.time_zone}),
        "theme": ThemeForm(formdata=None, data={"theme": chosen if chosen in dict(THEMES) else "auto"}),
        "password": PasswordForm(formdata=None),
    }
    page_of = render_template(
        "people/account.html", me=me, teams=rows.teams_of(current.reading(), me.id), zones=time_zones(),
        forms={**forms, **typed}, failed=next(iter(typed.values()), None),
    )  # fmt: skip
    return page_of, status
