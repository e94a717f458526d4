"""Which services somebody speaks of who wants to adopt a practice, and how it stands with them, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.orm import Session

from app.domain.lifecycle import ACCEPTED, PROPOSED, RETIRED
from app.models.automation import Check
from app.models.best_practice import Practice
from app.queries import adopting, labels
from app.queries import practice as practices
from app.queries.adopting import Stands
from app.slack import pick
from app.slack.asked import Answer, Asked, Unclear
from app.slack.grammar.understood import PRACTICE
from app.slack.messages import next_steps, parts
from app.slack.messages.parts import Button
from app.slack.verbs import replies
from app.words import plural

LISTED = 6
BY_MACHINE = "Machines measure this: once a service passes its check it counts by itself, nobody has to say so."
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

    @property
    def to_do(self) -> list[Stands]:
        return [each for each in self.rows if each.is_to_do]


def find(asked: Asked) -> Scope:
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
        which, words = adopting.EVERY, "the whole catalogue"
    rows, total = adopting.stands(session, of.id, which)
    questions = adopting.questions(session, of.id)
    if questions and not meant and not teams:
        rows = []  # nobody speaks for everybody by leaving something out
    return Scope(of, words, rows, total, questions, adopting.machines(session, of.id))


def standing(asked: Asked, of: Scope) -> Answer:
    """Where the services stand, what they lack, and what can be done about it."""
    which, page = replies.practice(asked, of.practice.number), replies.open_practice(asked, of.practice.number)
    again = [Button("Choose services", verb="attest", value=of.practice.name)] if of.questions else []
    if not of.total:
        return replies.told(f"{which} applies to no service of {of.words}.", buttons=[page])
    if of.questions and not of.rows:
        example = f"`{asked.parts.settings.slack_command} adopt {of.practice.name.lower()} ~payments`"
        words = f"Say for which team or service, such as {example}: you belong to no team in Ratchet."
        return replies.told(words, buttons=[*again, page])
    if not of.to_do:
        where = f"wherever it applies ({plural(of.total, 'service')})"
        return replies.told(
            f"Nothing is to do for {of.words}: {which} is adopted, or excused, {where}.", buttons=[*again, page]
        )
    more = sum(each.is_to_do for each in of.rows[LISTED:])
    first = of.to_do[0].name
    return replies.told(
        f"{which} *{parts.typed(of.practice.statement)}* Still to do for {of.words}:",
        *(f"• *{parts.typed(each.name, 80)}* {_lacks(each)}" for each in of.to_do[:LISTED]),
        f"and {more} more" if more > 0 else "",
        BY_MACHINE if of.machines else "It has no active check now: its page says why.",
        buttons=[Button("Ask for an exemption", verb="exempt", value=f"{of.practice.name} ~{first}"), page],
    )


def _lacks(of: Stands) -> str:
    why = f": {parts.typed(of.message, 200)}" if of.message else ""
    return f"{STANDING_WORDS.get(of.standing, of.standing)}{why}"
