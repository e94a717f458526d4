"""From the analysis of an incident to a practice that machines check, services that pass one by one, a loop that closes
by itself, and a slip that is told, shown in the matrix and on the incident. In a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.cli.refresh import Clockwork
from app.domain.people import Actor
from app.models.outbox import OutboxMessage
from app.models.person import Person
from app.wiring import utc_now
from app.workflow import tokens
from tests.browser.conftest import Site
from tests.browser.hands import Pointer
from tests.browser.journey import Journey, at_stage


@pytest.fixture
def machine(site: Site) -> Callable[[str, int], None]:
    """CI, with a token: it reports the timeout of a service by the API."""
    with site.parts.begin() as work:
        ben = work.session.scalars(select(Person).where(Person.name == "Ben")).one()
        by = Actor(ben.id, ben.name, ben.role)
        _, secret = tokens.make(
            work, name="CI", person_id=ben.id, role="responder", expires_on=None, by=by, now=utc_now()
        )
    client = site.app.test_client()

    def report(service: str, timeout: int) -> None:
        answer = client.put(
            f"/api/v1/services/{service}/facts", json={"source": "ci", "facts": {"http.timeout_ms": timeout}},
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text

    return report


def test_a_lesson_becomes_a_practice_is_adopted_and_what_slips_is_told(
    site: Site, sign_in: Callable[..., Page], machine: Callable[[str, int], None]
) -> None:
    journey = Journey(Pointer(sign_in("ana")), Pointer(sign_in("ben")))
    ana = journey.ana
    journey.declare("Nobody can pay")
    for stage in (journey.resolve, journey.review, journey.remediate, journey.analyse, journey.agree):
        stage()
    _write_and_try_a_check(journey, machine)
    ana.press("Activate")
    ana.page.goto(journey.address)
    at_stage(ana.page, "Adoption")
    expect(ana.page.locator("main")).to_contain_text("0 of 2")

    machine("checkout", 800)
    ana.page.reload()
    expect(ana.page.locator("main")).to_contain_text("1 of 2")
    expect(_cell(ana.page, "checkout")).to_contain_text("Adopted")
    ana.page.goto(journey.address)
    at_stage(ana.page, "Adoption")
    machine("payments", 500)
    ana.page.reload()
    expect(ana.page.get_by_text("Loop closed").first).to_be_visible()

    machine("payments", 9_000)
    ana.page.goto(journey.address)
    at_stage(ana.page, "Adoption")
    expect(ana.page.locator("main")).to_contain_text("has slipped")
    expect(_cell(ana.page, "payments")).to_contain_text("Not adopted")
    _is_told_once(site, ana.page)

    ana.page.goto("/services/payments")
    expect(ana.page.get_by_role("region", name="What to do next")).to_contain_text(
        "Every call to another service has a timeout"
    )


def _write_and_try_a_check(journey: Journey, machine: Callable[[str, int], None]) -> None:
    """In dry run it shows who would pass and tells nobody."""
    ana = journey.ana
    machine("checkout", 9_000)
    machine("payments", 9_000)
    ana.page.goto(journey.practice)
    ana.follow("Write a check")
    ana.fill("Expression", 'facts["http.timeout_ms"] <= 1000')
    expect(ana.page.get_by_text("http.timeout_ms").first).to_be_visible()
    ana.press("Save in dry run")
    expect(ana.page.locator("#checks")).to_contain_text("Dry run")
    expect(ana.page.locator("#checks")).to_contain_text("Fail")


def _cell(page: Page, service: str) -> Locator:
    """The cell of the matrix, opened by its link."""
    page.goto("/adoption")
    page.get_by_role("link", name=service, exact=False).last.wait_for()
    page.goto(f"/adoption/{service}/1")
    return page.locator("main")


def _is_told_once(site: Site, page: Page) -> None:
    clockwork = Clockwork(site.parts.begin, site.parts.read, utc_now, timedelta())
    clockwork.tick()
    clockwork.tick()
    with site.parts.begin() as work:
        rows = select(OutboxMessage.audience).where(OutboxMessage.event == "ServicesSlipped")
        assert len(work.session.scalars(rows).all()) == 1
    site.parts.make_worker().drain()
    page.goto("/outbox")
    expect(page.get_by_text("1 service of Payments slipped").first).to_be_visible()
