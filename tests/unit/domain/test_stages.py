"""What each stage waits for, and the steps of the things that belong to it. The table and the modules agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import adoption, analysis, automation, best_practice, incident, remediation, resolution, review
from app.domain.errors import NotAllowed, Refusal, Refused
from app.domain.lifecycle import STAGES

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

INCIDENT = incident.IncidentFacts("Checkout is down", "SEV1", 1, True)
RESOLUTION = resolution.ResolutionFacts(
    NOW - timedelta(minutes=40), NOW - timedelta(minutes=30), NOW - timedelta(minutes=20), NOW - timedelta(minutes=10),
    "Nobody could pay.", "Rollback.",
)  # fmt: skip
REVIEW = review.ReviewFacts(True, "Retries piled up.", 1, 1, "The alert.", "The runbook.", "It was night.")


def items(*states: tuple[str, str]) -> remediation.RemediationFacts:
    rows = [remediation.ItemFacts(at, f"Fix {at}", priority, state) for at, (priority, state) in enumerate(states, 1)]
    return remediation.RemediationFacts(rows, "")


def practice(state: str) -> best_practice.PracticeFacts:
    return best_practice.PracticeFacts(5, state)


# Everything that any stage can miss: one row per way to be incomplete.
INCOMPLETE: dict[str, list[Iterable[Refusal]]] = {
    "incident": [incident.missing(incident.IncidentFacts(" ", None, 0, False))],
    "resolution": [
        resolution.missing(resolution.ResolutionFacts(None, None, None, None, " ", "")),
        resolution.missing(replace(RESOLUTION, resolved_at=NOW - timedelta(hours=9))),
    ],
    "review": [review.missing(review.ReviewFacts(False, " ", 0, 0, "", " ", "\n"))],
    "remediation": [
        remediation.missing(remediation.RemediationFacts([], " ")),
        remediation.missing(items(("must", "open"), ("must", "done"))),
    ],
    "analysis": [
        analysis.missing(analysis.AnalysisFacts(False, None, "", 0)),
        analysis.missing(analysis.AnalysisFacts(True, analysis.KNOWN, "Seen before.", 0)),
    ],
    "best_practice": [
        best_practice.missing([]),
        best_practice.missing([practice("proposed"), practice("retired")]),
    ],
    "automation": [automation.missing([]), automation.missing([automation.CheckedPractice("BP-5", 0)])],
    "adoption": [
        adoption.missing([]),
        adoption.missing([adoption.Progress("BP-5", 1, 3, 90), adoption.Progress("BP-6", 0, 0, 90)]),
    ],
}


def codes(refusals: Iterable[Refusal]) -> list[str]:
    return [each.code for each in refusals]


def sentences(refusals: Iterable[Refusal]) -> list[str]:
    return [each.sentence for each in refusals]


def test_every_code_of_the_table_comes_from_the_module_of_its_stage_and_no_other_does() -> None:
    for stage in STAGES:
        produced = {code for refusals in INCOMPLETE[stage.key] for code in codes(refusals)}
        assert produced == set(stage.exit), stage.title


def test_a_complete_stage_misses_nothing() -> None:
    assert list(incident.missing(INCIDENT)) == []
    assert list(resolution.missing(RESOLUTION)) == []
    assert list(review.missing(REVIEW)) == []
    assert list(remediation.missing(items(("must", "verified"), ("must", "dropped"), ("should", "open")))) == []
    assert list(analysis.missing(analysis.AnalysisFacts(True, analysis.NEW, "It will come again.", 0))) == []
    assert list(best_practice.missing([practice("accepted"), practice("slipped")])) == []
    assert list(automation.missing([automation.CheckedPractice("BP-5", 1)])) == []
    assert list(adoption.missing([adoption.Progress("BP-5", 9, 10, 90)])) == []


# Incident


def test_a_title_is_freed_of_needless_space() -> None:
    assert incident.require_title("  Checkout \n is\tdown ") == "Checkout is down"


def test_a_title_may_not_be_empty() -> None:
    with pytest.raises(Refused, match="Give the incident a title"):
        incident.require_title(" \n ")


def test_a_title_has_at_most_200_characters() -> None:
    assert len(incident.require_title("x" * 200)) == 200
    with pytest.raises(Refused, match="Shorten the title to 200 characters; it has 201"):
        incident.require_title("x" * 201)


def test_a_severity_may_wait_but_not_be_invented() -> None:
    assert incident.require_severity("SEV3") == "SEV3"
    assert incident.require_severity("") is None
    assert incident.require_severity(None) is None
    with pytest.raises(Refused, match="SEV1, SEV2, SEV3, SEV4"):
        incident.require_severity("SEV5")


# Resolution


def test_each_time_that_is_missing_is_named_in_order() -> None:
    nothing = resolution.ResolutionFacts(None, None, None, None, "Nobody could pay.", "Rollback.")
    assert sentences(resolution.missing(nothing)) == [
        "Enter when it started.", "Enter when it was detected.",
        "Enter when it was mitigated.", "Enter when it was resolved.",
    ]  # fmt: skip


def test_times_may_be_equal() -> None:
    same = replace(RESOLUTION, started_at=NOW, detected_at=NOW, mitigated_at=NOW, resolved_at=NOW)
    assert list(resolution.missing(same)) == []
    resolution.require_sane(same, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (
            replace(RESOLUTION, detected_at=NOW - timedelta(hours=1)),
            "detected_at",
            "it was detected before it started.",
        ),
        (
            replace(RESOLUTION, mitigated_at=NOW - timedelta(minutes=35)),
            "mitigated_at",
            "it was mitigated before it was detected.",
        ),
        (
            replace(RESOLUTION, resolved_at=NOW - timedelta(minutes=25)),
            "resolved_at",
            "it was resolved before it was mitigated.",
        ),
        (
            replace(RESOLUTION, detected_at=None, mitigated_at=NOW - timedelta(hours=2)),
            "mitigated_at",
            "it was mitigated before it started.",
        ),
    ],
)
def test_times_out_of_order_are_told_at_the_later_one(
    wrong: resolution.ResolutionFacts, field: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        resolution.require_sane(wrong, now=NOW)
    assert [(each.field, each.sentence) for each in refused.value.refusals] == [
        (field, f"Put the times in order: {sentence}")
    ]


def test_times_that_are_not_known_yet_are_no_mistake_while_typing() -> None:
    resolution.require_sane(resolution.ResolutionFacts(None, None, None, None, "", ""), now=NOW)


def test_a_clock_may_be_five_minutes_ahead_and_no_more() -> None:
    resolution.require_sane(replace(RESOLUTION, resolved_at=NOW + timedelta(minutes=5)), now=NOW)
    with pytest.raises(Refused, match="The time when it was resolved lies in the future"):
        resolution.require_sane(replace(RESOLUTION, resolved_at=NOW + timedelta(minutes=5, seconds=1)), now=NOW)


def test_every_wrong_time_is_told_at_once() -> None:
    later = NOW + timedelta(days=1)
    wrong = replace(RESOLUTION, started_at=later, resolved_at=NOW - timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        resolution.require_sane(wrong, now=NOW)
    assert [each.field for each in refused.value.refusals] == ["detected_at", "resolved_at", "started_at"]


@pytest.mark.parametrize("minutes", [None, 0, 2_000_000_000])
def test_customer_minutes_may_be_unknown_or_large(minutes: int | None) -> None:
    assert resolution.require_minutes(minutes) == minutes


@pytest.mark.parametrize("minutes", [-1, 2_000_000_001])
def test_customer_minutes_fit_their_column(minutes: int) -> None:
    with pytest.raises(Refused, match="a number from 0 up"):
        resolution.require_minutes(minutes)


# Review


@pytest.mark.parametrize(
    ("unanswered", "sentence"),
    [
        (replace(REVIEW, went_well=" "), "Answer what went well."),
        (replace(REVIEW, went_badly=""), "Answer what went badly."),
        (replace(REVIEW, got_lucky="\n"), "Answer where we got lucky."),
    ],
)
def test_a_review_answers_three_questions(unanswered: review.ReviewFacts, sentence: str) -> None:
    assert sentences(review.missing(unanswered)) == [sentence]


def test_a_contributing_factor_is_in_one_of_five_areas() -> None:
    assert [review.require_area(each) for each in review.AREAS] == list(review.AREAS)
    assert len(review.AREAS) == 5
    with pytest.raises(Refused, match="Choose one of the areas dependency, scale, variance, change, organization"):
        review.require_area("human error")


# Remediation


def test_no_action_item_is_needed_when_there_is_a_reason() -> None:
    assert list(remediation.missing(remediation.RemediationFacts([], "The vendor fixed it."))) == []


def test_a_must_do_item_is_named_until_somebody_has_verified_it() -> None:
    assert sentences(remediation.missing(items(("must", "open"), ("must", "done"), ("could", "done")))) == [
        "ACT-1 “Fix 1” must be done and verified, or dropped with a reason.",
        "ACT-2 “Fix 2” is done but nobody has verified it yet.",
    ]


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [("open", "finish", "done"), ("done", "verify", "verified"), ("open", "drop", "dropped"),
     ("done", "drop", "dropped"), ("done", "resume", "open"), ("verified", "resume", "open"),
     ("dropped", "resume", "open")],
)  # fmt: skip
def test_an_action_item_is_finished_and_then_verified(state: str, verb: str, after: str) -> None:
    assert remediation.item_step(state, verb, "because") == after


def test_every_other_step_of_an_action_item_is_refused_with_its_sentence() -> None:
    for verb, (allowed, _after, otherwise) in remediation.ITEM_STEPS.items():
        for state in {"open", "done", "verified", "dropped"} - allowed:
            with pytest.raises(Refused) as refused:
                remediation.item_step(state, verb, "because")
            assert sentences(refused.value.refusals) == [otherwise]


def test_an_action_item_is_not_dropped_without_a_reason() -> None:
    with pytest.raises(Refused, match="Say why this action item is dropped"):
        remediation.item_step("open", "drop", " ")


def test_a_choice_that_is_not_offered_is_refused_with_those_that_are() -> None:
    assert remediation.require_choice("detect", remediation.KINDS, "kind") == "detect"
    with pytest.raises(Refused) as refused:
        remediation.require_choice("blame", remediation.KINDS, "kind")
    assert refused.value.refusals == (
        Refusal("item.kind_unknown", "Choose one of detect, mitigate, prevent, process.", "kind"),
    )


# Analysis


@pytest.mark.parametrize("decision", analysis.DECISIONS)
def test_every_decision_needs_its_reason_and_the_pattern(decision: str) -> None:
    facts = analysis.AnalysisFacts(False, decision, "  ", 1)
    assert codes(analysis.missing(facts)) == ["analysis.pattern_missing", "analysis.reason_missing"]


def test_a_decision_that_is_none_of_the_three_is_no_decision() -> None:
    assert codes(analysis.missing(analysis.AnalysisFacts(True, "maybe", "Hm.", 1))) == ["analysis.decision_missing"]


def test_a_new_practice_may_be_written_later_but_a_known_one_is_linked_now() -> None:
    assert list(analysis.missing(analysis.AnalysisFacts(True, "none", "A one-off.", 0))) == []
    assert sentences(analysis.missing(analysis.AnalysisFacts(True, "known", "Again.", 0))) == [
        "Link the practice that was decided on."
    ]
    assert list(analysis.missing(analysis.AnalysisFacts(True, "known", "Again.", 1))) == []


# Best practice


def test_a_practice_must_be_accepted_and_not_retired() -> None:
    assert sentences(best_practice.missing([practice("proposed"), practice("adopted"), practice("retired")])) == [
        "BP-5 must be accepted by someone other than its author.",
        "BP-5 is retired: link another practice.",
    ]


def test_nobody_accepts_their_own_practice() -> None:
    best_practice.require_other(1, 2)
    best_practice.require_other(None, 1)
    best_practice.require_other(None, None)  # from the starter catalogue
    with pytest.raises(NotAllowed, match="someone other than its author") as refused:
        best_practice.require_other(1, 1)
    assert refused.value.code == "practice.own"


@pytest.mark.parametrize("percent", [1, 90, 100])
def test_a_target_is_a_percentage(percent: int) -> None:
    assert best_practice.require_target(percent) == percent


@pytest.mark.parametrize("percent", [None, 0, -1, 101])
def test_a_target_that_nobody_or_everybody_meets_is_refused(percent: int | None) -> None:
    with pytest.raises(Refused, match="a percentage from 1 to 100"):
        best_practice.require_target(percent)


# Automation


def test_each_practice_without_an_active_check_is_named() -> None:
    rows = [automation.CheckedPractice("BP-5", 0), automation.CheckedPractice("BP-6", 2)]
    assert sentences(automation.missing(rows)) == ["BP-5 needs an active check."]


@pytest.mark.parametrize("days", [None, 0, -3, 731])
def test_freshness_is_between_a_day_and_two_years(days: int | None) -> None:
    assert automation.require_days(1) == 1
    assert automation.require_days(730) == 730
    with pytest.raises(Refused, match="from 1 to 730"):
        automation.require_days(days)


def test_only_an_attested_check_says_why_no_machine_can_tell() -> None:
    automation.require_off_reason(automation.FACTS, "")
    automation.require_off_reason(automation.ATTESTED, "It is a habit.")
    with pytest.raises(Refused, match="Say why no machine can check this"):
        automation.require_off_reason(automation.ATTESTED, " ")
