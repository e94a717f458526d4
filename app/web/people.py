"""People on the web, for administrators: who may sign in, with which role, in which teams."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain import people as rules
from app.domain.people import ROLES
from app.models.person import Person
from app.parts import parts
from app.queries import people as rows
from app.web import account, current, paging
from app.web.auth import hasher
from app.web.forms.people import NewPersonForm, PersonForm
from app.web.saving import Attempt, attempt
from app.workflow import people

page = Blueprint("people", __name__)
page.register_blueprint(account.page)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another when they are read aloud


def generated_password() -> str:
    """Four groups of five: 99 bits, and short enough to type once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


@page.get("/people")
def index() -> str:
    rules.require(current.actor(), "manage_people")
    words = request.args.get("q", "").replace("\x00", "")[:200]
    at = paging.asked()
    found, total = rows.page(current.reading(), words, at)
    return render_template(
        "people/people.html", rows=found, total=total, words=words, pager=paging.pager(at, rows.PAGE, total)
    )


@page.route("/people/new", methods=["GET", "POST"])
def new() -> Response | tuple[str, int]:
    by, now = current.actor(), current.now()
    rules.require(by, "manage_people")
    form = NewPersonForm(data={"role": ROLES[1]})
    form.offer(rows.team_choices(current.reading()))
    password = generated_password()
    tried = attempt(
        form,
        lambda work: people.add(
            work, email=form.email.data or "", name=form.name.data, role=form.role.data,
            team_ids=form.team_ids.data or (), password_hash=hasher.hash(password), by=by, now=now,
        ),
    )  # fmt: skip
    if tried.is_saved and tried.result:
        return _show_once(tried.result, password)
    return render_template("people/person_form.html", form=form, tried=tried, person=None), tried.status


@page.route("/people/<int:person_id>", methods=["GET", "POST"])
def edit(person_id: int) -> Response | tuple[str, int]:
    by = current.actor()
    rules.require(by, "manage_people")
    person = rows.find(current.reading(), person_id)
    form = PersonForm(
        data={
            "version": person.version, "name": person.name, "role": person.role, "is_active": person.is_active,
            "team_ids": [each.id for each in rows.teams_of(current.reading(), person_id)],
        }
    )  # fmt: skip
    form.offer(rows.team_choices(current.reading()))
    tried: Attempt[Person] = attempt(
        form,
        lambda work: people.change(
            work, person_id, name=form.name.data, role=form.role.data, is_active=form.is_active.data,
            team_ids=form.team_ids.data or (), by=by, version=form.seen,
        ),
    )  # fmt: skip
    if tried.is_saved:
        flash(f"{form.name.data} is saved.", "success")
        return redirect("/people")
    return render_template("people/person_form.html", form=form, tried=tried, person=person), tried.status


@page.route("/people/<int:person_id>/password", methods=["GET", "POST"])
def set_password(person_id: int) -> Response | tuple[str, int]:
    by = current.actor()
    rules.require(by, "manage_people")
    if request.method == "GET":  # from the sign-in page, when the session had expired
        return redirect(f"/people/{person_id}")
    password = generated_password()
    current.close()
    with parts().begin() as work:
        person = people.set_password(work, person_id, hasher.hash(password), by=by)
    return _show_once(person, password)


@page.route("/people/<int:person_id>/sign-out", methods=["GET", "POST"])
def end_sessions(person_id: int) -> Response:
    by = current.actor()
    rules.require(by, "manage_people")
    if request.method == "POST":
        current.close()
        with parts().begin() as work:
            people.end_sessions(work, person_id, by=by)
        flash("Signed out in every browser.", "success")
    return redirect(f"/people/{person_id}")


def _show_once(person: Person, password: str) -> tuple[str, int]:
    """In the answer itself: nothing that outlives it holds the password."""
    account.keep_signed_in(person)
    return render_template("people/password.html", person=person, password=password), 200
