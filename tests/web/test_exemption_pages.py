"""Exemptions on the web: ask on the page of a cell, answer there, and see all that wait, run and end soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select

from app.domain.people import RATCHET
from app.models.adoption import Exemption
from app.models.person import membership
from app.workflow import exemption, people
from tests.web.practices import Story, send, statements_of


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


@pytest.fixture
def number(story: Story) -> int:
    made = story.practice()
    story.check(made)
    return made.number


def add_person(story: Story, name: str, role: str = "owner") -> None:
    with story.begin() as work:
        story.people[name] = people.add(
            work, email=f"{name.lower()}@story.example", name=name, role=role, by=RATCHET, now=story.now
        )


def ask(story: Story, number: int, service: str = "search", *, by: str = "Cleo", days: int = 20) -> int:
    with story.begin() as work:
        return exemption.ask(
            work, number, service, reason=f"{service} is rewritten.", by=story.actor(by), now=story.now,
            expires_on=story.now.date() + timedelta(days=days),
        ).id  # fmt: skip


def exempt(story: Story, number: int, service: str, *, days: int, by: str = "Ana") -> int:
    with story.begin() as work:
        return exemption.exempt(
            work, number, service, reason="Switched off.", by=story.actor(by), now=story.now,
            expires_on=story.now.date() + timedelta(days=days),
        ).id  # fmt: skip


def test_a_responder_asks_and_an_owner_grants(story: Story, as_: Any, number: int, session: Any) -> None:
    cleo, cell = as_("Cleo"), f"/adoption/search/{number}"
    page = cleo.get(cell).text
    assert "Ask for an exemption" in page
    assert "belongs to Ana and Ben: the request waits for them" in page
    answer = send(
        cleo, f"/practices/{number}/exempt", service="search", reason="Rewritten <soon>.", expires_on="2026-04-01"
    )
    assert answer.headers["Location"] == cell
    page = cleo.get(cell).text
    assert f"BP-{number} belongs to Ana and Ben: your request waits for them." in page
    assert "It waits for Ana and Ben." in page
    assert "Rewritten &lt;soon&gt;." in page
    assert "Withdraw the request" in page
    row = session.scalars(select(Exemption)).one()
    assert f"/exemptions/{row.id}/grant" not in page
    ana = as_("Ana")
    assert f'action="/exemptions/{row.id}/grant"' in ana.get(cell).text
    answer = send(ana, f"/exemptions/{row.id}/grant", answer="Until April.", expires_on="2026-03-20")
    assert answer.headers["Location"] == cell
    page = ana.get(cell).text
    for words in ("Until 20 Mar 2026", "granted by Ana", "asked by Cleo", "Until April.", "End the exemption"):
        assert words in page


def test_declining_needs_an_answer_and_what_was_typed_is_kept(
    story: Story, as_: Any, number: int, session: Any
) -> None:
    row, ana = ask(story, number), as_("Ana")
    answer = send(ana, f"/exemptions/{row}/decline", answer=" ", expires_on="2026-03-19")
    assert answer.status_code == 422
    assert "Say why not, and what to do instead." in answer.text
    assert 'value="2026-03-19"' in answer.text
    answer = send(ana, f"/exemptions/{row}/grant", answer="Kept words", expires_on="2026-02-01")
    assert answer.status_code == 422
    assert "Choose a last day from today to a year from now." in answer.text
    assert "Kept words" in answer.text
    answer = send(ana, f"/exemptions/{row}/grant", answer="Kept words", expires_on="soon")
    assert answer.status_code == 422
    assert session.scalars(select(Exemption.state)).all() == ["asked"]
    send(ana, f"/exemptions/{row}/decline", answer="A week is enough.")
    page = as_("Cleo").get(f"/adoption/search/{number}").text
    assert "Declined" in page
    assert "A week is enough." in page
    assert "Ask for an exemption" in page


def test_a_request_that_was_answered_meanwhile_says_so(story: Story, as_: Any, number: int) -> None:
    row = ask(story, number)
    send(as_("Ben"), f"/exemptions/{row}/decline", answer="No.")
    answer = send(as_("Ana"), f"/exemptions/{row}/grant", answer="Yes.")
    assert answer.status_code == 422
    assert "This request waits no longer: it is declined already." in answer.text


def test_who_may_not_decide_is_told_who_may(story: Story, as_: Any, number: int) -> None:
    add_person(story, "Eve")
    row = ask(story, number)
    for who, words in (("Eve", "belongs to Ana and Ben"), ("Cleo", "Only owners or administrators")):
        answer = send(as_(who), f"/exemptions/{row}/grant")
        assert answer.status_code == 403
        assert words in answer.text
    assert "It waits for Ana and Ben." in as_("Eve").get(f"/adoption/search/{number}").text
    assert as_("Eve").get(f"/practices/{number}/exempt").text.count("Ask for an exemption") >= 1
    assert send(as_("Ana"), "/exemptions/999/grant").status_code == 404


def test_nobody_is_shown_the_answer_to_their_own_request(story: Story, as_: Any, number: int) -> None:
    row = ask(story, number, by="Ana")
    page = as_("Ana").get(f"/adoption/search/{number}").text
    assert "You asked for this yourself: Ben decides." in page
    assert f"/exemptions/{row}/grant" not in page
    assert send(as_("Ana"), f"/exemptions/{row}/grant").status_code == 403


def test_the_team_of_the_service_withdraws(story: Story, as_: Any, number: int, session: Any) -> None:
    row = ask(story, number, by="Ben")
    assert "Withdraw the request" not in as_("Cleo").get(f"/adoption/search/{number}").text
    assert send(as_("Cleo"), f"/exemptions/{row}/withdraw").status_code == 403
    session.execute(insert(membership).values(team_id=story.team_id, person_id=story.people["Cleo"].id))
    session.commit()
    assert "Withdraw the request" in as_("Cleo").get(f"/adoption/search/{number}").text
    assert send(as_("Cleo"), f"/exemptions/{row}/withdraw").status_code == 302
    assert "Withdrawn" in as_("Cleo").get(f"/adoption/search/{number}").text


def test_the_page_begins_with_what_waits_for_the_reader(story: Story, as_: Any, number: int) -> None:
    add_person(story, "Eve")
    add_person(story, "Ada", "administrator")
    ask(story, number, "search")
    exempt(story, number, "checkout", days=5)
    exempt(story, number, "mail", days=3)
    page = as_("Ana").get("/exemptions").text
    mine, running = page.index("Waits for you"), page.index("Exempt, the soonest end first")
    assert mine < page.index("search is rewritten.") < running
    assert running < page.index(f"mail on BP-{number}") < page.index(f"checkout on BP-{number}")
    assert "ends 3 days from now" in page
    for who in ("Eve", "Cleo", "Dev"):
        assert "Waits for you" not in as_(who).get("/exemptions").text
        assert "Waits for others" in as_(who).get("/exemptions").text
    assert "Waits for you" in as_("Ada").get("/exemptions").text


def test_ones_own_request_waits_for_others(story: Story, as_: Any, number: int) -> None:
    ask(story, number, by="Ana")
    assert "Waits for others" in as_("Ana").get("/exemptions").text
    assert "Waits for you" in as_("Ben").get("/exemptions").text


def test_the_page_is_filtered_by_team_and_practice(story: Story, as_: Any, number: int) -> None:
    second = story.practice("Second")
    story.check(second)
    ask(story, number, "search")
    ask(story, second.number, "mail")
    reader = as_("Dev")
    page = reader.get("/exemptions?team=pay").text
    assert "search is rewritten." in page
    assert "mail is rewritten." not in page
    page = reader.get(f"/exemptions?practice={second.number}").text
    assert "mail is rewritten." in page
    assert "search is rewritten." not in page
    assert "No exemption matches" in reader.get("/exemptions?team=nobody").text
    assert reader.get("/exemptions?team=%00&practice=x&page=-1").status_code == 200
    assert "beyond the last one" in reader.get("/exemptions?page=9").text


def test_an_empty_page_says_where_to_ask(as_: Any) -> None:
    page = as_("Dev").get("/exemptions").text
    assert "No exemption yet" in page
    assert 'href="/adoption"' in page


def test_the_pages_ask_as_often_for_many_exemptions_as_for_one(
    story: Story, as_: Any, number: int, engine: Engine
) -> None:
    ask(story, number)
    ana, urls = as_("Ana"), ("/exemptions", f"/adoption/search/{number}")
    few = {url: statements_of(engine, lambda url=url: ana.get(url)) for url in urls}
    for each in range(60):
        story.add_service(f"service-{each:02}", 4)
        ask(story, number, f"service-{each:02}")
    assert {url: statements_of(engine, lambda url=url: ana.get(url)) for url in urls} == few
    assert "1–50 of 61 exemptions" in ana.get("/exemptions").text
    assert few["/exemptions"] <= 6
