"""Known lessons on the card of an incident: until it is resolved, as everybody may know them, within Slack's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from app.models.adoption import Standing
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.queries import notices
from app.queries.notice import KnownLine
from app.slack.messages.card import card
from app.workflow import analysis, best_practice
from tests.slack.company import Company, delivery, drain, relay, slack_settings
from tests.slack.test_notices import counted
from tests.unit.slack.test_messages import BASE, HOSTILE, anything, check, incident


def learn(
    office: Company, clock: Any, title: str = "Payments hang", pattern: str = "Retry storm", **declared: Any
) -> tuple[Incident, Practice]:
    """An incident a month ago and its practice, which checkout has not adopted."""
    clock.tick(days=-30)
    of = office.declare(title, **declared)
    told = analysis.Told(new_pattern=pattern, reason="x")
    rule = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
    with office.begin() as work:
        analysis.save(work, of.number, told, version=0, by=office.ana, now=clock())
        made = best_practice.propose(work, rule, by=office.ana, now=clock(), incident_number=of.number)
    with office.begin() as work:
        best_practice.accept(work, made.number, version=1, by=office.ben, now=clock())
    clock.tick(days=30)
    with office.begin() as work:
        since = clock() - timedelta(days=3)
        cell = {"practice_id": made.id, "service_id": office.service.id}
        work.session.add(Standing(**cell, standing="not_adopted", since=since, message=""))
    return of, made


def lines(office: Company, of: Incident) -> list[str]:
    with office.sessions() as session:
        return [each.words for each in notices.incident(session, of.id).known]


def test_the_card_says_the_known_lesson_at_declaration(
    office: Company, clock: Any, sessions: sessionmaker[Session]
) -> None:
    first, practice = learn(office, clock)
    office.declare("Payments hang again")
    drain(relay(sessions, delivery(sessions, slack_settings(token="")), clock))
    shown = [each for each in office.messages("IncidentDeclared") if each.audience == "incidents"][-1]
    assert shown.rendered
    text = str(shown.rendered["blocks"])
    assert "*Known lessons*" in text
    link = f"<{BASE}/practices/{practice.number}|{practice.name}>"
    taught_by = f"<{BASE}/incidents/{first.number}|INC-{first.number}>"
    assert f"checkout had not adopted {link}, learned from {taught_by}. Calls have timeouts" in text


def test_only_incidents_that_a_practice_was_written_for_have_taught_it(office: Company, clock: Any) -> None:
    taught, practice = learn(office, clock)
    with office.begin() as work:
        about = analysis.Told(pattern_id=practice.pattern_id, reason="x")
        later = office.declare("Payments hang for another reason")
        analysis.save(work, later.number, about, version=0, by=office.ana, now=clock())
    (told,) = lines(office, office.declare("Payments hang again"))
    assert told.endswith(f"learned from INC-{taught.number}.")


def test_the_card_says_it_until_the_incident_is_resolved(office: Company, clock: Any) -> None:
    learn(office, clock)
    of = office.declare("Payments hang again")
    assert len(lines(office, of)) == 1
    office.resolve(of)
    assert lines(office, of) == []


def test_a_card_shows_three_lessons_and_counts_the_others(office: Company, clock: Any) -> None:
    for _ in range(7):
        learn(office, clock)
    of = office.declare("Payments hang again")
    with office.sessions() as session:
        found = notices.incident(session, of.id)
    assert (len(found.known), found.known_more) == (3, 4)
    text = str(card(found, BASE).blocks)
    assert text.count("had not adopted") == 3
    assert "and 4 other lessons on its page" in text


def test_no_card_tells_of_what_only_private_incidents_taught(office: Company, clock: Any) -> None:
    secret, _ = learn(office, clock, "Phishing of tokens", "Stolen tokens", is_private=True)
    of = office.declare("Phishing of tokens again")
    assert lines(office, of) == []
    also = office.declare("Phishing of tokens again", is_private=True)
    assert lines(office, also) == [], "not even the card of an insider, which others may be shown later"
    first, practice = learn(office, clock)
    with office.begin() as work:
        row = work.session.get_one(Incident, secret.id)
        best_practice.link(work, row.number, [practice.id], by=office.ana, now=clock())
    told = lines(office, office.declare("Payments hang again"))
    assert told == [f"checkout had not adopted {practice.name}, learned from INC-{first.number}."]


def test_a_card_is_read_with_as_many_queries_for_many_lessons_as_for_one(
    office: Company, session: Session, connection: Connection, clock: Any
) -> None:
    of = office.declare("Payments hang again")
    with counted(connection) as none:
        notices.incident(session, of.id)
    learn(office, clock)
    with counted(connection) as one:
        notices.incident(session, of.id)
    for _ in range(5):
        learn(office, clock)
    with counted(connection) as many:
        assert len(notices.incident(session, of.id).known) == 3
    assert len(one) == len(many) <= len(none) + 6


@settings(max_examples=60, deadline=None)
@given(text=anything, service=anything, more=st.integers(0, 9_999), stage=st.sampled_from(["incident", "resolution"]))
def test_whatever_people_typed_the_card_keeps_slack_s_limits(text: str, service: str, more: int, stage: str) -> None:
    words = f"{service} was not known to have adopted BP-5, learned from INC-1000001, INC-1000002, INC-7 and 99 more."
    known = [KnownLine(service, 5, words, text)] * 5
    check(card(incident(text, stage=stage, known=known, known_more=more), BASE))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_can_format_or_mention_in_a_lesson(text: str) -> None:
    of = replace(incident("x", stage="incident"), known=[KnownLine("checkout", 5, f"checkout {text} BP-5.", text)])
    check(card(of, BASE))


def test_a_resolved_incident_has_no_lessons_on_its_card_whatever_the_notice_holds() -> None:
    of = incident("x", stage="review", known=[KnownLine("checkout", 5, "checkout had not adopted BP-5.", "Rule")])
    assert "Known lessons" not in str(card(of, BASE).blocks)
