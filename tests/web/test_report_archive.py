"""The archive of reports, and two weeks side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from app.domain.report_key_figures import key_figures
from app.domain.report_sections import Adoption, Count
from tests.cast import Cast, cast  # noqa: F401 - a fixture
from tests.faces import sample
from tests.web.practices import statements_of
from tests.web.report_desk import ReportDesk, register, text_of

COMPARE = "/reports/compare"


@pytest.fixture
def desk(app: Flask, cast: Cast, client_of: Any) -> ReportDesk:  # noqa: F811 - a fixture
    register(app)
    return ReportDesk(cast, client_of)


def test_the_newest_week_comes_first_with_the_figures_that_it_is_known_by(desk: ReportDesk) -> None:
    for back in (2, 0, 1):
        desk.keep(week=sample.WEEK.plus(-back))
    page = desk.as_("Dev").get("/reports")
    places = [page.text.index(f'href="/reports/{name}"') for name in ("2026-W47", "2026-W46", "2026-W45")]
    assert places == sorted(places)
    assert "Week 47 of 2026 16 to 22 November 2026 71.2 % (52 of 73) 1 1 2" in text_of(page)


def test_an_empty_archive_says_when_the_first_report_comes_and_what_it_would_say_now(desk: ReportDesk) -> None:
    page = desk.as_("Dev").get("/reports")
    assert "The first one comes on Monday 9 March 2026, 08:00 (UTC)" in page.text
    assert 'href="/reports/next"' in page.text
    assert 'href="/reports/next/teams/shop"' in desk.as_("Dev").get("/reports?about=team:shop").text


def test_it_is_paged(desk: ReportDesk) -> None:
    for back in range(28):
        desk.keep(week=sample.WEEK.plus(-back))
    first, second = (desk.as_("Dev").get(f"/reports?page={at}").text for at in (1, 2))
    assert "1–26 of 28 reports" in " ".join(first.split())
    assert second.count('class="strong" href="/reports/2026-') == 2
    assert "beyond the last one" in desk.as_("Dev").get("/reports?page=9").text


def test_words_are_found_and_shown_where_they_stand(desk: ReportDesk) -> None:
    desk.keep()
    base = sample.figures()
    desk.keep(replace(base, practices=[replace(base.practices[0], statement="Nobody deploys on Fridays.")]),
              week=sample.WEEK.plus(-1))  # fmt: skip
    page = desk.as_("Dev").get("/reports?q=deploys+fridays")
    assert "1 report with “deploys fridays”." in text_of(page)
    assert "Nobody deploys on Fridays." in page.text
    assert 'href="/reports/2026-W46"' in page.text
    assert "2026-W47" not in page.text
    assert "INC-31" in desk.as_("Dev").get("/reports?q=inc-31").text


@pytest.mark.parametrize("sought", ["nothing like this", "%", "_", "<script>alert(1)</script>", "%00", "'", "a" * 900])
def test_what_is_not_found_is_said_and_kept_in_the_form(desk: ReportDesk, sought: str) -> None:
    desk.keep(sample.figures(needs=[]))
    page = desk.as_("Dev").get("/reports", query_string={"q": sought.replace("%00", "\x00")})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "No report says so" in page.text or sought in ("%", "_", "'", "%00")


def test_archives_of_teams_are_their_own_and_ones_own_is_offered(desk: ReportDesk) -> None:
    desk.keep(about="team:shop")
    assert 'href="/reports/2026-W47/teams/shop"' in desk.as_("Dev").get("/reports?about=team:shop").text
    assert "No report is made yet" in desk.as_("Dev").get("/reports").text
    own = desk.as_("Dev").get("/reports?about=mine")
    assert own.status_code == 200
    assert "You have no report of your own yet" in own.text
    assert desk.as_("Dev").get("/reports?about=team:nobody").status_code == 404
    assert desk.as_("Dev").get("/reports?about=person:1").status_code == 404


def test_the_archive_takes_the_same_statements_whatever_there_is(desk: ReportDesk, engine: Engine) -> None:
    client = desk.as_("Dev")
    desk.keep()
    client.get("/reports")
    few = [statements_of(engine, lambda at=path: client.get(at)) for path in ("/reports", "/reports?q=checkout")]
    for back in range(1, 20):
        desk.keep(week=sample.WEEK.plus(-back))
    many = [statements_of(engine, lambda at=path: client.get(at)) for path in ("/reports", "/reports?q=checkout")]
    assert many == few


# Two weeks side by side


def test_every_key_figure_stands_in_both_weeks_with_its_difference(desk: ReportDesk) -> None:
    desk.keep()
    base = sample.figures()
    before = replace(base, adoption=replace(base.adoption, now=Count(40, 30, 3, 0)),
                     slips=replace(base.slips, lost_count=5))  # fmt: skip
    desk.keep(before, week=sample.WEEK.plus(-7))
    said = text_of(desk.as_("Dev").get(f"{COMPARE}?one=2026-W40&other=2026-W47"))
    for each in key_figures(base):
        assert each.title in said
    assert "Adoption 54.7 % (40 of 73) 71.2 % (52 of 73) +16.5 points, better" in said
    assert "Slips 5 2 −3, better" in said
    assert "Loops opened 2 2 no change" in said


def test_no_difference_is_told_where_one_week_is_unknown(desk: ReportDesk) -> None:
    desk.keep()
    desk.keep(sample.figures(adoption=Adoption(None, None, 0, 0, [])), week=sample.WEEK.plus(-7))
    said = text_of(desk.as_("Dev").get(f"{COMPARE}?one=2026-W40&other=2026-W47"))
    assert "Adoption unknown 71.2 % (52 of 73) not known" in said


def test_practices_that_came_and_went_are_told_first(desk: ReportDesk) -> None:
    base = sample.figures()
    desk.keep(replace(base, practices=base.practices[:2]))
    desk.keep(replace(base, practices=base.practices[1:]), week=sample.WEEK.plus(-1))
    said = text_of(desk.as_("Dev").get(COMPARE))  # the latest with the one before it
    assert "not measured 9 of 25" in said or "not measured 36.0 % (9 of 25) measured since" in said
    assert "100 % (40 of 40) not measured not measured any more" in said
    assert said.index("BP-2 ") < said.index("BP-7 ")


@pytest.mark.parametrize("week", ["2026-W10", "2026-W99", "yesterday", "<b>", "\x00"])
def test_a_week_without_a_report_is_an_error_in_words_with_both_lists_still_there(desk: ReportDesk, week: str) -> None:
    desk.keep()
    page = desk.as_("Dev").get(COMPARE, query_string={"one": week, "other": "2026-W47"})
    if week == "\x00":
        assert page.status_code == 200
        return
    assert page.status_code == 404
    assert "They cannot be compared" in page.text
    assert '<select id="one"' in page.text
    assert "<b>" not in page.text


def test_nothing_to_compare_is_said(desk: ReportDesk) -> None:
    page = desk.as_("Dev").get(COMPARE)
    assert page.status_code == 200
    assert "There is nothing to compare yet" in page.text
    assert desk.as_("Dev").get(f"{COMPARE}?about=mine").status_code == 404
