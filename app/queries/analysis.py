"""The incidents most like one: what people look at before they say which pattern it was."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, or_, select, union
from sqlalchemy.orm import Session

from app.domain.lifecycle import RETIRED
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice, incident_practice
from app.models.incident import Incident, incident_service
from app.models.review import ContributingFactor
from app.queries.visibility import may_see_incident

OFFERED = 5
# Points for each thing in common: a service says most, an area (there are five) least.
SERVICE_POINTS, LABEL_POINTS, WORD_POINTS, AREA_POINTS = 3, 2, 2, 1
# The work is bounded, however many incidents there are: the newest of each kind of likeness are compared.
RECENT_MAX = 2_000  # looked through for labels, words and areas, which have no index
CANDIDATES_MAX = 200
WORDS_MAX = 8
_WORD = re.compile(r"\w{4,}")
_EMPTY_WORDS = frozenset(
    {
        "after", "again", "because", "before", "during", "every", "from", "have", "into", "some", "than", "that",
        "their", "there", "they", "this", "were", "when", "while", "with",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Similar:
    """Another incident, what it has in common with this one, and what was learned from it."""

    id: int
    number: int
    title: str
    severity: str | None
    is_private: bool
    declared_at: datetime
    pattern_id: int | None
    pattern: str | None
    labels: list[str]
    services: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)

    @property
    def score(self) -> int:
        return (
            SERVICE_POINTS * len(self.services) + LABEL_POINTS * len(self.labels)
            + WORD_POINTS * len(self.words) + AREA_POINTS * len(self.areas)
        )  # fmt: skip

    @property
    def is_more_than_area(self) -> bool:
        """Areas alone make few incidents alike: such ones come last."""
        return bool(self.services or self.labels or self.words)

    @property
    def reasons(self) -> list[tuple[str, Sequence[str]]]:
        """What is alike, the strongest first."""
        kinds = (("Services", self.services), ("Labels", self.labels), ("Words", self.words), ("Areas", self.areas))
        return [(kind, shared) for kind, shared in kinds if shared]


def areas_of(session: Session, incident_id: int) -> set[str]:
    """The areas of the contributing factors of one incident."""
    rows = select(ContributingFactor.area).where(ContributingFactor.incident_id == incident_id).distinct()
    return set(session.scalars(rows))


def similar(session: Session, incident: Incident, by: Actor, areas: Collection[str]) -> list[Similar]:
    """The five incidents most like this one that this person may know of. Five queries, or one if there are none."""
    words = significant(incident.title)
    ids = session.scalars(_candidates(incident, by, areas, words)).all()
    if not ids:
        return []
    found = _read(session, ids, incident, by, words)
    services = {each.id: each.name for each in incident.services}
    for incident_id, service_id in session.execute(
        select(incident_service).where(
            incident_service.c.incident_id.in_(ids), incident_service.c.service_id.in_(services)
        )
    ):
        found[incident_id].services.append(services[service_id])
    for incident_id, area in session.execute(
        select(ContributingFactor.incident_id, ContributingFactor.area)
        .where(ContributingFactor.incident_id.in_(ids), ContributingFactor.area.in_(areas))
        .distinct()
    ):
        found[incident_id].areas.append(area)
    ranked = sorted(
        (each for each in found.values() if each.score),
        key=lambda each: (
            each.is_more_than_area, each.score, each.pattern_id is not None, each.declared_at, each.id,
        ),
        reverse=True,
    )[:OFFERED]  # fmt: skip
    for incident_id, practice in session.execute(
        select(incident_practice.c.incident_id, Practice)
        .join(Practice, Practice.id == incident_practice.c.practice_id)
        .where(incident_practice.c.incident_id.in_([each.id for each in ranked]), Practice.state != RETIRED)
        .order_by(Practice.number)
    ):
        found[incident_id].practices.append(practice)
    return ranked


def significant(title: str) -> dict[str, str]:
    """The words of a title that say something, by how they are compared."""
    words = {each.casefold(): each for each in _WORD.findall(title)}
    return {key: word for key, word in list(words.items()) if key not in _EMPTY_WORDS and not key.isdecimal()}


def _candidates(incident: Incident, by: Actor, areas: Collection[str], words: dict[str, str]) -> Any:
    """Ids of incidents that have anything in common: some hundreds at most, whatever there is."""
    newest = (
        select(Incident.id)
        .where(may_see_incident(by), Incident.id != incident.id)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    recent = newest.add_columns(Incident.title, cast(Incident.labels, String).label("labels")).limit(RECENT_MAX)
    of_recent = recent.subquery()
    says = [of_recent.c.title.icontains(each, autoescape=True) for each in list(words.values())[:WORDS_MAX]]
    ids = [each.id for each in incident.services]
    affected = select(incident_service.c.incident_id).where(incident_service.c.service_id.in_(ids))
    same_service = newest.where(Incident.id.in_(affected)).limit(CANDIDATES_MAX).subquery()
    same_words = select(of_recent.c.id).where(or_(false(), *says, *_labelled(of_recent.c.labels, incident.labels)))
    same_area = (
        select(of_recent.c.id)
        .join(ContributingFactor, ContributingFactor.incident_id == of_recent.c.id)
        .where(ContributingFactor.area.in_(areas))
        .distinct()
    )
    limited = [
        each.order_by(of_recent.c.id.desc()).limit(CANDIDATES_MAX).subquery() for each in (same_words, same_area)
    ]
    return union(*(select(each.c.id) for each in (same_service, *limited)))


def _labelled(column: Any, labels: Iterable[str]) -> list[ColumnElement[bool]]:
    """How a label stands in stored JSON: SQLite keeps it in ASCII, PostgreSQL as it is."""
    stored = {json.dumps(each, ensure_ascii=is_ascii) for each in labels for is_ascii in (True, False)}
    return [column.contains(each, autoescape=True) for each in sorted(stored)]


def _read(session: Session, ids: Sequence[int], like: Incident, by: Actor, words: dict[str, str]) -> dict[int, Similar]:
    own = {each.casefold() for each in like.labels}
    rows = session.execute(
        select(
            Incident.id, Incident.number, Incident.title, Incident.severity, Incident.is_private, Incident.declared_at,
            Analysis.pattern_id, Pattern.name, Incident.labels,
        )
        .outerjoin(Analysis, Analysis.incident_id == Incident.id)
        .outerjoin(Pattern, Pattern.id == Analysis.pattern_id)
        .where(Incident.id.in_(ids), may_see_incident(by))
    )  # fmt: skip
    found = {}
    for row in rows:
        each = Similar(*row)
        each.labels[:] = [label for label in each.labels if label.casefold() in own]
        each.words.extend(word for key, word in words.items() if key in significant(each.title))
        found[each.id] = each
    return found
