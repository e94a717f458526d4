"""An incident goes from declared to adopted, by the forms, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.hands import Keyboard, Pointer
from tests.browser.journey import Journey

SignIn = Callable[..., Page]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_incident_goes_through_all_eight_stages_to_a_closed_loop(
    site: Site, sign_in: SignIn, javascript: bool
) -> None:
    ana, ben = (sign_in(who, java_script_enabled=javascript) for who in ("ana", "ben"))
    Journey(Pointer(ana), Pointer(ben)).walk("Nobody can pay")
    _is_closed(ana)


def test_the_whole_cycle_needs_nothing_but_the_keyboard(site: Site, sign_in: SignIn) -> None:
    ana, ben = (sign_in(who) for who in ("ana", "ben"))
    Journey(Keyboard(ana), Keyboard(ben)).walk("Nobody can pay")
    _is_closed(ana)


def _is_closed(page: Page) -> None:
    states = page.locator(".rail-item .rail-state b").all_inner_texts()
    assert [each.strip() for each in states] == ["Done"] * 8
    page.goto("/?stage=closed")
    expect(page.get_by_text("Nobody can pay")).to_be_visible()
