"""The same deliveries, against a server that others wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from tests import local_slack
from tests.slack.company import Company, delivery, drain, relay, slack_settings


def test_a_stand_in_that_others_wrote_shows_cards_answers_and_direct_messages(
    sessions: sessionmaker[Session], clock: Any, tmp_path: Path
) -> None:
    office = Company(sessions, clock)
    with local_slack.running(tmp_path) as slack:
        of = office.declare("Checkout <is> down & out")
        office.resolve(of)
        office.give_item(of, office.ben)
        drain(relay(sessions, delivery(sessions, slack_settings(slack.url)), clock))
        assert {each.state for each in office.messages()} == {"delivered"}, office.messages()[0].last_error
        (card,) = slack.roots("C1")
        assert card["text"] == "INC-1 SEV1: Checkout &lt;is&gt; down &amp; out"
        assert "Stage 3 of 8: Review" in str(card["blocks"])
        (answer,) = slack.answers("C1", card["ts"])
        assert answer["text"].startswith("INC-1 is resolved")
        assert [each["type"] for each in answer["blocks"]] == ["section", "actions", "context"]
        (team_card,) = slack.roots("C3")
        assert "INC-1" in team_card["text"]
        direct = slack.client().conversations_open(users="U0BEN")["channel"]["id"]
        (root,) = slack.roots(direct)
        (item,) = slack.answers(direct, root["ts"])
        assert "ACT-1 is yours" in item["text"]
