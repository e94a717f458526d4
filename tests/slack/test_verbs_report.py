"""`report` as it is typed and clicked: what is shown to whom, posted where, and subscribed to; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, Refused
from app.models.outbox import OutboxMessage
from app.models.report import Subscription
from app.slack.asked import Answer, Place
from app.workflow.receipt import AlreadyDone
from tests.cast import Cast
from tests.slack import reporting
from tests.slack.asking import answered, of_button
from tests.slack.asking_looks import Desk, buttons
from tests.slack.asking_looks import desk as made


@pytest.fixture
def cast(begin: Any, clock: Any) -> Cast:
    clock.at = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday, in the week after that of the report
    return Cast(begin, clock)


@pytest.fixture
def desk(cast: Cast, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return made(cast, engine, sessions, clock)


@pytest.fixture
def last(sessions: sessionmaker[Session], cast: Cast) -> int:
    """The report of last week, for everyone and for the shop."""
    with sessions() as session, session.begin():
        reporting.keep(session, cast.now, f"team:{cast.teams['shop']}", title="Shop")
        return reporting.keep(session, cast.now).id


def again(desk: Desk, typed: str, key: str = "second") -> Answer:
    """Another request than the first."""
    return answered(desk.asked(typed).but(key=key))


def click(desk: Desk, verb: str, value: str) -> Answer:
    return desk.answer(of_button(verb, value, desk.cast.now.date()))


def told(sessions: sessionmaker[Session]) -> list[tuple[str, str, int]]:
    """What was written to the outbox about reports."""
    rows = select(OutboxMessage).where(OutboxMessage.event.startswith("Report")).order_by(OutboxMessage.id)
    with sessions() as session:
        return [(each.event, each.audience, each.payload["report_id"]) for each in session.scalars(rows)]


def subscription(sessions: sessionmaker[Session], desk: Desk, by: str = "Ana") -> tuple[list[str], bool] | None:
    with sessions() as session:
        row = session.get(Subscription, desk.cast.id(by))
        return (list(row.about), row.by_slack) if row else None


# Looking


def test_bare_it_shows_this_week_so_far(desk: Desk) -> None:
    rule = desk.cast.practice()
    desk.cast.check(rule.number)
    desk.cast.report(50)
    desk.cast.clock.tick(hours=1)
    desk.cast.report(500, "cart")
    desk.cast.clock.tick(hours=1)
    shown = desk.says("report")
    assert "Week 48, 23 to 29 November 2026" in shown
    assert "This is a preview" in shown
    assert "2 of 3" in shown
    assert f"BP-{rule.number}" in shown


def test_where_nothing_is_measured_it_says_so_and_not_zero(desk: Desk) -> None:
    shown = desk.says("report")
    assert "Nothing is measured yet" in shown
    assert "0 %" not in shown


@pytest.mark.parametrize("typed", ["report last", "report 2026-W47", "weekly w47", "report last week"])
def test_a_week_that_is_kept_is_shown_as_it_was_told(desk: Desk, last: int, typed: str) -> None:
    shown = desk.says(typed)
    assert "Week 47, 16 to 22 November 2026" in shown
    assert "71.2 % (52 of 73)" in shown
    assert "preview" not in shown


def test_a_team_is_shown_its_own(desk: Desk, last: int) -> None:
    shown = desk.says("report last ~shop")
    assert "Weekly report: Shop" in shown
    assert "/reports/2026-W47/teams/shop" in str(desk.answer("report last ~Shop").blocks)
    assert "Week 48" in desk.says("report ~search")


@pytest.mark.parametrize(
    ("typed", "advice"),
    [("report 2026-W12", "There is no report of 2026-W12"), ("report 2026-W60", "There is no report of week"),
     ("report ~nobody", "No team is called ~nobody"), ("report ~cart", "No team is called ~cart"),
     ("report 2027-W05", "There is no report of week"), ("report w46 w47", "Several weeks were given"),
     ("report <#C1>", "No weekly report for Everyone is made yet")],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_what_to_do(desk: Desk, typed: str, advice: str) -> None:
    shown = desk.says(typed)
    assert advice in shown
    assert "/ratchet report" in shown


def test_before_the_last_week_is_made_the_one_before_is_shown_and_said(
    desk: Desk, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session, session.begin():
        reporting.keep(session, desk.cast.now, week="2026-W46")
    shown = desk.says("report last")
    assert "The report of 2026-W47 is not made yet. This is the latest one." in shown
    assert "Week 46" in shown


def test_a_private_incident_is_told_of_to_nobody_who_may_not_see_it(
    desk: Desk, sessions: sessionmaker[Session]
) -> None:
    number = desk.cast.declare(title="A secret", is_private=True)
    loops = reporting.figures().loops
    closed = [replace(loops.closed[0], incident=number, title="A secret")]
    with sessions() as session, session.begin():
        reporting.keep(session, desk.cast.now, loops=replace(loops, closed=closed))
    assert "A secret" in desk.says("report last")
    assert "A secret" not in desk.says("report last", "Cleo")
    assert "1 closed" in desk.says("report last", "Cleo")


# One's own


def test_ones_own_is_shown_to_oneself_alone(desk: Desk, sessions: sessionmaker[Session]) -> None:
    assert "You have no weekly report of your own yet" in desk.says("report mine")
    assert [each[1:] for each in desk.buttons("report mine")] == [("report", "weekly")]
    desk.answer("report weekly")
    with sessions() as session, session.begin():
        reporting.keep(session, desk.cast.now, f"person:{desk.cast.id('Ana')}", title="Hers alone")
    assert "Hers alone" in desk.says("report mine last")
    assert "Hers alone" not in desk.says("report mine last", "Ben")
    assert "This is a preview" in desk.says("report mine")


def test_subscribing_and_ending_it_are_done_once_and_said(desk: Desk, sessions: sessionmaker[Session]) -> None:
    assert "comes to you here on Mondays at 08:00" in desk.says("report weekly")
    assert subscription(sessions, desk) == (["all"], True)
    assert ("Stop my weekly report", "report", "stop") in desk.buttons("report")
    with pytest.raises(AlreadyDone):
        desk.answer("report stop")  # Slack tells of the same request twice
    assert "no weekly report of your own any more" in again(desk, "report stop").text
    assert subscription(sessions, desk) == ([], False)
    assert "nothing was changed" in again(desk, "report stop", "third").text


def test_a_team_may_be_added_to_what_ones_report_is_about(desk: Desk, sessions: sessionmaker[Session]) -> None:
    desk.answer("report weekly ~shop")
    assert subscription(sessions, desk) == ([f"team:{desk.cast.teams['shop']}"], True)


def test_a_viewer_may_subscribe(desk: Desk, sessions: sessionmaker[Session]) -> None:
    desk.answer("report weekly", "Dev")
    assert subscription(sessions, desk, "Dev") == (["all"], True)


def test_ending_what_was_not_begun_changes_nothing(desk: Desk, sessions: sessionmaker[Session]) -> None:
    assert "nothing was changed" in desk.says("report stop")
    assert subscription(sessions, desk) is None


# Posting


def test_a_report_is_posted_to_a_channel_with_its_chart_to_follow(
    desk: Desk, sessions: sessionmaker[Session], last: int
) -> None:
    shown = desk.says("report <#C9|shop-team>")
    assert "The weekly report of 2026-W47 for Everyone is on its way to that channel" in shown
    assert told(sessions) == [("ReportMade", "channel:C9", last), ("ReportIllustrated", "channel:C9", last)]


def test_the_button_posts_what_it_stands_beside(desk: Desk, sessions: sessionmaker[Session], last: int) -> None:
    (button,) = [each for each in desk.buttons("report last ~shop") if each[0] == "Post it here"]
    shown = click(desk, *button[1:]).text
    assert "for Shop is on its way to this channel" in shown
    assert {each[1] for each in told(sessions)} == {"channel:C1"}


def test_a_viewer_posts_nothing_and_is_offered_no_button(
    desk: Desk, sessions: sessionmaker[Session], last: int
) -> None:
    assert "Post it here" not in [each[0] for each in desk.buttons("report last", "Dev")]
    with pytest.raises(NotAllowed):
        desk.answer("report <#C1>", "Dev")
    assert told(sessions) == []


def test_ones_own_is_posted_nowhere(desk: Desk, sessions: sessionmaker[Session]) -> None:
    desk.answer("report weekly")
    with pytest.raises(Refused, match="counts what only you may see"):
        again(desk, "report mine <#C1>")
    assert told(sessions) == []
    assert buttons(desk.answer("report mine").blocks)[-1][0] != "Post it here"


def test_every_button_is_understood_as_what_it_says(desk: Desk, last: int) -> None:
    found = [*desk.buttons("report"), *desk.buttons("report last"), *desk.buttons("report last ~shop")]
    for words, verb, value in found:
        if verb:
            meant = of_button(verb, value, desk.cast.now.date())
            assert (meant.verb, meant.problems) == ("report", ()), words
            assert meant.words or meant.channels, words


def test_in_a_direct_message_there_is_nowhere_to_post(desk: Desk, last: int) -> None:
    asked = desk.asked("report last").but(place=Place("T1", "D1", is_direct=True))
    assert "Post it here" not in [each[0] for each in buttons(answered(asked).blocks)]
