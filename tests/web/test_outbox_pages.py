"""The outbox on the web: what waits, what has arrived, what cannot, and trying again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.models.outbox import OutboxMessage
from tests.web.desk import Desk, post
from tests.web.practices import statements_of

SHOWN = {
    "channel": "#incidents", "text": "INC-1", "thread": None,
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Checkout* is down <script>"}}],
}  # fmt: skip


@pytest.fixture
def desk(begin: Any, clock: Any) -> Desk:
    return Desk(begin, clock)


@pytest.fixture
def as_(desk: Desk, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(desk.people[name])


def settle(desk: Desk, **values: Any) -> int:
    """The oldest message comes into a state. Its id."""
    with desk.begin() as work:
        first = work.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).first()
        work.session.execute(update(OutboxMessage).where(OutboxMessage.id == first).values(**values))
    assert first is not None
    return first


def test_an_empty_outbox_says_what_will_be_here(as_: Any) -> None:
    assert "No message yet" in as_("Dev").get("/outbox").text
    assert "Every message could be delivered." in as_("Dev").get("/outbox?state=dead").text


def test_a_message_without_shape_waits_for_the_worker(desk: Desk, as_: Any) -> None:
    desk.incident()
    page = as_("Dev").get("/outbox").text
    assert "waiting for the worker" in page
    assert "Incident declared" in page
    assert "to the incidents channel" in page


def test_without_a_token_it_says_that_nothing_is_sent(as_: Any, app: Flask) -> None:
    page = as_("Dev").get("/outbox").text
    assert "Nothing is sent: there is no Slack token" in page
    assert "RATCHET_SLACK_TOKEN" in page
    parts = app.extensions["ratchet"]
    app.extensions["ratchet"] = replace(parts, settings=replace(parts.settings, slack_token="xoxb-1"))
    assert "Nothing is sent" not in as_("Dev").get("/outbox").text


def test_a_message_is_shown_as_it_looks_in_slack(desk: Desk, as_: Any) -> None:
    desk.incident()
    settle(desk, state="delivered", attempts=2, settled_at=desk.clock(), rendered=SHOWN)
    page = as_("Dev").get("/outbox?state=delivered").text
    assert "<b>Checkout</b> is down &lt;script&gt;" in page
    assert 'aria-label="Slack message to #incidents"' in page
    assert "at attempt 2" in page


def test_a_message_that_was_refused_by_slack_tells_why_and_when_it_is_tried(desk: Desk, as_: Any) -> None:
    desk.incident()
    later = desk.clock() + timedelta(minutes=10)
    settle(desk, attempts=3, last_error="Slack does not answer.", next_at=later)
    page = as_("Dev").get("/outbox?state=pending").text
    assert "Slack does not answer." in page
    assert "3 attempts" in page
    assert "next try in 10 min" in page


def test_a_dead_message_tells_its_reason_and_is_tried_again(desk: Desk, as_: Any, session: Session) -> None:
    desk.incident()
    number = settle(desk, state="dead", attempts=4, last_error="channel_not_found", rendered=SHOWN)
    assert "channel_not_found" in as_("Dev").get("/outbox?state=dead").text
    assert "Try again" not in as_("Dev").get("/outbox?state=dead").text
    answer = post(as_("Ana"), f"/outbox/{number}/retry", page="/outbox?state=dead", state="dead", follow=True)
    assert "The message waits for the worker again." in answer.text
    assert answer.request.path == "/outbox"
    assert session.get_one(OutboxMessage, number).state == "pending"


def test_only_owners_try_again_and_only_what_is_dead(desk: Desk, as_: Any) -> None:
    desk.incident()
    number = settle(desk, state="delivered", settled_at=desk.clock())
    assert post(as_("Cleo"), f"/outbox/{number}/retry", page="/outbox").status_code == 403
    answer = post(as_("Ana"), f"/outbox/{number}/retry", page="/outbox", follow=True)
    assert "Only a message that is dead or kept can be sent again." in answer.text
    assert post(as_("Ana"), "/outbox/999999999/retry", page="/outbox").status_code == 404
    assert as_("Ana").get(f"/outbox/{number}/retry?state=dead").headers["Location"] == "/outbox?state=dead"


def test_messages_of_a_private_incident_are_for_insiders(desk: Desk, as_: Any) -> None:
    made = desk.incident("A breach that few know of", is_private=True, commander_id=desk.people["Ben"].id)
    with desk.begin() as work:
        assert work.session.scalars(select(OutboxMessage.id)).all()
    number = settle(desk, state="dead", last_error="A breach cannot be told.")
    for page in (as_("Cleo").get("/outbox").text, as_("Cleo").get("/outbox?state=dead").text):
        assert str(made.number) not in page
        assert "breach" not in page
        assert 'Undeliverable <span class="count">0</span>' in page
    assert post(as_("Cleo"), f"/outbox/{number}/retry", page="/outbox").status_code == 404
    assert f"INC-{made.number}" in as_("Ana").get("/outbox").text


def test_states_are_counted_and_filter_the_list(desk: Desk, as_: Any) -> None:
    desk.incident()
    desk.incident()
    settle(desk, state="kept", rendered=SHOWN, settled_at=desk.clock())
    page = as_("Dev").get("/outbox?state=kept").text
    assert 'aria-current="page">Kept <span class="count">1</span>' in page
    assert page.count("outbox-message") == 1
    assert as_("Dev").get("/outbox?state=%00&before=x").status_code == 200


def test_older_messages_are_on_further_pages(desk: Desk, as_: Any, session: Session) -> None:
    for _ in range(12):
        desk.incident()
    ids = sorted(session.scalars(select(OutboxMessage.id)), reverse=True)
    assert len(ids) == 24
    page = as_("Dev").get("/outbox").text
    assert f'href="/outbox?before={ids[19]}"' in page
    assert f'id="message-{ids[20]}"' not in page
    page = as_("Dev").get(f"/outbox?before={ids[19]}").text
    assert f'id="message-{ids[20]}"' in page
    assert 'href="/outbox">' in page
    assert "Nothing is older" in as_("Dev").get(f"/outbox?before={ids[-1]}").text


def test_the_page_asks_as_often_for_many_messages_as_for_few(desk: Desk, as_: Any, engine: Engine) -> None:
    desk.incident()
    dev = as_("Dev")
    few = statements_of(engine, lambda: dev.get("/outbox"))
    for _ in range(10):
        desk.incident()
    assert statements_of(engine, lambda: dev.get("/outbox")) == few <= 6
