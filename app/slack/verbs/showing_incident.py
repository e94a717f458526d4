"""Where one incident stands: its stage, whom it waits for, what it lacks, and what was known before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import links
from app.domain.lifecycle import BY_KEY
from app.queries import at_home, incident_page, lessons, practice
from app.queries.incident_page import IncidentPage
from app.queries.lesson import Lesson
from app.slack import pick
from app.slack.asked import Answer, Asked
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines
from app.words import plural

MISSING_MAX, LESSONS_MAX, SERVICES_MAX = 5, 3, 5


def show_incident(asked: Asked) -> Answer:
    """Its stage, whom it waits for, what it lacks, and what was known before."""
    number = pick.incident(asked)

    def load(session: Session) -> tuple[IncidentPage, list[practice.Row], list[Lesson]]:
        at = incident_page.load(session, number, asked.by, asked.parts.settings.policy)
        linked = practice.linked(session, asked.by, at.incident.id)
        known = [] if at.incident.position.is_closed else lessons.at_declaration(session, asked.by, at.incident)
        return at, linked, list(known)

    at, linked, known = asked.read(load)
    of = at.incident
    lock = "🔒 " if of.is_private else ""
    stage = "The loop is closed" if of.position.is_closed else f"Stage {at.current.number} of 8: {at.current.title}"
    blocked = " · *blocked*" if at.is_blocked else ""
    head = f"{lock}*{lines.incident_link(asked.base_url, number)}* {parts.typed(of.title)}"
    shown = [
        parts.section(head, f"{of.severity or 'No severity yet'} · {stage}{blocked}", _awaited(at)),
        parts.fields(_facts(at, linked, asked.base_url)),
        *_missing(at), *_lessons(asked, known),
        lines.steps(asked, Button("Open", url=links.absolute(asked.base_url, links.incident(number))),
                 [] if (step := _next(asked, at, linked)) is None else [step]),
    ]  # fmt: skip
    return Answer(f"INC-{number}: {parts.typed(of.title)}", shown)


def _awaited(at: IncidentPage) -> str:
    if at.incident.position.is_closed:
        return "Nothing is awaited."
    whom = parts.typed(at.waits_for or BY_KEY[at.incident.stage].waits_for, parts.LINE_MAX)
    late = f" Due {parts.when(at.due_at)}." if at.due_at else ""
    return f"Blocked: {whom}.{late}" if at.is_blocked else f"Waits for {whom}.{late}"


def _facts(at: IncidentPage, linked: Sequence[practice.Row], base_url: str) -> list[tuple[str, str]]:
    services = [each.name for each in at.incident.services]
    known = [
        ("Services", parts.listed(services, most=SERVICES_MAX) or "not said yet"),
        ("Commander", parts.typed(at.commander, 80) if at.commander else "nobody yet"),
        ("Declared", parts.when(at.incident.declared_at)),
    ]
    if at.facilitator:
        known.append(("Facilitator", parts.typed(at.facilitator, 80)))
    if linked:
        named = ", ".join(lines.practice_link(base_url, each.practice.number) for each in linked[:SERVICES_MAX])
        more = len(linked) - SERVICES_MAX
        known.append(("Practices", named + (f" and {more} more" if more > 0 else "")))
    return known


def _missing(at: IncidentPage) -> list[Block]:
    if at.incident.position.is_closed:
        return []
    if not at.missing:
        return [parts.section(f"Nothing is missing: {at.current.title} can be completed.")]
    told = [f"• {parts.typed(each.sentence, parts.LINE_MAX)}" for each in at.missing[:MISSING_MAX]]
    more = len(at.missing) - MISSING_MAX
    return [
        parts.section(f"*{at.current.title} lacks*", *told, f"and {plural(more, 'other thing')}" if more > 0 else "")
    ]


def _lessons(asked: Asked, known: Sequence[Lesson]) -> list[Block]:
    if not known:
        return []
    told = [
        f"• {parts.typed(each.words, parts.LINE_MAX)} {lines.practice_link(asked.base_url, each.practice_number)}: "
        f"{parts.typed(each.statement)}"
        for each in known[:LESSONS_MAX]
    ]
    return [parts.section("*Known lessons*", *told)]


def _next(asked: Asked, at: IncidentPage, linked: Sequence[practice.Row]) -> Button | None:
    of = at.incident
    if not at.missing and not at.is_blocked and not of.position.is_closed:
        return Button(f"Complete {at.current.title}", verb="advance", value=of.name)
    if of.stage == "incident" and not at.is_blocked and at.commander is None:
        return Button("Take the lead", verb="take", value=of.name)
    ready = at_home.READY.get(of.stage, ())
    return lines.next_step(
        asked.base_url,
        of.number,
        of.stage,
        of.state,
        [each.practice.number for each in linked if each.practice.state not in ready],
    )
