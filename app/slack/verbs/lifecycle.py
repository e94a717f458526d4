"""Moving an incident through its stages from Slack: complete, block, unblock, skip, reopen.

A button may name the stage that it was made for ("INC-42 review"): once that is over, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import people
from app.domain.lifecycle import BLOCKED, BY_KEY, STAGES
from app.queries.incident_page import IncidentPage
from app.slack import pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.verbs import key_of
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import filling
from app.slack.verbs.standing import after, linked, notes, onwards, page, require_clear, stands, told
from app.workflow import lifecycle

WHY_MAX = 2_000
BULLETS = 20


def advance(asked: Asked) -> Answer:
    """Complete the current stage; or say what it lacks, with the button for that."""
    require_clear(asked)
    now = here(asked)
    number, stage = now.incident.number, now.current
    named, _ = stage_in(asked.understood.words)
    if now.incident.position.is_closed or (named and named != stage.key):
        return told(f"{linked(asked, number)} has left that stage: nothing was changed." if named else
                    f"{linked(asked, number)} has come to its end.", stands(now),
                    buttons=onwards(asked, now))  # fmt: skip
    if now.is_blocked or now.missing:
        return _not_yet(asked, now)
    asked.act(lambda work: lifecycle.advance(work, number, stage.key, by=asked.by, now=asked.now))
    return after(asked, number, f"{stage.title} of {linked(asked, number)} is complete.")


def _not_yet(asked: Asked, now: IncidentPage) -> Answer:
    where = linked(asked, now.incident.number, now.incident.stage)
    if now.is_blocked:
        return told(f"{where} cannot go on.", stands(now), buttons=onwards(asked, now))
    bullets = [f"• {parts.typed(each.sentence, 120)}" for each in now.missing[:BULLETS]]
    more = len(now.missing) - len(bullets)
    rest = f"• and {more} more, on its page" if more > 0 else ""
    head = f"{where} cannot leave {now.current.title} yet. It lacks:"
    return told(head, *bullets, rest, buttons=onwards(asked, now))


def block(asked: Asked) -> Answer:
    """It cannot go on, and what it waits for; without a reason, the form asks for it."""
    if wants_why(asked.understood):
        return Answer(form=_to_block(asked))
    now = here(asked)
    _refuse_blocked(asked, now)
    return _block(asked, now.incident.number, now.incident.stage, asked.understood.words)


def _refuse_blocked(asked: Asked, now: IncidentPage) -> None:
    if now.incident.state == BLOCKED:
        said = f"{linked(asked, now.incident.number)} is blocked already: nothing was changed."
        raise Unclear(told(said, stands(now), buttons=onwards(asked, now)))


def _block(asked: Asked, number: int, stage: str, why: str) -> Answer:
    asked.act(lambda work: lifecycle.block(work, number, stage, why=why, by=asked.by, now=asked.now))
    name = f"INC-{number}"
    return told(f"{linked(asked, number)} is blocked at {BY_KEY[stage].title}: {parts.typed(why, parts.LINE_MAX)}",
                buttons=(Button("Unblock", verb="unblock", value=name),))  # fmt: skip


def unblock(asked: Asked) -> Answer:
    """It waits no more."""
    require_clear(asked)
    now = here(asked)
    number, stage = now.incident.number, now.incident.stage
    if not now.is_blocked:
        return told(f"{linked(asked, number)} is not blocked.", stands(now), buttons=onwards(asked, now))
    asked.act(lambda work: lifecycle.unblock(work, number, stage, by=asked.by, now=asked.now))
    return after(asked, number, f"{linked(asked, number)} is not blocked any more.")


def stage_in(words: str) -> tuple[str, str]:
    """The stage that words begin with, and the rest: "best practice it came back". Empty: they name none."""
    pieces = words.split()
    if pieces and pieces[0].lower() == "to":
        pieces = pieces[1:]
    for count in (2, 1):
        key = key_of("".join(pieces[:count]))
        found = [each.key for each in STAGES if key and key in (key_of(each.key), key_of(each.title))]
        if found and len(pieces) >= count:
            return found[0], " ".join(pieces[count:])
    return "", words


def here(asked: Asked) -> IncidentPage:
    return page(asked, pick.incident(asked))


def wants_why(understood: Understood) -> bool:
    return not understood.words or bool(understood.problems)


def _to_block(asked: Asked) -> Opened:
    now = here(asked)
    people.require(asked.by, "block")
    _refuse_blocked(asked, now)
    return asking(asked, now, "block")


def asking(asked: Asked, now: IncidentPage, form: str) -> Opened:
    number, stage = now.incident.number, now.incident.stage
    said = f"{now.incident.name} {now.incident.title}"
    known = {"why": asked.understood.words, "stage": stage, "notes": [*asked.understood.problems, said]}
    return Opened(form, known, {"number": number, "stage": stage})


def asks_why(ask: str) -> Any:
    def fields(filled: Mapping[str, Any]) -> Sequence[Block]:
        stage = BY_KEY.get(str(filled.get("stage")), STAGES[0])
        label = ask.format(stage=stage.title)
        return [*notes(filled), filling.text_field("why", label, filled.get("why"), is_long=True, most=WHY_MAX)]

    return fields


def _block_form(asked: Asked) -> Answer:
    return _block(asked, asked.about["number"], asked.about["stage"], asked.values["why"])


VERBS = {"advance": advance, "block": block, "unblock": unblock}
FORMS = {"block": Form("Block it", "Block", asks_why("What does {stage} wait for?"), _to_block, wants_why, _block_form)}
