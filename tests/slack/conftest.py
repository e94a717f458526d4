"""A Slack that fails on demand, a company, and the relay between them; on both databases, rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.outbox.relay import Relay
from tests.slack.company import Company, delivery, relay, slack_settings
from tests.slack.stand_in import StandIn
from tests.slack.talking import Talk, Workspace


@pytest.fixture
def slack() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def office(sessions: sessionmaker[Session], clock: Any) -> Company:
    return Company(sessions, clock)


@pytest.fixture
def to_slack(sessions: sessionmaker[Session], slack: StandIn, clock: Any) -> Relay:
    return relay(sessions, delivery(sessions, slack_settings(slack.url)), clock)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    stand_in = Workspace()
    yield stand_in
    stand_in.close()


@pytest.fixture
def talk(fresh_engine: Engine, workspace: Workspace) -> Iterator[Talk]:
    """People who talk to a Ratchet of their own."""
    made = Talk(fresh_engine, workspace)
    yield made
    made.close()
