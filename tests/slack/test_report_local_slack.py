"""The weekly report, with its real chart and the real wiring, against a server that others wrote."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.models.report import Subscription
from app.wiring import make_parts
from tests import local_slack
from tests.slack import reporting
from tests.slack.company import Company, slack_settings


def test_a_channel_a_team_and_a_person_read_it_once_each_with_its_chart_and_mail_is_kept(
    sessions: sessionmaker[Session], engine: Engine, clock: Any, tmp_path: Path
) -> None:
    office = Company(sessions, clock)
    own, team = f"person:{office.ana.id}", f"team:{office.team.id}"
    with sessions() as session, session.begin():
        session.add(Subscription(person_id=office.ana.id, about=["all"], by_slack=True, by_mail=True))
    reporting.announce(sessions, clock())
    reporting.announce(sessions, clock(), team, audience=team, title="Payments")
    reporting.announce(sessions, clock(), own, f"mail:{office.ana.id}", audience=own)
    with local_slack.running(tmp_path) as slack:
        made = make_parts(slack_settings(slack.url), clock=clock, engine=engine, sessions=sessions)
        made.make_worker().drain()
        direct = slack.client().conversations_open(users="U0ANA")["channel"]["id"]
        for channel in ("C2", "C3", direct):
            (message,) = slack.roots(channel)
            (chart,) = [each for each in message["blocks"] if each["type"] == "image"]
            file = slack.client().files_info(file=chart["slack_file"]["id"])["file"]
            assert file["mimetype"] == "image/png"
            assert file["channels"] == file["groups"] == file["ims"] == [], "it is shared by the message alone"
            ask = urllib.request.Request(file["url_private"], headers={"Authorization": f"Bearer {local_slack.TOKEN}"})
            with urllib.request.urlopen(ask) as answer:
                assert answer.read().startswith(b"\x89PNG")
        assert "INC-61" not in str(slack.roots("C2") + slack.roots("C3"))
    states = {(each.event, each.audience): each.state for each in office.messages() if each.event.startswith("Report")}
    assert states.pop(("ReportMade", f"mail:{office.ana.id}")) == "kept"
    assert states.pop(("ReportIllustrated", f"mail:{office.ana.id}")) == "delivered", "a letter has its chart in it"
    assert set(states.values()) == {"delivered"}
