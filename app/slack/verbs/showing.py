"""`show`: where an incident, a practice or an action item stands, on one screen."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import links
from app.domain import people
from app.domain.lifecycle import PROPOSED, RETIRED
from app.queries import incident_page, practice, remediation, standings
from app.slack.asked import Answer, Asked
from app.slack.grammar.understood import ITEM, PRACTICE
from app.slack.messages import parts
from app.slack.messages.parts import Button
from app.slack.verbs import lines, meant
from app.slack.verbs.showing_incident import show_incident
from app.words import plural

SERVICES_MAX = 5


def show(asked: Asked) -> Answer:
    """What the number stands for; without one, the incident of this channel or thread."""
    ref = asked.understood.ref
    if ref and ref.kind == PRACTICE:
        return _practice(asked)
    if ref and ref.kind == ITEM:
        return _item(asked)
    return show_incident(asked)


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
    right = [Button("Still right", verb="confirm", value=of.name)] if _asks(asked, row) else []
    shown.append(lines.steps(asked, page, [*right, *_of_practice(of.name, of.state)]))
    return Answer(f"{of.name}: {parts.typed(of.statement)}", shown)


def _asks(asked: Asked, row: practice.Row) -> bool:
    """Whether it asks this person to look at it again."""
    return row.is_review_overdue(asked.today) and people.may(asked.by, "accept")


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
        lines.steps(
            asked, Button("Open", url=links.absolute(asked.base_url, lines.item_path(of_incident, number))),
            lines.item_steps(number, of.state, of.due_on, asked.today),
        ),
    ]  # fmt: skip
    return Answer(f"{of.name}: {parts.typed(of.title)}", shown)


VERBS = {"show": show}
