"""Leaving a stage out, and going back to one, from Slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import people
from app.domain.lifecycle import BY_KEY, DONE, STAGES
from app.queries.incident_page import IncidentPage
from app.slack import inputs
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import ITEM
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import filling, items
from app.slack.verbs.lifecycle import WHY_MAX, asking, asks_why, here, stage_in, wants_why
from app.slack.verbs.standing import after, linked, notes, onwards, stands, told
from app.workflow import lifecycle


def skip(asked: Asked) -> Answer:
    """Leave the current stage out, and why; without a reason, the form asks for it."""
    if wants_why(asked.understood):
        return Answer(form=_to_skip(asked))
    now = here(asked)
    return _skip(asked, now.incident.number, now.incident.stage, asked.understood.words)


def _skip(asked: Asked, number: int, stage: str, why: str) -> Answer:
    asked.act(lambda work: lifecycle.skip(work, number, stage, why=why, by=asked.by, now=asked.now))
    said = f"{BY_KEY[stage].title} of {linked(asked, number)} is skipped: {parts.typed(why, parts.LINE_MAX)}"
    return after(asked, number, said)


def _to_skip(asked: Asked) -> Opened:
    now = here(asked)
    people.require(asked.by, "skip")
    if not now.may_skip or now.incident.position.is_closed:
        whose = now.incident.severity or "An incident without a severity"
        said = f"{whose} may not skip {now.current.title}." if not now.incident.position.is_closed else ""
        raise Unclear(told(f"{linked(asked, now.incident.number)} stays where it is. {said}".strip(), stands(now),
                           buttons=onwards(asked, now)))  # fmt: skip
    return asking(asked, now, "skip")


def _skip_form(asked: Asked) -> Answer:
    return _skip(asked, asked.about["number"], asked.about["stage"], asked.values["why"])


def reopen(asked: Asked) -> Answer:
    """An item is taken up again; an incident goes back to the stage that is named, else to the last one completed."""
    if _is_item(asked.understood):
        return items.resume(asked)
    if _wants_reopening(asked.understood):
        return Answer(form=_to_reopen(asked))
    now = here(asked)
    named, why = stage_in(asked.understood.words)
    return _reopen(asked, now.incident.number, named or _last_done(asked, now), why)


def _reopen(asked: Asked, number: int, stage: str, why: str) -> Answer:
    asked.act(lambda work: lifecycle.reopen(work, number, stage, why=why, by=asked.by, now=asked.now))
    said = f"{BY_KEY[stage].title} of {linked(asked, number)} is open again: {parts.typed(why, parts.LINE_MAX)}"
    return after(asked, number, said)


def _last_done(asked: Asked, now: IncidentPage) -> str:
    """The stage that was completed last. Unclear: none was."""
    found = [each.stage.key for each in now.rail if each.state == DONE]
    if not found:
        said = f"{linked(asked, now.incident.number)} has completed no stage yet, so there is nothing to reopen."
        raise Unclear(told(said, stands(now), buttons=onwards(asked, now)))
    return found[-1]


def _is_item(understood: Understood) -> bool:
    return understood.ref is not None and understood.ref.kind == ITEM


def _wants_reopening(understood: Understood) -> bool:
    return not _is_item(understood) and (not stage_in(understood.words)[1] or bool(understood.problems))


def _to_reopen(asked: Asked) -> Opened:
    now = here(asked)
    people.require(asked.by, "reopen")
    named, why = stage_in(asked.understood.words)
    last = _last_done(asked, now)
    done = [each.stage.key for each in now.rail if each.state == DONE]
    of = asking(asked, now, "reopen")
    return Opened("reopen", {**of.filled, "why": why, "stage": named or last, "stages": done}, of.about)


def _reopen_fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    stages = [(key, BY_KEY[key].title) for key in filled.get("stages") or () if key in BY_KEY]
    return [
        *notes(filled),
        inputs.choice("stage", "Back to which stage?", stages or [(STAGES[0].key, STAGES[0].title)],
                      filled.get("stage")),
        filling.text_field("why", "Why is it reopened?", filled.get("why"), is_long=True, most=WHY_MAX),
    ]  # fmt: skip


def _reopen_form(asked: Asked) -> Answer:
    return _reopen(asked, asked.about["number"], asked.values["stage"] or "", asked.values["why"])


VERBS = {"skip": skip, "reopen": reopen}
FORMS = {
    "skip": Form("Skip a stage", "Skip", asks_why("Why is {stage} skipped?"), _to_skip, wants_why, _skip_form),
    "reopen": Form("Reopen a stage", "Reopen", _reopen_fields, _to_reopen, _wants_reopening, _reopen_form),
}
