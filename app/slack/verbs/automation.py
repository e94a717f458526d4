"""Stage 7 from Slack: give a practice a check, see what it would say, and let it count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import (
    ACTIVE_CHECK,
    ATTESTED,
    CHECK_KINDS,
    ERROR,
    EXPERIMENT,
    FACTS,
    FAIL,
    NOT_APPLICABLE,
    OFF,
    PASS,
    REPORTED,
)
from app.domain.errors import Refused
from app.domain.lifecycle import ACCEPTED, PROPOSED, RETIRED
from app.models.automation import Check
from app.models.best_practice import Practice
from app.queries import checks, evidence, notices, verdicts
from app.queries import practice as practices
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar import Understood
from app.slack.grammar.understood import PRACTICE
from app.slack.messages import next_steps, parts
from app.slack.messages import practice as message
from app.slack.messages.parts import VALUE_MAX, Block, Button, cut
from app.slack.verbs import replies
from app.words import plural
from app.workflow import automation

KIND_WORDS = {
    FACTS: "Facts: an expression over what services report",
    REPORTED: "Reported: a test elsewhere tells its result",
    EXPERIMENT: "Experiment: the journal of a chaos experiment",
    ATTESTED: "Attested: a person looks and says so",
}
RESULT_WORDS = (
    (FAIL, "Would not pass"), (ERROR, "Could not be judged"), (checks.NOTHING, "Nothing known yet"),
    (NOT_APPLICABLE, "Need not follow it"), (PASS, "Would pass"),
)  # fmt: skip
WRITE = 'Facts: true for services that follow it, facts["http.timeout_ms"] <= 1000. Else a name, or a question.'
DAYS = "30"


def automate(asked: Asked) -> Answer:
    """The form of a new check; without a number, the practices that wait for one."""
    if not _has_number(asked.understood):
        raise Unclear(_which(asked))
    return Answer(form=_filled(asked))


def activate(asked: Asked) -> Answer:
    """The check counts from now on: "BP-5 17 1" is check 17 as it was when it was tried."""
    number = pick.number(asked, PRACTICE)
    check_id, *seen = replies.numbers(asked) or [0]
    check = asked.read(lambda session: checks.find(session, number, check_id))
    which = f"This check of {replies.practice(asked, number)}"
    buttons = [replies.open_practice(asked, number, "#checks")]
    if check.state == ACTIVE_CHECK:
        return replies.told(f"{which} is active already.", buttons=buttons)
    if check.state == OFF:
        return replies.told(f"{which} was switched off meanwhile. Its page says why.", buttons=buttons)
    if seen and seen[0] != check.version:
        return replies.told(f"{which} was changed since. Look at it again, then activate it there.", buttons=buttons)
    version = check.version
    asked.act(lambda work: automation.activate(work, check_id, version=version, by=asked.by, now=asked.now))
    row = asked.read(lambda session: practices.find(session, asked.by, number))
    of = asked.read(lambda session: notices.practice(session, row.practice.id))
    return replies.told(
        f"{replies.practice(asked, number)} is checked from now on. {message.target(of)}",
        message.to_do(of),
        "The teams of services that do not pass are told.",
        buttons=[*next_steps.of_practice(of), *buttons],
    )


def _has_number(understood: Understood) -> bool:
    return any(ref.kind == PRACTICE for ref in understood.refs)


def _which(asked: Asked) -> Answer:
    def waiting(session: Session) -> Sequence[Practice]:
        rows = select(Practice).where(Practice.state == ACCEPTED).order_by(Practice.number.desc()).limit(pick.CHOICES)
        return session.scalars(rows).all()

    found = asked.read(waiting)
    command = asked.parts.settings.slack_command
    if not found:
        return Answer(f"Say which practice gets a check, such as `{command} automate bp-5`. None waits for its first.")
    words = asked.understood.words
    buttons = [
        Button(f"{each.name} {each.statement}", verb="automate", value=cut(f"{each.name} {words}".strip(), VALUE_MAX))
        for each in found
    ]
    ask = "Which practice gets the check? These wait for their first."
    return Answer(ask, [parts.section(ask), parts.choices(*buttons)])


def _filled(asked: Asked) -> Opened:
    number = pick.number(asked, PRACTICE)
    of = asked.read(lambda session: practices.find(session, asked.by, number)).practice
    if of.state == RETIRED:
        raise Unclear(replies.told(f"{replies.practice(asked, number)} is retired: nobody is measured by it any more."))
    typed = asked.understood.words
    kind = FACTS if not typed or _is_expression(typed) else REPORTED
    written = asked.read(lambda session: checks.of_practices(session, [of.id])[of.id])
    active = sum(each.state == ACTIVE_CHECK for each in written)
    filled = {
        "practice": f"{of.name} {of.statement}", "kind": kind, "expression": typed, "freshness_days": DAYS,
        "note": f"It has {plural(active, 'active check')} already: this is one more." if active else "",
    }  # fmt: skip
    return Opened("automate", filled, {"number": number})


def _is_expression(typed: str) -> bool:
    try:
        cel.read(typed)
    except Refused:
        return False
    return True


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    return [
        parts.section(parts.typed(filled.get("practice") or "A new check", parts.LINE_MAX), filled.get("note") or ""),
        inputs.choice("kind", "Kind", [(each, KIND_WORDS[each]) for each in CHECK_KINDS], filled.get("kind")),
        inputs.text("expression", "Expression, name or question", filled.get("expression"), is_long=True,
                    is_optional=True, hint=WRITE),
        inputs.text("freshness_days", "Fresh for, in days", filled.get("freshness_days"), most=6,
                    hint="Older evidence counts as unknown, never as adopted."),
        inputs.text("because", "Why can no machine check this?", filled.get("because"), is_long=True, is_optional=True,
                    most=2000, hint="Needed for attested checks only."),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    number, values = asked.about["number"], asked.values
    told = automation.Told(
        kind=values.get("kind") or "", expression=values.get("expression") or "", because=values.get("because") or "",
        freshness_days=inputs.whole(values.get("freshness_days") or "", "freshness_days"),
    )  # fmt: skip
    check_id, version = asked.act(
        lambda work: _written(automation.write(work, number, told, by=asked.by, now=asked.now))
    )
    of, said = asked.read(lambda session: _dry_run(session, asked, number, check_id))
    buttons = [replies.open_practice(asked, number, "#checks")]
    if of.state == PROPOSED:
        wait = "It can be activated once the practice is accepted."
        buttons = [next_steps.accept(of.name), *buttons]
    else:
        wait = "It tells nobody until somebody activates it."
        buttons = [Button("Activate", verb="activate", value=f"{of.name} {check_id} {version}"), *buttons]
    return replies.told(f"{replies.practice(asked, number)} has a check in dry run.", *said, wait, buttons=buttons)


def _written(check: Check) -> tuple[int, int]:
    return check.id, check.version


def _dry_run(session: Session, asked: Asked, number: int, check_id: int) -> tuple[Practice, list[str]]:
    """What the check would say about every service that the practice applies to."""
    of = practices.find(session, asked.by, number).practice
    check = checks.find(session, number, check_id)
    reach = checks.reach(of.selector, verdicts.subjects(session))
    verdict = checks.try_out(check, reach, evidence.latest(session, [check.id]), asked.now)
    if not verdict.total:
        return of, ["The practice applies to no service, so there is nothing to try it on."]
    lines = [f"What it would say of {plural(verdict.total, 'service')}:"]
    for result, words in RESULT_WORDS:
        found = verdict.by_result.get(result, [])
        if found:
            why = f": {parts.typed(found[0][1], 150)}" if result == ERROR else ""
            lines.append(f"• {words}: {len(found)} ({parts.listed([name for name, _ in found])}){why}")
    return of, lines


VERBS = {"automate": automate, "activate": activate}
FORMS = {"automate": Form("Write a check", "Save in dry run", _fields, _filled, _has_number, _act)}
