"""What was typed survives an expired session, a lost connection, and somebody else who was faster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from app.domain.people import Actor
from app.models.incident import Incident
from app.workflow import incident, people
from tests.browser.conftest import Site

SignIn = Callable[..., Page]


@pytest.fixture
def number(site: Site) -> int:
    """An incident that Ana has declared."""
    with site.parts.begin() as work:
        ana = people.find(work, "ana@example.com")
        assert ana is not None
        told = incident.Told(title="Nobody can pay", severity="SEV1", commander_id=ana.id)
        made: Incident = incident.declare(work, told, by=Actor(ana.id, ana.name, ana.role), now=datetime.now(UTC))
        return made.number


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_session_that_ends_while_somebody_types_loses_nothing(
    site: Site, sign_in: SignIn, number: int, javascript: bool
) -> None:
    page = sign_in("ana", java_script_enabled=javascript)
    page.goto(f"/incidents/{number}/review")
    page.get_by_label("Summary").fill("Three hours of notes.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Password").fill("a browser's password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Three hours of notes.")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_label("Summary")).to_have_value("Three hours of notes.")


def test_a_lost_connection_leaves_a_draft_in_the_browser(site: Site, sign_in: SignIn, number: int) -> None:
    page = sign_in("ana")
    page.goto(f"/incidents/{number}/review")
    page.get_by_label("Summary").fill("Typed in a tunnel.")
    expect(page.get_by_text("Kept in this browser until you save.")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    page.context.set_offline(False)
    page.goto(f"/incidents/{number}/review")
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_label("Summary")).to_have_value("Typed in a tunnel.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-flash=success]")).to_be_visible()
    page.goto(f"/incidents/{number}/review")
    expect(page.get_by_role("button", name="Restore it")).to_have_count(0)


def test_the_second_of_two_sees_both_versions_and_decides(site: Site, sign_in: SignIn, number: int) -> None:
    ana, ben = sign_in("ana"), sign_in("ben")
    for page in (ana, ben):
        page.goto(f"/incidents/{number}/review")
    ben.get_by_label("Summary").fill("What Ben wrote.")
    ben.get_by_role("button", name="Save", exact=True).click()
    expect(ben.locator("[data-flash=success]")).to_be_visible()
    ana.get_by_label("Summary").fill("What Ana wrote.")
    ana.get_by_role("button", name="Save", exact=True).click()
    expect(ana.get_by_role("heading", name="Ben saved this while you were typing")).to_be_visible()
    both = ana.get_by_role("table", name="Both versions")
    expect(both).to_contain_text("What Ben wrote.")
    expect(both).to_contain_text("What Ana wrote.")
    expect(ana.get_by_label("Summary")).to_have_value("What Ana wrote.")
    ana.get_by_label("Summary").fill("What both wrote.")
    ana.get_by_role("button", name="Save", exact=True).click()
    expect(ana.locator("[data-flash=success]")).to_be_visible()
