"""Stage 8 from Slack: say that services follow a practice, or hear what they lack where machines measure it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import Session

from app.domain.automation import FAIL, PASS
from app.domain.errors import Refused
from app.domain.lifecycle import ACCEPTED, PROPOSED, RETIRED
from app.models.automation import Check
from app.models.best_practice import Practice
from app.queries import adopting, labels
from app.queries import practice as practices
from app.queries.adopting import Stands
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar.understood import PRACTICE
from app.slack.messages import next_steps, parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import replies
from app.words import plural
from app.workflow import attest_several

LISTED = 8
RESULTS = ((PASS, "Yes, they follow the practice"), (FAIL, "No, they do not"))
STANDING_WORDS = {"adopted": "adopted", "not_adopted": "not adopted", "unknown": "not known", "exempt": "exempt"}


@dataclass(frozen=True)
class Scope:
    """A practice, and the services that somebody speaks of: `words` says which, `rows` where they stand."""

    practice: Practice
    words: str
    rows: Sequence[Stands]
    total: int
    questions: Sequence[Check]
    machines: int


def adopt(asked: Asked) -> Answer:
    """Where a person answers: the form, or at once if it was said what was looked at. Where machines measure: what the
    services lack."""
    of = _scope(asked)
    if not of.questions or not of.rows:
        return _measured(asked, of)
    looked_at = replies.free_words(asked)
    if not looked_at or len(of.questions) > 1:
        return Answer(form=_opened(of))
    return _attest(asked, of.practice, of.questions[0].id, [each.name for each in of.rows], PASS, looked_at)


def _scope(asked: Asked) -> Scope:
    """Unclear: the practice is not measured, or no such team or service is known."""
    number = pick.number(asked, PRACTICE)
    of = asked.read(lambda session: practices.find(session, asked.by, number)).practice
    which = replies.practice(asked, number)
    page = replies.open_practice(asked, number)
    if of.state == RETIRED:
        raise Unclear(replies.told(f"{which} is retired: nobody is measured by it any more.", buttons=[page]))
    if of.state in (PROPOSED, ACCEPTED):
        step = next_steps.accept(of.name) if of.state == PROPOSED else next_steps.write_check(of.name)
        words = f"{which} has no active check yet, so nobody can tell who follows it."
        raise Unclear(replies.told(words, buttons=[step, page]))
    return asked.read(lambda session: _look(session, asked, of))


def _look(session: Session, asked: Asked, of: Practice) -> Scope:
    meant = []
    for each in replies.labels(asked):
        found = labels.meant(session, each)
        if found is None:
            raise Unclear(Answer(f"There is no team or service called ~{parts.typed(each)}. Nothing was changed."))
        meant.append(found)
    teams = [] if meant else labels.teams_of(session, asked.by.id)
    if meant:
        which, words = or_(*map(adopting.of_label, meant)), parts.listed([each.title for each in meant])
    elif teams:
        which, words = adopting.of_teams(teams), "your teams"
    else:
        which, words = adopting.EVERY, "all teams"
    rows, total = adopting.stands(session, of.id, which)
    questions = adopting.questions(session, of.id)
    if questions and not meant and not teams:
        rows, total = [], total  # nobody speaks for everybody by leaving something out
    return Scope(of, words, rows, total, questions, adopting.machines(session, of.id))


def _measured(asked: Asked, of: Scope) -> Answer:
    which, page = replies.practice(asked, of.practice.number), replies.open_practice(asked, of.practice.number)
    if not of.total:
        return replies.told(f"{which} applies to no service of {of.words}.", buttons=[page])
    if of.questions and not of.rows:
        command, name = asked.parts.settings.slack_command, of.practice.name.lower()
        words = f"Say for which team or service: `{command} adopt {name} ~payments`. You belong to no team yet."
        return replies.told(words, buttons=[Button("Choose services", verb="attest", value=of.practice.name), page])
    to_do = [each for each in of.rows if each.is_to_do]
    if not to_do:
        words = (
            f"Nothing is to do: {which} is adopted, or excused, by each {plural(of.total, 'service')} of {of.words}."
        )
        return replies.told(words.replace("each 1 service", "the service").replace("each ", "all "), buttons=[page])
    lines = [f"• *{parts.typed(each.name, 80)}* {_lacks(each)}" for each in to_do[:LISTED]]
    more = len(to_do) - LISTED
    return replies.told(
        f"{which} *{parts.typed(of.practice.statement)}*: what {of.words} still lack:",
        *lines,
        f"and {more} more" if more > 0 else "",
        "Machines measure this: once a service passes its check it counts by itself, nobody has to say so.",
        buttons=[Button("Ask for an exemption", verb="exempt", value=f"{of.practice.name} ~{to_do[0].name}"), page],
    )


def _lacks(of: Stands) -> str:
    why = f": {parts.typed(of.message, 200)}" if of.message else ""
    return f"{STANDING_WORDS.get(of.standing, of.standing)}{why}"


def _opened(of: Scope) -> Opened:
    chosen = [(str(each.id), each.name) for each in of.rows if each.is_to_do] or [
        (str(each.id), each.name) for each in of.rows
    ]
    filled = {
        "practice": f"{of.practice.name} {of.practice.statement}", "services": chosen,
        "questions": [(str(each.id), each.expression) for each in of.questions], "result": PASS,
    }  # fmt: skip
    return Opened("attest", filled, {"number": of.practice.number, "check": of.questions[0].id})


def _filled(asked: Asked) -> Opened:
    """Unclear: no person is asked about this practice."""
    of = _scope(asked)
    if not of.questions:
        raise Unclear(_measured(asked, of))
    opened = _opened(of)
    words = replies.free_words(asked)
    return Opened(opened.form, {**opened.filled, "why": words}, opened.about)


def attest(asked: Asked) -> Answer:
    """The form in which a person answers for services."""
    return Answer(form=_filled(asked))


def _fields(_asked: Asked, filled: Mapping[str, Any]) -> Sequence[Block]:
    questions = filled.get("questions") or []
    asks = [f"Question: {parts.typed(questions[0][1], parts.LINE_MAX)}"] if len(questions) == 1 else []
    fields = [parts.section(f"*{parts.typed(filled.get('practice') or 'A practice', parts.LINE_MAX)}*", *asks)]
    if len(questions) > 1:
        fields.append(inputs.choice("check_id", "Question", questions, questions[0][0]))
    return [
        *fields,
        inputs.lookup("services", "Services", "service", filled.get("services") or (), is_many=True),
        inputs.choice("result", "Answer", RESULTS, filled.get("result") or PASS),
        inputs.text("why", "What did you look at?", filled.get("why"), is_long=True, most=2000),
    ]


def _act(asked: Asked) -> Answer:
    number, values = asked.about["number"], asked.values
    of = asked.read(lambda session: practices.find(session, asked.by, number)).practice
    chosen = values.get("services") or []
    found = asked.read(lambda session: [labels.service(session, str(each)) for each in chosen])
    if None in found:
        raise Refused.because("service.unknown", "Choose services from the list.", "services")
    names = [each[1] for each in found if each]
    check_id = int(values.get("check_id") or asked.about["check"])
    return _attest(asked, of, check_id, names, values.get("result") or "", values.get("why") or "")


def _attest(
    asked: Asked, of: Practice, check_id: int, names: Sequence[str], result: str, looked_at: str
) -> Answer:  # fmt: skip
    said = asked.act(
        lambda work: attest_several.attest(work, check_id, names, result, message=looked_at, by=asked.by, now=asked.now)
    )
    row = asked.read(lambda session: practices.find(session, asked.by, of.number))
    does = "follow" if result == PASS else "do not follow"
    now = f"Now {row.progress.adopted} of {row.progress.applicable} have adopted it." if row.progress else ""
    which = f"{plural(said, 'service')}, {parts.listed(list(names))}"
    return replies.told(
        f"You said that {which} {does} {replies.practice(asked, of.number)}. {now}".rstrip(),
        buttons=[replies.open_practice(asked, of.number)],
    )


ATTEST = Form("Attest", "Say so", _fields, _filled, lambda _understood: False, _act)
VERBS = {"adopt": adopt, "attest": attest}
FORMS = {"adopt": ATTEST, "attest": ATTEST}
