"""What holds for the whole house: every route guarded, every event heard, every message built, one shape of errors."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from flask import Flask

from app.domain import events
from app.domain.events import Event, Moved
from app.slack.messages import BUILDERS, CARD_ONLY
from app.slack.report_delivery import REPORTS
from app.web.errors import answer
from app.web.guards import OPEN_ROUTES
from app.wiring import build_app
from app.workflow.announcements import ANNOUNCEMENTS, UNSPOKEN
from config import Settings

ABSTRACT = {Event, Moved, events.IncidentEvent, events.PracticeEvent, events.ExemptionEvent, events.ReportEvent}
EVENTS = {
    kind for _, kind in inspect.getmembers(events, inspect.isclass) if issubclass(kind, Event) and kind not in ABSTRACT
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """On an empty database: whoever is not signed in is turned away before it is asked anything."""
    url = f"sqlite:///{tmp_path}/empty.db"
    return build_app(Settings.from_env({"RATCHET_SECRET_KEY": "x", "RATCHET_DATABASE_URL": url}))


def test_every_route_asks_for_a_person_or_is_on_the_short_list(app: Flask) -> None:
    client = app.test_client()
    answered = set()
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            kind = type(rule._converters[name]).__name__
            path = path.replace(f"<int:{name}>" if kind == "Number" else f"<{name}>", "1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path.replace("<path:filename>", "x"), method=method)
            is_refused = answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", "")
            if not is_refused:
                answered.add(rule.endpoint)
    assert answered <= OPEN_ROUTES, f"these answer strangers: {answered - OPEN_ROUTES}"


def test_every_form_that_is_posted_without_a_token_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/sign-in", data={"email": "a@b.c", "password": "x"})
    assert answer.status_code in (400, 401)
    assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]


def test_every_event_is_announced_or_on_the_unspoken_list() -> None:
    assert set(ANNOUNCEMENTS) | UNSPOKEN == EVENTS
    assert not set(ANNOUNCEMENTS) & UNSPOKEN


def test_every_announced_event_has_a_message_or_only_updates_the_card() -> None:
    names = {kind.__name__ for kind in ANNOUNCEMENTS}
    assert names == set(BUILDERS) | set(CARD_ONLY) | set(REPORTS)


def test_errors_for_machines_have_the_one_shape(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept": "application/json"}):
        shown = answer(404, "Not found", "There is no such page.")
    assert shown.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(shown.get_json())
