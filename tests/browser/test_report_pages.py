"""The weekly report in a real browser: on the desk, on a phone, in the dark, on paper, and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from app.domain.week import Week
from app.queries import audience as audiences
from app.workflow import report as steps
from tests.browser.conftest import PASSWORD, Site, people_and_services, serve
from tests.browser.test_every_page import FAULTS
from tests.faces import sample
from tests.web.report_desk import crowded, register

WEEK, CROWDED, LATE = sample.WEEK, Week(2026, 40), Week(2026, 46)
PATHS = (
    "/reports", "/reports?q=timeout", "/reports?about=mine", "/reports?about=team:payments", f"/reports/{WEEK.name}",
    f"/reports/{CROWDED.name}", f"/reports/{LATE.name}", f"/reports/{WEEK.name}?revision=1", "/reports/next",
    f"/reports/compare?one={LATE.name}&other={WEEK.name}", "/reports/compare?one=2020-W01", "/account/reports",
    f"/reports/{WEEK.name}/correct", f"/reports/{WEEK.name}/practices/5", "/reports/2020-W01",
)  # fmt: skip
A4 = 700  # pixels between the margins


@pytest.fixture
def reports(fresh_engine: Engine) -> Iterator[Site]:
    with serve(fresh_engine, {}) as site:
        register(site.app)
        people_and_services(site.parts)
        for week, figures, late in ((WEEK, sample.figures(), 0), (CROWDED, crowded(), 0), (LATE, sample.figures(), 99)):
            told = replace(figures, week=week.name, zone="UTC", since=week.begins("UTC"), as_of=week.ends("UTC"))
            now = week.due("UTC") + timedelta(hours=late)
            with site.parts.begin() as work:
                assert steps.keep(work, audiences.everyone("UTC"), week, told, now=now)
        with site.parts.begin() as work:
            how = {"revision": 2, "why": "Late.", "changed": ["Adoption: 52 of 73 → 53 of 73."]}
            now = WEEK.due("UTC") + timedelta(days=1)
            assert steps.keep(work, audiences.everyone("UTC"), WEEK, sample.figures(zone="UTC"), now=now, **how)
        yield site


def page_of(browser: Browser, site: Site, **how: object) -> Page:
    page = browser.new_context(base_url=site.url, **how).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(site.url + "/")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_of_reports_fits_is_labelled_and_asks_nobody_else(
    reports: Site, browser: Browser, width: int, scheme: str
) -> None:
    page = page_of(browser, reports, viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    faults = {}
    for path in PATHS:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        for summary in page.locator("main summary").all()[:40]:
            summary.evaluate("each => each.parentElement.open = true")
        if found := page.evaluate(FAULTS):
            faults[path] = found
    page.context.close()
    assert not faults
    assert all(url.startswith((reports.url, "data:")) for url in asked)
    assert not [each for each in problems if "404" not in each]


def test_on_paper_there_is_no_navigation_everything_is_unfolded_and_ink_is_black(
    reports: Site, browser: Browser
) -> None:
    page = page_of(browser, reports, viewport={"width": A4, "height": 1000}, color_scheme="dark")
    page.goto(f"/reports/{CROWDED.name}")
    folded = page.get_by_role("link", name="BP-150", exact=True)
    assert not folded.first.is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert folded.first.is_visible()
    assert page.get_by_role("rowheader", name="Team 399").first.is_visible()
    for hidden in ("header.top", ".report-toc", ".report-audiences", ".report-menu", ".report-how", "footer"):
        assert not page.locator(hidden).first.is_visible(), hidden
    ink, paper = page.evaluate(
        "[getComputedStyle(document.querySelector('h1')).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    for table in (".rows-practices table", ".rows-recurrences table", ".rows-teams table"):
        assert page.locator(table).first.evaluate("each => getComputedStyle(each).display") == "table", table
    assert page.evaluate("getComputedStyle(document.querySelector('.report-chart')).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.querySelector('.report-rows tbody tr')).breakInside") == "avoid"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.context.close()


def test_with_the_keyboard_alone_one_comes_from_the_archive_to_what_to_do_first(
    reports: Site, browser: Browser
) -> None:
    page = page_of(browser, reports, viewport={"width": 1280, "height": 900})
    page.goto("/reports")
    page.get_by_role("link", name="Week 47").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/reports/{WEEK.name}")
    page.get_by_role("link", name="Needs someone").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/practices/5"
    page.locator("summary", has_text="More").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Compare with another week").press("Enter")
    page.wait_for_url("**/reports/compare**")
    assert page.get_by_label("The other week").input_value() == WEEK.name
    assert page.get_by_label("One week").input_value() == LATE.name
    page.context.close()
