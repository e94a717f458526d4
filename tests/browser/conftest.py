"""A real web server on a database of its own, and a real browser in front of it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import make_server

from app.domain.people import RATCHET
from app.parts import Parts
from app.web.auth import hasher
from app.wiring import build_app
from app.workflow import catalog, people
from config import Settings
from tests.parts import need

PASSWORD = "a browser's password"
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Ratchet as a browser finds it."""

    url: str
    app: Flask
    parts: Parts


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    need("chromium", path is not None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def variables() -> dict[str, str]:
    """Settings beside the usual ones; a test module may say others."""
    return {}


@contextmanager
def serve(engine: Engine, variables: Mapping[str, str], port: int = 0) -> Iterator[Site]:
    """The application behind a real socket, until the end of the block."""
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "browser", "RATCHET_LOG_LEVEL": "error", **variables})
    app = build_app(settings, engine=engine)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", app, app.extensions["ratchet"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(fresh_engine: Engine, variables: dict[str, str]) -> Iterator[Site]:
    """Ana and Ben are owners, Vera only looks; checkout and payments belong to the team Payments."""
    with serve(fresh_engine, variables) as site:
        people_and_services(site.parts)
        yield site


def people_and_services(parts: Parts) -> None:
    """Ana and Ben, Vera, checkout and payments."""
    password, now = hasher.hash(PASSWORD), datetime.now(UTC)
    with parts.begin() as work:
        team = catalog.add_team(
            work, catalog.TeamTold(name="payments", title="Payments", slack_channel="#payments"), by=RATCHET
        )
        for name, tier in (("checkout", 1), ("payments", 1)):
            told = catalog.ServiceTold(name=name, team_id=team.id, tier=tier)
            catalog.add_service(work, told, by=RATCHET, now=now)
        for name, role in (("Ana", "owner"), ("Ben", "owner"), ("Vera", "viewer")):
            email = f"{name.lower()}@example.com"
            people.add(work, email=email, name=name, role=role, password_hash=password, by=RATCHET, now=now)


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`sign_in("ana")`: a page of somebody who has just signed in, in a browser profile of their own."""
    contexts: list[BrowserContext] = []

    def open_page(who: str, **how: object) -> Page:
        context = browser.new_context(base_url=site.url, **how)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(f"{who}@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(site.url + "/")
        return page

    yield open_page
    for context in contexts:
        context.close()
