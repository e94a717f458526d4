"""What a journal of Chaos Toolkit proves: pass, fail, or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.intake.chaos_journal import read, read_text
from app.intake.problem import Unreadable
from tests.api.machine import journal

MET, UNMET = {"steady_state_met": True, "probes": []}, {
    "steady_state_met": False,
    "probes": [
        {"activity": {"type": "probe", "name": "cart answers"}, "status": "succeeded", "tolerance_met": True},
        {"activity": {"type": "probe", "name": "checkout answers"}, "status": "succeeded", "tolerance_met": False},
    ],
}  # fmt: skip


def states(before: Any = MET, after: Any = MET, during: Any = ()) -> dict[str, Any]:
    return {"steady_states": {"before": before, "after": after, "during": list(during)}}


def test_a_run_whose_steady_state_was_met_passes() -> None:
    found = read(journal())
    assert (found.title, found.result) == ("Checkout bears a lost database", "pass")
    assert found.at == datetime(2026, 3, 1, 8, 0, 10, 500_000, tzinfo=UTC)
    assert found == read_text(json.dumps(journal()))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"status": "failed", "deviated": True, **states(after=UNMET)}, "after the method (checkout answers)"),
        ({"deviated": True}, "deviated"),
        (states(after=UNMET), "after the method"),
        ({"status": "interrupted", "deviated": True, **states(after=UNMET)}, "after the method"),
        ({"status": "failed", **states(after=None, during=[MET, UNMET, UNMET])}, "during the method, 2 of 3 times"),
        (states(during=[UNMET]), "during the method, 1 of 1 times"),
    ],
)
def test_a_steady_state_that_was_not_met_fails(told: dict[str, Any], words: str) -> None:
    found = read(journal(**told))
    assert found.result == "fail"
    assert words in found.message


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"status": "aborted", **states(after=None)}, "it was aborted"),
        ({"status": "interrupted", **states(after=None)}, "it was interrupted"),
        ({"status": "failed", **states(after=None)}, "it failed"),
        ({"status": "failed", **states(before=UNMET, after=None)}, "not met before the method (checkout answers)"),
        (states(after=None), "Nothing looked at the steady state during or after"),
        ({"steady_states": None}, "Nothing looked"),
        ({"steady_states": {}}, "Nothing looked"),
        ({"experiment": {"title": "x", "dry": True}}, "dry run"),
        ({"experiment": {"title": "x", "dry": "activities"}}, "dry run"),
        (
            {"run": [{"activity": {"type": "action", "name": "kill the pod"}, "status": "failed"}]},
            "not caused: kill the pod",
        ),
    ],
)
def test_a_run_that_proves_nothing_is_an_error(told: dict[str, Any], words: str) -> None:
    found = read(journal(**told))
    assert found.result == "error"
    assert words in found.message


@pytest.mark.parametrize(
    "told",
    [
        states(after=None, during=[MET, MET]),
        {"experiment": {"title": "x", "dry": "pause"}},
        {"experiment": {"title": "x", "dry": False}},
        {"run": [{"activity": {"type": "probe", "name": "count errors"}, "status": "failed"}]},
        {"run": None, "rollbacks": None, "steady_states": {"after": MET}},
    ],
)
def test_what_does_not_matter_lets_it_pass(told: dict[str, Any]) -> None:
    assert read(journal(**told)).result == "pass"


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"end": "2026-03-01T08:00:10"}, datetime(2026, 3, 1, 8, 0, 10, tzinfo=UTC)),
        ({"end": "2026-03-01T08:00:10.25+00:00"}, datetime(2026, 3, 1, 8, 0, 10, 250_000, tzinfo=UTC)),
        ({"end": "2026-03-01T10:00:10Z"}, datetime(2026, 3, 1, 10, 0, 10, tzinfo=UTC)),
        ({"end": None, "status": "interrupted"}, datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_it_is_as_old_as_its_end_or_where_it_has_none_its_start(told: dict[str, Any], at: datetime) -> None:
    assert read(journal(**told)).at == at


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"experiment": None}, "experiment.title"),
        ({"experiment": {"title": " "}}, "experiment.title"),
        ({"experiment": {"title": 7}}, "experiment.title"),
        ({"status": None}, "status"),
        ({"status": "done"}, "status"),
        ({"status": ["completed"]}, "status"),
        ({"end": "yesterday"}, "end"),
        ({"end": 5}, "end"),
        ({"end": None, "start": None}, "start"),
    ],
)
def test_what_a_journal_lacks_is_named(told: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(journal(**told))
    assert [each.field for each in error.value.problems] == [field]


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", '"x"', "[" * 100_000])
def test_what_is_no_journal_at_all(text: str) -> None:
    with pytest.raises(Unreadable):
        read_text(text)


@pytest.mark.parametrize(
    "odd", [5, "x", [5, None, "x"], {"activity": 5}, [{"activity": None}], [{"activity": {"name": 5}}]]
)
def test_odd_parts_are_no_crash(odd: Any) -> None:
    for field in ("run", "rollbacks", "steady_states"):
        read(journal(**{field: odd}))
    read(journal(**states(before=odd, after=odd, during=odd if isinstance(odd, list) else [odd])))
    read(journal(**states(after={"steady_state_met": False, "probes": odd})))


def test_names_are_shown_as_they_can_be_printed() -> None:
    state = {"steady_state_met": False, "probes": [{"activity": {"name": "a\x00\n" * 90}, "tolerance_met": False}]}
    message = read(journal(**states(after=state))).message
    assert message.isprintable()
    assert len(message) < 200
