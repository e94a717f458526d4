"""Which incident, practice or action item is meant: the one that was named, or the one whose place it is; else a choice
of five."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.outbox import SlackThread
from app.models.person import Person
from app.queries.board import IS_OPEN
from app.queries.visibility import may_see_incident
from app.slack.asked import Answer, Asked, Unclear
from app.slack.grammar.retyped import retyped
from app.slack.grammar.understood import INCIDENT, ITEM, PRACTICE, PREFIXES
from app.slack.messages import parts

CHOICES = 5


def incident(asked: Asked) -> int:
    """The number of the incident that is meant. Unclear: there is no such one, or several could be meant."""
    named = [ref.number for ref in asked.understood.refs if ref.kind == INCIDENT]
    if named:
        return _known(asked, named[0])
    found = asked.read(lambda session: _of_place(session, asked))
    if len(found) == 1:
        return found[0].number
    return _choose(asked, "Which incident?" if found else "Which incident? No open one belongs to this channel.")


def incidents(asked: Asked) -> list[int]:
    """All that were named; the one that is meant if none was."""
    named = [ref.number for ref in asked.understood.refs if ref.kind == INCIDENT]
    return [_known(asked, each) for each in named] or [incident(asked)]


def number(asked: Asked, kind: str) -> int:
    """The number of a practice or an action item, which must be named. Unclear: it is not."""
    found = [ref.number for ref in asked.understood.refs if ref.kind == kind]
    if not found:
        example = {PRACTICE: "BP-5", ITEM: "ACT-7"}.get(kind, "INC-42")
        words = f"Say which one, such as {example}: `{_command(asked)} {asked.understood.verb} {example.lower()}`."
        raise Unclear(Answer(words))
    return found[0]


def person(asked: Asked, mention: str, field: str) -> int:
    """The person behind a mention (U1, or @bob). Refused: Ratchet does not know them."""
    if mention.startswith("@"):
        found = asked.read(lambda session: _named(session, mention[1:]))
        if len(found) == 1:
            return found[0]
        many = "Several people are called" if found else "Nobody in Ratchet is called"
        raise Refused.because("slack.person", f"{many} {mention}. Choose them in the form.", field)
    actor = asked.find_person(mention)
    if actor is None or actor.id is None:
        sentence = "Ratchet does not know this person. Ask them to type /ratchet once, or an administrator to add them."
        raise Refused.because("slack.person", sentence, field)
    return actor.id


def slack_user(session: Session, person_id: int | None) -> str | None:
    """The Slack account of a person, if it is known."""
    return session.scalar(select(Person.slack_user_id).where(Person.id == person_id)) if person_id else None


def _known(asked: Asked, wanted: int) -> int:
    def exists(session: Session) -> bool:
        found = select(Incident.id).where(Incident.number == wanted, may_see_incident(asked.by))
        return session.scalar(found) is not None

    if asked.read(exists):
        return wanted
    return _choose(
        asked, f"There is no {PREFIXES[INCIDENT]}-{wanted}, or you may not see it. Did you mean one of these?"
    )


def _choose(asked: Asked, words: str) -> int:
    found = asked.read(lambda session: _open(session, asked.by))
    if not found:
        raise Unclear(Answer(f"{words} None is open. Find others with `{_command(asked)} find words`."))
    of = asked.understood
    kept = retyped(replace(of, refs=tuple(each for each in of.refs if each.kind != INCIDENT)))
    buttons = [
        parts.Button(
            f"{each.name} {each.title}", verb=of.verb, value=parts.cut(f"{each.name} {kept}".strip(), parts.VALUE_MAX)
        )
        for each in found
    ]
    raise Unclear(Answer(words, [parts.section(words), parts.choices(*buttons)]))


def _of_place(session: Session, asked: Asked) -> Sequence[Incident]:
    """The incident of the thread; else the open ones whose card stands in this channel, the newest first."""
    of_channel = select(SlackThread.incident_id).where(SlackThread.channel == asked.place.channel)
    if asked.place.thread:
        here = of_channel.where(SlackThread.ts == asked.place.thread)
        found = _incidents(session, asked.by, Incident.id.in_(here), limit=2)
        if found:
            return found
    return _incidents(session, asked.by, Incident.id.in_(of_channel), IS_OPEN, limit=2)


def _open(session: Session, by: Actor) -> Sequence[Incident]:
    return _incidents(session, by, IS_OPEN, limit=CHOICES)


def _incidents(session: Session, by: Actor, *where: ColumnElement[bool], limit: int) -> Sequence[Incident]:
    rows = select(Incident).where(may_see_incident(by), *where).order_by(Incident.declared_at.desc()).limit(limit)
    return session.scalars(rows).all()


def _named(session: Session, name: str) -> Sequence[int]:
    """By their whole name, their first name, or their address before the @; case does not matter."""
    wanted = name.strip().lower().replace(".", " ")
    people = session.execute(select(Person.id, Person.name, Person.email).where(Person.is_active)).all()
    exact = [key for key, called, _ in people if called.lower() == wanted]
    return exact or [
        key for key, called, email in people
        if called.lower().split()[:1] == [wanted] or email.split("@")[0].replace(".", " ") == wanted
    ]  # fmt: skip


def _command(asked: Asked) -> str:
    return asked.parts.settings.slack_command
