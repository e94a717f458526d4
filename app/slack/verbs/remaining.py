"""What is left to do before remediation is complete, and the button for it: said after every step of an item."""

from __future__ import annotations

from collections.abc import Sequence

from app import links
from app.domain.remediation import ITEM_DONE, MUST, OPEN
from app.queries import remediation
from app.queries.incident_page import IncidentPage
from app.queries.item import ItemPage
from app.queries.remediation import Item
from app.slack.asked import Answer, Asked
from app.slack.messages import parts
from app.slack.messages.parts import Button
from app.slack.verbs.standing import linked, onwards, page, stands, told
from app.words import plural

STAGE = "remediation"
STEPS_MAX = 2  # beside the button that opens the page


def after_step(asked: Asked, item: ItemPage, *said: str) -> Answer:
    """What was done with an item, and what its incident waits for now."""
    now = page(asked, item.incident_number)
    if now.incident.stage != STAGE or now.is_blocked or now.incident.position.is_closed:
        where = f"It belongs to {linked(asked, item.incident_number, STAGE)}."
        return told(*said, where, stands(now), buttons=onwards(asked, now))
    left = _left(asked, now)
    if not left:
        where = f"Nothing that must be done is left in {linked(asked, item.incident_number, STAGE)}"
        return told(*said, f"{where}: its remediation can be completed.", buttons=onwards(asked, now))
    others = [each for each in left if each.row.number != item.number]  # where this one stands was said
    return told(*said, _words(asked, now, others) if others else "", buttons=_steps(asked, now, left))


def _left(asked: Asked, now: IncidentPage) -> list[Item]:
    """The items that the stage waits for."""
    found = asked.read(lambda session: remediation.items(session, now.incident.id))
    return [each for each in found if each.row.priority == MUST and each.row.state in (OPEN, ITEM_DONE)]


def _words(asked: Asked, now: IncidentPage, left: Sequence[Item]) -> str:
    where = linked(asked, now.incident.number, STAGE)
    waiting = sum(each.row.state == ITEM_DONE for each in left)
    verify = f", {waiting} of them only to be verified" if waiting else ""
    if len(left) == 1 and waiting:
        verify = ", and it is only to be verified"
    verb = "is" if len(left) == 1 else "are"
    return f"{plural(len(left), 'other item')} that must be done {verb} left in {where}{verify}: {_names(left)}."


def _names(left: Sequence[Item]) -> str:
    return parts.listed([each.row.name for each in left])


def _steps(asked: Asked, now: IncidentPage, left: Sequence[Item]) -> tuple[Button, ...]:
    """What this person can do about it: verify what others have done, finish what is theirs."""
    number, me = now.incident.number, asked.by.id
    found = [
        Button(f"Verify {each.row.name}", verb="verify", value=each.row.name)
        for each in left
        if each.row.state == ITEM_DONE and each.row.owner_id != me
    ]
    found += [
        Button(f"Done: {each.row.name}", verb="done", value=each.row.name)
        for each in left
        if each.row.state == OPEN and each.row.owner_id == me
    ]
    whole = Button(f"Open INC-{number}", url=links.absolute(asked.base_url, links.incident(number, STAGE)))
    return (*found[:STEPS_MAX], whole)
