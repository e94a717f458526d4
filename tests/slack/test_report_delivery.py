"""The weekly report in Slack: once, with its chart, or without it and with it later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import Actor
from app.domain.report_sections import Need
from app.models.person import Person
from app.models.report import Subscription
from app.outbox.relay import Relay
from app.queries import outbox
from tests.slack import reporting
from tests.slack.company import Company, drain, relay, slack_settings
from tests.slack.stand_in import UPLOAD, Fault, StandIn, breaks_before, error, lose_the_answer, status

BREAKS = (
    ("files.getUploadURLExternal", status(429, Retry_After="30")), ("files.getUploadURLExternal", breaks_before),
    ("files.getUploadURLExternal", error("missing_scope", needed="files:write")),
    ("files.getUploadURLExternal", lose_the_answer), (UPLOAD, status(429)), (UPLOAD, status(503)),
    (UPLOAD, breaks_before), (UPLOAD, lose_the_answer), ("files.completeUploadExternal", status(429, Retry_After="30")),
    ("files.completeUploadExternal", lose_the_answer), ("files.completeUploadExternal", status(503)),
    ("files.completeUploadExternal", error("internal_error")), ("files.info", status(429, Retry_After="30")),
    ("files.info", error("missing_scope", needed="files:read")), ("files.info", breaks_before),
    ("files.info", status(503)),
)  # fmt: skip


@pytest.fixture
def to_slack(sessions: sessionmaker[Session], slack: StandIn, clock: Any) -> Relay:
    return relay(sessions, reporting.delivery(sessions, slack_settings(slack.url)), clock)


def pictures(message: dict[str, Any]) -> list[str]:
    return [each["slack_file"]["id"] for each in message["blocks"] if each["type"] == "image"]


def test_the_report_comes_with_its_chart(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    slack.slow_files = 3
    reporting.announce(sessions, clock())
    drain(to_slack)
    (message,) = slack.messages["C2"]
    (file_id,) = pictures(message)
    assert slack.files[file_id]["channel"] is None, "a file that is shared by its upload is a message of its own"
    assert slack.files[file_id]["body"] == reporting.png()
    assert "71.2 %" in slack.files[file_id]["alt"]
    assert slack.called.count("chat.postMessage") == 1
    assert slack.called.count("chat.update") == 0
    assert {each.state for each in office.messages()} == {"delivered"}


@pytest.mark.parametrize(("step", "fault"), BREAKS)
def test_whatever_the_chart_meets_the_words_are_posted_at_once_and_the_chart_is_added_later(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any, step: str,
    fault: Fault,
) -> None:  # fmt: skip
    slack.next(step, fault, fault)
    reporting.announce(sessions, clock())
    to_slack.run_once()
    (message,) = slack.messages["C2"]
    told = office.message("ReportMade", "reports")
    assert told.state == "delivered"
    assert pictures(message) == []
    assert "What got better" in str(message["blocks"])
    assert told.rendered
    assert told.rendered["chart"]["missing"]
    _heal(to_slack, clock)
    (message,) = slack.messages["C2"]
    assert len(pictures(message)) == 1
    assert {each.state for each in office.messages()} == {"delivered"}
    assert slack.called.count("chat.postMessage") == 1


def test_a_picture_that_is_never_ready_is_waited_for_twenty_seconds_and_then_left_out(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    slack.slow_files = 1_000_000
    reporting.announce(sessions, clock())
    drain(to_slack)
    (message,) = slack.messages["C2"]
    assert pictures(message) == []
    assert slack.called.count("files.info") < 40
    waiting = office.message("ReportIllustrated", "reports")
    assert waiting.state == "pending"
    assert waiting.last_error.startswith("The report was posted without its chart. Slack has not processed")
    slack.slow_files = 0
    _heal(to_slack, clock)
    assert len(pictures(slack.messages["C2"][0])) == 1
    assert len(slack.files) == 1, "what no message shows is deleted"


def test_a_picture_that_was_only_slow_is_not_uploaded_again(
    slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    slack.slow_files = 15
    reporting.announce(sessions, clock())
    drain(to_slack)
    assert slack.called.count(UPLOAD) == 1
    assert len(pictures(slack.messages["C2"][0])) == 1


def test_blocks_that_slack_refuses_with_the_picture_are_posted_without_it(
    slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    slack.next("chat.postMessage", error("invalid_blocks"))
    reporting.announce(sessions, clock())
    to_slack.run_once()
    (message,) = slack.messages["C2"]
    assert "What got better" in str(message["blocks"]), "the words keep their shape"
    _heal(to_slack, clock)
    assert len(pictures(slack.messages["C2"][0])) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_report_whose_answer_was_lost_is_found_and_not_posted_again(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any, times: int
) -> None:
    slack.next("chat.postMessage", lose_the_answer)
    reporting.announce(sessions, clock())
    for _ in range(times + 1):
        drain(to_slack)
        clock.tick(minutes=1)
    (message,) = slack.messages["C2"]
    assert len(pictures(message)) == 1
    assert slack.called.count(UPLOAD) == 1, "nothing is uploaded for what stands already"
    assert {each.state for each in office.messages()} == {"delivered"}


@pytest.mark.parametrize(
    "fault", [lose_the_answer, status(503), status(429, Retry_After="7"), error("invalid_blocks"), breaks_before]
)
def test_an_update_that_fails_is_tried_again_and_posts_nothing(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any, fault: Fault
) -> None:
    slack.next(UPLOAD, status(500))
    slack.next("chat.update", fault)
    reporting.announce(sessions, clock())
    _heal(to_slack, clock)
    (message,) = slack.messages["C2"]
    assert len(pictures(message)) == 1
    assert len(slack.files) <= 3, "one whose bytes did not arrive, one that may be shown, and the one that is"
    assert {each.state for each in office.messages()} == {"delivered"}


def test_a_report_that_somebody_deleted_gets_no_chart_and_is_not_posted_again(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    slack.next(UPLOAD, status(500))
    reporting.announce(sessions, clock())
    to_slack.run_once()
    slack.messages["C2"].clear()
    _heal(to_slack, clock)
    assert slack.messages["C2"] == []
    assert office.message("ReportIllustrated", "reports").state == "delivered"


def test_a_drawing_that_fails_keeps_no_words_back(
    office: Company, slack: StandIn, sessions: sessionmaker[Session], clock: Any
) -> None:
    def broken(_of: Any) -> bytes:
        raise ZeroDivisionError("of ours")

    reporting.announce(sessions, clock())
    relay(sessions, reporting.delivery(sessions, slack_settings(slack.url), broken), clock).run_once()
    assert len(slack.messages["C2"]) == 1
    told = office.message("ReportMade", "reports").rendered
    assert told
    assert told["chart"]["missing"] == "It could not be drawn: ZeroDivisionError: of ours"


def test_nothing_to_draw_is_nothing_missing(
    office: Company, slack: StandIn, sessions: sessionmaker[Session], clock: Any
) -> None:
    reporting.announce(sessions, clock())
    drain(relay(sessions, reporting.delivery(sessions, slack_settings(slack.url), lambda _of: None), clock))
    assert len(slack.messages["C2"]) == 1
    assert {each.state for each in office.messages()} == {"delivered"}


def test_without_a_token_it_is_kept_as_it_would_look(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    reporting.announce(sessions, clock())
    drain(relay(sessions, reporting.delivery(sessions, slack_settings(token="")), clock))
    assert {each.state for each in office.messages()} == {"kept"}
    shown = office.message("ReportMade", "reports").rendered
    assert shown
    assert shown["channel"] == "#engineering"
    (chart,) = [each for each in shown["blocks"] if each["type"] == "image"]
    assert "71.2 %" in chart["alt_text"]


def test_the_report_for_everyone_goes_to_its_own_channel_if_there_is_one(
    slack: StandIn, sessions: sessionmaker[Session], clock: Any
) -> None:
    reporting.announce(sessions, clock())
    settings = slack_settings(slack.url, slack_report_channel="#incidents")
    drain(relay(sessions, reporting.delivery(sessions, settings), clock))
    assert [len(slack.messages[each]) for each in ("C1", "C2")] == [1, 0]


def test_a_team_reads_its_report_in_its_channel_and_a_channel_that_was_asked_for_as_well(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    key = f"team:{office.team.id}"
    reporting.announce(sessions, clock(), key, "channel:C1", audience=key, title="Payments")
    drain(to_slack)
    for channel in ("C1", "C3"):
        (message,) = slack.messages[channel]
        assert "/reports/2026-W47/teams/payments" in str(message["blocks"])


def test_a_report_that_names_a_private_incident_tells_a_channel_nothing_of_it(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare("Nobody may know")
    need = Need("item_overdue", "Ana", "ACT-7", "Secret plan", f"/incidents/{of.number}", "INC-1 waits.", 9, of.number)
    office.set_privacy(of, is_private=True)
    reporting.announce(sessions, clock(), needs=[need])
    drain(to_slack)
    (message,) = slack.messages["C2"]
    assert "Secret" not in str(message)
    assert "INC-1" not in str(message)


def test_somebodys_own_report_comes_as_a_direct_message_and_is_shown_to_nobody_else(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    key = _subscribe(sessions, office.ana)
    reporting.announce(sessions, clock(), key, f"person:{office.ben.id}", "channel:C1", audience=key, title="Mine")
    drain(to_slack)
    (message,) = slack.messages["D0ANA"]
    assert len(pictures(message)) == 1
    assert "Needs someone" in str(message["blocks"])
    assert [slack.messages["D0BEN"], slack.messages["C1"]] == [[], []]
    for reader, is_seen in ((office.ana, True), (office.ben, False)):
        with sessions() as session:
            shown, _ = outbox.page(session, reader)
        assert ("Needs someone" in str([each.rendered for each in shown])) is is_seen
    assert office.message("ReportMade", "channel:C1").last_error.startswith("This report is somebody's own")


def test_somebodys_own_report_waits_for_the_end_of_their_quiet_hours(
    office: Company, slack: StandIn, sessions: sessionmaker[Session], clock: Any
) -> None:
    key = _subscribe(sessions, office.ana, quiet_from="08:00", quiet_until="20:00")
    made = reporting.delivery(sessions, slack_settings(slack.url))
    made.reports.clock = lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    reporting.announce(sessions, clock(), key, audience=key)
    drain(relay(sessions, made, clock))
    assert slack.messages["D0ANA"] == []
    assert office.message("ReportMade", key).last_error == "Quiet hours of Ana until 20:00 (UTC)."


def test_a_subscription_that_was_given_up_is_not_told_of_its_last_report(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    key = f"person:{office.ana.id}"
    reporting.announce(sessions, clock(), key, audience=key)
    drain(to_slack)
    assert slack.messages["D0ANA"] == []
    assert office.message("ReportMade", key).state == "dead"


def _subscribe(sessions: sessionmaker[Session], who: Actor, **more: str) -> str:
    with sessions() as session, session.begin():
        session.add(Subscription(person_id=who.id, about=["all"], by_slack=True))
        if more:
            session.execute(update(Person).where(Person.id == who.id).values(**more))
    return f"person:{who.id}"


def _heal(of: Relay, clock: Any) -> None:
    """Time passes until nothing waits any more."""
    for _ in range(8):
        drain(of)
        clock.tick(minutes=15)
