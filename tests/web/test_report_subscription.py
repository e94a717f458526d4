"""One's own weekly report: chosen, changed, given up, and never over what was saved elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.report import Subscription
from tests.cast import Cast, cast  # noqa: F401 - a fixture
from tests.faces import sample
from tests.web.report_desk import ReportDesk, register, text_of

FORM = "/account/reports"


@pytest.fixture
def desk(app: Flask, cast: Cast, client_of: Any) -> ReportDesk:  # noqa: F811 - a fixture
    register(app)
    return ReportDesk(cast, client_of)


def saved(desk: ReportDesk) -> list[tuple[int, list[str], bool]]:
    rows = select(Subscription.person_id, Subscription.about, Subscription.by_slack)
    return [tuple(row) for row in desk.cast.look(lambda session: session.execute(rows).all())]


def test_everybody_chooses_what_their_own_is_about_and_is_told_when_the_next_one_comes(
    desk: ReportDesk, post: Any
) -> None:
    client = desk.as_("Dev")
    assert "You get no report of your own." in client.get(FORM).text
    answer = post(client, FORM, version="0", scope="teams", teams=["team:shop", "team:search"], by_slack="y",
                  follow=True)  # fmt: skip
    assert "Monday 9 March 2026, 08:00 (UTC)" in text_of(answer)
    ids = sorted(f"team:{each}" for each in desk.cast.teams.values())
    assert [(key, sorted(about), slack) for key, about, slack in saved(desk)] == [(desk.cast.id("Dev"), ids, True)]
    answer = post(client, FORM, version="1", scope="all", follow=True)
    assert saved(desk) == [(desk.cast.id("Dev"), ["all"], False)]
    assert client.get("/reports/next/mine").status_code == 200


def test_it_is_given_up_and_what_was_made_stays_readable(desk: ReportDesk, post: Any) -> None:
    desk.subscribe("Dev")
    desk.keep(about="mine", reader="Dev")
    answer = post(desk.as_("Dev"), FORM, version="1", scope="", follow=True)
    assert "You get no report of your own any more." in answer.text
    assert saved(desk) == [(desk.cast.id("Dev"), [], False)]
    assert desk.as_("Dev").get(f"/reports/{sample.WEEK.name}/mine").status_code == 200
    assert "Week 47" in desk.as_("Dev").get("/reports?about=mine").text


@pytest.mark.parametrize("team", ["team:nobody", "nobody", "team:", "person:1", "<b>"])
def test_a_team_that_is_none_is_refused_and_what_was_chosen_stays(desk: ReportDesk, post: Any, team: str) -> None:
    answer = post(desk.as_("Dev"), FORM, version="0", scope="teams", teams=["team:shop", team])
    assert answer.status_code == 422
    assert "There is no team" in answer.text
    assert "<b>" not in answer.text
    assert 'value="team:shop" checked' in answer.text or 'checked id="teams-' in answer.text
    assert saved(desk) == []


def test_whoever_saves_second_sees_both_choices(desk: ReportDesk, post: Any) -> None:
    desk.subscribe("Dev", ["team:shop"])
    answer = post(desk.as_("Dev"), FORM, version="0", scope="all", by_slack="y")
    assert answer.status_code == 409
    assert "Everyone" in answer.text
    assert "Shop" in answer.text
    assert saved(desk)[0][1] == [f"team:{desk.cast.teams['shop']}"]


def test_what_is_no_choice_is_no_choice(desk: ReportDesk, post: Any) -> None:
    post(desk.as_("Dev"), FORM, version="0", scope="everything", by_slack="y")
    assert not any(about for _, about, _ in saved(desk))
