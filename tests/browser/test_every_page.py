"""What holds for every page of the demo, at the desk and on the phone: it fits, it is labelled, it asks nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, select

from app.cli.seed import seed
from app.models.person import Person
from app.web.auth import hasher
from tests.browser.conftest import PASSWORD, Site, serve

PATHS = (
    "/", "/?stage=closed", "/incidents/new", "/incidents/58", "/incidents/57", "/incidents/48/review",
    "/incidents/46/remediation", "/incidents/40/analysis", "/incidents/39/best_practice", "/incidents/3/adoption",
    "/incidents/3/review", "/incidents/3/history", "/incidents/3/privacy", "/services", "/services/checkout",
    "/services/checkout/edit", "/teams", "/practices", "/practices/3", "/practices/3/edit", "/practices/3/checks/new",
    "/adoption", "/adoption/checkout/3", "/outbox", "/patterns", "/people", "/account", "/nothing-here",
    "/slack/setup", "/slack/setup?way=socket",
    "/practices/starter", "/practices/3/versions", "/services/import", "/services/dependencies",
    "/services/dependencies?service=cart", "/account/tokens", "/people/tokens", "/exemptions", "/campaigns",
    "/teams/checkout", "/practices/3/question", "/reports", "/reports/next", "/reports/compare", "/account/reports",
)  # fmt: skip
# Everything that a person without sight or with a small screen would stumble over, in words.
FAULTS = """() => {
  const faults = [];
  const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) faults.push('id twice: ' + id);
  for (const each of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (each.hidden || each.closest('template') || each.labels.length || each.ariaLabel) continue;
    faults.push('no label: ' + each.name);
  }
  for (const each of document.querySelectorAll('a, button, summary')) {
    if (each.checkVisibility() && !(each.innerText || each.textContent || each.ariaLabel || '').trim())
      faults.push('no name: ' + each.outerHTML.slice(0, 80));
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  if (!document.querySelector('main')) faults.push('no main');
  if (document.documentElement.lang !== 'en') faults.push('no language');
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((each) => Number(each.tagName[1]));
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) faults.push('heading jumps to h' + level); });
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push('sideways by ' + wide + ' px');
  return faults;
}"""


@pytest.fixture
def demo(fresh_engine: Engine) -> Iterator[Site]:
    with serve(fresh_engine, {}) as site:
        seed(site.parts.begin, datetime.now(UTC), password_hash=hasher.hash(PASSWORD), mondays_told=6)
        yield site


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_is_labelled_and_asks_nobody_else(demo: Site, browser: Browser, width: int) -> None:
    context = browser.new_context(base_url=demo.url, viewport={"width": width, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    _sign_in(page, demo)
    faults = {}
    for path in PATHS:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        if found := page.evaluate(FAULTS):
            faults[path] = found
    context.close()
    assert not faults
    assert all(url.startswith((demo.url, "data:")) for url in asked)
    assert not [each for each in problems if "404" not in each]


def _sign_in(page: Page, demo: Site) -> None:
    with demo.parts.read() as session:
        email = session.scalars(select(Person.email).where(Person.role == "administrator")).first()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(demo.url + "/")
