"""A correction of a report: by owners, with a reason, and only where something would change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.week import Week
from app.models.report import Report
from app.workflow import report as steps
from tests.cast import Cast, cast  # noqa: F401 - a fixture
from tests.web.report_desk import ReportDesk, register, text_of

WEEK = Week(2026, 10)
PAGE = f"/reports/{WEEK.name}"
FORM = f"{PAGE}/correct"


@pytest.fixture
def desk(app: Flask, cast: Cast, client_of: Any) -> ReportDesk:  # noqa: F811 - a fixture
    """The report of the week is made; what was late is told only now."""
    register(app)
    made = ReportDesk(cast, client_of)
    steps.make_due(cast.begin, cast.begin.sessions, now=cast.now, zone="UTC")  # from now on they are made
    cast.clock.at = WEEK.due("UTC") + timedelta(minutes=1)
    assert steps.make_due(cast.begin, cast.begin.sessions, now=cast.now, zone="UTC") == 3
    return made


def change(desk: ReportDesk) -> None:
    """Somebody says afterwards that an incident belongs to that week: it is declared with a clock that was slow."""
    now, desk.cast.clock.at = desk.cast.now, WEEK.begins("UTC") + timedelta(days=1)
    desk.cast.declare(title="A late one")
    desk.cast.clock.at = now


def revisions(desk: ReportDesk) -> list[tuple[str, int, str]]:
    rows = select(Report.audience, Report.revision, Report.why).order_by(Report.id)
    return [tuple(row) for row in desk.cast.look(lambda session: session.execute(rows).all())][3:]


def test_an_owner_corrects_it_and_everybody_reads_why_and_what_changed(desk: ReportDesk, post: Any) -> None:
    change(desk)
    assert f'href="{FORM}"' in desk.as_("Ana").get(PAGE).text
    answer = post(desk.as_("Ana"), FORM, why="An incident was told late.", follow=True)
    said = text_of(answer)
    assert answer.status_code == 200
    assert "Revision 2" in said
    assert "An incident was told late" in said
    assert "Loops opened:" in said
    assert revisions(desk) == [("all", 2, "An incident was told late.")]
    assert "revision 1 of 2" in text_of(desk.as_("Dev").get(f"{PAGE}?revision=1"))


def test_of_a_team_it_is_the_team_s_report_that_is_corrected(desk: ReportDesk, post: Any) -> None:
    change(desk)
    answer = post(desk.as_("Ana"), f"{PAGE}/teams/shop/correct", why="Late.")
    assert answer.location == f"{PAGE}/teams/shop"
    assert revisions(desk) == [(f"team:{desk.cast.teams['shop']}", 2, "Late.")]


def test_without_a_reason_nothing_is_corrected_and_the_field_says_so(desk: ReportDesk, post: Any) -> None:
    change(desk)
    answer = post(desk.as_("Ana"), FORM, why="   ")
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert revisions(desk) == []


def test_where_nothing_would_change_nothing_is_made_and_what_was_typed_stays(desk: ReportDesk, post: Any) -> None:
    answer = post(desk.as_("Ana"), FORM, why="I think <something> is wrong.")
    assert answer.status_code == 422
    assert "Nothing was corrected" in answer.text
    assert "I think &lt;something&gt; is wrong." in answer.text
    assert revisions(desk) == []


@pytest.mark.parametrize("who", ["Cleo", "Dev"])
def test_others_may_not_correct_it_and_are_not_offered_to(desk: ReportDesk, post: Any, who: str) -> None:
    change(desk)
    client = desk.as_(who)
    assert "Make a correction" not in client.get(PAGE).text
    assert client.get(FORM).status_code == 403
    assert post(client, FORM, page="/account/reports", why="No.").status_code == 403
    assert revisions(desk) == []


def test_a_week_without_a_report_and_a_preview_cannot_be_corrected(desk: ReportDesk) -> None:
    for path in ("/reports/2026-W01/correct", "/reports/next/correct", f"{PAGE}/mine/correct",
                 f"{PAGE}/teams/nobody/correct"):  # fmt: skip
        assert desk.as_("Ana").get(path).status_code == 404, path


def test_a_correction_without_the_token_of_the_form_is_refused(desk: ReportDesk) -> None:
    change(desk)
    assert desk.as_("Ana").post(FORM, data={"why": "Late."}).status_code == 400
    assert revisions(desk) == []
