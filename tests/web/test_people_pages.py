"""People for administrators, and one's own account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people import RATCHET
from app.models.person import Person
from app.web.auth import hasher
from app.workflow import catalog, people
from tests.web.desk import PASSWORD, Desk, post
from tests.web.practices import statements_of

NEW = "a whole new sentence"


@pytest.fixture
def desk(begin: Any, clock: Any) -> Desk:
    return Desk(begin, clock)


@pytest.fixture
def as_(desk: Desk, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(desk.people[name])


def person(session: Session, name: str) -> Person:
    found = select(Person).where(Person.name == name).execution_options(populate_existing=True)
    return session.scalars(found).one()


def shown_password(text: str) -> str:
    found = re.search(r'<code class="catalog-secret">([^<]+)</code>', text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("url", ["/people", "/people/new", "/people/1"])
def test_only_administrators_see_people(as_: Any, url: str) -> None:
    answer = as_("Ana").get(url)
    assert answer.status_code == 403
    assert "Only administrators may manage people" in answer.text
    assert "desk.example" not in answer.text


def test_everybody_is_listed_and_found_by_name(as_: Any) -> None:
    page = as_("Ada").get("/people").text
    for name in ("Ana", "Ben", "Cleo", "Dev", "Ada"):
        assert f"{name.lower()}@desk.example" in page
    page = as_("Ada").get("/people?q=cle").text
    assert "cleo@desk.example" in page
    assert "ana@desk.example" not in page
    assert "Nobody is called that" in as_("Ada").get("/people?q=zzz%00").text


def test_the_list_asks_as_often_for_many_people_as_for_few(desk: Desk, as_: Any, engine: Engine) -> None:
    ada = as_("Ada")
    few = statements_of(engine, lambda: ada.get("/people"))
    with desk.begin() as work:
        team = catalog.add_team(work, catalog.TeamTold(name="core"), by=RATCHET)
        for number in range(60):
            people.add(
                work, email=f"p{number}@desk.example", name=f"P{number}", role="viewer", team_ids=[team.id],
                by=RATCHET, now=desk.clock(),
            )  # fmt: skip
    assert statements_of(engine, lambda: ada.get("/people")) == few
    assert "1–50 of 65 people" in ada.get("/people").text


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(desk: Desk, as_: Any, app: Flask) -> None:
    with desk.begin() as work:
        team = catalog.add_team(work, catalog.TeamTold(name="core", title="Core"), by=RATCHET)
    answer = post(as_("Ada"), "/people/new", email="Eve@Desk.example", name="Eve", role="owner", team_ids=team.id)
    password = shown_password(answer.text)
    signed_in = post(app.test_client(), "/sign-in", email="eve@desk.example", password=password, next="/account")
    assert signed_in.headers["Location"] == "/account"
    assert password not in as_("Ada").get("/people").text
    assert "Eve" in as_("Ada").get("/teams/core").text


def test_a_person_that_cannot_be_added_is_kept_in_the_form(as_: Any) -> None:
    answer = post(as_("Ada"), "/people/new", email="ana@desk.example", name="Ana & Co", role="owner")
    assert answer.status_code == 422
    assert "There is a person with the address ana@desk.example already." in answer.text
    assert 'value="Ana &amp; Co"' in answer.text
    answer = post(as_("Ada"), "/people/new", email="no address", name="", role="king", team_ids="99999999999999999999")
    assert answer.status_code == 422


def test_a_change_of_role_signs_the_person_out(desk: Desk, as_: Any, session: Session) -> None:
    cleo = as_("Cleo")
    assert cleo.get("/").status_code == 200
    url = f"/people/{desk.people['Cleo'].id}"
    assert post(as_("Ada"), url, name="Cleo", role="owner", is_active="y").status_code == 302
    assert person(session, "Cleo").role == "owner"
    assert cleo.get("/").status_code == 302
    post(as_("Ada"), url, name="Cleo", role="owner")
    assert not person(session, "Cleo").is_active


def test_the_last_administrator_stays_one(desk: Desk, as_: Any, session: Session) -> None:
    answer = post(as_("Ada"), f"/people/{desk.people['Ada'].id}", name="Ada", role="viewer", is_active="y")
    assert answer.status_code == 422
    assert "Name another administrator first" in answer.text
    assert person(session, "Ada").role == "administrator"


def test_an_administrator_makes_a_new_password_for_somebody(desk: Desk, as_: Any, session: Session) -> None:
    ben, url = as_("Ben"), f"/people/{desk.people['Ben'].id}"
    password = shown_password(post(as_("Ada"), f"{url}/password", page=url).text)
    assert hasher.verify(person(session, "Ben").password_hash, password)
    assert ben.get("/").status_code == 302
    assert post(as_("Ada"), "/people/999999999/password", page=url).status_code == 404
    assert post(as_("Ana"), f"{url}/password", page="/account").status_code == 403


def test_an_administrator_who_makes_their_own_password_stays_signed_in(desk: Desk, as_: Any) -> None:
    ada, url = as_("Ada"), f"/people/{desk.people['Ada'].id}"
    shown_password(post(ada, f"{url}/password", page=url).text)
    assert ada.get("/people").status_code == 200


def test_an_administrator_signs_somebody_out(desk: Desk, as_: Any) -> None:
    ben, url = as_("Ben"), f"/people/{desk.people['Ben'].id}"
    post(as_("Ada"), f"{url}/sign-out", page=url)
    assert ben.get("/").status_code == 302


def test_the_menu_leads_to_the_account_and_administrators_to_people(as_: Any) -> None:
    assert 'href="/account"' in as_("Dev").get("/services").text
    assert 'href="/people"' not in as_("Dev").get("/services").text
    assert 'href="/people"' in as_("Ada").get("/services").text


@pytest.mark.parametrize("typed", ["Europe/Berlin", "europe/berlin", "berlin", " Berlin "])
def test_a_time_zone_is_found_by_its_city(as_: Any, session: Session, typed: str) -> None:
    answer = post(as_("Dev"), "/account/time-zone", page="/account", time_zone=typed, follow=True)
    assert "Times are shown in the zone Europe/Berlin." in answer.text
    assert person(session, "Dev").time_zone == "Europe/Berlin"


@pytest.mark.parametrize("typed", ["Atlantis", "", "../etc/passwd", "localtime", "x" * 5_000])
def test_a_zone_that_does_not_exist_is_refused(as_: Any, session: Session, typed: str) -> None:
    answer = post(as_("Dev"), "/account/time-zone", page="/account", time_zone=typed)
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.text
    assert person(session, "Dev").time_zone == "UTC"


def test_colours_are_kept_in_the_browser(as_: Any) -> None:
    dev = as_("Dev")
    post(dev, "/account/theme", page="/account", theme="dark")
    assert 'data-theme="dark"' in dev.get("/account").text
    assert re.search(r'checked[^>]*value="dark"', dev.get("/account").text)
    post(dev, "/account/theme", page="/account", theme='dark"><script>')
    assert 'data-theme="dark"' in dev.get("/account").text
    post(dev, "/account/theme", page="/account", theme="auto")
    assert "data-theme" not in dev.get("/account").text


def test_a_changed_password_ends_every_other_session(as_: Any, session: Session) -> None:
    here, there = as_("Dev"), as_("Dev")
    answer = post(here, "/account/password", page="/account", password=[PASSWORD, NEW, NEW], follow=True)
    assert "The password is changed." in answer.text
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert hasher.verify(person(session, "Dev").password_hash, NEW)


@pytest.mark.parametrize(
    ("passwords", "words"),
    [
        (["wrong", NEW, NEW], "This is not your present password."),
        ([PASSWORD, "short", "short"], "Choose a password of 12 to 1,000 characters; this has 5."),
        ([PASSWORD, "x" * 1_001, "x" * 1_001], "Choose a password of 12"),
        ([PASSWORD, NEW, NEW + "!"], "The two new passwords are not the same."),
        ([], "This is not your present password."),
    ],
)
def test_a_password_that_is_wrong_or_short_is_refused(
    as_: Any, session: Session, passwords: list[str], words: str
) -> None:
    answer = post(as_("Dev"), "/account/password", page="/account", password=passwords)
    assert answer.status_code == 422
    assert words in answer.text
    assert NEW not in answer.text
    assert hasher.verify(person(session, "Dev").password_hash, PASSWORD)


def test_passwords_are_not_kept_when_the_session_has_expired(app: Flask) -> None:
    answer = app.test_client().post("/account/password", data={"password": [PASSWORD, NEW, NEW]})
    assert answer.status_code == 401
    assert NEW not in answer.text


def test_guessing_the_present_password_is_slowed_down(as_: Any) -> None:
    dev = as_("Dev")
    for _ in range(10):
        post(dev, "/account/password", page="/account", password=["wrong", NEW, NEW])
    assert post(dev, "/account/password", page="/account", password=[PASSWORD, NEW, NEW]).status_code == 429


def test_one_signs_out_everywhere(as_: Any) -> None:
    here, there = as_("Dev"), as_("Dev")
    answer = post(here, "/account/sign-out-everywhere", page="/account", follow=True)
    assert "You are signed out in every browser." in answer.text
    assert here.get("/").status_code == 302
    assert there.get("/").status_code == 302


@pytest.mark.parametrize("url", ["time-zone", "theme", "password", "sign-out-everywhere"])
def test_coming_back_from_signing_in_leads_to_the_account(as_: Any, url: str) -> None:
    assert as_("Dev").get(f"/account/{url}").headers["Location"] == "/account"


def test_two_administrators_on_one_person_see_both_versions(desk: Any, client_of: Any, session: Any) -> None:
    cleo, ada = desk.people["Cleo"], client_of(desk.people["Ada"])
    url, fields = f"/people/{cleo.id}", {"version": "1", "name": "Cleo", "is_active": "y"}
    assert post(ada, url, **{**fields, "role": "owner"}).status_code == 302
    answer = post(ada, url, **{**fields, "role": "viewer"})
    assert answer.status_code == 409
    assert "Ada saved this while you were typing" in answer.text
    session.expire_all()
    assert session.get(type(cleo), cleo.id).role == "owner"
