"""Signing in, staying in, and losing nothing when a session has ended."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.auth import limiter
from app.workflow import people
from tests.web.desk import PASSWORD, Desk, post

ClientOf = Callable[[Any], FlaskClient]


@pytest.fixture
def desk(app: Flask, begin: Any, clock: Any) -> Desk:
    limiter.reset()
    return Desk(begin, clock)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    limiter.reset()
    return app.test_client()


def _sign_in(client: FlaskClient, name: str = "ana", password: str = PASSWORD, **more: Any) -> Any:
    return post(client, "/sign-in", email=f"{name}@desk.example", password=password, **more)


def test_a_person_signs_in_and_sees_the_board(desk: Desk, stranger: FlaskClient) -> None:
    assert _sign_in(stranger).headers["Location"] == "/"
    assert "Incidents" in stranger.get("/").text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(desk: Desk, stranger: FlaskClient) -> None:
    wrong, unknown = _sign_in(stranger, password="wrong"), _sign_in(stranger, "nobody")
    assert wrong.status_code == unknown.status_code == 422
    sentence = "E-mail address and password do not match."
    assert sentence in wrong.text
    assert sentence in unknown.text


def test_guessing_is_slowed_down(desk: Desk, stranger: FlaskClient) -> None:
    answers = [_sign_in(stranger, password=f"guess {n}").status_code for n in range(11)]
    assert answers[-1] == 429
    assert answers[0] == 422


def test_somebody_who_is_deactivated_is_out_at_once(desk: Desk, client_of: ClientOf) -> None:
    ben = client_of(desk.people["Ben"])
    assert ben.get("/").status_code == 200
    with desk.begin() as work:
        people.change(
            work, desk.people["Ben"].id, name="Ben", role="owner", is_active=False, team_ids=[], by=desk.actor("Ada")
        )
    assert "/sign-in" in ben.get("/incidents/new").headers["Location"]


def test_signing_out_everywhere_ends_the_other_session(desk: Desk, client_of: ClientOf) -> None:
    ana = client_of(desk.people["Ana"])
    with desk.begin() as work:
        people.end_sessions(work, desk.people["Ana"].id, by=desk.actor("Ana"))
    assert ana.get("/incidents/new").status_code == 302


@pytest.mark.parametrize(
    "where", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(desk: Desk, stranger: FlaskClient, where: str) -> None:
    assert _sign_in(stranger, next=where).headers["Location"] == "/"


def test_signing_in_leads_back_to_where_one_was(desk: Desk, stranger: FlaskClient) -> None:
    asked = stranger.get("/incidents/new?title=x").headers["Location"]
    assert asked == "/sign-in?next=/incidents/new%3Ftitle%3Dx"
    assert _sign_in(stranger, next="/incidents/new?title=x").headers["Location"] == "/incidents/new?title=x"


def test_what_was_typed_before_the_session_ended_can_be_sent_after_signing_in(
    desk: Desk, stranger: FlaskClient
) -> None:
    late = stranger.post("/incidents/new", data={"title": "Search is <b>empty</b>", "severity": "SEV2"})
    assert late.status_code == 401
    kept = late.text.split('name="kept"')[1].split('value="')[1].split('"')[0]
    again = post(
        stranger, "/sign-in", email="ana@desk.example", password=PASSWORD, next="/incidents/new",
        kept=html.unescape(kept),
    )  # fmt: skip
    assert "Nothing is lost" in again.text
    assert 'value="Search is &lt;b&gt;empty&lt;/b&gt;"' in again.text
    assert 'action="/incidents/new"' in again.text


def test_a_password_is_never_carried_along(desk: Desk, stranger: FlaskClient) -> None:
    late = stranger.post("/account/password", data={"password": "secret one", "note": "x"})
    assert "secret one" not in late.text


def test_signing_out_needs_the_token_and_ends_the_session(desk: Desk, client_of: ClientOf) -> None:
    ana = client_of(desk.people["Ana"])
    assert ana.post("/sign-out").status_code == 400
    post(ana, "/sign-out", page="/")
    assert ana.get("/").status_code == 302
