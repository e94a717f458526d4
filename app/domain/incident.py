"""Stage 1: what must be known before an incident can be resolved in good order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import Refusal, Refused
from app.domain.lifecycle import SEVERITIES, sentence

TITLE_MAX = 200


@dataclass(frozen=True)
class IncidentFacts:
    title: str
    severity: str | None
    services: int
    has_commander: bool


def missing(facts: IncidentFacts) -> Iterator[Refusal]:
    if not facts.title.strip():
        yield sentence("incident.title_missing", field="title")
    if facts.severity is None:
        yield sentence("incident.severity_missing", field="severity")
    if not facts.services:
        yield sentence("incident.service_missing", field="service_ids")
    if not facts.has_commander:
        yield sentence("incident.commander_missing", field="commander_id")


def require_title(title: str) -> str:
    """The title without surrounding space. Refused: it is empty or longer than 200 characters."""
    title = " ".join(title.split())
    if "\x00" in title:
        raise Refused.because("text.nul", "Remove the NUL character: no database can keep it.", "title")
    if not any(each.isprintable() and not each.isspace() for each in title):
        raise Refused.because("incident.title_missing", "Give the incident a title.", "title")
    if len(title) > TITLE_MAX:
        raise Refused.because(
            "incident.title_long", f"Shorten the title to {TITLE_MAX} characters; it has {len(title)}.", "title"
        )
    return title


def require_severity(severity: str | None) -> str | None:
    if severity and severity not in SEVERITIES:
        raise Refused.because("incident.severity_unknown", f"Choose one of {', '.join(SEVERITIES)}.", "severity")
    return severity or None
