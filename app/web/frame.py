"""The frame around every page of an incident: head, rail, what is missing, what can be done now."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app import links
from app.domain.lifecycle import BY_KEY, SKIPPED, Tooth
from app.domain.people import may, require
from app.parts import parts
from app.queries import incident_page, lessons
from app.queries.incident_page import IncidentPage
from app.queries.lesson import Lessons
from app.web import current
from app.web.filters import ago, day, iso, when

# What the button says that completes a stage.
COMPLETE = {
    "incident": "Confirm the incident",
    "resolution": "Mark as resolved",
    "review": "Publish the review",
    "remediation": "Complete remediation",
    "analysis": "Complete the analysis",
    "best_practice": "Complete best practice",
    "automation": "Complete automation",
    "adoption": "Close the loop",
}
# Where on its page the thing is that a criterion asks for.
ANCHORS = {
    "incident.title_missing": "title",
    "incident.severity_missing": "severity",
    "incident.service_missing": "services",
    "incident.commander_missing": "commander_id",
    "resolution.times_missing": "started_at",
    "resolution.times_out_of_order": "started_at",
    "resolution.impact_missing": "impact",
    "resolution.how_missing": "how_resolved",
    "review.facilitator_missing": "facilitator_id",
    "review.summary_missing": "summary",
    "review.timeline_missing": "timeline",
    "review.factor_missing": "factors",
    "review.went_well_missing": "went_well",
    "review.went_badly_missing": "went_badly",
    "review.got_lucky_missing": "got_lucky",
    "remediation.items_missing": "items",
    "remediation.item_open": "items",
    "remediation.item_unverified": "items",
    "analysis.pattern_missing": "pattern_id",
    "analysis.decision_missing": "decision",
    "analysis.reason_missing": "reason",
    "analysis.practice_missing": "practice_ids",
    "best_practice.practice_missing": "practice_ids",
    "best_practice.retired": "practice_ids",
}
# The action of the one table that editing each stage asks for.
EDITS = {
    "incident": "edit_incident",
    "resolution": "resolve",
    "review": "review",
    "remediation": "remediate",
    "analysis": "analyse",
    "best_practice": "propose",
    "automation": "write_check",
    "adoption": "attest",
}


def load(number: int, stage: str | None = None) -> IncidentPage:
    """The page's data. NotFound as the query says."""
    return incident_page.load(current.reading(), number, current.actor(), parts().settings.policy, stage)


def is_form_shown(page: IncidentPage) -> bool:
    """A completed stage is read first; its form opens on request. Who may not edit reads, and cannot post."""
    if request.method == "POST":
        require(current.actor(), EDITS[page.stage.key])
    elif not may(current.actor(), EDITS[page.stage.key]):
        return False
    return page.tooth.state not in ("done", SKIPPED) or "edit" in request.args or request.method == "POST"


def is_under_way(page: IncidentPage) -> bool:
    """Whether it is not resolved yet: then known lessons stand at the top, on each of its pages."""
    return page.incident.position.number <= BY_KEY["resolution"].number


def lessons_of(page: IncidentPage) -> Lessons:
    """What an affected service had not adopted when it started, the most relevant first."""
    return lessons.at_declaration(current.reading(), current.actor(), page.incident)


def render(template: str, page: IncidentPage, status: int = 200, **more: Any) -> tuple[str, int]:
    """A page of an incident within its frame."""
    by = current.actor()
    return (
        render_template(
            template,
            page=page,
            incident=page.incident,
            rail_items=[_tooth(page, tooth) for tooth in page.rail],
            missing_items=[
                {"code": each.code, "sentence": each.sentence, "url": f"#{anchor}" if anchor else None}
                for each in page.missing
                for anchor in [ANCHORS.get(each.code)]
            ],
            complete_label=COMPLETE[page.stage.key],
            may={each: may(by, each) for each in ("advance", "block", "skip", "reopen", "change_privacy")},
            may_edit=may(by, EDITS[page.stage.key]),
            known_lessons=lessons_of(page) if is_under_way(page) else None,
            **more,
        ),
        status,
    )


def _tooth(page: IncidentPage, tooth: Tooth) -> dict[str, Any]:
    note = ""
    if tooth.state in ("active", "blocked") and tooth.since:
        note = f"for {ago(tooth.since)}"
    elif tooth.since:
        note = day(tooth.since)
    return {
        "key": tooth.stage.key, "number": tooth.stage.number, "title": tooth.stage.title, "state": tooth.state,
        "url": links.incident(page.incident.number, tooth.stage.key), "note": note,
        "is_selected": tooth.stage.key == page.stage.key, "iso": iso(tooth.since), "text": when(tooth.since),
    }  # fmt: skip
