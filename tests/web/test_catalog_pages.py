"""The catalogue on the web: services, what is known of each, teams, facts by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people import RATCHET
from app.models.adoption import Slip
from app.models.analysis import Pattern
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.models.incident import Incident
from app.models.person import Team
from app.workflow import best_practice, campaign, catalog, exemption, incident, people, resolution
from tests.web.desk import post
from tests.web.practices import Story, statements_of


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def hit(story: Story, title: str, *, is_private: bool = False, service: str = "checkout") -> int:
    """An incident of Ana's that affects a service."""
    with story.begin() as work:
        found = work.session.scalars(select(Service.id).where(Service.name == service)).one()
        told = incident.Told(title=title, severity="SEV2", service_ids=[found])
        return incident.declare(work, told, is_private=is_private, by=story.actor("Ana"), now=story.now).number


def test_the_list_shows_owner_tier_open_incidents_and_adoption(story: Story, as_: Any) -> None:
    story.check(story.practice())
    hit(story, "Checkout hung")
    page = as_("Dev").get("/services").text
    assert page.index("/services/checkout") < page.index("/services/search") < page.index("/services/mail")
    assert '<a href="/teams/pay">Payments</a>' in page
    assert '<a href="/?service=checkout">1 open</a>' in page
    assert "1 of 1" in page
    assert "0 of 1" in page


def test_a_private_incident_is_neither_counted_nor_shown_to_outsiders(story: Story, as_: Any) -> None:
    number = hit(story, "A breach that few know of", is_private=True)
    for url in ("/services", "/services/checkout", "/teams/pay"):
        page = as_("Cleo").get(url).text
        assert "A breach" not in page
        assert str(number) not in page
        assert "1 open" not in page
    assert "1 open" in as_("Ana").get("/services").text
    assert "A breach that few know of" in as_("Ana").get("/services/checkout").text


def test_services_are_filtered_by_team_tier_words_and_retirement(story: Story, as_: Any) -> None:
    reader = as_("Dev")
    assert "/services/mail" not in reader.get("/services?team=pay").text
    page = reader.get("/services?tier=2").text
    assert "/services/search" in page
    assert "/services/checkout" not in page
    assert "/services/checkout" in reader.get("/services?q=CHECK").text
    assert "No service matches" in reader.get("/services?q=%25").text
    with story.begin() as work:
        told = catalog.ServiceTold(name="mail", is_retired=True)
        catalog.edit_service(work, "mail", told, version=1, by=RATCHET, now=story.now)
    assert "/services/mail" not in reader.get("/services").text
    assert "/services/mail" in reader.get("/services?retired=1").text
    assert reader.get("/services?team=%00&tier=x&q=%00&page=x").status_code == 200


def test_the_list_is_paged(story: Story, as_: Any) -> None:
    for number in range(50):
        story.add_service(f"extra-{number:02}", 4)
    page = as_("Dev").get("/services").text
    assert "1–50 of 53 services" in page
    assert "/services/extra-49" not in page
    assert "/services/extra-49" in as_("Dev").get("/services?page=2").text
    assert "beyond the last one" in as_("Dev").get("/services?page=9").text


def test_lists_and_pages_ask_as_often_for_many_rows_as_for_few(story: Story, as_: Any, engine: Engine) -> None:
    story.check(story.practice())
    hit(story, "Checkout hung")
    reader = as_("Dev")
    urls = ("/services", "/services/checkout", "/teams", "/teams/pay")
    few = {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls}
    for number in range(20):
        story.add_service(f"extra-{number:02}", 2, story.team_id)
        hit(story, f"Outage {number}")
        story.report("checkout", {f"key-{number}": number})
        with story.begin() as work:
            catalog.add_team(work, catalog.TeamTold(name=f"team-{number}"), by=RATCHET)
    story.check(story.practice("Another"))
    assert {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls} == few
    assert max(few.values()) <= 19


def test_a_service_shows_everything_that_is_known_of_it(story: Story, as_: Any) -> None:
    practice = story.practice("Calls have timeouts")
    story.check(practice)
    with story.begin() as work:
        ids = dict(work.session.execute(select(Service.name, Service.id)).all())
        told = catalog.ServiceTold(
            name="search", title="Search", description="Finds **things**", team_id=story.team_id, tier=2,
            depends_on_ids=[ids["checkout"]],
        )  # fmt: skip
        catalog.edit_service(work, "search", told, version=1, by=RATCHET, now=story.now)
    page = as_("Dev").get("/services/search").text
    assert "<strong>things</strong>" in page
    assert "0 of 1 practice adopted" in page
    assert "Not adopted" in page
    assert f'href="/adoption/search/{practice.number}"' in page
    assert "<code>500</code>" in page
    assert "Report a fact by hand" not in page
    assert 'href="/services/checkout">checkout</a>' in page
    assert 'href="/services/search">search</a>' in as_("Dev").get("/services/checkout").text  # needed by
    assert as_("Dev").get("/services/nothing").status_code == 404


def test_a_service_links_to_its_incidents_on_the_board(story: Story, as_: Any) -> None:
    for number in range(12):
        hit(story, f"Outage number {number}.")
    page = as_("Dev").get("/services/checkout").text
    assert "Outage number 11." in page
    assert "Outage number 1." not in page
    assert 'href="/?service=checkout&amp;stage=all">All of them on the board' in page


def test_an_owner_adds_a_service(story: Story, as_: Any, session: Session) -> None:
    answer = post(
        as_("Ana"), "/services/new", name="Ledger", title="The ledger", tier="2", kind="stateful",
        team_id=story.team_id, **{"depends_on_ids-0": "checkout", "depends_on_ids-1": ""},
    )  # fmt: skip
    assert answer.headers["Location"] == "/services/ledger"
    made = session.scalars(select(Service).where(Service.name == "ledger")).one()
    assert (made.title, made.tier, made.kind, made.team_id) == ("The ledger", 2, "stateful", story.team_id)
    assert 'href="/services/checkout">checkout</a>' in as_("Dev").get("/services/ledger").text


def test_a_service_that_cannot_be_added_keeps_what_was_typed(story: Story, as_: Any) -> None:
    fields = {"name": "checkout", "title": "T & U", "tier": "2", "kind": "stateless", "description": "Kept words"}
    answer = post(as_("Ana"), "/services/new", **fields)
    assert answer.status_code == 422
    assert "There is a service checkout already." in answer.text
    assert 'value="T &amp; U"' in answer.text
    assert "Kept words" in answer.text
    answer = post(as_("Ana"), "/services/new", **{**fields, "name": "x", "depends_on_ids-0": "serch"})
    assert answer.status_code == 422
    assert "There is no service serch in the catalogue." in answer.text
    answer = post(as_("Ana"), "/services/new", **{**fields, "name": "y", "tier": "9", "team_id": "99999999"})
    assert "Choose a tier from 1 to 4." in answer.text


def test_two_who_edit_the_same_service_see_both_versions(story: Story, as_: Any, session: Session) -> None:
    fields = {"tier": "1", "kind": "stateless", "version": "1", "team_id": story.team_id}
    url = "/services/checkout/edit"
    assert post(as_("Ana"), url, **{**fields, "title": "Hers", "depends_on_ids-0": "mail"}).status_code == 302
    answer = post(as_("Ben"), url, **{**fields, "title": "His", "depends_on_ids-0": "search"})
    assert answer.status_code == 409
    assert "Ana saved this while you were typing" in answer.text
    for words in ("Hers", "His", ">mail<", ">search<", ">Payments<"):
        assert words in answer.text
    assert session.scalars(select(Service.title).where(Service.name == "checkout")).one() == "Hers"
    assert post(as_("Ben"), url, **{**fields, "title": "His", "version": "2"}).status_code == 302


def test_two_who_edit_the_same_team_see_both_versions(story: Story, as_: Any, session: Session) -> None:
    url, fields = "/teams/pay/edit", {"version": "1", "title": "Payments"}
    assert post(as_("Ana"), url, **{**fields, "slack_channel": "#pay"}).status_code == 302
    answer = post(as_("Ben"), url, **{**fields, "slack_channel": "#money"})
    assert answer.status_code == 409
    for words in ("Ana saved this while you were typing", "#pay", 'value="#money"'):
        assert words in answer.text
    assert session.scalars(select(Team.slack_channel).where(Team.name == "pay")).one() == "#pay"


def test_a_retired_service_says_so(story: Story, as_: Any) -> None:
    fields = {"title": "Mail", "tier": "3", "kind": "stateless", "version": "1", "is_retired": "y"}
    post(as_("Ana"), "/services/mail/edit", **fields)
    assert "This service is retired" in as_("Dev").get("/services/mail").text


@pytest.mark.parametrize("url", ["/services/new", "/services/checkout/edit", "/teams/new", "/teams/pay/edit"])
def test_only_owners_change_the_catalogue(as_: Any, url: str) -> None:
    assert as_("Cleo").get(url).status_code == 403
    assert "Only owners or administrators may change the catalogue" in as_("Cleo").get(url).text
    assert as_("Ana").get(url).status_code == 200


def test_a_fact_reported_by_hand_counts_at_once(story: Story, as_: Any, session: Session) -> None:
    practice = story.practice()
    story.check(practice)
    answer = post(as_("Ana"), "/services/search/facts", page="/services/search", key="timeout", value="50", follow=True)
    assert "timeout is reported" in answer.text
    assert "1 of 1 practice adopted" in answer.text
    fact = session.scalars(select(Fact).where(Fact.key == "timeout", Fact.source == "web")).one()
    assert fact.value == 50


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("eight", "This is not JSON, in line 1 at character 1."),
        ("", "Give the value."),
        ("NaN", "No database can keep this value."),
        ("1e999", "No database can keep this value."),
        ('"\\u0000"', "Remove the NUL character"),
        ('"\\ud800"', "No database can keep this value."),
        ("[" * 15_000, "No database can keep this value."),
    ],
)  # fmt: skip
def test_a_value_that_is_no_json_is_refused_and_kept_in_the_form(as_: Any, value: str, words: str) -> None:
    answer = post(as_("Ana"), "/services/mail/facts", page="/services/mail", key="replicas", value=value)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="replicas"' in answer.text
    assert '<details class="more" open>' in answer.text


def test_values_of_every_kind_are_kept_and_null_takes_a_fact_back(as_: Any, session: Session) -> None:
    for key, value in (
        ("a", '{"b": [1, null, "ü"]}'),
        ("c", "1"),
        ("c", "null"),
        ("d", "true"),
        ("e", '"\\\\u0000 as words"'),
    ):
        answer = post(as_("Ana"), "/services/mail/facts", page="/services/mail", key=key, value=value)
        assert answer.status_code == 302
    page = as_("Dev").get("/services/mail").text
    assert "<code>{&#34;b&#34;: [1, null, &#34;ü&#34;]}</code>" in page
    assert "<code>true</code>" in page
    assert session.scalars(select(Fact.key).order_by(Fact.key)).all().count("c") == 0


def test_a_viewer_reports_no_facts(as_: Any) -> None:
    answer = post(as_("Dev"), "/services/mail/facts", page="/services", key="a", value="1")
    assert answer.status_code == 403


def test_teams_are_listed_with_their_services_and_people(as_: Any) -> None:
    post(as_("Ana"), "/teams/new", name="core", title="Core", slack_channel="core-alerts")
    page = as_("Dev").get("/teams").text
    assert "#core-alerts" in page
    assert "/teams/pay" in page
    page = as_("Dev").get("/teams/pay").text
    assert "/services/checkout" in page
    assert "/services/mail" not in page
    assert as_("Dev").get("/teams/nothing").status_code == 404


def test_a_team_is_changed_and_a_taken_name_refused(as_: Any) -> None:
    answer = post(as_("Ana"), "/teams/pay/edit", title="Payments and ledgers", slack_channel="#pay", follow=True)
    assert "Payments and ledgers" in answer.text
    assert "#pay" in answer.text
    answer = post(as_("Ana"), "/teams/new", name="pay", title="Kept title")
    assert answer.status_code == 422
    assert "There is a team pay already." in answer.text
    assert 'value="Kept title"' in answer.text


def test_an_empty_catalogue_says_what_to_do(begin: Any, clock: Any, client_of: Any) -> None:
    with begin() as work:
        ana = people.add(work, email="ana@example.com", name="Ana", role="owner", by=RATCHET, now=clock())
    assert "No service in the catalogue yet" in client_of(ana).get("/services").text
    assert "No team yet" in client_of(ana).get("/teams").text


# What to do next


def learned(story: Story, practice: Any, number: int, minutes: int | None = None) -> None:
    """The practice would have met this incident; its customer minutes, if anybody knows them."""
    with story.begin() as work:
        told = resolution.Told(impact="Hung.", customer_minutes=minutes)
        resolution.save(work, number, told, version=0, by=story.actor("Ana"), now=story.now)
    with story.begin() as work:
        best_practice.link(work, number, [practice.id], by=story.actor("Ana"), now=story.now)


def next_section(page: str) -> str:
    return page[page.index("What to do next") : page.index('id="practices"' if 'id="practices"' in page else "</main>")]


def test_a_service_begins_with_what_to_do_next_and_why(story: Story, as_: Any) -> None:
    small, big = story.practice("Small rule"), story.practice("Big rule", level="should")
    for each in (small, big):
        story.check(each)
    outage = hit(story, "Search hung", service="search")
    learned(story, big, outage, 4_000)
    section = next_section(as_("Ana").get("/services/search").text)
    assert section.index("Big rule") < section.index("Small rule")
    assert "1 incident, 4,000 customer minutes" in section
    assert f'href="/incidents/{outage}">INC-{outage} Search hung</a>' in section
    assert "no incident of ours yet" in section
    assert "Fix timeout, and report it again" in section
    assert f'href="/adoption/search/{big.number}#exemption"' in section
    assert 'href="/services/search#facts"' in section
    section = next_section(as_("Dev").get("/services/mail").text)
    assert f'no incident here yet; learned from <a href="/incidents/{outage}">INC-{outage} Search hung</a>' in section
    assert "Report timeout" in section
    assert "exemption" not in section
    page = as_("Dev").get("/services/checkout").text
    assert "Nothing: it has adopted every practice that applies to it." in page


def test_must_comes_before_should_at_equal_impact(story: Story, as_: Any) -> None:
    for statement, level in (("Should rule", "should"), ("Must rule", "must")):
        story.check(story.practice(statement, level=level))
    section = next_section(as_("Dev").get("/services/search").text)
    assert section.index("Must rule") < section.index("Should rule")


def test_an_incident_of_the_same_pattern_stands_behind_a_practice_too(story: Story, as_: Any, session: Session) -> None:
    practice = story.practice()
    story.check(practice)
    number = hit(story, "Search hung again", service="search")
    found = session.scalars(select(Incident).where(Incident.number == number)).one()
    story.analyse(found, new_pattern="Retry storm")
    session.scalars(select(Practice)).one().pattern_id = session.scalars(select(Pattern.id)).one()
    session.commit()
    section = next_section(as_("Dev").get("/services/search").text)
    assert f"INC-{number} Search hung again" in section
    assert "1 incident, customer minutes unknown" in section


@pytest.mark.parametrize("url", ["/services/search", "/teams/pay"])
def test_a_private_incident_moves_no_order_and_adds_no_minutes_for_outsiders(story: Story, as_: Any, url: str) -> None:
    first, second = story.practice("First rule"), story.practice("Second rule")
    for each in (first, second):
        story.check(each)
    number = hit(story, "A breach that few know of", service="search", is_private=True)
    learned(story, second, number, 888_888)
    page = as_("Cleo").get(url).text + as_("Cleo").get("/services/mail").text
    section = next_section(page)
    assert section.index("First rule") < section.index("Second rule")
    for secret in ("888,888", "breach", f"INC-{number}", "1 incident"):
        assert secret not in page
    section = next_section(as_("Ana").get(url).text)
    assert section.index("Second rule") < section.index("First rule")
    assert "1 incident, 888,888 customer minutes" in section


def test_a_fact_that_is_older_than_its_check_allows_is_stale(story: Story, as_: Any, clock: Any) -> None:
    story.check(story.practice(), freshness_days=10)
    story.check(story.practice("Other"), freshness_days=90)
    story.report("search", {"colour": "red"})
    clock.tick(days=11)
    page = as_("Dev").get("/services/search").text
    assert page.count("Stale<span") == 1
    assert "older than 10 days" in page
    assert "11 d ago" in page


def test_slips_and_exemptions_of_a_service_and_its_team_are_shown(
    story: Story, as_: Any, session: Session, clock: Any
) -> None:
    practice = story.practice()
    story.check(practice)
    ids = dict(session.execute(select(Service.name, Service.id)).all())
    for days, recovered in ((3, None), (5, clock()), (40, None)):
        at = clock() - timedelta(days=days)
        session.add(Slip(practice_id=practice.id, service_id=ids["search"], team_id=story.team_id, was="adopted",
                         cause="facts", message=f"Slipped {days} days ago.", at=at, last_at=at, times=1,
                         recovered_at=recovered))  # fmt: skip
    session.commit()
    with story.begin() as work:
        exemption.ask(work, practice.number, "search", reason="Rewritten.", by=story.actor("Cleo"), now=story.now,
                      expires_on=story.now.date() + timedelta(days=90))  # fmt: skip
    for url in ("/services/search", "/teams/pay"):
        page = as_("Dev").get(url).text
        assert "Slipped 3 days ago." in page
        assert "still lost" in page
        assert "adopted again" in page
        assert "Slipped 40 days ago." not in page
        assert "Rewritten." in page


def test_a_team_sees_its_figure_its_gaps_and_its_campaigns(story: Story, as_: Any) -> None:
    practice = story.practice()
    story.check(practice)
    with story.begin() as work:
        told = campaign.Told(why="Now.", starts_on=story.now.date(), ends_on=story.now.date() + timedelta(days=30),
                             owner_id=story.people["Ana"].id)  # fmt: skip
        made = campaign.start(work, practice.number, told, by=story.actor("Ana"), now=story.now)
    page = as_("Dev").get("/teams/pay").text
    assert "50%" in page
    assert "1 of 2 cells" in page
    section = next_section(page)
    assert "1 gap across its services" in section
    assert 'href="/services/search"' in section
    assert f'href="/campaigns/{made.id}"' in page
    assert "here 1 of 2 services" in page
    with story.begin() as work:
        catalog.add_team(work, catalog.TeamTold(name="fresh"), by=RATCHET)
    assert "No measured practice applies to its services yet." in as_("Dev").get("/teams/fresh").text


def test_the_gaps_and_services_of_a_team_are_paged(story: Story, as_: Any) -> None:
    for number in range(55):
        story.add_service(f"extra-{number:02}", 4, story.team_id)
    story.check(story.practice())
    page = as_("Dev").get("/teams/pay").text
    assert "1–20 of 56 gaps" in page
    assert "1–50 of 57 services" in page
    last = as_("Dev").get("/teams/pay?page=3&services=2").text
    assert "41–56 of 56 gaps" in last
    assert "51–57 of 57 services" in last
    assert "beyond the last one" in as_("Dev").get("/teams/pay?page=9&services=9").text
