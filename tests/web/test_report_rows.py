"""The rows behind a practice in a report: the services that it counted, where each stood when the week was over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app.domain.report_sections import Count
from app.domain.week import Week
from app.queries import audience as audiences
from app.queries import report_rows
from app.workflow import best_practice, catalog
from app.workflow import report as steps
from tests.cast import Cast, cast  # noqa: F401 - a fixture
from tests.web.practices import statements_of
from tests.web.report_desk import ReportDesk, register, text_of

WEEK = Week(2026, 10)  # the one that it is, by the clock of tests


@pytest.fixture
def desk(app: Flask, cast: Cast, client_of: Any) -> ReportDesk:  # noqa: F811 - a fixture
    register(app)
    return ReportDesk(cast, client_of)


@pytest.fixture
def practice(desk: ReportDesk) -> int:
    """BP-1: checkout and cart adopt it, search does not; then the report of the week is made, and cart slips."""
    number = desk.cast.practice().number
    desk.cast.check(number)
    desk.cast.report(50, "checkout", "cart")
    desk.cast.report(500, "search")
    made = desk.cast.begin.sessions
    steps.make_due(desk.cast.begin, made, now=desk.cast.now, zone="UTC")  # from now on they are made
    desk.cast.clock.at = WEEK.due("UTC") + timedelta(minutes=1)
    assert steps.make_due(desk.cast.begin, made, now=desk.cast.now, zone="UTC") == 3
    desk.cast.report(500, "cart")
    return number


def rows_of(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    """Service and standing of each row."""
    page = client.get(path).text
    return re.findall(r'class="mono" href="/adoption/([^/"]+)/\d+".*?<td[^>]*data-label="Stood">.*?</svg>([^<]+)<',
                      page, re.S)  # fmt: skip


def test_the_rows_are_those_that_the_report_counted_whatever_has_changed_since(desk: ReportDesk, practice: int) -> None:
    client = desk.as_("Dev")
    path = f"/reports/{WEEK.name}/practices/{practice}"
    assert rows_of(client, path) == [("search", "Not adopted"), ("cart", "Adopted"), ("checkout", "Adopted")]
    said = text_of(client.get(path))
    assert "2 of 3" in said
    assert "All 3" in said
    assert "The report counted" not in said
    assert f'href="{path}"' in client.get(f"/reports/{WEEK.name}").text


def test_of_a_team_and_of_ones_own_teams_only_their_services_are_rows(desk: ReportDesk, practice: int) -> None:
    path = f"/reports/{WEEK.name}/practices/{practice}"
    assert rows_of(desk.as_("Dev"), f"{path}?team=shop") == [("cart", "Adopted"), ("checkout", "Adopted")]
    assert desk.as_("Dev").get(f"{path}?team=nobody").status_code == 404
    assert desk.as_("Dev").get(f"{path}?about=mine").status_code == 404


def test_rows_are_filtered_by_standing(desk: ReportDesk, practice: int) -> None:
    path = f"/reports/{WEEK.name}/practices/{practice}"
    assert rows_of(desk.as_("Dev"), f"{path}?standing=not_adopted") == [("search", "Not adopted")]
    assert len(rows_of(desk.as_("Dev"), f"{path}?standing=%00")) == 3
    assert "No service stood so." in desk.as_("Dev").get(f"{path}?standing=exempt").text


def test_what_is_retired_since_is_said(desk: ReportDesk, practice: int) -> None:
    with desk.cast.begin() as work:
        told = catalog.ServiceTold(
            name="checkout", title="checkout", team_id=desk.cast.teams["shop"], tier=1, is_retired=True
        )
        catalog.edit_service(work, "checkout", told, version=1, by=desk.cast["Ana"], now=desk.cast.now)
    desk.cast.do(best_practice.retire, practice, why="A better one is there.")
    page = desk.as_("Dev").get(f"/reports/{WEEK.name}/practices/{practice}")
    assert "The practice is retired since." in page.text
    assert page.text.count("Retired since") == 1
    assert len(rows_of(desk.as_("Dev"), f"/reports/{WEEK.name}/practices/{practice}")) == 3


def test_rows_that_no_longer_add_up_say_why(desk: ReportDesk, practice: int) -> None:
    """Whose a service is has no past: cart has gone to another team since."""
    with desk.cast.begin() as work:
        told = catalog.ServiceTold(name="cart", title="cart", team_id=desk.cast.teams["search"], tier=1)
        catalog.edit_service(work, "cart", told, version=1, by=desk.cast["Ana"], now=desk.cast.now)
    page = desk.as_("Dev").get(f"/reports/{WEEK.name}/practices/{practice}?team=shop")
    assert "The report counted 2 of 2." in text_of(page)
    assert "Services have changed their team since" in page.text


def test_a_practice_that_is_not_in_the_report_has_no_rows(desk: ReportDesk, practice: int) -> None:
    answer = desk.as_("Dev").get(f"/reports/{WEEK.name}/practices/99")
    assert answer.status_code == 404
    assert "BP-99 is not in the report of 2026-W10 for Everyone." in answer.text
    assert desk.as_("Dev").get(f"/reports/2026-W01/practices/{practice}").status_code == 404


def test_a_preview_has_rows_too(desk: ReportDesk, practice: int) -> None:
    desk.cast.clock.tick(minutes=1)
    rows = rows_of(desk.as_("Dev"), f"/reports/next/practices/{practice}")
    assert rows == [("cart", "Not adopted"), ("search", "Not adopted"), ("checkout", "Adopted")]


def test_many_services_are_paged_with_the_same_statements(desk: ReportDesk, practice: int, engine: Engine) -> None:
    client, path = desk.as_("Dev"), f"/reports/next/practices/{practice}"
    desk.cast.clock.tick(minutes=1)
    client.get(path)
    few = statements_of(engine, lambda: client.get(path))
    for at in range(60):
        with desk.cast.begin() as work:
            catalog.add_service(work, catalog.ServiceTold(name=f"extra-{at:02}", tier=4), by=desk.cast["Ana"],
                                now=desk.cast.now)  # fmt: skip
    desk.cast.clock.tick(minutes=1)
    assert len(rows_of(client, path)) == 50
    assert len(rows_of(client, f"{path}?page=2")) == 13
    assert "1–50 of 63 services" in text_of(client.get(path))
    assert statements_of(engine, lambda: client.get(path)) == few


def test_what_time_alone_has_changed_counts_as_it_was_then(desk: ReportDesk, practice: int) -> None:
    """Facts are fresh for some days: later they are unknown, and nobody has written that down yet."""
    of = audiences.everyone("UTC")
    later = desk.cast.now + timedelta(days=400)
    behind = desk.cast.look(lambda session: report_rows.behind(session, of, practice, later))
    assert behind.count == Count(0, 0, 3, 0)
    first = desk.cast.look(lambda session: report_rows.behind(session, of, practice, WEEK.ends("UTC")))
    assert first.count == Count(2, 1, 0, 0)
