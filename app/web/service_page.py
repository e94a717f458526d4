"""What the page of one service shows: first what to do next, and why; then everything that is known of it."""

from __future__ import annotations

import json
from typing import Any

from app.domain.people import may
from app.queries import dependencies, exemptions, gaps, service_facts, services, slips
from app.queries.services import Row
from app.web import current

ACTIONS = ("edit_catalogue", "attest", "report", "ask_exemption")


def gather(row: Row) -> dict[str, Any]:
    """The values of catalog/service.html."""
    session, by, now = current.reading(), current.actor(), current.now()
    of = row.service
    todo, gaps_total = gaps.of_service(session, by, of, now) if not of.is_retired else ([], 0)
    incidents = services.incidents(session, by, of.id)
    facts, facts_total = service_facts.of_service(session, of.id)
    return {
        "row": row, "service": of, "gaps": todo, "gaps_total": gaps_total,
        "circle": dependencies.circle_through(session, of.id),
        "depends_on": services.depends_on(session, of.id), "needed_by": services.needed_by(session, of.id),
        "incidents": incidents[: services.INCIDENTS_SHOWN], "has_more": len(incidents) > services.INCIDENTS_SHOWN,
        "standings": services.standings(session, of.id), "facts": facts, "facts_total": facts_total, "said": said,
        "slips": slips.of_service(session, of.id, now),
        "exemptions": exemptions.of_service(session, by, of.id, now.date()),
        "may": {each: may(by, each) for each in ACTIONS},
    }  # fmt: skip


def said(value: Any) -> str:
    """A fact's value as JSON, as it was reported."""
    return json.dumps(value, ensure_ascii=False)
