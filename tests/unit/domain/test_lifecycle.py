"""The table of stages, the moves it allows, and what it says when a move is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.domain import lifecycle as cycle
from app.domain.errors import Refused
from app.domain.lifecycle import AHEAD, BLOCKED, DONE, KEYS, SKIPPED, STAGES, Position, Step

POLICY = cycle.DEFAULT_POLICY
MISSING = [cycle.sentence("review.summary_missing"), cycle.sentence("review.timeline_missing")]
CLOSED = Position("adoption", DONE)
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def said(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.sentence for each in refused.value.refusals]


def at(stage: str, state: str = cycle.ACTIVE) -> Position:
    return Position(stage, state)


def test_the_eight_stages_stand_in_the_order_of_the_product() -> None:
    assert [(stage.number, stage.title) for stage in STAGES] == list(
        enumerate(
            ["Incident", "Resolution", "Review", "Remediation", "Analysis", "Best practice", "Automation", "Adoption"],
            1,
        )
    )
    assert list(KEYS) == [stage.title.lower().replace(" ", "_") for stage in STAGES]


def test_every_exit_criterion_is_a_sentence_of_its_own_stage() -> None:
    for stage in STAGES:
        for code, words in stage.exit.items():
            assert code.startswith(f"{stage.key}.")
            assert words.endswith(".")
            assert words[0].isupper() or words.startswith("{")


def test_a_criterion_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        cycle.sentence("review.coffee_missing")


def test_what_people_type_is_never_read_as_part_of_a_sentence() -> None:
    told = cycle.sentence("remediation.item_open", item="ACT-1 “{item} {0} %s”")
    assert told.sentence.startswith("ACT-1 “{item} {0} %s” must be")


@pytest.mark.parametrize(("stage", "following"), list(pairwise(KEYS)))
def test_advance_leads_to_the_next_stage_in_order(stage: str, following: str) -> None:
    assert cycle.advance(at(stage), stage, []) == at(following)


def test_completing_adoption_closes_the_loop() -> None:
    after = cycle.advance(at("adoption"), "adoption", [])
    assert after == CLOSED
    assert after.is_closed


@pytest.mark.parametrize("stage", KEYS)
def test_no_stage_that_is_active_or_blocked_is_closed(stage: str) -> None:
    assert not at(stage).is_closed
    assert not at(stage, BLOCKED).is_closed


def test_advance_names_every_missing_thing_in_one_sentence_each() -> None:
    with pytest.raises(Refused) as refused:
        cycle.advance(at("review"), "review", MISSING)
    assert said(refused) == ["Write a summary.", "Add at least one timeline entry."]
    assert str(refused.value) == "Write a summary. Add at least one timeline entry."


def test_an_old_page_cannot_complete_a_stage_that_is_over() -> None:
    with pytest.raises(Refused) as refused:
        cycle.advance(at("analysis"), "review", [])
    assert said(refused) == ["The incident is at Analysis, not at Review. Nothing was changed."]


def test_a_stage_that_has_not_been_reached_cannot_be_completed() -> None:
    with pytest.raises(Refused, match="The incident is at Review, not at Adoption"):
        cycle.advance(at("review"), "adoption", [])


def test_a_blocked_stage_cannot_be_completed() -> None:
    with pytest.raises(Refused) as refused:
        cycle.advance(at("review", BLOCKED), "review", [])
    assert said(refused) == ["Review is blocked. Unblock it first."]


def test_a_closed_loop_can_only_be_reopened() -> None:
    wrong: list[Callable[[], Position]] = [
        lambda: cycle.advance(CLOSED, "adoption", []),
        lambda: cycle.skip(CLOSED, "adoption", "SEV4", "enough", POLICY),
        lambda: cycle.block(CLOSED, "adoption", "waiting"),
        lambda: cycle.unblock(CLOSED, "adoption"),
    ]
    for move in wrong:
        with pytest.raises(Refused) as refused:
            move()
        assert said(refused) == ["The loop of this incident is closed. Reopen a stage first."]
    assert cycle.reopen(CLOSED, "adoption", "it slipped") == at("adoption")


@pytest.mark.parametrize("severity", ["SEV1", "SEV2"])
@pytest.mark.parametrize("stage", KEYS)
def test_a_sev1_and_a_sev2_may_skip_nothing(severity: str, stage: str) -> None:
    with pytest.raises(Refused) as refused:
        cycle.skip(at(stage), stage, severity, "no time", POLICY)
    assert said(refused) == [f"{severity} may not skip {cycle.BY_KEY[stage].title}."]


@pytest.mark.parametrize("severity", [None, *cycle.SEVERITIES])
@pytest.mark.parametrize("stage", ["incident", "resolution"])
def test_nobody_skips_the_incident_or_its_resolution(severity: str | None, stage: str) -> None:
    with pytest.raises(Refused, match="may not skip"):
        cycle.skip(at(stage), stage, severity, "no time", POLICY)


def test_a_sev3_must_be_reviewed_and_may_skip_what_follows() -> None:
    skippable = {stage for stage in KEYS if stage in POLICY["SEV3"].skippable}
    assert skippable == {"remediation", "analysis", "best_practice", "automation", "adoption"}
    assert cycle.skip(at("analysis"), "analysis", "SEV3", "a one-off", POLICY) == at("best_practice")


def test_a_sev4_may_skip_its_review() -> None:
    assert cycle.skip(at("review"), "review", "SEV4", "trivial", POLICY) == at("remediation")


def test_skipping_adoption_closes_the_loop() -> None:
    after = cycle.skip(at("adoption"), "adoption", "SEV4", "one service", POLICY)
    assert after == Position("adoption", SKIPPED)
    assert after.is_closed


def test_an_incident_without_severity_may_skip_nothing() -> None:
    with pytest.raises(Refused, match="An incident without severity may not skip Analysis"):
        cycle.skip(at("analysis"), "analysis", None, "no time", POLICY)


@pytest.mark.parametrize("why", ["", "  ", "\n\t"])
def test_skip_block_and_reopen_ask_for_a_reason(why: str) -> None:
    asked: dict[str, Callable[[], Position]] = {
        "Say why this stage is skipped.": lambda: cycle.skip(at("analysis"), "analysis", "SEV4", why, POLICY),
        "Say what blocks it.": lambda: cycle.block(at("review"), "review", why),
        "Say why it is reopened.": lambda: cycle.reopen(at("analysis"), "review", why),
    }
    for ask, move in asked.items():
        with pytest.raises(Refused) as refused:
            move()
        assert [(each.sentence, each.field) for each in refused.value.refusals] == [(ask, "why")]


@pytest.mark.parametrize("stage", KEYS)
def test_a_stage_is_blocked_once_and_unblocked_once(stage: str) -> None:
    title = cycle.BY_KEY[stage].title
    blocked = cycle.block(at(stage), stage, "the vendor is silent")
    assert blocked == at(stage, BLOCKED)
    with pytest.raises(Refused, match=f"{title} is already blocked"):
        cycle.block(blocked, stage, "again")
    assert cycle.unblock(blocked, stage) == at(stage)
    with pytest.raises(Refused, match=f"{title} is not blocked"):
        cycle.unblock(at(stage), stage)


@pytest.mark.parametrize("stage", KEYS[1:])
def test_reopen_goes_back_to_any_earlier_stage(stage: str) -> None:
    for earlier in KEYS[: KEYS.index(stage)]:
        assert cycle.reopen(at(stage, BLOCKED), earlier, "something new") == at(earlier)


@pytest.mark.parametrize("stage", KEYS)
def test_reopen_never_goes_forward_nor_stays(stage: str) -> None:
    for later in KEYS[KEYS.index(stage) :]:
        with pytest.raises(Refused) as refused:
            cycle.reopen(at(stage), later, "hurry")
        assert said(refused) == [f"{cycle.BY_KEY[later].title} has not been completed yet."]


def test_a_stage_that_does_not_exist_cannot_be_reopened() -> None:
    with pytest.raises(Refused, match="There is no such stage"):
        cycle.reopen(CLOSED, "retrospective", "typo")


def test_stages_without_an_object_are_left_out_whatever_the_policy() -> None:
    where, seen = at("best_practice"), []
    while not where.is_closed:
        where = cycle.leave_out(where)
        seen.append(where)
    assert seen == [at("automation"), at("adoption"), Position("adoption", SKIPPED)]


# The rail


def step(verb: str, source: str | None, target: str, hours: int, why: str = "", state: str = cycle.ACTIVE) -> Step:
    return Step(verb, source, target, state, MONDAY + timedelta(hours=hours), why)


TO_REVIEW = [
    step("declare", None, "incident", 0),
    step("advance", "incident", "resolution", 1),
    step("advance", "resolution", "review", 5),
]


def states(teeth: tuple[cycle.Tooth, ...]) -> list[str]:
    return [tooth.state for tooth in teeth]


def test_the_rail_has_eight_teeth_and_those_ahead_know_no_time() -> None:
    teeth = cycle.rail(at("review"), TO_REVIEW)
    assert states(teeth) == [DONE, DONE, "active", *[AHEAD] * 5]
    assert [tooth.since for tooth in teeth[:3]] == [MONDAY + timedelta(hours=each) for each in (1, 5, 5)]
    assert {tooth.since for tooth in teeth[3:]} == {None}
    assert [tooth.stage for tooth in teeth] == list(STAGES)


def test_the_rail_of_nothing_is_all_ahead_but_the_first() -> None:
    assert states(cycle.rail(cycle.START, [])) == ["active", *[AHEAD] * 7]


def test_the_rail_says_why_a_stage_is_blocked_and_why_another_was_skipped() -> None:
    steps = [
        *TO_REVIEW,
        step("skip", "review", "remediation", 6, "trivial"),
        step("block", "remediation", "remediation", 7, "the vendor is silent", BLOCKED),
    ]
    teeth = cycle.rail(at("remediation", BLOCKED), steps)
    assert (teeth[2].state, teeth[2].why) == (SKIPPED, "trivial")
    assert (teeth[3].state, teeth[3].why, teeth[3].since) == (
        BLOCKED, "the vendor is silent", MONDAY + timedelta(hours=7),
    )  # fmt: skip


def test_an_unblocked_stage_keeps_no_reason() -> None:
    steps = [
        *TO_REVIEW,
        step("block", "review", "review", 6, "holidays", BLOCKED),
        step("unblock", "review", "review", 7, "back"),
    ]
    assert cycle.rail(at("review"), steps)[2].why == ""


def test_reopening_takes_back_what_was_done_from_that_stage_on() -> None:
    teeth = cycle.rail(at("resolution"), [*TO_REVIEW, step("reopen", "review", "resolution", 9, "it came back")])
    assert states(teeth) == [DONE, "active", *[AHEAD] * 6]
    assert teeth[1].since == MONDAY + timedelta(hours=9)


def test_the_rail_of_a_closed_loop_has_no_active_tooth() -> None:
    steps = [step("declare", None, KEYS[0], 0)]
    steps += [step("advance", here, there, 1) for here, there in pairwise(KEYS)]
    steps += [step("leave_out", "adoption", "adoption", 2, "no service is left", SKIPPED)]
    assert states(cycle.rail(Position("adoption", SKIPPED), steps)) == [*[DONE] * 7, SKIPPED]


@pytest.mark.parametrize("verb", ["edit", "resolve", "finish", "link", "verify", "change_privacy"])
def test_edits_in_between_change_neither_a_state_nor_its_since_when(verb: str) -> None:
    blocked = [*TO_REVIEW, step("block", "review", "review", 6, "holidays", BLOCKED)]
    noise = [step(verb, "review", "review", 8, "typo", BLOCKED), step(verb, None, "adoption", 9, "early")]
    where = at("review", BLOCKED)
    assert cycle.rail(where, [*noise, *blocked, *noise]) == cycle.rail(where, blocked)


# Policy and due times


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, datetime(2026, 3, 3, 9, 30)), (4, datetime(2026, 3, 6, 9, 30)), (5, datetime(2026, 3, 9, 9, 30)),
     (10, datetime(2026, 3, 16, 9, 30))],
)  # fmt: skip
def test_a_weekend_does_not_count_as_working_days(days: int, expected: datetime) -> None:
    policy = {"SEV1": cycle.Policy(frozenset(), {"review": days})}
    assert cycle.due_at(MONDAY, "review", "SEV1", policy) == expected.replace(tzinfo=UTC)


@pytest.mark.parametrize("day", [6, 7, 8])
def test_what_begins_on_friday_or_at_the_weekend_is_due_on_monday(day: int) -> None:
    due = cycle.due_at(datetime(2026, 3, day, 22, 0, tzinfo=UTC), "resolution", "SEV1", POLICY)
    assert due == datetime(2026, 3, 9, 22, 0, tzinfo=UTC)


def test_without_a_severity_nothing_is_late() -> None:
    assert cycle.due_at(MONDAY, "review", None, POLICY) is None


def test_the_default_policy_names_every_stage_for_every_severity() -> None:
    assert set(POLICY) == set(cycle.SEVERITIES)
    for policy in POLICY.values():
        assert set(policy.working_days) == set(KEYS)
        assert policy.skippable <= set(KEYS)
    assert {POLICY[each].working_days["review"] for each in ("SEV1", "SEV2")} == {5}
    assert {POLICY[each].skippable for each in ("SEV1", "SEV2")} == {frozenset()}


# Practices

PRACTICE_STATES = ("proposed", "accepted", "automated", "adopted", "slipped", "retired")


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [("proposed", "accept", "accepted"), ("accepted", "automate", "automated"), ("automated", "adopt", "adopted"),
     ("adopted", "slip", "slipped"), ("slipped", "adopt", "adopted"),
     *((state, "retire", "retired") for state in PRACTICE_STATES[:-1])],
)  # fmt: skip
def test_a_practice_goes_from_proposal_to_adoption_and_may_slip(state: str, verb: str, after: str) -> None:
    assert cycle.practice_step(state, verb) == after


def test_every_other_step_of_a_practice_is_refused_with_its_sentence() -> None:
    refused_steps = 0
    for verb, (allowed, _after, otherwise) in cycle.PRACTICE_STEPS.items():
        for state in set(PRACTICE_STATES) - allowed:
            with pytest.raises(Refused) as refused:
                cycle.practice_step(state, verb)
            assert said(refused) == [otherwise]
            refused_steps += 1
    assert refused_steps == 5 * 6 - 10
