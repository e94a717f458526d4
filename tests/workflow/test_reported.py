"""Facts and results that come from machines: who may, what is refused, and what was seen when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.adoption import Standing
from app.models.catalog import Fact, Service
from app.workflow import adoption, automation
from tests.cast import Cast, counts, sentences


@pytest.fixture
def check(cast: Cast) -> Any:
    """A reported check that is active."""
    practice = cast.practice()
    return cast.check(practice.number, "load test", kind="reported", freshness_days=3)


def stands(cast: Cast, service: str) -> str:
    rows = select(Standing.standing).join(Service, Service.id == Standing.service_id).where(Service.name == service)
    return cast.look(lambda session: session.scalars(rows).one())


def test_what_ci_reports_counts_until_it_is_stale(cast: Cast, check: Any) -> None:
    assert stands(cast, "cart") == "unknown"
    cast.do(adoption.report_result, check.id, "cart", "pass", message="200 rps", link="https://ci/7", by="Cleo")
    assert stands(cast, "cart") == "adopted"
    cast.do(adoption.report_result, check.id, "cart", "fail", message="80 rps", by="Cleo")
    assert stands(cast, "cart") == "not_adopted"
    due = cast.look(lambda session: session.scalars(select(Standing.due_at).where(Standing.due_at.is_not(None))).one())
    assert due == cast.now + timedelta(days=3)


def test_a_result_that_comes_late_does_not_replace_a_newer_one(cast: Cast, check: Any) -> None:
    cast.do(adoption.report_result, check.id, "cart", "pass", message="", at=cast.now)
    cast.do(adoption.report_result, check.id, "cart", "fail", message="", at=cast.now - timedelta(hours=1))
    assert stands(cast, "cart") == "adopted"


def test_a_fact_that_comes_late_does_not_replace_a_newer_one(cast: Cast) -> None:
    cast.report(50, "cart")
    cast.do(adoption.report_facts, "cart", {"timeout": 9, "new": 1}, source="x", at=cast.now - timedelta(hours=1))
    facts = cast.look(lambda session: {each.key: each.value for each in session.scalars(select(Fact))})
    assert facts == {"timeout": 50, "new": 1}


def test_null_takes_a_fact_back(cast: Cast) -> None:
    practice = cast.practice()
    cast.check(practice.number)
    cast.report(50, "cart")
    cast.do(adoption.report_facts, "cart", {"timeout": None}, source="x")
    assert stands(cast, "cart") == "unknown"
    assert cast.look(lambda session: session.scalars(select(Fact)).all()) == []


def test_a_verdict_is_as_fresh_as_the_oldest_fact_that_it_reads(cast: Cast) -> None:
    practice = cast.practice()
    cast.check(practice.number, 'facts["timeout"] < 100 && facts["replicas"] > 1', freshness_days=5)
    cast.do(adoption.report_facts, "cart", {"timeout": 50}, source="x", at=cast.now - timedelta(days=4))
    cast.do(adoption.report_facts, "cart", {"replicas": 2, "other": 1}, source="y")
    due = cast.look(lambda session: session.scalars(select(Standing.due_at).where(Standing.due_at.is_not(None))).one())
    assert due == cast.now + timedelta(days=1)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"result": "maybe"}, "Choose one of pass, fail, error, not_applicable."),
        ({"link": "javascript:alert(1)"}, "Give the link as an address that begins with https:// or http://."),
        ({"message": "x" * 2_001}, "Shorten this to 2,000 characters; it has 2,001."),
        ({"message": "\x00"}, "Remove the NUL character: no database can keep it."),
    ],
)
def test_a_result_that_makes_no_sense_is_refused_and_changes_nothing(
    cast: Cast, check: Any, told: dict[str, Any], sentence: str
) -> None:
    before = cast.look(counts)
    about = {"result": "pass", "message": "", **told}
    with pytest.raises(Refused) as refused:
        cast.do(adoption.report_result, check.id, "cart", about.pop("result"), **about)
    assert sentences(refused) == [sentence]
    assert cast.look(counts) == before


def test_what_was_seen_in_the_future_is_refused(cast: Cast, check: Any) -> None:
    later = cast.now + timedelta(minutes=6)
    for step in (
        lambda: cast.do(adoption.report_facts, "cart", {"a": 1}, source="x", at=later),
        lambda: cast.do(adoption.report_result, check.id, "cart", "pass", message="", at=later),
    ):
        with pytest.raises(Refused, match="It was seen in the future: check the clock"):
            step()


def test_facts_that_no_expression_could_be_run_on_are_refused(cast: Cast) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(Refused, match="nested more than 32 deep"):
        cast.do(adoption.report_facts, "cart", {"deep": deep}, source="x")
    with pytest.raises(Refused, match="too many to be checked"):
        cast.do(adoption.report_facts, "cart", {"wide": list(range(30_000))}, source="x")
    assert cast.look(lambda session: session.scalars(select(Fact)).all()) == []


def test_results_are_taken_from_those_who_may_for_what_there_is(cast: Cast, check: Any) -> None:
    with pytest.raises(NotAllowed):
        cast.do(adoption.report_result, check.id, "cart", "pass", message="", by="Dev")
    with pytest.raises(NotFound):
        cast.do(adoption.report_result, check.id, "moon", "pass", message="")
    with pytest.raises(NotFound):
        cast.do(adoption.report_result, 999, "cart", "pass", message="")
    attested = cast.attested(1)
    with pytest.raises(Refused, match="Only checks of kind reported or experiment"):
        cast.do(adoption.report_result, attested.id, "cart", "pass", message="")


def test_evidence_of_a_check_in_dry_run_is_kept_and_counts_when_it_is_activated(cast: Cast) -> None:
    practice = cast.practice()
    made = cast.check(practice.number, "load test", kind="reported", active=False)
    cast.do(adoption.report_result, made.id, "cart", "pass", message="")
    assert cast.look(lambda session: session.scalars(select(Standing)).all()) == []
    cast.do(automation.activate, made.id, version=1)
    assert stands(cast, "cart") == "adopted"
