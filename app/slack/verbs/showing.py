"""`show`: where an incident, a practice or an action item stands, on one screen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import links
from app.domain import people
from app.domain.lifecycle import BY_KEY, PROPOSED, RETIRED
from app.queries import at_home, incident_page, lessons, practice, remediation, standings
from app.queries.incident_page import IncidentPage
from app.queries.lesson import Lesson
from app.slack import pick
from app.slack.asked import Answer, Asked
from app.slack.grammar.understood import ITEM, PRACTICE
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines, meant
from app.words import plural

MISSING_MAX, LESSONS_MAX, SERVICES_MAX = 5, 3, 5


def show(asked: Asked) -> Answer:
    """What the number stands for; without one, the incident of this channel or thread."""
    ref = asked.understood.ref
    if ref and ref.kind == PRACTICE:
        return _practice(asked)
    if ref and ref.kind == ITEM:
        return _item(asked)
    return _incident(asked)


def _incident(asked: Asked) -> Answer:
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
        _buttons(asked, Button("Open", url=links.absolute(asked.base_url, links.incident(number))),
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


def _practice(asked: Asked) -> Answer:
    number = meant.practice(asked)

    def load(session: Session) -> tuple[practice.Row, list[standings.Stands], int]:
        row = practice.find(session, asked.by, number)
        if row.progress is None:
            return row, [], 0
        found, total = standings.to_adopt(session, [row.practice.id], asked.now.date())[row.practice.id]
        return row, found, total

    row, to_adopt, count = asked.read(load)
    of = row.practice
    known = [
        ("State", of.state),
        ("Adoption", lines.adoption(row.progress)),
        ("Author", parts.typed(row.author, 80) if row.author else "nobody known"),
        ("Learned from", plural(row.incidents, "incident")),
    ]
    if of.target_on:
        known.append(("By", parts.day(of.target_on)))
    shown = [
        parts.section(
            f"*{lines.practice_link(asked.base_url, number)}* {parts.typed(of.statement, parts.LINE_MAX)}",
            parts.typed(of.why, parts.LINE_MAX),
        ),
        parts.fields(known),
    ]
    if count:
        names = parts.listed([each.service for each in to_adopt], count, most=SERVICES_MAX)
        shown.append(parts.section(f"*Not adopted by* {names}"))
    page = Button("Open", url=links.absolute(asked.base_url, links.practice(number)))
    shown.append(_buttons(asked, page, _of_practice(of.name, of.state)))
    return Answer(f"{of.name}: {parts.typed(of.statement)}", shown)


def _of_practice(name: str, state: str) -> list[Button]:
    """To accept is a matter of reading it first: that is on its page."""
    if state in (PROPOSED, RETIRED):
        return []
    if state == "accepted":
        return [Button("Give it a check", verb="automate", value=name)]
    return [Button("We adopted it", verb="adopt", value=name)]


def _item(asked: Asked) -> Answer:
    of_incident, number = meant.item(asked)

    def load(session: Session) -> remediation.Item:
        of = incident_page.find(session, of_incident, asked.by)
        return remediation.find(session, of.id, number)

    found = asked.read(load)
    of = found.row
    state = lines.ITEM_WORDS[of.state]
    due = lines.due(of.due_on, asked.today) if of.state == "open" else f"due {parts.day(of.due_on)}"
    shown = [
        parts.section(
            f"*{lines.item_link(asked.base_url, of_incident, number)}* {parts.typed(of.title, parts.LINE_MAX)}",
            f"{state} · {of.priority} · {of.kind} · {due} · of {lines.incident_link(asked.base_url, of_incident)}",
            f"Belongs to {parts.typed(found.owner, 80)}."
            + (f" Verified by {parts.typed(found.verifier, 80)}." if found.verifier else ""),
            f"Why: {parts.typed(of.why, parts.LINE_MAX)}" if of.why else "",
        ),
        _buttons(
            asked, Button("Open", url=links.absolute(asked.base_url, lines.item_path(of_incident, number))),
            lines.item_steps(number, of.state, of.due_on, asked.today),
        ),
    ]  # fmt: skip
    return Answer(f"{of.name}: {parts.typed(of.title)}", shown)


def _buttons(asked: Asked, page: Button, steps: Sequence[Button]) -> Block:
    """The next step first; whoever may only read is offered the page alone."""
    may_act = people.may(asked.by, "remediate")
    return parts.actions(*(steps if may_act else ()), page)


VERBS = {"show": show}
