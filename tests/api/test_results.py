"""Results and journals by the API: what CI and chaos experiments have shown of a service."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.models.automation import Check, Evidence
from tests.api.machine import Machine, Make, journal, problem, sentences
from tests.cast import Cast


@pytest.fixture
def reported(cast: Cast) -> Check:
    return cast.check(cast.practice().number, "restore test", kind="reported", freshness_days=30)


@pytest.fixture
def experiment(cast: Cast) -> Check:
    return cast.check(cast.practice().number, "checkout bears a LOST database", kind="experiment", freshness_days=30)


def evidence(cast: Cast) -> list[Evidence]:
    return cast.look(lambda session: list(session.scalars(select(Evidence).order_by(Evidence.id))))


def standing(api: Machine, service: str) -> str:
    found: str = api.get(f"/standings?service={service}").get_json()["items"][0]["standing"]
    return found


def test_a_result_decides_where_a_service_stands(api: Machine, cast: Cast, reported: Check) -> None:
    told = {"service": "checkout", "result": "pass", "message": "4 minutes", "link": "https://ci.example.com/8"}
    answer = api.post(f"/checks/{reported.id}/results", told)
    assert answer.status_code == 200
    assert answer.get_json() == {
        "accepted": [{"service": "checkout", "result": "pass", "message": "4 minutes"}], "refused": [],
    }  # fmt: skip
    assert standing(api, "checkout") == "adopted"
    (kept,) = evidence(cast)
    assert (kept.message, kept.link, kept.by_id) == ("4 minutes", "https://ci.example.com/8", cast.id("Ana"))


def test_a_bad_result_in_a_list_does_not_stop_the_others(api: Machine, reported: Check) -> None:
    told = [
        {"service": "checkout", "result": "pass"}, {"service": "nope", "result": "pass"},
        {"service": "cart", "result": "perhaps"}, 5, {"service": "search", "result": "fail"},
    ]  # fmt: skip
    found = api.post(f"/checks/{reported.id}/results", told).get_json()
    assert [each["service"] for each in found["accepted"]] == ["checkout", "search"]
    assert [(each["at"], each["service"]) for each in found["refused"]] == [(1, "nope"), (2, "cart"), (3, "")]
    assert standing(api, "search") == "not_adopted"


def test_a_viewer_may_not_report_a_result(machine: Make, cast: Cast, reported: Check, experiment: Check) -> None:
    dev = machine("Dev")
    problem(dev.post(f"/checks/{reported.id}/results", {"service": "checkout", "result": "pass"}), 403)
    problem(dev.post(f"/checks/{experiment.id}/experiments?service=checkout", journal()), 403)
    assert evidence(cast) == []


def test_a_check_that_does_not_exist_or_takes_no_results(api: Machine, cast: Cast) -> None:
    facts_check = cast.check(cast.practice().number)
    for check_id in (999_999, facts_check.id):
        answer = api.post(f"/checks/{check_id}/results", {"service": "checkout", "result": "pass"})
        assert sentences(answer)
    assert api.post("/checks/99999999999999999999/results", {}).status_code == 404


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Give service."),
        ([], "Send 1 to 1,000 results; there are 0."),
        ([{}] * 1_001, "Send 1 to 1,000 results; there are 1001."),
        ({"service": "checkout", "result": "passed"}, "result must be one of 'pass', 'fail', 'error'"),
        ({"service": "checkout", "result": "pass", "link": "javascript:alert(1)"}, "link must start with https://"),
        ({"service": "checkout", "result": "pass", "message": "x" * 2_001}, "Shorten message to 2000 characters."),
        ({"service": "check\x00out", "result": "pass"}, "service has a NUL character"),
        ({"service": "", "result": "pass"}, "service must not be empty."),
        ({"service": 10**30, "result": "pass"}, "service must be a text."),
        ({"service": "checkout", "result": "pass", "at": "noon"}, "at must be a time with its zone"),
        ({"service": "checkout", "result": "pass", "score": 7}, "There is no score here."),
    ],
)
def test_a_result_that_cannot_be_taken(api: Machine, reported: Check, told: Any, words: str) -> None:
    assert words in sentences(api.post(f"/checks/{reported.id}/results", told))


def test_a_journal_of_chaos_toolkit_is_evidence_as_it_is(api: Machine, cast: Cast, experiment: Check) -> None:
    answer = api.post(f"/checks/{experiment.id}/experiments?service=checkout&link=https://ci.example.com/9", journal())
    assert answer.status_code == 200
    assert answer.get_json()["result"] == "pass"
    (kept,) = evidence(cast)
    assert (kept.result, kept.source, kept.link) == ("pass", "Chaos Toolkit", "https://ci.example.com/9")
    assert kept.at.isoformat() == "2026-03-01T08:00:10.500000+00:00"
    assert standing(api, "checkout") == "adopted"


def test_a_journal_that_deviated_is_no_pass(api: Machine, experiment: Check) -> None:
    deviated = journal(status="failed", deviated=True, end="2026-03-01T09:00:00")
    answer = api.post(f"/checks/{experiment.id}/experiments?service=checkout", deviated)
    assert answer.get_json()["result"] == "fail"
    assert standing(api, "checkout") == "not_adopted"


def test_a_journal_of_another_experiment_is_refused_with_both_titles(api: Machine, experiment: Check) -> None:
    other = journal(experiment={"title": "Cart bears a slow network"})
    words = sentences(api.post(f"/checks/{experiment.id}/experiments?service=checkout", other))
    assert "“checkout bears a LOST database”" in words
    assert "“Cart bears a slow network”" in words


def test_only_a_check_of_kind_experiment_reads_journals(api: Machine, reported: Check) -> None:
    words = sentences(api.post(f"/checks/{reported.id}/experiments?service=checkout", journal()))
    assert "of kind reported" in words
    problem(api.post("/checks/999999/experiments?service=checkout", journal()), 404)


@pytest.mark.parametrize("told", [{}, [], "x", 1, {"experiment": 5, "status": [], "end": {}}, {"status": "completed"}])
def test_what_is_no_journal_is_refused(api: Machine, experiment: Check, told: Any) -> None:
    assert sentences(api.post(f"/checks/{experiment.id}/experiments?service=checkout", told))


def test_a_journal_needs_its_service(api: Machine, experiment: Check) -> None:
    assert "Give service." in sentences(api.post(f"/checks/{experiment.id}/experiments", journal()))
