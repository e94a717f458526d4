"""Moves as sentences for the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.lifecycle import BY_KEY, LAST
from app.queries.incident_page import Entry
from app.web.filters import iso, when

_SAVED = {
    "resolution": "Saved the resolution",
    "review": "Saved the review",
    "remediation": "Saved why no action items are needed",
    "analysis": "Saved the analysis",
}
_PLAIN = {
    "snooze_item": "Moved the date of an action item",
    "declare": "Declared the incident",
    "import": "Imported the incident",
    "edit": "Changed the incident",
    "change_privacy": "Changed who may see the incident",
    "add_item": "Added an action item",
    "edit_item": "Changed an action item",
    "finish_item": "Finished an action item",
    "verify_item": "Verified an action item",
    "drop_item": "Dropped an action item",
    "resume_item": "Took an action item up again",
    "link": "Changed the linked practices",
    "question": "Questioned a practice that was adopted here, and yet it happened",
}
_PRACTICE = {
    "propose": "Proposed the practice",
    "edit": "Changed the practice",
    "accept": "Accepted the practice",
    "confirm": "Confirmed that the practice is still right",
    "switch_on": "Switched on a practice of the starter catalogue",
    "retire": "Retired the practice",
    "write_check": "Wrote a check",
    "edit_check": "Changed a check",
    "activate_check": "Activated a check",
    "switch_off_check": "Switched a check off",
    "exempt": "Exempted a service",
    "end_exemption": "Ended an exemption",
    "ask_exemption": "Asked for an exemption",
    "decline_exemption": "Declined an exemption",
    "withdraw_exemption": "Withdrew a request for an exemption",
    "warn_exemption": "Announced that an exemption ends soon",
    "start_campaign": "Started a campaign",
    "edit_campaign": "Changed the campaign",
    "end_campaign": "Ended the campaign",
    "reach_campaign": "The campaign has reached its target",
    "miss_campaign": "The campaign has missed its target",
    "adopt": "Adopted: the target is reached",
    "question": "Questioned the practice",
    "settle": "Settled the question",
    "slip": "Slipped: adoption fell below the target",
}


def sentence(entry: Entry) -> str:
    """What happened, in the past tense."""
    to, left = _title(entry.to_stage), _title(entry.from_stage)
    if entry.verb == "advance":
        closed = entry.to_stage == LAST.key and entry.from_stage == LAST.key
        return f"Completed {left}: the loop is closed" if closed else f"Completed {left}; {to} begins"
    if entry.verb in ("skip", "leave_out"):
        return f"Skipped {left}"
    if entry.verb in ("block", "unblock", "reopen"):
        return f"{entry.verb.capitalize()}ed {to}"
    if entry.verb == "save":
        return _SAVED.get(entry.to_stage, f"Saved {to}")
    return _PLAIN.get(entry.verb, entry.verb.replace("_", " ").capitalize())


def _title(stage: str | None) -> str:
    return BY_KEY[stage].title if stage is not None and stage in BY_KEY else stage or ""


def practice_sentence(verb: str) -> str:
    """What happened to a practice."""
    return _PRACTICE.get(verb, verb.replace("_", " ").capitalize())


def shown(entry: Entry, words: str) -> Mapping[str, Any]:
    """An entry as the history list shows it."""
    return {
        "at_iso": iso(entry.at), "at_text": when(entry.at), "who": entry.who, "sentence": words, "why": entry.why,
    }  # fmt: skip
