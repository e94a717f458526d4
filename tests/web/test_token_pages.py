"""Tokens on the web: one's own, the secret that is shown once, and everybody's for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.models.person import Person
from app.models.token import ApiToken
from app.workflow import tokens
from tests.web.desk import Desk, post
from tests.web.practices import statements_of

URL = "/account/tokens"


@pytest.fixture
def as_(desk: Desk, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(desk.people[name])


def make(desk: Desk, who: str, **told: Any) -> tuple[ApiToken, str]:
    about = {"name": f"CI of {who}", "role": "viewer", "expires_on": None, "person_id": desk.people[who].id, **told}
    with desk.begin() as work:
        return tokens.make(work, by=desk.actor("Ada"), now=desk.clock(), **about)


def kept(session: Session) -> list[ApiToken]:
    return list(session.scalars(select(ApiToken).order_by(ApiToken.id).execution_options(populate_existing=True)))


def test_a_token_is_made_and_its_secret_shown_once(as_: Any, app: Flask, session: Session) -> None:
    cleo = as_("Cleo")
    answer = post(cleo, URL, name="CI of checkout", role="responder", expires_on="2026-12-31")
    assert answer.status_code == 200
    found = re.search(r'<code class="catalog-secret">(rtk_[^<]+)</code>', answer.text)
    assert found is not None
    assert f"Bearer {found[1]}" in answer.text
    assert "http://127.0.0.1:8000/api/v1/services" in answer.text
    shown = app.test_client().get("/api/v1/services", headers={"Authorization": f"Bearer {found[1]}"})
    assert shown.status_code == 200
    page = cleo.get(URL).text
    assert found[1] not in page
    assert found[1][:8] in page
    assert "CI of checkout" in page
    assert "31 Dec 2026" in page
    (token,) = kept(session)
    assert (token.role, token.expires_on) == ("responder", date(2026, 12, 31))


def test_the_form_proposes_a_year_and_no_more_than_ones_role(as_: Any) -> None:
    page = as_("Cleo").get(URL).text
    assert 'value="2027-03-02"' in page
    assert 'value="responder"' in page
    assert 'value="owner"' not in page
    assert 'value="administrator"' in as_("Ada").get(URL).text
    assert "You have no token yet." in page


def test_what_cannot_be_made_is_kept_in_the_form(as_: Any, session: Session) -> None:
    answer = post(as_("Cleo"), URL, name="CI & more", role="administrator", expires_on="2026-12-31")
    assert answer.status_code == 422
    assert "a token may do no more than its person" in answer.text
    assert 'value="CI &amp; more"' in answer.text
    for wrong in ({"name": ""}, {"expires_on": "2020-01-01"}, {"expires_on": "soon"}, {"name": "a\x00"}, {"role": ""}):
        answer = post(as_("Cleo"), URL, **{"name": "CI", "role": "viewer", "expires_on": "", **wrong})
        assert answer.status_code == 422, wrong
    assert kept(session) == []


def test_a_viewer_sees_their_tokens_and_makes_none(desk: Desk, as_: Any, session: Session) -> None:
    made, _ = make(desk, "Dev")
    page = as_("Dev").get(URL).text
    assert "CI of Dev" in page
    assert "made by Ada" in page
    assert "may make a token for the API" in page
    assert 'name="name"' not in page
    answer = post(as_("Dev"), URL, page="/account", name="x", role="viewer")
    assert answer.status_code == 403
    post(as_("Dev"), f"{URL}/{made.id}/revoke", page="/account")
    assert kept(session)[0].revoked_at is not None


def test_one_revokes_ones_own_token_and_no_other(desk: Desk, as_: Any, app: Flask, session: Session) -> None:
    (own, secret), (other, _) = make(desk, "Cleo"), make(desk, "Ana")
    cleo = as_("Cleo")
    assert "Whatever shows “CI of Cleo” is turned away" in cleo.get(URL).text
    assert "CI of Ana" not in cleo.get(URL).text
    answer = post(cleo, f"{URL}/{own.id}/revoke", page=URL, follow=True)
    assert "CI of Cleo works no longer." in answer.text
    assert "Revoked" in answer.text
    assert post(cleo, f"{URL}/{other.id}/revoke", page=URL).status_code == 404
    assert post(cleo, f"{URL}/999999999/revoke", page=URL).status_code == 404
    assert [each.revoked_at is not None for each in kept(session)] == [True, False]
    shown = app.test_client().get("/api/v1/services", headers={"Authorization": f"Bearer {secret}"})
    assert shown.status_code == 401


def test_administrators_see_and_revoke_everybodys(desk: Desk, as_: Any, session: Session) -> None:
    made, _ = make(desk, "Cleo")
    make(desk, "Ana", expires_on=desk.clock().date())
    page = as_("Ada").get("/people/tokens").text
    assert "CI of Cleo" in page
    assert "CI of Ana" in page
    assert 'href="/people/tokens"' in as_("Ada").get(URL).text
    assert 'href="/people/tokens"' not in as_("Ana").get(URL).text
    answer = post(as_("Ada"), f"/people/tokens/{made.id}/revoke", page="/people/tokens", follow=True)
    assert "CI of Cleo works no longer." in answer.text
    for name in ("Ana", "Cleo", "Dev"):
        assert as_(name).get("/people/tokens").status_code == 403
        assert post(as_(name), f"/people/tokens/{made.id}/revoke", page="/account").status_code == 403


def test_the_state_of_each_token_is_said(desk: Desk, as_: Any, session: Session, clock: Any) -> None:
    make(desk, "Ana", expires_on=desk.clock().date())
    make(desk, "Cleo")
    session.execute(update(Person).where(Person.name == "Cleo").values(is_active=False))
    session.commit()
    assert "Expired" not in as_("Ada").get("/people/tokens").text
    clock.tick(days=1)
    page = as_("Ada").get("/people/tokens").text
    assert "Expired" in page
    assert "Person not active" in page


def test_the_list_asks_as_often_for_many_tokens_as_for_few(desk: Desk, as_: Any, engine: Engine) -> None:
    make(desk, "Ana")
    ada = as_("Ada")
    few = statements_of(engine, lambda: ada.get("/people/tokens"))
    for name in ("Ben", "Cleo"):
        for _ in range(30):
            make(desk, name, expires_on=desk.clock().date() + timedelta(days=3))
    assert statements_of(engine, lambda: ada.get("/people/tokens")) == few
    assert "1–50 of 61 tokens" in ada.get("/people/tokens").text
    assert "beyond the last one" in ada.get("/people/tokens?page=9").text


def test_the_account_leads_to_the_tokens_and_coming_back_from_signing_in_too(as_: Any) -> None:
    assert f'href="{URL}"' in as_("Cleo").get("/account").text
    assert as_("Cleo").get(f"{URL}/7/revoke").headers["Location"] == URL
    assert as_("Ada").get("/people/tokens/7/revoke").headers["Location"] == "/people/tokens"
    assert "Nobody has a token yet" in as_("Ada").get("/people/tokens").text
