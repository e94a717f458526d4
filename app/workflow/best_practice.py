"""Stage 6, best practice: write the rule that would have met this, and have it accepted by someone else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import cel
from app.domain import best_practice as rules
from app.domain import lifecycle, people, review
from app.domain.errors import Refused
from app.domain.events import PracticeAccepted, PracticeChanged, PracticeProposed, PracticeRetired, PracticesLinked
from app.domain.people import Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice
from app.models.counter import next_number
from app.models.incident import Incident
from app.workflow import kit, links, versions
from app.workflow.unit_of_work import Work

EVERY_SERVICE = "true"
ALL, ANY = "all", "any"
COMBINES = (ALL, ANY)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds. `selector` is CEL over `service`: the services that the rule applies to. `combine`: whether
    a service passes all of its checks, or any. `review_on`: the day on which somebody asks whether it is right."""

    statement: str
    why: str
    area: str
    selector: str = EVERY_SERVICE
    level: str = "must"
    target_percent: int | None = 100
    target_on: date | None = None
    combine: str = ALL
    review_on: date | None = None


def propose(
    work: Work, told: Told, *, by: Actor, now: datetime, incident_number: int | None = None,
    pattern_id: int | None = None,
) -> Practice:  # fmt: skip
    """Write a practice down, learned from an incident if there is one. It waits for someone other than its author."""
    people.require(by, "propose")
    # Of practices only the new one is touched, which nobody else can wait for: the order of locks is kept.
    incident = kit.incident(work, incident_number, by, "propose") if incident_number is not None else None
    practice = Practice(
        number=next_number(work.session, "practice"), state=lifecycle.PROPOSED, state_since=now, author_id=by.id,
        pattern_id=_pattern_of(work, incident) or pattern_id,
    )  # fmt: skip
    fill(practice, told, now)
    versions.keep(work, practice, saved(practice), by=by, now=now)
    move = kit.record_practice(work, practice, "propose", was=None, by=by, now=now)
    work.tell(PracticeProposed(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    if incident is not None:
        links.add(work, incident, practice)
        _tell_links(work, incident, f"Linked to {practice.name}, too.", by=by, now=now)
    return practice


def edit(work: Work, number: int, told: Told, *, version: int, by: Actor, now: datetime) -> Practice:
    """Change a practice. Its author may until it is accepted; after that an owner must, and services are evaluated."""
    practice = kit.practice(work, number, by, "propose")
    if practice.state != lifecycle.PROPOSED:
        rules.require_other(practice.author_id, by.id)  # the words were accepted by two, and stay so
    if practice.state != lifecycle.PROPOSED or by.id != practice.author_id:
        people.require(by, "accept")
    before = saved(practice)
    kit.require_version(work, seen=version, current=practice.version, edited_by_id=practice.edited_by_id, saved=before)
    fill(practice, told, now)
    after = saved(practice)
    if after == before:
        return practice
    versions.keep_first(work, practice, before)
    versions.keep(work, practice, after, by=by, now=now)
    changed = ", ".join(_FIELD_WORDS[each] for each in after if after[each] != before[each])
    move = kit.record_practice(work, practice, "edit", was=practice.state, by=by, now=now, why=f"Changed {changed}.")
    work.tell(PracticeChanged(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return practice


def accept(work: Work, number: int, *, version: int, by: Actor, now: datetime) -> Practice:
    """An owner agrees to the words that they read. Linked incidents move along."""
    practice = kit.practice(work, number, by, "accept")
    rules.require_other(practice.author_id, by.id)
    rules.require_other_editor(practice.edited_by_id, by.id)
    kit.require_version(
        work, seen=version, current=practice.version, edited_by_id=practice.edited_by_id, saved=saved(practice)
    )
    was = practice.state
    practice.state, practice.state_since = lifecycle.practice_step(was, "accept"), now
    practice.accepted_by_id = by.id
    move = kit.record_practice(work, practice, "accept", was=was, by=by, now=now)
    work.tell(PracticeAccepted(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return practice


def confirm(
    work: Work, number: int, review_on: date | None, *, by: Actor, now: datetime, version: int | None = None
) -> Practice:  # fmt: skip
    """Still right: somebody has looked at it again, and says when to look next. `version`: the words that they read."""
    practice = kit.practice(work, number, by, "accept")
    before = saved(practice)
    seen = practice.version if version is None else version
    kit.require_version(work, seen=seen, current=practice.version, edited_by_id=practice.edited_by_id, saved=before)
    if practice.state in (lifecycle.PROPOSED, lifecycle.RETIRED):
        raise Refused.because("practice.not_confirm", "Only an accepted practice that is not retired is confirmed.")
    if review_on is None or review_on <= now.date():
        raise Refused.because("practice.review_on", "Choose a day after today to review it again.", "review_on")
    if review_on != practice.review_on:
        versions.keep_first(work, practice, before)
        practice.review_on = review_on
        versions.keep(work, practice, saved(practice), by=by, now=now)
    why = f"Review again on {review_on.day} {review_on:%B %Y}."
    kit.record_practice(work, practice, "confirm", was=practice.state, by=by, now=now, why=why)
    return practice


def retire(work: Work, number: int, *, why: str, by: Actor, now: datetime) -> Practice:
    """The rule holds no longer, for a reason. Incidents that are under way with it go back to find another."""
    practice = kit.practice(work, number, by, "retire")
    why = kit.text(why, "why")
    lifecycle.require_reason(why, "Say why it is retired.")
    was = practice.state
    practice.state, practice.state_since = lifecycle.practice_step(was, "retire"), now
    move = kit.record_practice(work, practice, "retire", was=was, by=by, now=now, why=why)
    work.tell(PracticeRetired(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return practice


def link(work: Work, incident_number: int, practice_ids: Sequence[int], *, by: Actor, now: datetime) -> Incident:
    """Say which practices this incident has led to; they replace those that were linked before."""
    practices = links.lock_practices(work, practice_ids)
    incident = kit.incident(work, incident_number, by, "propose")
    if links.replace(work, incident, practices):
        names = ", ".join(each.name for each in practices) or "no practice"
        _tell_links(work, incident, f"Linked to {names}.", by=by, now=now)
    return incident


def fill(practice: Practice, told: Told, now: datetime) -> None:
    """Put what was told into the row. Refused: something of it is missing or wrong."""
    practice.statement = kit.required_line(told.statement, "statement", "State the rule.")
    practice.why = kit.text(told.why, "why", most=10_000)
    if not practice.why:
        raise Refused.because("practice.why_missing", "Say why: what the rule would have met.", "why")
    practice.area = review.require_area(told.area)
    practice.selector = cel.read(kit.text(told.selector, "selector") or EVERY_SERVICE, "selector").text
    practice.level = rules.require_level(told.level)
    practice.target_percent = rules.require_target(told.target_percent)
    practice.target_on = told.target_on
    if told.combine not in COMBINES:
        raise Refused.because("practice.combine_unknown", f"Choose one of {', '.join(COMBINES)}.", "combine")
    practice.combine = told.combine
    is_new_day = told.review_on != practice.review_on
    if told.review_on is not None and is_new_day and told.review_on < now.date():
        raise Refused.because("practice.review_on", "Choose a day for its review that is not over.", "review_on")
    practice.review_on = told.review_on


def saved(practice: Practice) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "statement": practice.statement, "why": practice.why, "area": practice.area, "selector": practice.selector,
        "level": practice.level, "target_percent": practice.target_percent, "target_on": practice.target_on,
        "combine": practice.combine, "review_on": practice.review_on,
    }  # fmt: skip


_FIELD_WORDS = {
    "statement": "the statement", "why": "the reason", "area": "the area", "selector": "the selector",
    "level": "the level", "target_percent": "the target", "target_on": "the date",
    "combine": "how its checks combine", "review_on": "the day of its review",
}  # fmt: skip


def _pattern_of(work: Work, incident: Incident | None) -> int | None:
    row = work.session.get(Analysis, incident.id) if incident is not None else None
    return row.pattern_id if row else None


def _tell_links(work: Work, incident: Incident, words: str, *, by: Actor, now: datetime) -> None:
    kit.require_still_complete(work, incident, "analysis")
    move = kit.record(work, incident, "link", by=by, now=now, why=words, on="best_practice")
    work.tell(PracticesLinked(move_id=move, incident_id=incident.id, by_id=by.id, at=now))
