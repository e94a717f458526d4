"""Exemptions from Slack: ask for one, grant or decline what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.exemption import ASKED
from app.queries import exemptions, labels
from app.queries import practice as practices
from app.queries.exemptions import Row
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened, Unclear
from app.slack.grammar.understood import PRACTICE
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import replies
from app.workflow import exemption

OFFERED = timedelta(days=30)  # how long somebody is excused if they say nothing else


def exempt(asked: Asked) -> Answer:
    """The form that asks for an exemption; the practice's owner excuses a service with it at once."""
    return Answer(form=_filled(asked))


def _filled(asked: Asked) -> Opened:
    number = pick.number(asked, PRACTICE)
    of = asked.read(lambda session: practices.find(session, asked.by, number)).practice
    label = next(iter(replies.labels(asked)), "")
    found = asked.read(lambda session: labels.meant(session, label)) if label else None
    chosen = [(str(found.id), found.name)] if found and found.kind == labels.SERVICE else []
    filled = {
        "practice": f"{of.name} {of.statement}", "service": chosen, "reason": replies.free_words(asked),
        "expires_on": asked.now.date() + OFFERED,
    }  # fmt: skip
    return Opened("exempt", filled, {"number": number})


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    return [
        parts.section(f"*{parts.typed(filled.get('practice') or 'A practice', parts.LINE_MAX)}*"),
        inputs.lookup("service", "Service", "service", filled.get("service") or ()),
        inputs.text("reason", "Why is it excused?", filled.get("reason"), is_long=True, most=2000),
        inputs.day("expires_on", "Last day", filled.get("expires_on"),
                   hint="In UTC. It counts again on the day after; at most a year from now."),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    number, values = asked.about["number"], asked.values
    found = asked.read(lambda session: labels.service(session, str(values.get("service") or "")))
    if found is None:
        raise Refused.because("service.unknown", "Choose a service from the list.", "service")
    do = exemption.exempt if people.may(asked.by, "exempt") else exemption.ask
    on = values.get("expires_on")
    last = date.fromisoformat(on) if on else None
    state, until = asked.act(
        lambda work: _stands(
            do(work, number, found[1], reason=values.get("reason") or "", expires_on=last, by=asked.by, now=asked.now)
        )
    )
    which = f"{parts.typed(found[1], 80)} from {replies.practice(asked, number)}"
    if state == ASKED:
        waits = "It waits for the practice's owner, who is told."
        return replies.told(f"You asked to exempt {which} until {parts.day(until)}.", waits)
    return replies.told(f"You exempted {which} until {parts.day(until)}. Its team is told a week before that.")


def _stands(row: Any) -> tuple[str, date]:
    return row.state, row.expires_on


def grant(asked: Asked) -> Answer:
    """Agree, until the day that was asked for."""
    row = _waiting(asked)
    of = row.exemption
    asked.act(lambda work: exemption.grant(work, of.id, by=asked.by, now=asked.now))
    until = f"{parts.typed(row.service, 80)} is exempt from {_practice(asked, row)} until {parts.day(of.expires_on)}."
    return replies.told(until, "Whoever asked is told.")


def decline(asked: Asked) -> Answer:
    """The form that says why not: without an answer nobody is declined."""
    return Answer(form=_declining(asked))


def _declining(asked: Asked) -> Opened:
    row = _waiting(asked)
    of = row.exemption
    filled = {
        "what": f"BP-{row.practice_number} {row.statement}", "service": row.service, "reason": of.reason,
        "asked_by": row.asked_by or "Somebody", "until": of.expires_on,
    }  # fmt: skip
    return Opened("decline", filled, {"exemption": of.id})


def _declining_fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    until = f" until {parts.day(filled['until'])}" if filled.get("until") else ""
    who = parts.typed(filled.get("asked_by") or "Somebody", 80)
    return [
        parts.section(
            f"*{parts.typed(filled.get('what') or 'A practice', parts.LINE_MAX)}*",
            f"{who} asks to exempt {parts.typed(filled.get('service') or 'a service', 80)}{until}: "
            f"{parts.typed(filled.get('reason') or '', parts.PARAGRAPH_MAX)}",
        ),
        inputs.text("answer", "Your answer", filled.get("answer"), is_long=True, most=2000,
                    hint="Why not, and what to do instead."),
    ]  # fmt: skip


def _act_declined(asked: Asked) -> Answer:
    exemption_id = asked.about["exemption"]
    answer = asked.values.get("answer") or ""
    asked.act(lambda work: exemption.decline(work, exemption_id, answer=answer, by=asked.by, now=asked.now))
    row = _row(asked, exemption_id)
    declined = f"{parts.typed(row.service, 80)} is not exempt from {_practice(asked, row)}: the request is declined."
    return replies.told(declined, "Whoever asked is told why.")


def _waiting(asked: Asked) -> Row:
    """The request that a button stands for. Unclear: it was answered, or withdrawn, meanwhile."""
    wanted = replies.numbers(asked) or [ref.number for ref in asked.understood.refs]
    row = _row(asked, wanted[0] if wanted else 0)
    of = row.exemption
    if of.state == ASKED:
        return row
    what = f"The request to exempt {parts.typed(row.service, 80)} from {_practice(asked, row)}"
    if row.was_withdrawn:
        raise Unclear(replies.told(f"{what} was withdrawn."))
    by = f" by {parts.typed(row.decided_by, 80)}" if row.decided_by else ""
    is_over = " It is over." if of.state == "ended" else ""
    state = "granted" if of.state == "ended" else of.state
    raise Unclear(replies.told(f"{what} was {state} already{by}.{is_over}"))


def _row(asked: Asked, exemption_id: int) -> Row:
    found = asked.read(lambda session: exemptions.find(session, asked.by, exemption_id, asked.now.date()))
    if found is None:
        raise NotFound("There is no such exemption.")
    return found


def _practice(asked: Asked, row: Row) -> str:
    return replies.practice(asked, row.practice_number)


VERBS = {"exempt": exempt, "grant": grant, "decline": decline}
FORMS = {
    "exempt": Form("Ask for an exemption", "Ask", _fields, _filled, lambda _understood: True, _act),
    "decline": Form("Decline", "Decline", _declining_fields, _declining, lambda _understood: True, _act_declined),
}
