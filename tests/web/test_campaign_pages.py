"""Campaigns on the web: start, change, end one; the burn-up as a drawing and as figures; services to go by impact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from app.models.adoption import Campaign, PastStanding, Standing
from app.models.catalog import Service
from app.workflow import best_practice, campaign, incident, resolution
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


def start(story: Story, number: int, **about: Any) -> Campaign:
    today = story.now.date()
    told = campaign.Told(
        **{"why": "The next sale.", "starts_on": today, "ends_on": today + timedelta(days=30),
           "owner_id": story.people["Ben"].id, **about}
    )  # fmt: skip
    with story.begin() as work:
        return campaign.start(work, number, told, by=story.actor("Ana"), now=story.now)


def hit(story: Story, number: int, service: str, minutes: int | None, *, is_private: bool = False) -> int:
    """An incident of Ana's on a service, which the practice would have met."""
    with story.begin() as work:
        ids = work.session.scalars(select(Service.id).where(Service.name == service)).all()
        told = incident.Told(title=f"Outage of {service}", severity="SEV2", service_ids=ids)
        made = incident.declare(work, told, is_private=is_private, by=story.actor("Ana"), now=story.now)
        about = resolution.Told(impact="Hung.", customer_minutes=minutes)
        resolution.save(work, made.number, about, version=0, by=story.actor("Ana"), now=story.now)
    with story.begin() as work:
        practice_id = work.session.scalars(select(Campaign.practice_id)).one()
        best_practice.link(work, made.number, [practice_id], by=story.actor("Ana"), now=story.now)
    return made.number


def test_an_owner_starts_a_campaign(story: Story, as_: Any, number: int, session: Any) -> None:
    ana, url = as_("Ana"), f"/practices/{number}/campaign"
    page = ana.get(url).text
    assert 'value="2026-03-02"' in page
    assert re.search(r"<option selected[^>]*>Ana</option>", page)
    fields = {"why": "The next sale.", "target_percent": "90", "starts_on": "2026-03-02", "ends_on": "2026-05-01",
              "owner_id": str(story.people["Ben"].id)}  # fmt: skip
    answer = send(ana, url, **fields)
    made = session.scalars(select(Campaign)).one()
    assert answer.headers["Location"] == f"/campaigns/{made.id}"
    page = as_("Dev").get(f"/campaigns/{made.id}").text
    for words in ("The next sale.", "1 of 3 services adopted; 3 are needed for 90% by 1 May 2026.", "Running"):
        assert words in page
    assert "Edit" not in page
    answer = send(ana, url, **fields)
    assert answer.status_code == 422
    assert "has a campaign until 1 May 2026 already" in answer.text


def test_a_campaign_that_is_refused_keeps_what_was_typed(as_: Any, number: int, session: Any) -> None:
    typed = {"why": "Kept words", "target_percent": "90", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}
    answer = send(as_("Ana"), f"/practices/{number}/campaign", **typed, owner_id="")
    assert answer.status_code == 422
    assert "Choose a last day that is not over yet." in answer.text
    assert "Kept words" in answer.text
    for field, value in (("target_percent", "many"), ("ends_on", "soon"), ("owner_id", "x")):
        answer = send(as_("Ana"), f"/practices/{number}/campaign", **{**typed, "owner_id": "", field: value})
        assert answer.status_code == 422
    assert session.scalar(select(Campaign)) is None


def test_two_who_change_it_see_both_versions(story: Story, as_: Any, number: int) -> None:
    of = start(story, number)
    url = f"/campaigns/{of.id}/edit"
    fields = {"target_percent": "100", "starts_on": "2026-03-02", "ends_on": "2026-04-01", "version": "1",
              "owner_id": str(story.people["Ben"].id)}  # fmt: skip
    assert send(as_("Ben"), url, why="His words", **fields).status_code == 302
    answer = send(as_("Ana"), url, why="Her words", **fields)
    assert answer.status_code == 409
    for words in ("Ben saved this while you were typing", "His words", "Her words"):
        assert words in answer.text


def test_only_owners_run_campaigns(story: Story, as_: Any, number: int) -> None:
    of = start(story, number)
    cleo = as_("Cleo")
    for url in (f"/practices/{number}/campaign", f"/campaigns/{of.id}/edit"):
        assert cleo.get(url).status_code == 403
    assert send(cleo, f"/campaigns/{of.id}/end", why="No.").status_code == 403
    assert "/end" not in cleo.get(f"/campaigns/{of.id}").text


def test_an_owner_ends_it_for_a_reason(story: Story, as_: Any, number: int) -> None:
    of, ana = start(story, number), as_("Ana")
    send(ana, f"/campaigns/{of.id}/end", why="")
    assert "Say why the campaign ends." in ana.get(f"/campaigns/{of.id}").text
    send(ana, f"/campaigns/{of.id}/end", why="Another rule matters more.")
    page = ana.get("/campaigns").text
    assert "No campaign runs" in page
    assert "Closed 2 Mar 2026: Another rule matters more." in page


def test_the_burn_up_is_drawn_and_the_same_is_told_in_figures(
    story: Story, as_: Any, number: int, session: Any, clock: Any
) -> None:
    of = start(story, number, ends_on=story.now.date() + timedelta(days=9))
    begun = clock()
    for days, service in ((1, "search"), (2, "mail")):
        clock.at = begun + timedelta(days=days)
        cell = session.scalars(
            select(Standing).join(Service, Service.id == Standing.service_id).where(Service.name == service)
        ).one()
        session.add(PastStanding(practice_id=cell.practice_id, service_id=cell.service_id, standing=cell.standing,
                                 since=cell.since, until=clock(), message=""))  # fmt: skip
        cell.standing, cell.since = "adopted", clock()
    session.commit()
    clock.at = begun + timedelta(days=2, hours=1)
    page = as_("Dev").get(f"/campaigns/{of.id}").text
    assert "<desc" in page
    assert "3 of 3 services have adopted it on 4 March 2026; 3 are needed for 100% by 11 March 2026." in page
    rows = re.findall(
        r'<th scope="row" class="nowrap">([^<]+)</th><td class="num">(\d+)</td><td class="num">(\d+)', page
    )
    assert rows == [("4 Mar 2026", "3", "3"), ("3 Mar 2026", "2", "3"), ("2 Mar 2026", "1", "3")]
    assert re.search(r'<polyline class="line-adopted" points="44.0,[\d.]+ [\d.]+,[\d.]+ [\d.]+,[\d.]+"/>', page)


def test_a_campaign_at_risk_says_so(story: Story, as_: Any, number: int, clock: Any) -> None:
    of = start(story, number)
    assert "At risk" not in as_("Dev").get("/campaigns").text
    clock.tick(days=20)
    assert "At risk" in as_("Dev").get("/campaigns").text
    assert "At risk" in as_("Dev").get(f"/campaigns/{of.id}").text


def test_a_campaign_that_has_not_begun_is_not_drawn(story: Story, as_: Any, number: int) -> None:
    of = start(story, number, starts_on=story.now.date() + timedelta(days=3))
    page = as_("Dev").get(f"/campaigns/{of.id}").text
    assert "It has not begun yet." in page
    assert "Begins on 5 Mar 2026" in as_("Dev").get("/campaigns").text


def test_services_to_go_come_by_impact_and_tell_no_private_incident(story: Story, as_: Any, number: int) -> None:
    of = start(story, number)
    hit(story, number, "mail", 5_000)
    hit(story, number, "mail", None)
    page = as_("Cleo").get(f"/campaigns/{of.id}").text
    assert page.index(f"/adoption/mail/{number}") < page.index(f"/adoption/search/{number}")
    assert "2 incidents, 5,000 customer minutes and 1 whose minutes are unknown" in page
    hit(story, number, "search", 777_777, is_private=True)
    assert "777,777" not in as_("Cleo").get(f"/campaigns/{of.id}").text
    assert page.count("no incident of ours yet") == as_("Cleo").get(f"/campaigns/{of.id}").text.count(
        "no incident of ours yet"
    )
    page = as_("Ana").get(f"/campaigns/{of.id}").text
    assert page.index(f"/adoption/search/{number}") < page.index(f"/adoption/mail/{number}")
    assert "777,777" in page


@pytest.mark.parametrize("url", ["/campaigns/99", "/campaigns/99/edit", "/practices/99/campaign", "/campaigns/0"])
def test_a_campaign_that_there_is_not_is_not_found(as_: Any, url: str) -> None:
    assert as_("Ana").get(url).status_code == 404


def test_the_pages_ask_as_often_for_many_as_for_few(story: Story, as_: Any, number: int, engine: Engine) -> None:
    of, reader = start(story, number), as_("Dev")
    urls = ("/campaigns", f"/campaigns/{of.id}")
    few = {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls}
    for each in range(5):
        practice = story.practice(f"Rule {each}")
        story.check(practice)
        start(story, practice.number)
        story.add_service(f"service-{each}", 3, story.team_id)
    assert {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls} == few
    assert max(few.values()) <= 9
