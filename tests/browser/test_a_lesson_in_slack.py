"""An incident is declared by the API, and whoever looks at Slack reads on its card which lesson was known."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from app.wiring import utc_now
from app.workflow import tokens
from tests import local_slack
from tests.browser.conftest import Site, serve
from tests.conftest import FakeClock
from tests.local_slack import LocalSlack
from tests.slack.company import Company, company
from tests.slack.test_lessons import learn


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[LocalSlack]:
    with local_slack.running(tmp_path) as running:
        yield running


@pytest.fixture
def site(fresh_engine: Engine, slack: LocalSlack) -> Iterator[Site]:
    told = {"RATCHET_SLACK_TOKEN": local_slack.TOKEN, "RATCHET_SLACK_API_URL": slack.url}
    with serve(fresh_engine, told) as site:
        yield site


def test_the_card_says_within_a_second_which_practice_was_not_adopted_and_which_incident_taught_it(
    site: Site, slack: LocalSlack, fresh_engine: Engine, browser: Browser
) -> None:
    clock = FakeClock(datetime.now(UTC))
    office = company(fresh_engine, clock)
    taught, practice = learn(office, clock)
    secret = _token(site, office)
    worker = site.parts.make_worker()
    worker.drain()  # what was told a month ago

    began = time.monotonic()
    declared = _declare(site, secret, "Payments hang again")
    worker.drain()
    took = time.monotonic() - began  # without the pause of a worker that finds nothing to do

    page = browser.new_page()
    page.goto(slack.page)
    expect(page.get_by_text("# incidents", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=declared, exact=True)).to_be_visible()
    lesson = f"checkout had not adopted {practice.name}, learned from INC-{taught.number}. Calls have timeouts"
    expect(page.locator("body")).to_contain_text(lesson)
    link = page.get_by_role("link", name=practice.name, exact=True).last
    expect(link).to_have_attribute("href", f"{site.parts.settings.base_url}/practices/{practice.number}")
    page.close()
    assert took < 1


def _token(site: Site, office: Company) -> str:
    assert office.ana.id is not None
    with site.parts.begin() as work:
        _, secret = tokens.make(
            work, name="Alerts", person_id=office.ana.id, role="responder", expires_on=None, by=office.ana,
            now=utc_now(),
        )  # fmt: skip
    return secret


def _declare(site: Site, secret: str, title: str) -> str:
    """The name of the new incident."""
    told = {"title": title, "severity": "SEV1", "services": ["checkout"], "commander": "ana@example.com"}
    asked = urllib.request.Request(
        f"{site.url}/api/v1/incidents", json.dumps(told).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return f"INC-{json.load(answer)['number']}"
