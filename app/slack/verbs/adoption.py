"""Stage 8 from Slack: say that services follow a practice, or hear what they lack where machines measure it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.domain.automation import FAIL, PASS
from app.domain.errors import Refused
from app.queries import adopting, labels
from app.queries import practice as practices
from app.slack import inputs
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import replies, scope
from app.slack.verbs.scope import Scope
from app.workflow import attest_several

RESULTS = ((PASS, "Yes, they follow the practice"), (FAIL, "No, they do not"))


@dataclass(frozen=True)
class Said:
    """What a person says of some services, by name."""

    check_id: int
    services: Sequence[str]
    result: str
    looked_at: str


def adopt(asked: Asked) -> Answer:
    """Where a person answers: the form, or at once if it was said what was looked at. Where machines measure, and where
    nothing is to do: how it stands."""
    of = scope.find(asked)
    if not of.questions or not of.to_do:
        return scope.standing(asked, of)
    looked_at = replies.free_words(asked)
    if not looked_at or len(of.questions) > 1:
        return Answer(form=_opened(of))
    said = Said(of.questions[0].id, [each.name for each in of.to_do], PASS, looked_at)
    return _attest(asked, of.practice.number, said)


def _opened(of: Scope) -> Opened:
    chosen = [(str(each.id), each.name) for each in of.to_do or of.rows]
    filled = {
        "practice": f"{of.practice.name} {of.practice.statement}", "services": chosen,
        "questions": [(str(each.id), each.expression) for each in of.questions], "result": PASS,
    }  # fmt: skip
    return Opened("attest", filled, {"number": of.practice.number, "check": of.questions[0].id})


def _filled(asked: Asked) -> Opened:
    """Unclear: no person is asked about this practice."""
    of = scope.find(asked)
    if not of.questions:
        raise Unclear(scope.standing(asked, of))
    opened = _opened(of)
    words = replies.free_words(asked)
    return Opened(opened.form, {**opened.filled, "why": words}, opened.about)


def attest(asked: Asked) -> Answer:
    """The form in which a person answers for services."""
    return Answer(form=_filled(asked))


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
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
    values = asked.values
    chosen = values.get("services") or []
    found = asked.read(lambda session: [labels.service(session, str(each)) for each in chosen])
    if None in found:
        raise Refused.because("service.unknown", "Choose services from the list.", "services")
    check_id = int(values.get("check_id") or asked.about["check"])
    names = [each[1] for each in found if each]
    said = Said(check_id, names, values.get("result") or "", values.get("why") or "")
    return _attest(asked, asked.about["number"], said)


def _attest(asked: Asked, number: int, said: Said) -> Answer:
    asked.act(
        lambda work: attest_several.attest(
            work, said.check_id, said.services, said.result, message=said.looked_at, by=asked.by, now=asked.now
        )
    )
    row = asked.read(lambda session: practices.find(session, asked.by, number))
    questions, machines = asked.read(lambda session: _others(session, row.practice.id))
    followed = "is followed" if said.result == PASS else "is not followed"
    rest = [f"It has {questions} questions: each is answered by itself."] if questions > 1 else []
    rest += ["Machines measure the rest of it."] if machines else []
    words = "Answer another" if questions > 1 else "Answer for others"
    is_left = questions > 1 or (row.progress is not None and row.progress.adopted < row.progress.applicable)
    again = [Button(words, verb="attest", value=row.practice.name)] if is_left else []
    return replies.told(
        f"You said that {replies.practice(asked, number)} {followed} by {parts.listed(list(said.services))}.",
        f"Now {row.progress.adopted} of {row.progress.applicable} have adopted it." if row.progress else "",
        *rest,
        buttons=[*again, replies.open_practice(asked, number)],
    )


def _others(session: Session, practice_id: int) -> tuple[int, int]:
    return len(adopting.questions(session, practice_id)), adopting.machines(session, practice_id)


ATTEST = Form("Attest", "Say so", _fields, _filled, lambda _understood: False, _act)
VERBS = {"adopt": adopt, "attest": attest}
FORMS = {"adopt": ATTEST, "attest": ATTEST}
