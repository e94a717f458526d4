"""The journal of a chaos experiment, as Chaos Toolkit writes it: what it proves of a service, and when.

Source: "Experiment Journal" in the reference of Chaos Toolkit, and what its library writes beyond it (`deviated`, the
status "interrupted", the states `during` the method). "completed" says that all was run, not that it went well: where
an action failed, the failure was not caused, and nothing is known of how the service bears it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.automation import ERROR, FAIL, PASS
from app.intake.instants import NoInstant, read_instant
from app.intake.problem import Problem, Unreadable, printable, quoted

FILE = "journal.json"
STATUSES = ("completed", "failed", "aborted", "interrupted")
PLAIN_DRY = "pause"  # only the pauses are left out: everything else is done
PROBES_NAMED_MAX = 3


@dataclass(frozen=True)
class Journal:
    """What one run of an experiment says: pass, fail, or error when it proves nothing; `at` is its end, in UTC."""

    title: str
    result: str
    message: str
    at: datetime


def read_text(text: str, file: str = FILE) -> Journal:
    """A journal from the text of its file. Unreadable: it is no journal, and why."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "is nested too deeply" if isinstance(error, RecursionError) else f"is not JSON: {error}"
        raise Unreadable([Problem(file, "file", reason)]) from None
    return read(told, file)


def read(told: Any, file: str = FILE) -> Journal:
    """A journal from parsed JSON. Unreadable: it is no journal, and what it lacks."""
    if not isinstance(told, Mapping):
        raise Unreadable([Problem(file, "file", "is no journal: a journal is a JSON object")])
    experiment = told.get("experiment")
    title = experiment.get("title") if isinstance(experiment, Mapping) else None
    problems = []
    if not isinstance(title, str) or not title.strip():
        problems.append(Problem(file, "experiment.title", "the title of the experiment is missing"))
    if told.get("status") not in STATUSES:
        problems.append(Problem(file, "status", f"the status must be one of {', '.join(STATUSES)}"))
    at = _ended_at(told, file, problems)
    if problems or at is None:
        raise Unreadable(problems)
    result, message = _verdict(told)
    return Journal(" ".join(str(title).split()), result, message, at)


def _ended_at(told: Mapping[str, Any], file: str, problems: list[Problem]) -> datetime | None:
    """The end, or the start of a run that was cut off. Chaos Toolkit writes UTC without saying so."""
    name = "end" if told.get("end") is not None else "start"
    try:
        return read_instant(str(told.get(name) or ""))[0]
    except NoInstant as error:
        problems.append(Problem(file, name, f"{quoted(str(told.get(name) or ''))} {error}"))
        return None


def _verdict(told: Mapping[str, Any]) -> tuple[str, str]:
    states = told.get("steady_states")
    states = states if isinstance(states, Mapping) else {}
    before, after, during = states.get("before"), states.get("after"), _during(states)
    unmet = [each for each in during if not _is_met(each)]
    if _is_state(after) and not _is_met(after):
        return FAIL, f"The steady state was not met after the method{_probes(after)}."
    if told.get("deviated") is True:
        return FAIL, "The steady state deviated."
    if _is_state(before) and not _is_met(before):
        return ERROR, f"The steady state was not met before the method{_probes(before)}: nothing was tried."
    if unmet:
        return FAIL, f"The steady state was not met during the method, {len(unmet)} of {len(during)} times."
    if told["status"] != "completed":
        return ERROR, f"The experiment was not completed: it {_ENDED[told['status']]}."
    return _completed(told, is_looked_at=_is_state(after) or bool(during))


_ENDED = {"failed": "failed", "aborted": "was aborted", "interrupted": "was interrupted"}


def _completed(told: Mapping[str, Any], *, is_looked_at: bool) -> tuple[str, str]:
    """It ran to its end and nothing deviated: it has proved something if something was done and looked at."""
    dry = told["experiment"].get("dry")
    if dry and dry != PLAIN_DRY:
        return ERROR, "It was a dry run, which proves nothing."
    if not is_looked_at:
        return ERROR, "Nothing looked at the steady state during or after the method, so it proves nothing."
    failed = [_name(each) for each in _rows(told.get("run")) if _is_failed_action(each)]
    if failed:
        return ERROR, f"An action of the method failed, so that the failure was not caused: {_some(failed)}."
    return PASS, "The steady state was met after the method."


def _is_state(state: Any) -> bool:
    return isinstance(state, Mapping) and "steady_state_met" in state


def _is_met(state: Any) -> bool:
    return _is_state(state) and state["steady_state_met"] is True


def _during(states: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in _rows(states.get("during")) if _is_state(each)]


def _is_failed_action(run: Mapping[str, Any]) -> bool:
    activity = run.get("activity")
    is_action = isinstance(activity, Mapping) and activity.get("type") == "action"
    return is_action and run.get("status") == "failed"


def _probes(state: Any) -> str:
    """The probes that were outside their tolerance, as the end of a sentence."""
    names = [_name(each) for each in _rows(state.get("probes")) if each.get("tolerance_met") is False]
    return f" ({_some(names)})" if names else ""


def _name(run: Mapping[str, Any]) -> str:
    activity = run.get("activity")
    name = activity.get("name") if isinstance(activity, Mapping) else None
    return printable(name)[:100] if isinstance(name, str) and name.strip() else "without a name"


def _some(names: list[str]) -> str:
    more = len(names) - PROBES_NAMED_MAX
    return ", ".join(names[:PROBES_NAMED_MAX]) + (f" and {more} more" if more > 0 else "")


def _rows(found: Any) -> list[Mapping[str, Any]]:
    return list(_mappings(found)) if isinstance(found, list) else []


def _mappings(found: list[Any]) -> Iterator[Mapping[str, Any]]:
    return (each for each in found if isinstance(each, Mapping))
