"""What needs someone: decisions that one named owner can take this week, the costliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app import links
from app.domain import lifecycle
from app.domain.lifecycle import PROPOSED, SLIPPED, Policy
from app.domain.people import ADMINISTRATOR, OWNER
from app.domain.report import NEEDS_MAX
from app.domain.report_sections import NEED_KINDS, Campaigns, Exemptions, Items, Need, PracticeLine, Stages
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.models.resolution import Resolution
from app.models.review import Review
from app.queries.weekly import behind
from app.queries.weekly.scope import Scope
from app.words import plural

_Author, _Accepter = aliased(Person), aliased(Person)
_LEADS = {"incident": "commander", "resolution": "commander", "review": "facilitator", "analysis": "facilitator"}
CANDIDATES = 50  # of each kind


@dataclass(frozen=True)
class Seen:
    """What the other sections have found."""

    practices: Sequence[PracticeLine]
    campaigns: Campaigns
    items: Items
    exemptions: Exemptions
    stages: Stages


@dataclass(frozen=True)
class _Rule:
    """A practice of the scope and who answers for it: whoever accepted it, else its author, if active."""

    id: int
    number: int
    statement: str
    state: str
    questioned_at: datetime | None
    owner: str | None

    @property
    def subject(self) -> str:
        return f"BP-{self.number}"


def read(session: Session, scope: Scope, seen: Seen, policy: Mapping[str, Policy]) -> list[Need]:
    """At most five, each about something else. Six queries."""
    rules = _rules(session, scope, [each.number for each in seen.practices])
    cost = _Cost(session, scope, rules.values(), seen.campaigns)
    found = [
        *_practices(rules, seen, cost), *_campaigns(rules, seen, cost), *_exemptions(rules, seen, cost),
        *_of_incidents(session, scope, seen, policy), *_proposed(session, scope),
    ]  # fmt: skip
    found.sort(key=lambda each: (each.minutes is None, -(each.minutes or 0), NEED_KINDS.index(each.kind), each.subject))
    once: dict[str, Need] = {}
    for each in found:
        once.setdefault(each.subject, each)
    return list(once.values())[:NEEDS_MAX]


def _rules(session: Session, scope: Scope, numbers: Sequence[int]) -> dict[int, _Rule]:
    """By number, the practices that the report names, as they stood at its end."""
    since: dict[int | None, str | None] = {}
    moves = select(Move.practice_id, Move.from_state).where(Move.at >= scope.as_of, Move.practice_id.is_not(None))
    for key, state in session.execute(moves.order_by(Move.id)):
        since.setdefault(key, state)
    rows = session.execute(
        select(
            Practice.id, Practice.number, Practice.statement, Practice.state, Practice.questioned_at, _Accepter, _Author
        )
        .outerjoin(_Accepter, _Accepter.id == Practice.accepted_by_id)
        .outerjoin(_Author, _Author.id == Practice.author_id)
        .where(Practice.number.in_(numbers))
    )
    found = {}
    for key, number, statement, state, questioned_at, accepter, author in rows:
        owner = next((each.name for each in (accepter, author) if each is not None and each.is_active), None)
        found[number] = _Rule(key, number, statement, since.get(key) or state, questioned_at, owner)
    return found


class _Cost:
    """Minutes by number of a practice; read once for those that may need somebody."""

    def __init__(self, session: Session, scope: Scope, rules: Iterable[_Rule], campaigns: Campaigns) -> None:
        pushed = {each.practice for each in campaigns.at_risk}
        ids = {
            each.id: each.number for each in rules
            if each.state == SLIPPED or each.questioned_at is not None or each.number in pushed
        }  # fmt: skip
        self.known = {ids[key]: total for key, total in behind.minutes(session, scope, list(ids)).items()}

    def of(self, number: int) -> int | None:
        """None: no incident has met it, or nobody knows what it cost."""
        return self.known.get(number)


def _practices(rules: Mapping[int, _Rule], seen: Seen, cost: _Cost) -> Iterator[Need]:
    for line in seen.practices:
        rule = rules.get(line.number)
        if rule is None or rule.owner is None:
            continue
        movers = " and ".join(each.service for each in line.movers[:2])
        if rule.state == SLIPPED and line.missing:
            first = f" Begin with {movers}." if movers else ""
            words = (
                f"It slipped: {line.now.adopted:,} of {line.now.applicable:,} adopt it, {line.needed:,} must.{first}"
            )
            yield _need("slipped_practice", rule, words, cost)
        elif rule.questioned_at is not None:
            yield _need(
                "questioned_practice", rule, "It was adopted, and yet it happened: improve it, or keep it.", cost
            )


def _campaigns(rules: Mapping[int, _Rule], seen: Seen, cost: _Cost) -> Iterator[Need]:
    for each in seen.campaigns.at_risk[:CANDIDATES]:
        late = f" {each.forecast[0].upper()}{each.forecast[1:]}." if each.forecast else ""
        yield Need(
            "campaign_at_risk", each.owner, f"BP-{each.practice}", each.statement, links.practice(each.practice),
            f"Its campaign will miss {each.ends_on.day} {each.ends_on:%B}: {each.adopted:,} of {each.applicable:,}."
            f"{late} Push it, or move its day.",
            cost.of(each.practice),
        )  # fmt: skip


def _exemptions(rules: Mapping[int, _Rule], seen: Seen, cost: _Cost) -> Iterator[Need]:
    for each in seen.exemptions.lines[:CANDIDATES]:
        if each.granted_by != "Ratchet":
            yield Need(
                "exemption_expiring", each.granted_by, f"{each.service} on BP-{each.practice}", each.reason,
                "/exemptions",
                f"Its exemption ends on {each.expires_on.day} {each.expires_on:%B}: renew it, or let it adopt.",
                None,
            )  # fmt: skip


def _of_incidents(session: Session, scope: Scope, seen: Seen, policy: Mapping[str, Policy]) -> Iterator[Need]:
    """Action items over their day, and stages that are late by policy and have somebody who leads them."""
    items = [each for each in seen.items.lines[:CANDIDATES] if each.priority == "must"]
    waits = [each for each in seen.stages.longest if each.stage in _LEADS]
    numbers = {each.incident for each in items} | {each.incident for each in waits}
    about = _about(session, scope, numbers)
    for item in items:
        yield Need(
            "item_overdue", item.owner, f"ACT-{item.number}", item.title,
            links.incident(item.incident, "remediation"),
            f"A must-do of INC-{item.incident}, {plural(item.days_over, 'day')} over: finish or drop it.",
            about[item.incident].minutes, item.incident,
        )  # fmt: skip
    for wait in waits:
        of = about[wait.incident]
        owner = getattr(of, _LEADS[wait.stage])
        entered = scope.as_of.timestamp() - wait.hours * 3600
        due = lifecycle.due_at(datetime.fromtimestamp(entered, scope.as_of.tzinfo), wait.stage, wait.severity, policy)
        if owner and due is not None and due < scope.as_of:
            title = lifecycle.BY_KEY[wait.stage].title
            then = "unblock it" if wait.is_blocked else f"complete {title.lower()}"
            yield Need(
                "stuck_stage", owner, f"INC-{wait.incident}", wait.title, links.incident(wait.incident),
                f"At {title} for {plural(int(wait.hours // 24), 'day')}: {then}.", of.minutes, wait.incident,
            )  # fmt: skip


def _proposed(session: Session, scope: Scope) -> Iterator[Need]:
    """Practices that wait to be accepted, where an owner other than the author has led an incident of theirs."""
    lead = aliased(Person)
    rows: Any = session.execute(
        select(Practice.number, Practice.statement, lead.name, Resolution.customer_minutes)
        .join(incident_practice, incident_practice.c.practice_id == Practice.id)
        .join(Incident, Incident.id == incident_practice.c.incident_id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .join(lead, lead.id.in_((Review.facilitator_id, Incident.commander_id)))
        .where(
            Practice.state == PROPOSED, lead.id != Practice.author_id, lead.is_active,
            lead.role.in_((OWNER, ADMINISTRATOR)), Incident.declared_at < scope.as_of, *scope.incidents,
        )
        .order_by(Incident.declared_at.desc(), lead.name)
        .limit(CANDIDATES)
    )  # fmt: skip
    for number, statement, owner, minutes in rows:
        yield Need(
            "practice_to_accept", owner, f"BP-{number}", statement, links.practice(number),
            "It is proposed and nobody has accepted it yet: accept it, or say what is missing.", minutes,
        )  # fmt: skip


@dataclass(frozen=True)
class _About:
    minutes: int | None
    commander: str | None
    facilitator: str | None


def _about(session: Session, scope: Scope, numbers: Iterable[int]) -> dict[int, _About]:
    commander, facilitator = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Incident.number, Resolution.customer_minutes, commander.name, facilitator.name)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .outerjoin(commander, (commander.id == Incident.commander_id) & commander.is_active)
        .outerjoin(facilitator, (facilitator.id == Review.facilitator_id) & facilitator.is_active)
        .where(Incident.number.in_(list(numbers)))
    )
    return {row[0]: _About(*row[1:]) for row in rows}


def _need(kind: str, rule: _Rule, detail: str, cost: _Cost) -> Need:
    assert rule.owner
    return Need(
        kind, rule.owner, rule.subject, rule.statement, links.practice(rule.number), detail, cost.of(rule.number)
    )
