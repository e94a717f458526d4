"""Adoption on the web: the matrix, the evidence of a cell, exemptions, attestations, the last stage of an incident."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select

from app.domain.people import RATCHET
from app.models.adoption import Exemption, PastStanding, Standing, Tally
from app.models.automation import Evidence
from app.queries import matrix
from app.workflow import catalog
from tests.web.practices import Story, send, statements_of


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def test_the_stage_names_the_services_that_have_not_adopted(story: Story, as_: Any) -> None:
    of = story.incident()
    url = f"/incidents/{of.number}/adoption"
    assert "there is nothing to adopt" in as_("Dev").get(url).text
    practice = story.practice(incident_number=of.number, target_percent=100)
    assert "Not measured yet" in as_("Dev").get(url).text
    story.check(practice)
    page = as_("Dev").get(url).text
    assert "1 of 3 services" in page
    assert f"/adoption/search/{practice.number}" in page
    assert "tier 2, Payments" in page
    assert f"/adoption/mail/{practice.number}" in page
    assert f"/adoption/checkout/{practice.number}" not in page


def test_the_matrix_groups_services_by_team_and_leads_to_evidence(story: Story, as_: Any) -> None:
    practice = story.practice()
    story.check(practice)
    story.practice("Not measured", accepted=False)
    page = as_("Dev").get("/adoption").text
    assert page.index("Payments</a></span>") < page.index("checkout") < page.index("No team</span>")
    assert (
        f'href="/adoption/checkout/{practice.number}" title="checkout, BP-{practice.number}: Adopted since 2 Mar 2026"'
        in page
    )
    assert f"search, BP-{practice.number}: Not adopted" in page
    assert f"mail, BP-{practice.number}: Unknown" in page
    assert "Not measured" not in page
    assert "33% of 3 cells that count" in page


def test_what_cannot_be_known_is_unknown_and_never_zero(story: Story, as_: Any) -> None:
    page = as_("Dev").get("/adoption").text
    assert page.count('<span class="stat-value stat-unknown">Unknown</span>') == 3
    assert "No practice is measured yet" in page


def test_the_matrix_is_filtered_by_team_area_and_standing(story: Story, as_: Any) -> None:
    one, two = story.practice("A", area="scale"), story.practice("B", area="change", selector='service.name == "mail"')
    story.check(one)
    story.check(two)
    reader = as_("Dev")
    page = reader.get("/adoption?team=pay").text
    assert "/services/checkout" in page
    assert "/services/mail" not in page
    page = reader.get("/adoption?area=scale").text
    assert f"/practices/{one.number}" in page
    assert f"/practices/{two.number}" not in page
    page = reader.get("/adoption?standing=not_adopted").text
    assert "/services/search" in page
    assert "/services/checkout" not in page
    assert f"/practices/{two.number}" not in page
    page = reader.get("/adoption?standing=exempt&team=nobody").text
    assert "Nothing to show here" in page
    assert reader.get("/adoption?team=%00&area=x&standing=x&page=x&columns=-1").status_code == 200


def test_the_matrix_takes_as_many_statements_for_many_cells_as_for_few(story: Story, as_: Any, engine: Engine) -> None:
    story.check(story.practice())
    reader = as_("Dev")
    for_few = statements_of(engine, lambda: reader.get("/adoption"))
    for each in range(20):
        story.add_service(f"service-{each}", 4)
    for each in range(5):
        story.check(story.practice(f"Rule {each}"))
    assert statements_of(engine, lambda: reader.get("/adoption")) == for_few
    assert for_few <= 8  # one of them counts, where nobody has kept count


def test_the_figures_of_the_whole_are_those_that_are_kept(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    story.check(practice)
    reader = as_("Dev")
    session.execute(delete(Tally))
    session.commit()
    assert "33% of 3 cells that count; counted just now" in reader.get("/adoption").text
    session.add(Tally(practice_id=practice.id, adopted=2, not_adopted=0, unknown=1, exempt=0))
    session.commit()
    assert "66% of 3 cells that count</span>" in reader.get("/adoption").text
    assert "50% of 2 cells that count; counted just now" in reader.get("/adoption?team=pay").text


def test_too_many_cells_to_count_are_unknown_and_say_what_to_do(
    story: Story, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.check(story.practice())
    monkeypatch.setattr(matrix, "COUNTED_MAX", 1)
    page = as_("Dev").get("/adoption?team=pay").text
    assert page.count("too many cells to count with these filters; choose one team") == 3
    assert "/services/checkout" in page


def test_the_matrix_is_filtered_by_tier_level_and_words(story: Story, as_: Any) -> None:
    must, should = story.practice("A"), story.practice("B", level="should")
    for each in (must, should):
        story.check(each)
    reader = as_("Dev")
    page = reader.get("/adoption?tier=2").text
    assert "/services/search" in page
    assert "/services/checkout" not in page
    page = reader.get("/adoption?level=should").text
    assert f'/practices/{should.number}"' in page
    assert f'/practices/{must.number}"' not in page
    page = reader.get("/adoption?q=CHECK").text
    assert "/services/checkout" in page
    assert "/services/search" not in page
    page = reader.get("/adoption?q=check&standing=adopted&tier=1").text
    assert "/services/checkout" in page
    assert "Nothing to show here" in reader.get("/adoption?q=%25").text


def test_each_cell_says_its_standing_and_since_when_and_each_column_its_statement(story: Story, as_: Any) -> None:
    practice = story.practice("Calls have <b>timeouts</b>")
    story.check(practice)
    page = as_("Dev").get("/adoption").text
    assert f'title="search, BP-{practice.number}: Not adopted since 2 Mar 2026"' in page
    assert f'BP-{practice.number}<span class="matrix-tip"> Calls have &lt;b&gt;timeouts&lt;/b&gt;</span>' in page
    assert 'role="region" aria-label="Services and practices" tabindex="0"' in page


def test_a_cell_shows_where_it_stood_before(story: Story, as_: Any, session: Any, clock: Any) -> None:
    practice = story.practice()
    story.check(practice)
    cell = session.scalars(select(Standing).where(Standing.standing == "not_adopted")).one()
    ago = [clock() - timedelta(days=days) for days in range(30, 0, -1)]
    for at, (since, until) in enumerate(pairwise(ago)):
        session.add(PastStanding(practice_id=cell.practice_id, service_id=cell.service_id, since=since, until=until,
                                 standing="adopted" if at % 2 else "unknown", message=f"Number {at}."))  # fmt: skip
    session.commit()
    reader, url = as_("Dev"), f"/adoption/search/{practice.number}"
    first, second = reader.get(url).text, reader.get(f"{url}?page=2").text
    assert first.index("Not adopted") < first.index("Number 28.") < first.index("Number 10.")
    assert "Number 9." not in first
    assert "1–20 of 30 standings" in first
    assert second.index("Number 9.") < second.index("Number 0.")


def test_the_matrix_is_paged_both_ways(story: Story, as_: Any) -> None:
    for each in range(50):
        story.add_service(f"service-{each:02}", 4)
    practices = [story.practice(f"Rule {each}") for each in range(31)]
    for each in practices:
        story.check(each, "true")
    first, last = as_("Dev").get("/adoption").text, as_("Dev").get("/adoption?page=2&columns=2").text
    assert "1–50 of 53 services" in first
    assert "1–30 of 31 practices" in first
    assert "51–53 of 53 services" in last
    assert "31–31 of 31 practices" in last
    assert f"/practices/{practices[-1].number}" in last
    assert f'/practices/{practices[0].number}"' not in last


def test_a_retired_service_is_not_counted(story: Story, as_: Any) -> None:
    story.check(story.practice())
    with story.begin() as work:
        told = catalog.ServiceTold(name="search", tier=2, team_id=story.team_id, is_retired=True)
        catalog.edit_service(work, "search", told, version=1, by=RATCHET, now=story.now)
    page = as_("Dev").get("/adoption").text
    assert "/services/search" not in page
    assert "50% of 2 cells that count" in page


def test_a_cell_that_was_never_evaluated_counts_as_unknown(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    story.check(practice)
    session.execute(delete(Standing).where(Standing.standing == "not_adopted"))
    session.execute(delete(Tally))
    session.commit()
    page = as_("Dev").get("/adoption").text
    assert f"search, BP-{practice.number}: Unknown" in page
    assert re.search(r'stat-label">Unknown</span>\s+<span class="stat-value">2</span>', page)
    assert "not evaluated yet" in as_("Dev").get(f"/adoption/search/{practice.number}").text
    assert "0 of 1 practice adopted" in as_("Dev").get("/services/search").text


def test_where_a_measured_practice_has_no_cell_it_does_not_apply(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    story.check(practice)
    session.execute(delete(Standing).where(Standing.standing == "not_adopted"))
    session.execute(delete(Tally))
    session.add(Tally(practice_id=practice.id, adopted=1, not_adopted=0, unknown=1, exempt=0))
    session.commit()
    reader = as_("Dev")
    for url in ("/adoption", "/adoption?team=pay"):
        assert f'title="search, BP-{practice.number}: Not applicable"' in reader.get(url).text
    assert "50% of 2 cells that count</span>" in reader.get("/adoption").text
    assert "100% of 1 cells that count" in reader.get("/adoption?team=pay").text
    assert "the practice does not mean this service" in reader.get(f"/adoption/search/{practice.number}").text
    page = reader.get("/services/search").text
    assert "Nothing yet: no measured practice applies to it." in page
    assert "1 of 1 cells of its services" in reader.get("/teams/pay").text


def test_a_cell_shows_the_evidence_of_every_check(story: Story, as_: Any, clock: Any) -> None:
    practice = story.practice()
    story.check(practice)
    story.attested(practice)
    reader = as_("Dev")
    page = reader.get(f"/adoption/search/{practice.number}").text
    assert "Not adopted" in page
    assert "timeout = 500" in page
    assert "Fresh until 1 Apr 2026" in page
    assert "No evidence yet, so it counts as unknown." in page
    clock.tick(days=31)
    assert "Stale since 1 Apr 2026" in reader.get(f"/adoption/search/{practice.number}").text


@pytest.mark.parametrize("url", ["/adoption/nobody/1", "/adoption/checkout/77", "/adoption/%00/1", "/adoption/x/0"])
def test_a_cell_that_there_is_not_is_not_found(story: Story, as_: Any, url: str) -> None:
    story.check(story.practice())
    assert as_("Dev").get(url).status_code == 404


def test_a_practice_that_is_not_measured_has_no_standing(story: Story, as_: Any) -> None:
    practice = story.practice()
    assert "Not measured: the practice is accepted" in as_("Dev").get(f"/adoption/checkout/{practice.number}").text


def test_an_owner_exempts_a_service_and_ends_it(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    story.check(practice)
    ana = as_("Ana")
    answer = send(
        ana, f"/practices/{practice.number}/exempt", service="search", reason="Switched off.", expires_on="2026-04-01"
    )
    assert answer.headers["Location"] == f"/adoption/search/{practice.number}"
    page = ana.get(f"/adoption/search/{practice.number}").text
    assert "Until 1 Apr 2026" in page
    assert "granted by Ana" in page
    assert "Switched off." in page
    assert "until 1 Apr 2026" in ana.get(f"/practices/{practice.number}").text
    send(ana, f"/adoption/search/{practice.number}/end_exemption")
    assert session.scalars(select(Exemption.state)).all() == ["ended"]
    send(ana, f"/adoption/search/{practice.number}/end_exemption")
    assert "search is not exempt" in ana.get(f"/adoption/search/{practice.number}").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"service": "nobody"}, "There is no service nobody in the catalogue."),
        ({"service": "se\x00arch"}, ""),
        ({"reason": " "}, "Say why the service is excused."),
        ({"expires_on": ""}, "Choose the last day."),
        ({"expires_on": "2026-03-01"}, "Choose a last day from today to a year from now."),
        ({"expires_on": "soon"}, "Not a valid date value."),
    ],
)
def test_an_exemption_that_is_refused_keeps_what_was_typed(
    story: Story, as_: Any, session: Any, wrong: dict[str, str], sentence: str
) -> None:
    practice = story.practice()
    story.check(practice)
    typed = {"service": "search", "reason": "Because of spring.", "expires_on": "2026-04-01", **wrong}
    answer = send(as_("Ana"), f"/practices/{practice.number}/exempt", **typed)
    if not sentence:
        assert answer.status_code in (302, 422)
        return
    assert answer.status_code == 422
    assert sentence in answer.text
    assert typed["reason"].strip() in answer.text
    assert f'value="{typed["service"]}"' in answer.text
    assert session.scalar(select(Exemption)) is None


def test_an_owner_attests_and_the_evidence_names_them(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    check = story.attested(practice)
    ana = as_("Ana")
    assert "Was the restore tried?" in ana.get(f"/practices/{practice.number}/attest?service=mail").text
    answer = send(
        ana, f"/practices/{practice.number}/attest", service="mail", check_id=str(check.id), result="pass",
        message="Saw the drill.",
    )  # fmt: skip
    assert answer.headers["Location"] == f"/adoption/mail/{practice.number}"
    page = ana.get(f"/adoption/mail/{practice.number}").text
    assert "Saw the drill." in page
    assert "<dd>Ana</dd>" in page
    assert session.scalar(select(Evidence.result)) == "pass"


def test_an_attestation_that_is_refused_keeps_what_was_typed(story: Story, as_: Any, session: Any) -> None:
    practice, other = story.practice("A"), story.practice("B")
    check, foreign = story.attested(practice), story.attested(other)
    url = f"/practices/{practice.number}/attest"
    typed = {"service": "mail", "check_id": str(check.id), "result": "pass", "message": "Saw it."}
    for wrong, sentence in (
        ({"check_id": str(foreign.id)}, "Choose a question from the list."),
        ({"result": ""}, "Choose pass or fail."),
        ({"message": ""}, "Say what you looked at."),
        ({"service": ""}, "There is no service"),
    ):
        answer = send(as_("Ana"), url, **{**typed, **wrong})
        assert answer.status_code == 422
        assert sentence in answer.text
    assert session.scalar(select(Evidence)) is None


def test_only_owners_attest_and_viewers_ask_for_nothing(story: Story, as_: Any) -> None:
    practice = story.practice()
    story.attested(practice)
    for who, step in (("Cleo", "attest"), ("Dev", "attest"), ("Dev", "exempt")):
        reader = as_(who)
        assert reader.get(f"/practices/{practice.number}/{step}").status_code == 403
        assert send(reader, f"/practices/{practice.number}/{step}", service="mail").status_code == 403
        assert f"/{step}" not in reader.get(f"/adoption/mail/{practice.number}").text
    assert send(as_("Cleo"), f"/adoption/mail/{practice.number}/end_exemption").status_code == 403


def test_an_exemption_that_is_over_is_shown_as_over(story: Story, as_: Any, clock: Any, session: Any) -> None:
    practice = story.practice()
    story.check(practice)
    send(as_("Ana"), f"/practices/{practice.number}/exempt", service="search", reason="r", expires_on="2026-03-03")
    assert session.scalar(select(Standing.standing).where(Standing.standing == "exempt")) == "exempt"
    clock.at += timedelta(days=2)
    assert "Over since 3 Mar 2026" in as_("Ana").get(f"/adoption/search/{practice.number}").text
