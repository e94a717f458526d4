"""Stages 2 and 3 from Slack: resolving, the timeline, the review."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Conflict, NotAllowed, Refused
from app.models.incident import Incident
from app.models.outbox import SlackThread
from app.models.resolution import Resolution
from app.models.review import ContributingFactor, Review, TimelineEntry
from app.slack.asked import Place
from app.slack.grammar import Understood
from app.slack.verbs import LOOKUPS
from app.workflow import changes, lifecycle
from app.workflow.receipt import AlreadyDone
from tests.slack.asking_stages import Desk, button, desk, words_of


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


def review_of(at: Desk, of: Incident) -> Review | None:
    with at.parts.read() as session:
        return session.get(Review, of.id)


def resolution_of(at: Desk, of: Incident) -> Resolution:
    with at.parts.read() as session:
        return session.get_one(Resolution, of.id)


def entries(at: Desk) -> list[str]:
    with at.parts.read() as session:
        return list(session.scalars(select(TimelineEntry.text).order_by(TimelineEntry.at)))


def resolved(at: Desk) -> Incident:
    of = at.office.declare()
    at.office.resolve(of)
    return at.read(of.number)


# Resolving.


def test_what_is_typed_resolves_with_the_times_that_are_known(at: Desk) -> None:
    of = at.office.declare()
    at.clock.tick(minutes=30, seconds=20)
    said = at.submit(at.say(f"resolve {of.number} rolled back"), impact="Nobody could pay.")
    row = resolution_of(at, of)
    assert row.how_resolved == "rolled back"
    assert row.mitigated_at == row.resolved_at
    assert row.started_at == of.declared_at
    assert at.read(of.number).stage == "review"
    assert "is resolved." in said.text
    assert "waits for a facilitator" in said.text
    assert words_of(said)[0] == "Write the review"


def test_what_the_declaration_lacks_is_asked_for_while_resolving(at: Desk) -> None:
    at.submit(at.say("checkout is down"))
    opened = at.say("resolve 1 rolled back")
    with pytest.raises(Refused) as refused:
        at.submit(opened, impact="Nobody could pay.")
    assert {each.field for each in refused.value.refusals} == {"severity", "service_ids"}
    at.submit(opened, impact="Nobody could pay.", severity="SEV2", service_ids=["checkout"])
    now = at.read(1)
    assert (now.stage, now.severity, now.commander_id) == ("review", "SEV2", at.ana.id)


def test_a_blocked_incident_that_is_over_is_blocked_no_more(at: Desk) -> None:
    of = at.office.declare()
    at.say(f"block {of.number} waiting for the vendor")
    opened = at.say(f"resolve {of.number} the vendor is back")
    assert opened.form is not None
    assert "takes the block back" in opened.form.filled["notes"][0]
    at.submit(opened, impact="Nobody could pay.")
    assert (at.read(of.number).stage, at.read(of.number).state) == ("review", "active")


def test_an_old_button_to_resolve_says_where_the_incident_is_now(at: Desk) -> None:
    of = resolved(at)
    before = at.moves()
    said = at.say(f"resolve INC-{of.number}")
    assert said.form is None
    assert "is resolved already" in said.text
    assert "It is at Review" in said.text
    assert at.moves() == before
    opened = at.click(button(said, "Change how"))
    assert "is saved." in at.submit(opened, impact="Nobody could pay in Spain.").text
    assert resolution_of(at, of).impact == "Nobody could pay in Spain."


def test_a_text_that_slack_cannot_show_is_not_cut_by_saving(at: Desk) -> None:
    of = resolved(at)
    long = "word " * 1_000
    with at.office.begin() as work:
        changes.of_resolution(work, of.number, {"impact": long}, version=1, by=at.ana, now=at.clock())
    opened = at.click(button(at.say(f"resolve {of.number}"), "Change how"))
    at.submit(opened, how_resolved="Rolled back twice.")
    assert resolution_of(at, of).impact == long.strip()
    assert resolution_of(at, of).how_resolved == "Rolled back twice."


def test_times_out_of_order_and_bad_numbers_are_refused_beside_their_fields(at: Desk) -> None:
    of = at.office.declare()
    opened = at.say(f"resolve {of.number} rolled back")
    early = int(at.clock().timestamp()) - 3_600
    for typed, name in (({"resolved_at": early}, "resolved_at"), ({"customer_minutes": "many"}, "customer_minutes")):
        with pytest.raises(Refused) as refused:
            at.submit(opened, impact="Nobody could pay.", **typed)
        assert name in {each.field for each in refused.value.refusals}
    with pytest.raises(Refused) as refused:
        at.submit(opened, impact=" ")
    assert {each.field for each in refused.value.refusals} == {"impact"}
    assert at.read(of.number).stage == "resolution"


def test_only_responders_resolve_and_the_same_form_does_once(at: Desk) -> None:
    of = at.office.declare()
    with pytest.raises(NotAllowed):
        at.say(f"resolve {of.number} x", at.dev)
    opened = at.say(f"resolve {of.number} rolled back")
    at.submit(opened, impact="Nobody could pay.", key="v")
    with pytest.raises(AlreadyDone):
        at.submit(opened, impact="Nobody could pay.", key="v")
    with pytest.raises(Conflict):
        at.submit(opened, impact="Somebody could pay.")


# The timeline.


def test_a_line_is_added_to_the_timeline_with_its_author(at: Desk) -> None:
    of = at.office.declare()
    said = at.say(f"timeline {of.number} database failed over", at.cleo)
    assert entries(at) == ["database failed over (Cleo)"]
    assert "Added to the timeline of" in said.text
    row = review_of(at, of)
    assert row is not None
    assert row.version == 1


def test_whoever_edits_the_review_meanwhile_is_shown_both_versions(at: Desk) -> None:
    of = resolved(at)
    at.say(f"review {of.number}")
    opened = at.click(button(at.say(f"review {of.number}"), "Write the review"))
    at.say(f"note {of.number} it was the database")
    with pytest.raises(Conflict):
        at.submit(opened, summary="It broke.")


def test_a_line_for_the_incident_of_the_thread_needs_no_number(at: Desk) -> None:
    of = at.office.declare()
    with at.office.begin() as work:
        work.session.add(SlackThread(incident_id=of.id, destination="incidents", channel="C1", ts="1.1"))
    at.say("note it is the database", place=Place("T1", "C1", "1.1"))
    assert entries(at) == ["it is the database (Ana)"]


def test_without_words_the_form_asks(at: Desk) -> None:
    of = at.office.declare()
    opened = at.say(f"timeline {of.number}")
    at.submit(opened, text="It came back.")
    assert entries(at) == ["It came back. (Ana)"]
    with pytest.raises(Refused) as refused:
        at.submit(opened, text=" ")
    assert refused.value.refusals[0].field == "text"
    with pytest.raises(Refused) as refused:
        at.submit(opened, text="x", at=int(at.clock().timestamp()) + 86_400)
    assert refused.value.refusals[0].field == "at"


def test_a_message_is_added_with_its_time_its_author_and_its_link(at: Desk) -> None:
    of = at.office.declare()
    ts = int(at.clock().timestamp()) - 120
    opened = at.shortcut(
        "add_to_timeline", message={"text": "db is &lt;gone&gt;", "user": "U0BEN", "ts": f"{ts}.000100"},
        channel={"id": "C9"}, permalink="https://slack.example/p1",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        at.submit(opened)
    assert refused.value.refusals[0].field == "incident"
    at.submit(opened, incident=f"INC-{of.number}")
    assert entries(at) == ["db is <gone> (Ben in Slack, https://slack.example/p1)"]
    with at.parts.read() as session:
        assert int(session.scalars(select(TimelineEntry.at)).one().timestamp()) == ts


def test_a_viewer_may_not_write_into_the_timeline_and_a_key_counts_once(at: Desk) -> None:
    of = at.office.declare()
    for text in (f"timeline {of.number} x", f"timeline {of.number}"):
        with pytest.raises(NotAllowed):
            at.say(text, at.dev)
    with pytest.raises(NotAllowed):
        at.shortcut("add_to_timeline", at.dev, message={"text": "x", "ts": "1.1"})
    at.say(f"note {of.number} once", key="k")
    with pytest.raises(AlreadyDone):
        at.say(f"note {of.number} once", key="k")
    assert entries(at) == ["once (Ana)"]


def test_only_incidents_that_somebody_may_see_are_offered(at: Desk) -> None:
    at.office.declare(is_private=True)
    of = at.office.declare("Search is slow")
    asked = at.asked(Understood("", ""), at.cleo)
    for query in ("", "sear", str(of.number), f"inc-{of.number}"):
        assert LOOKUPS["open_incident"](asked, query) == [(f"INC-{of.number}", f"INC-{of.number} Search is slow")]
    assert LOOKUPS["open_incident"](asked, "checkout") == []
    opened = at.say(f"timeline {of.number}", at.cleo)
    with pytest.raises(Refused, match="There is no INC-999"):
        at.submit(opened, at.cleo, incident="INC-999", text="x")


# The review.


def test_whoever_asks_first_leads_the_review(at: Desk) -> None:
    of = resolved(at)
    said = at.say(f"review {of.number}", at.cleo)
    assert "You lead the review of" in said.text
    assert "• Write a summary." in said.text
    row = review_of(at, of)
    assert row is not None
    assert row.facilitator_id == at.cleo.id
    before = at.moves()
    assert "Cleo leads the review of" in at.say(f"review {of.number}", at.ben).text
    assert at.moves() == before


def test_somebody_who_is_named_leads_the_review(at: Desk) -> None:
    of = resolved(at)
    said = at.say(f"retro {of.number} <@U0BEN|ben>")
    assert "Ben leads the review of" in said.text
    before = at.moves()
    at.say(f"retro {of.number} <@U0BEN|ben>")
    assert at.moves() == before
    at.say(f"retro {of.number} @dev")
    row = review_of(at, of)
    assert row is not None
    assert row.facilitator_id == at.dev.id


def test_before_and_after_its_stage_the_review_says_where_the_incident_is(at: Desk) -> None:
    of = at.office.declare()
    before = at.moves()
    said = at.say(f"review {of.number}")
    assert "comes later" in said.text
    assert "It is at Resolution, and waits for Ana." in said.text
    assert at.moves() == before


def test_a_viewer_sees_a_review_and_does_not_start_it(at: Desk) -> None:
    of = resolved(at)
    with pytest.raises(NotAllowed):
        at.say(f"review {of.number}", at.dev)
    at.say(f"review {of.number}", at.ben)
    assert "Ben leads" in at.say(f"review {of.number}", at.dev).text


def test_a_review_is_written_and_completed_in_one_form(at: Desk) -> None:
    of = resolved(at)
    at.say(f"timeline {of.number} it broke")
    opened = at.click(button(at.say(f"review {of.number}"), "Write the review"))
    texts = {"summary": "It broke.", "went_well": "Much.", "went_badly": "A lot."}
    with pytest.raises(Refused) as refused:
        at.submit(opened, **texts, complete=["yes"])
    assert {each.field for each in refused.value.refusals} == {"factors", "got_lucky"}
    row = review_of(at, of)
    assert row is not None
    assert row.summary == ""
    with pytest.raises(Refused) as refused:
        at.submit(opened, **texts, factors="One region")
    assert refused.value.refusals[0].field == "factors"
    said = at.submit(opened, **texts, got_lucky="Not at all.", factors="One region", area="dependency",
                     complete=["yes"])  # fmt: skip
    assert at.read(of.number).stage == "remediation"
    assert "is saved" in said.text
    with at.parts.read() as session:
        assert session.scalar(select(func.count()).select_from(ContributingFactor)) == 1
    assert "is done" in at.say(f"review {of.number}").text


def test_saving_the_review_says_what_it_lacks_and_keeps_what_slack_cannot_show(at: Desk) -> None:
    of = resolved(at)
    long = "word " * 1_000
    with at.office.begin() as work:
        changes.of_review(work, of.number, {"summary": long, "body": "All of it"}, by=at.ana, now=at.clock())
    at.say(f"review {of.number}")
    opened = at.click(button(at.say(f"review {of.number}"), "Write the review"))
    said = at.submit(opened, went_well="Much.")
    row = review_of(at, of)
    assert row is not None
    assert (row.summary, row.body, row.went_well) == (long.strip(), "All of it", "Much.")
    assert "• Answer what went badly." in said.text


def test_a_review_that_lacks_nothing_offers_to_complete_it(at: Desk) -> None:
    of = resolved(at)
    at.say(f"timeline {of.number} it broke")
    at.say(f"review {of.number}")
    known = dict.fromkeys(("summary", "went_well", "went_badly", "got_lucky"), "Yes.")
    with at.office.begin() as work:
        changes.of_review(work, of.number, known, factor=("scale", "One region"), by=at.ana, now=at.clock())
    said = at.say(f"review {of.number}")
    complete = button(said, "Complete Review")
    assert "is complete" in at.click(complete).text
    assert at.read(of.number).stage == "remediation"
    before = at.moves()
    assert "nothing was changed" in at.click(complete).text
    assert at.moves() == before
    with at.office.begin() as work:
        lifecycle.reopen(work, of.number, "review", why="It was wrong.", by=at.ana, now=at.clock())
    assert "is complete" in at.click(complete).text
