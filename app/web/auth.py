"""Signing in with a local account. What was typed before a session ended is kept and can be sent after signing in."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Blueprint, Flask, g, redirect, render_template, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response

from app.domain.people import Actor
from app.models.person import Person
from app.web import current
from app.web.forms.auth import SignInForm

page = Blueprint("auth", __name__)
log = structlog.get_logger("ratchet.auth")
limiter = Limiter(get_remote_address, default_limits=[])
hasher = PasswordHasher()
# Checked when there is no such account, so that the time of the answer does not tell whether there is one.
_NOBODY = hasher.hash("nobody has this password")
KEPT_MAX = 400_000  # characters of a form that are carried through signing in
# One statement for every request: made once.
_P = Person.__table__.c
_PERSON = select(_P.id, _P.name, _P.role, _P.time_zone, _P.session_epoch).where(
    _P.id == bindparam("person_id"), _P.is_active
)
NEVER_KEPT = frozenset({"csrf_token", "kept", "next"})


class SignedIn(UserMixin):
    """The person of a session, as Flask-Login wants it. The epoch ends all sessions when it is raised."""

    def __init__(self, person: Any) -> None:
        self.actor = Actor(person.id, person.name, person.role)
        self.name, self.role, self.time_zone = person.name, person.role, person.time_zone
        self.id = f"{person.id}.{person.session_epoch}"


def load_person(session_id: str) -> SignedIn | None:
    """The person of a session, if still active and not signed out since."""
    person_id, _, epoch = session_id.partition(".")
    if not person_id.isdecimal():
        return None
    row = current.reading().execute(_PERSON, {"person_id": int(person_id)}).one_or_none()
    return SignedIn(row) if row is not None and str(row.session_epoch) == epoch else None


def install(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # people change networks in the middle of an outage
    login.user_loader(load_person)
    limiter.init_app(app)


def ask_to_sign_in() -> Response:
    """The sign-in page in place of an answer: it leads back, and it keeps what was typed."""
    form = SignInForm(formdata=None)
    if request.method == "GET":
        asked = request.full_path.rstrip("?")
        return redirect("/sign-in" if asked == "/" else f"/sign-in?next={quote(asked, safe='/')}")
    form.next.data = request.full_path.rstrip("?")
    form.kept.data = _kept(request.form.lists())
    return _answer(form, 401, "Your session has ended. Sign in, and you can send what you typed.")


@page.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
@limiter.limit("10/15 minutes", key_func=lambda: request.form.get("email", "").strip().lower()[:254], methods=["POST"])
def sign_in() -> Response:
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect("/")
        form.next.data = request.args.get("next", "")
        return _answer(form)
    person = _authenticate(form) if form.validate_on_submit() else None
    if person is None:
        if not form.errors:
            form.password.errors = ["E-mail address and password do not match."]
        return _answer(form, 422)
    session.clear()  # a new session: whoever knew the old cookie knows nothing of this one
    g.pop("csrf_token", None)  # of the old session: a page in this answer needs the new one's
    session.permanent = True
    login_user(SignedIn(person))
    onwards = _local(form.next.data)
    if kept := _read_kept(form.kept.data):
        return Response(render_template("auth/resend.html", action=onwards, kept=kept), mimetype="text/html")
    return redirect(onwards)


@page.post("/sign-out")
def sign_out() -> Response:
    logout_user()
    session.clear()
    return redirect("/sign-in")


def _authenticate(form: SignInForm) -> Person | None:
    email = (form.email.data or "").replace("\x00", "").strip().lower()
    person = current.reading().scalar(select(Person).where(Person.email == email, Person.is_active))
    stored = person.password_hash if person is not None and person.password_hash else _NOBODY
    try:
        hasher.verify(stored, form.password.data or "")
    except (VerifyMismatchError, InvalidHashError):
        log.info("sign-in failed")
        return None
    return person if stored != _NOBODY else None


def _answer(form: SignInForm, status: int = 200, message: str = "") -> Response:
    return Response(render_template("auth/sign_in.html", form=form, message=message), status, mimetype="text/html")


def _local(path: str | None) -> str:
    """The path to go to after signing in; only ever one of ours, so that no link leads people elsewhere."""
    path = path or "/"
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return path if is_ours and path.isprintable() and not path.startswith("/sign-") else "/"


def is_kept(name: str) -> bool:
    """Whether a field goes along to be sent again. Never what is secret."""
    return name not in NEVER_KEPT and "password" not in name


def _kept(fields: Any) -> str:
    kept = [[name, value] for name, values in fields if is_kept(name) for value in values]
    text = json.dumps(kept)
    return text if kept and len(text) <= KEPT_MAX else ""


def _read_kept(text: str | None) -> list[tuple[str, str]]:
    try:
        found = json.loads(text or "[]")
        return [(str(name), str(value)) for name, value in found]
    except (ValueError, TypeError):
        return []
