"""Stage 4 from Slack: say that an action item is done, that it works, or that it will not be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import links
from app.domain import people
from app.domain.remediation import DROPPED, ITEM_DONE, OPEN, VERIFIED
from app.queries import item as items
from app.queries.item import ItemPage
from app.slack import pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import ITEM
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import filling
from app.slack.verbs.remaining import after_step
from app.slack.verbs.standing import notes, require_clear, told
from app.workflow import remediation


def done(asked: Asked) -> Answer:
    """It is done; somebody other than its owner verifies it."""
    require_clear(asked)
    item = meant(asked)
    if item.state != OPEN:
        return told(f"{named(asked, item)} is not open.", stands(asked, item))
    _step(asked, item, "finish", asked.understood.words)
    now = meant(asked, item.number)
    return after_step(asked, now, f"{named(asked, now)} is done. Thank you!", stands(asked, now))


def verify(asked: Asked) -> Answer:
    """Somebody other than its owner has seen it work."""
    require_clear(asked)
    item = meant(asked)
    if item.state != ITEM_DONE:
        return told(f"{named(asked, item)} cannot be verified now.", stands(asked, item))
    _step(asked, item, "verify", asked.understood.words)
    return after_step(asked, item, f"{named(asked, item)} is verified: nothing is left to do for it.")


def drop(asked: Asked) -> Answer:
    """It will not be done, and why; without a reason, the form asks for it."""
    if _wants_form(asked.understood):
        return Answer(form=_filled(asked))
    return _dropped(asked, _droppable(asked), reason(asked.understood.words))


def _droppable(asked: Asked) -> ItemPage:
    item = meant(asked)
    if item.state not in (OPEN, ITEM_DONE):
        raise Unclear(told(f"{named(asked, item)} cannot be dropped now.", stands(asked, item)))
    return item


def resume(asked: Asked) -> Answer:
    """Take an item up again."""
    require_clear(asked)
    item = meant(asked)
    if item.state == OPEN:
        return told(f"{named(asked, item)} is open already.", stands(asked, item))
    _step(asked, item, "resume", asked.understood.words)
    now = meant(asked, item.number)
    return after_step(asked, now, f"{named(asked, now)} is open again.", stands(asked, now))


def _dropped(asked: Asked, item: ItemPage, why: str) -> Answer:
    _step(asked, item, "drop", why)
    return after_step(asked, item, f"{named(asked, item)} is dropped: {parts.typed(why, parts.LINE_MAX)}")


def _step(asked: Asked, item: ItemPage, verb: str, why: str) -> None:
    asked.act(lambda work: remediation.step(work, item.number, verb, by=asked.by, now=asked.now, why=why))


def meant(asked: Asked, number: int | None = None) -> ItemPage:
    """The item that was named. Unclear: none was; NotFound: this person may not know of it."""
    wanted = number if number is not None else pick.number(asked, ITEM)
    return asked.read(lambda session: items.load(session, wanted, asked.by))


def named(asked: Asked, item: ItemPage) -> str:
    """ "ACT-7 (probe checkout)", linked."""
    page = links.absolute(asked.base_url, links.incident(item.incident_number, "remediation"))
    return f"{parts.link(page, item.name)} ({parts.typed(item.title, 80)})"


def stands(asked: Asked, item: ItemPage) -> str:
    """Where an item stands, and who is waited for."""
    owner = parts.typed(item.owner, 80)
    why = f": {parts.typed(item.why, parts.LINE_MAX)}" if item.why else "."
    again = f" `{asked.parts.settings.slack_command} reopen {item.name.lower()}` takes it up again."
    return {
        OPEN: f"It is open: {owner} owns it, and it is due on {parts.day(item.due_on)}.",
        ITEM_DONE: f"It is done, and waits for somebody other than {owner} to verify it.",
        VERIFIED: f"{parts.typed(item.verifier or 'Somebody', 80)} has verified it.",
        DROPPED: f"It was dropped{why}{again}",
    }[item.state]


def reason(words: str) -> str:
    """Without the word that leads to it."""
    first, _, rest = words.partition(" ")
    return rest.strip() if first.lower().strip(",:") == "because" else words


def _wants_form(understood: Understood) -> bool:
    return not reason(understood.words) or bool(understood.problems)


def _filled(asked: Asked) -> Opened:
    item = _droppable(asked)
    people.require(asked.by, "remediate")
    known = {"why": reason(asked.understood.words), "notes": [*asked.understood.problems, f"{item.name} {item.title}"]}
    return Opened("drop", known, {"number": item.number})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    return [
        *notes(filled),
        filling.text_field("why", "Why will it not be done?", filled.get("why"), is_long=True, most=2_000),
    ]


def _act(asked: Asked) -> Answer:
    return _dropped(asked, meant(asked, asked.about["number"]), asked.values["why"])


VERBS = {"done": done, "verify": verify, "drop": drop}
FORMS = {"drop": Form("Drop an action item", "Drop it", _fields, _filled, _wants_form, _act)}
