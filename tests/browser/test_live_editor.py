"""In a real browser: an expression is evaluated while it is typed, its mistake is marked, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from app.domain.people import Actor
from app.workflow import adoption, best_practice, people
from tests.browser.conftest import Site

SignIn = Callable[..., Page]
NEW = "/practices/1/checks/new"


@pytest.fixture(autouse=True)
def practice(site: Site) -> None:
    """BP-1 about every service; checkout reports a short timeout, payments a long one."""
    now = datetime.now(UTC)
    with site.parts.begin() as work:
        ana = people.find(work, "ana@example.com")
        assert ana is not None
        by = Actor(ana.id, ana.name, ana.role)
        for name, timeout in (("checkout", 50), ("payments", 5_000)):
            adoption.report_facts(work, name, {"http.timeout_ms": timeout}, source="nightly", by=by, now=now)
        told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
        best_practice.propose(work, told, by=by, now=now)


def test_a_check_is_evaluated_while_it_is_typed_on_a_chosen_service(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    text = page.get_by_label("Expression")
    text.press_sequentially('facts["http.timeout_ms"] <= 1000')
    expect(page.locator("#expression-live")).to_contain_text("checkout follows the rule.")
    facts = page.get_by_role("list", name="Facts that it reads")
    expect(facts).to_contain_text("http.timeout_ms is 50")
    expect(facts).to_contain_text("from nightly")
    page.get_by_label("Evaluated as you type").fill("payments")
    expect(page.locator("#expression-live")).to_contain_text("payments does not follow the rule.")
    expect(facts).to_contain_text("is 5000")
    text.fill('facts["breaker"]')
    expect(page.locator("#expression-live")).to_contain_text("Error")
    expect(facts).to_contain_text("breaker is not reported by this service")


def test_a_mistake_is_marked_where_it_is_and_the_mark_goes_when_it_is_mended(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    text = page.get_by_label("Expression")
    text.fill("true &&\n  facts[ < 3")
    live = page.locator("#expression-live")
    expect(live).to_contain_text("line 2, column 10")
    expect(text).to_have_attribute("aria-invalid", "true")
    described = text.get_attribute("aria-describedby") or ""
    assert "expression-live" in described.split()
    mark = page.locator(".live-mark").inner_text().split("\n")
    assert mark[0] == "  facts[ < 3"
    assert mark[0][mark[1].index("^")] == "<"
    page.get_by_role("button", name="Go there").press("Enter")
    expect(text).to_be_focused()
    assert text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "<"
    text.fill("true")
    expect(live).to_contain_text("checkout follows the rule.")
    expect(text).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator(".live-mark")).to_have_count(0)


def test_a_selector_shows_whom_it_means_while_it_is_typed(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto("/practices/new")
    live = page.locator("#selector-live")
    expect(live).to_contain_text("Applies to 2 of 2 services.")
    page.get_by_label("Applies to").fill('service.name == "checkout"')
    expect(live).to_contain_text("Applies to 1 of 2 services.")
    page.get_by_label("Applies to").fill("service.tier <")
    expect(live).to_contain_text("line 1, column")


def test_only_the_facts_kind_is_evaluated_and_only_attested_asks_for_a_reason(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    service, why = page.get_by_label("Evaluated as you type"), page.get_by_label("Why can no machine")
    expect(service).to_be_visible()
    expect(why).to_be_hidden()
    page.get_by_label("Kind").select_option("attested")
    expect(service).to_be_hidden()
    expect(why).to_be_visible()
    expect(page.get_by_text("The question that a person answers")).to_be_visible()
    page.get_by_label("Kind").select_option("experiment")
    expect(page.get_by_text("The title of the Chaos Toolkit experiment")).to_be_visible()


def test_offline_it_says_so_and_goes_on_when_the_connection_is_back(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    page.context.set_offline(True)
    text = page.get_by_label("Expression")
    text.fill("true")
    live = page.locator("#expression-live")
    expect(live).to_contain_text("You are offline. What you type stays here")
    expect(text).to_have_value("true")
    page.context.set_offline(False)
    expect(live).to_contain_text("checkout follows the rule.")


def test_it_says_that_it_works_only_when_it_takes_long_and_the_last_text_wins(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    dropped: list[str] = []
    page.on("requestfailed", lambda request: dropped.append(request.post_data or ""))

    def hold(route: Route) -> None:
        if "expression=false" not in (route.request.post_data or ""):
            route.continue_()  # the other one is never answered

    page.route("**/practices/checks/try", hold)
    text, live = page.get_by_label("Expression"), page.locator("#expression-live")
    text.fill("false")
    expect(live).to_contain_text("Evaluating…")
    text.fill("true")
    expect(live).to_contain_text("checkout follows the rule.")
    assert [each for each in dropped if "expression=false" in each]


def test_a_session_that_ends_is_told_and_the_text_stays(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    page.context.clear_cookies()
    page.get_by_label("Expression").fill("true")
    expect(page.locator("#expression-live")).to_contain_text("Your session has ended")
    expect(page.get_by_label("Expression")).to_have_value("true")


def test_by_keyboard_alone_a_check_is_typed_tried_on_another_service_and_saved(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana")
    page.goto(NEW)
    page.get_by_label("Kind").focus()
    page.keyboard.press("Tab")
    page.keyboard.type('facts["http.timeout_ms"] <= 1000')
    expect(page.locator("#expression-live")).to_contain_text("checkout follows the rule.")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("payments")
    page.keyboard.press("Escape")  # closes the list of names
    expect(page.locator("#expression-live")).to_contain_text("payments does not follow the rule.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Saved in dry run")).to_be_visible()


def test_without_javascript_the_button_tries_it(site: Site, sign_in: SignIn) -> None:
    page = sign_in("ana", java_script_enabled=False)
    page.goto(NEW)
    assert page.get_by_label("Evaluated as you type").is_hidden()
    page.get_by_label("Expression").fill('facts["http.timeout_ms"] <= 1000')
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("What it would say now")).to_be_visible()
    expect(page.get_by_label("Expression")).to_have_value('facts["http.timeout_ms"] <= 1000')
