"""Stage 7, automation: give the practice a check that a machine runs, in dry run until somebody activates it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import cel
from app.domain import automation as rules
from app.domain import lifecycle
from app.domain.errors import NotFound, Refused
from app.domain.events import CheckActivated, PracticeChanged
from app.domain.people import Actor
from app.models.automation import Check
from app.models.best_practice import Practice
from app.workflow import kit
from app.workflow.unit_of_work import Work

ASK = {
    rules.REPORTED: "Write the name of the test that reports.",
    rules.ATTESTED: "Write the question to the service's owner.",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds. `expression`: CEL over `facts`; for kind reported the name of the test, for experiment the
    title of the experiment (empty: any), for attested the question. `because`, for attested: why no machine can."""

    kind: str
    expression: str
    because: str = ""
    freshness_days: int | None = 30


def write(work: Work, practice_number: int, told: Told, *, by: Actor, now: datetime) -> Check:
    """A new check, in dry run: it shows who would pass, and tells nobody."""
    practice = kit.practice(work, practice_number, by, "write_check")
    if practice.state == lifecycle.RETIRED:
        raise Refused.because("practice.retired", f"{practice.name} is retired: nobody is measured by it any more.")
    check = Check(practice_id=practice.id, state=rules.DRY_RUN)
    _fill(check, told)
    kit.keep(work, check, by)
    _record(work, practice, "write_check", check, by=by, now=now)
    return check


def edit(work: Work, check_id: int, told: Told, *, version: int, by: Actor, now: datetime) -> Check:
    """Change a check. One that is active is evaluated anew at once, for every service."""
    practice, check = _check(work, check_id, by, "write_check")
    before = saved(check)
    kit.require_version(work, seen=version, current=check.version, edited_by_id=check.edited_by_id, saved=before)
    was_kind = check.kind
    _fill(check, told)
    if saved(check) == before:
        return check
    if check.kind != was_kind and check.state == rules.ACTIVE_CHECK:
        raise Refused.because(
            "check.kind_fixed", "Switch the check off before you change its kind: its evidence is of the other.", "kind"
        )
    kit.keep(work, check, by)
    move = _record(work, practice, "edit_check", check, by=by, now=now)
    if check.state == rules.ACTIVE_CHECK:
        work.tell(PracticeChanged(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return check


def activate(work: Work, check_id: int, *, version: int, by: Actor, now: datetime) -> Check:
    """The check counts from now on; for an attested one this is the approval of "by hand, because"."""
    practice, check = _check(work, check_id, by, "activate_check")
    kit.require_version(work, seen=version, current=check.version, edited_by_id=check.edited_by_id, saved=saved(check))
    if check.state == rules.ACTIVE_CHECK:
        raise Refused.because("check.active", "This check is active already.")
    was = practice.state
    if was in (lifecycle.PROPOSED, lifecycle.ACCEPTED, lifecycle.RETIRED):
        practice.state, practice.state_since = lifecycle.practice_step(was, "automate"), now
    check.state = rules.ACTIVE_CHECK
    kit.keep(work, check, by)
    move = _record(work, practice, "activate_check", check, by=by, now=now, was=was)
    work.tell(CheckActivated(move_id=move, practice_id=practice.id, by_id=by.id, at=now, check_id=check.id))
    return check


def switch_off(work: Work, check_id: int, *, why: str, by: Actor, now: datetime) -> Check:
    """The check no longer counts, for a reason. Without an active check nothing is known, so the practice may slip."""
    practice, check = _check(work, check_id, by, "activate_check")
    why = kit.text(why, "why")
    lifecycle.require_reason(why, "Say why it is switched off.")
    if check.state == rules.OFF:
        raise Refused.because("check.off", "This check is off already.")
    was_active = check.state == rules.ACTIVE_CHECK
    check.state = rules.OFF
    kit.keep(work, check, by)
    move = _record(work, practice, "switch_off_check", check, by=by, now=now, why=why)
    if was_active:
        work.tell(PracticeChanged(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return check


def saved(check: Check) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "kind": check.kind, "expression": check.expression, "because": check.because,
        "freshness_days": check.freshness_days,
    }  # fmt: skip


def _check(work: Work, check_id: int, by: Actor, action: str) -> tuple[Practice, Check]:
    number = work.session.scalar(
        select(Practice.number).join(Check, Check.practice_id == Practice.id).where(Check.id == check_id)
    )
    if number is None:
        raise NotFound("There is no such check.")
    return kit.practice(work, number, by, action), work.get(Check, check_id)


def _fill(check: Check, told: Told) -> None:
    if told.kind not in rules.CHECK_KINDS:
        raise Refused.because("check.kind_unknown", f"Choose one of {', '.join(rules.CHECK_KINDS)}.", "kind")
    check.kind = told.kind
    check.because = kit.text(told.because, "because", most=2_000)
    rules.require_off_reason(check.kind, check.because)
    check.freshness_days = rules.require_days(told.freshness_days)
    if check.kind == rules.FACTS:
        check.expression = cel.read(kit.text(told.expression, "expression"), "expression").text
    elif check.kind == rules.EXPERIMENT:
        check.expression = kit.line(told.expression, "expression")
    else:
        check.expression = kit.required_line(told.expression, "expression", ASK[check.kind])


def _record(work: Work, practice: Practice, verb: str, check: Check, **about: Any) -> int:
    why = about.pop("why", "")
    words = (check.expression or "Any experiment") + (f" — {why}" if why else "")
    was = about.pop("was", practice.state)
    return kit.record_practice(work, practice, verb, was=was, why=words, **about)
