"""What the page of one team shows: how far it is, what it should do next, and what it owns."""

from __future__ import annotations

from typing import Any

from app.domain import people as rules
from app.domain.adoption import progress
from app.models.person import Team
from app.queries import campaign, exemptions, gaps, people, services, slips
from app.web import current, paging


def gather(team: Team) -> dict[str, Any]:
    """The values of catalog/team.html. `page` is the page of its gaps, `services` that of its services."""
    session, by, now = current.reading(), current.actor(), current.now()
    at, services_at = paging.asked(), paging.asked("services")
    todo = gaps.of_team(session, by, team.id, at, now)
    rows, services_total = services.of_team(session, by, team.id, services_at)
    return {
        "team": team, "members": people.members(session, team.id), "counts": todo.counts,
        "adoption": progress(team.title, todo.counts.items(), 100), "gaps": todo.gaps, "gaps_total": todo.total,
        "gaps_pager": paging.pager(at, gaps.TEAM_PAGE, todo.total, anchor="#next"),
        "exemptions": exemptions.of_team(session, by, team.id, now.date()),
        "slips": slips.of_team(session, team.id, now), "campaigns": campaign.of_team(session, team.id),
        "rows": rows, "services_total": services_total,
        "services_pager": paging.pager(services_at, services.PAGE, services_total, "services", anchor="#services"),
        "may_ask": rules.may(by, "ask_exemption"),
    }  # fmt: skip
