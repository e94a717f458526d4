"""Stage 5 from Slack: say which failure pattern one or several incidents share, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.analysis import KNOWN, NEW, NONE
from app.domain.lifecycle import ACTIVE, BY_KEY
from app.domain.review import AREAS
from app.models.analysis import Analysis, Pattern
from app.models.incident import Incident
from app.queries import criteria, pattern_names, practice_choices
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import INCIDENT
from app.slack.inputs import Choice
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import replies
from app.workflow import analysis, lifecycle, links, shared_pattern
from app.workflow.unit_of_work import Work

LINKED = 5  # incidents that are linked in one answer; twenty may be named
DECISIONS = (
    (NEW, "A new practice: the rule is not written yet"),
    (KNOWN, "A known practice: choose it below"),
    (NONE, "None: no rule follows, later stages are left out"),
)


def pattern(asked: Asked) -> Answer:
    """One incident: its form. Several: the pattern that was typed is named for all of them at once."""
    if _is_one(asked.understood):
        return Answer(form=_filled(asked))
    numbers, typed = pick.incidents(asked), asked.understood.words
    if not typed:
        example = " ".join(f"inc-{each}" for each in numbers[:3])
        command = asked.parts.settings.slack_command
        raise Unclear(Answer(f"Name the pattern too, such as `{command} pattern {example} retry storm`."))
    shared = asked.act(lambda work: shared_pattern.name(work, numbers, typed, by=asked.by, now=asked.now))
    kind = "a new pattern" if shared.is_new else "a known pattern"
    linked = [replies.incident(asked, each) for each in shared.numbers[:LINKED]]
    which = ", ".join([*linked, *(f"INC-{each}" for each in shared.numbers[LINKED:])])
    verb = "has" if len(shared.numbers) == 1 else "have"
    others = [f"INC-{number} was left as it is: {words}." for number, words in shared.elsewhere]
    steps = [parts.Button(f"Decide on INC-{each}", verb="pattern", value=f"INC-{each}") for each in shared.numbers[:3]]
    return replies.told(
        f"{which} {verb} the pattern *{parts.typed(shared.pattern)}*, {kind}.", *others,
        "Next: decide for each of them what follows.", buttons=steps,
    )  # fmt: skip


def _is_one(understood: Understood) -> bool:
    return sum(ref.kind == INCIDENT for ref in understood.refs) < 2


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)
    found = asked.read(lambda session: _known(session, asked, number))
    if isinstance(found, Opened):
        return found
    waits, buttons = replies.next_of(asked, number)
    its = f" Its pattern: *{parts.typed(found)}*." if found else ""
    already = f"{replies.incident(asked, number)} is analysed already.{its}"
    raise Unclear(replies.told(already, waits, buttons=buttons))


def _known(session: Session, asked: Asked, number: int) -> Opened | str:
    """The form; or the name of its pattern (or nothing), if the incident is past analysis."""
    of = session.scalars(select(Incident).where(Incident.number == number)).one()
    row = session.get(Analysis, of.id)
    kept = session.get(Pattern, row.pattern_id) if row and row.pattern_id else None
    if of.position.is_closed or of.position.number > BY_KEY["analysis"].number:
        return kept.name if kept else ""
    typed = asked.understood.words
    near = pattern_names.near(session, asked.by, typed) if typed else kept
    linked = practice_choices.linked(session, of.id)
    filled = {
        "title": f"{of.name} {of.title}", "pattern": near and (str(near.id), near.name),
        "new_pattern": "" if near else typed, "decision": row.decision if row else None,
        "reason": row.reason if row else "",
        "practices": [(str(each.id), f"{each.name} {each.statement}") for each in linked],
    }  # fmt: skip
    about = {"number": number, "version": row.version if row else 0, "linked": [each.id for each in linked]}
    return Opened("pattern", filled, about)


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    known = [filled["pattern"]] if filled.get("pattern") else []
    areas = [(each, each.capitalize()) for each in AREAS]
    return [
        parts.section(parts.typed(filled.get("title") or "The analysis")),
        inputs.lookup("pattern_id", "Known pattern", "pattern", known, is_optional=True),
        inputs.text("new_pattern", "Or name a new one", filled.get("new_pattern"), is_optional=True, most=120,
                    hint="A kind of failure, such as retry storm. It is used instead of the list."),
        inputs.choice("area", "Area of the new one", areas, is_optional=True),
        inputs.choice("decision", "What follows from it?", DECISIONS, filled.get("decision"), is_optional=True,
                      hint="Leave it empty while nothing is decided."),
        inputs.text("reason", "Reason", filled.get("reason"), is_long=True, is_optional=True,
                    hint="Why this decision, for somebody who asks in a year."),
        inputs.lookup("practice_ids", "Known practices", "practice", filled.get("practices") or (), is_many=True,
                      is_optional=True),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    number, values = asked.about["number"], asked.values
    chosen = values.get("pattern_id")

    def step(work: Work) -> tuple[str, list[str]]:
        told = analysis.Told(
            pattern_id=int(chosen) if chosen else None, new_pattern=values.get("new_pattern") or "",
            area=values.get("area") or "", decision=values.get("decision") or "", reason=values.get("reason") or "",
            practice_ids=_practices(work, asked),
        )  # fmt: skip
        row = analysis.save(work, number, told, version=asked.about["version"], by=asked.by, now=asked.now)
        of = work.get(Incident, row.incident_id)
        lacks = [each.sentence for each in criteria.missing(work.session, of, "analysis")]
        if of.stage == "analysis" and of.state == ACTIVE and not lacks:
            lifecycle.advance(work, number, "analysis", by=asked.by, now=asked.now)
            return f"{replies.incident(asked, number)} is analysed.", []
        return f"Saved what is known of {replies.incident(asked, number)}.", lacks

    done, lacks = asked.act(step)
    waits, buttons = replies.next_of(asked, number)
    return replies.told(done, f"Analysis still lacks: {' '.join(lacks)}" if lacks else "", waits, buttons=buttons)


def _practices(work: Work, asked: Asked) -> list[int]:
    """What is linked now, with the changes of this person: what others linked meanwhile stays."""
    incident_id = work.session.scalar(select(Incident.id).where(Incident.number == asked.about["number"]))
    now = set(links.practice_ids(work, incident_id)) if incident_id is not None else set()
    seen, chosen = set(asked.about["linked"]), {int(each) for each in asked.values.get("practice_ids") or ()}
    return sorted((now - (seen - chosen)) | (chosen - seen))


def patterns(asked: Asked, query: str) -> list[Choice]:
    """Patterns to choose from."""
    found = asked.read(lambda session: pattern_names.offered(session, asked.by, query))
    return [(str(each.id), each.name) for each in found]


VERBS = {"pattern": pattern}
FORMS = {"pattern": Form("Name the pattern", "Save", _fields, _filled, _is_one, _act)}
LOOKUPS = {"pattern": patterns}
