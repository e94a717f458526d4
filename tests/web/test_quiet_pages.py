"""Quiet hours on the web: saved, refused beside the field, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import RATCHET
from app.models.person import Person, Team
from app.web import quiet
from app.workflow import catalog
from tests.web.desk import Desk

OWN, OF_TEAM = "/account/quiet", "/teams/pay/quiet"


@pytest.fixture
def as_(app: Flask, desk: Desk, client_of: Callable[[Person], FlaskClient]) -> Callable[[str], FlaskClient]:
    if "quiet" not in app.blueprints:
        app.register_blueprint(quiet.page)
    with desk.begin() as work:
        catalog.add_team(work, catalog.TeamTold(name="pay", title="Payments"), by=RATCHET)
    return lambda name: client_of(desk.people[name])


def of(session: Session, row: Any, name: str) -> tuple[str, str]:
    session.expire_all()
    found = session.scalars(select(row).where(row.name == name)).one()
    return found.quiet_from, found.quiet_until


def test_everybody_sets_their_own_and_takes_them_back(as_: Any, post: Any, session: Session) -> None:
    answer = post(as_("Dev"), OWN, page=OWN, version="1", quiet_from="22:00", quiet_until="07:00", follow=True)
    assert "Quiet from 22:00 until 07:00." in answer.text
    assert 'value="22:00"' in answer.text
    assert of(session, Person, "Dev") == ("22:00", "07:00")
    answer = post(as_("Dev"), OWN, page=OWN, version="2", quiet_from="", quiet_until="", follow=True)
    assert "No hour is quiet" in answer.text
    assert of(session, Person, "Dev") == ("", "")


@pytest.mark.parametrize(
    ("begins", "ends", "sentence"),
    [
        ("22:00", "", "Give both times, or none"),
        ("", "07:00", "Give both times, or none"),
        ("07:00", "07:00", "Choose two different times."),
        ("25:00", "07:00", "Give a time of day such as 22:00."),
        ("22:00:00", "07:00", "Give a time of day such as 22:00."),
        ("<script>", "07:00", "Give a time of day such as 22:00."),
    ],
)
def test_what_is_no_night_is_refused_and_kept_in_the_form(
    as_: Any, post: Any, session: Session, begins: str, ends: str, sentence: str
) -> None:
    answer = post(as_("Dev"), OWN, page=OWN, version="1", quiet_from=begins, quiet_until=ends)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<script>"' not in answer.text
    assert f'value="{begins}"'.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert of(session, Person, "Dev") == ("", "")


def test_owners_set_those_of_a_team_in_its_zone_and_others_may_not(as_: Any, post: Any, session: Session) -> None:
    typed = {"version": "1", "quiet_from": "20:00", "quiet_until": "08:00", "time_zone": "berlin"}
    assert post(as_("Cleo"), OF_TEAM, page=OWN, **typed).status_code == 403
    assert of(session, Team, "pay") == ("", "")
    answer = post(as_("Ana"), OF_TEAM, page=OF_TEAM, **typed)
    assert answer.location == "/teams/pay"
    assert of(session, Team, "pay") == ("20:00", "08:00")
    assert session.scalars(select(Team.time_zone).where(Team.name == "pay")).one() == "Europe/Berlin"
    answer = post(as_("Ana"), OF_TEAM, page=OF_TEAM, **{**typed, "version": "2", "time_zone": "Atlantis"})
    assert (answer.status_code, "Choose a time zone from the list." in answer.text) == (422, True)
    assert as_("Ana").get("/teams/nobody/quiet").status_code == 404


def test_whoever_saves_second_sees_both_versions(as_: Any, post: Any, session: Session) -> None:
    typed = {"version": "1", "quiet_from": "20:00", "quiet_until": "08:00", "time_zone": "UTC"}
    post(as_("Ana"), OF_TEAM, page=OF_TEAM, **typed)
    answer = post(as_("Ben"), OF_TEAM, page=OF_TEAM, **{**typed, "quiet_from": "23:00"})
    assert answer.status_code == 409
    assert "20:00" in answer.text
    assert 'value="23:00"' in answer.text
    assert of(session, Team, "pay") == ("20:00", "08:00")
