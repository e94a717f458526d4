"""Every form and the home tab, filled with what is awkward to show: for Slack's own validator, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.domain.adoption import Progress
from app.domain.people import OWNER, Actor
from app.queries.at_home import Open, Owned, Teams
from app.queries.mine import Excuse, Item, Mine, Rule, Stage
from app.slack import home
from app.slack.asked import Opened, Reader
from app.slack.says import home_of, view_of
from app.slack.verbs import FORMS

AT, ON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), date(2026, 3, 6)
TITLE, RULE = "Checkout <is> down & nobody can pay 🔥", "Every client sets a timeout below that of its caller."
NOTES = ("There is no 31 feb to come. Write the date as 2026-03-31.",)
USER = "U012AB3CD"
PRACTICE = f"BP-5 {RULE}"
SERVICES = [("1", "checkout"), ("2", "search")]
WHY: Mapping[str, Any] = {"why": "The vendor must answer first.\n<!channel>", "stage": "review", "notes": NOTES}
INCIDENT: Mapping[str, Any] = {
    "title": TITLE, "severity": "SEV1", "service_ids": ["checkout", "search"], "commander_id": USER,
    "description": "Cards are declined.\nSince nine.", "notes": NOTES,
}  # fmt: skip
ATTEST: Mapping[str, Any] = {
    "practice": PRACTICE, "services": SERVICES, "questions": [("1", "Was it drilled?"), ("2", "Is it written down?")],
    "result": "pass", "why": "The runbook.",
}  # fmt: skip

FILLED: Mapping[str, Mapping[str, Any]] = {
    "action": {"title": "Probe checkout", "owner_id": USER, "due_on": ON.isoformat(), "notes": NOTES},
    "adopt": ATTEST,
    "assign": {"subject": "ACT-7", "owner_id": USER, "notes": NOTES},
    "attest": ATTEST,
    "automate": {
        "practice": PRACTICE, "kind": "facts", "expression": 'facts["http.timeout_ms"] <= 1000', "freshness_days": "30",
        "note": "It has 1 active check already: this is one more.",
    },
    "block": WHY,
    "declare": {**INCIDENT, "is_private": True},
    "confirm": {"practice": PRACTICE, "why": "Retries piled up.", "review_on": ON.isoformat(), "notes": NOTES},
    "decline": {
        "what": PRACTICE, "service": "checkout", "reason": "The vendor & its clients.", "asked_by": "Ana", "until": ON,
        "answer": "Set it at the proxy.",
    },
    "details": INCIDENT,
    "drop": WHY,
    "exempt": {"practice": PRACTICE, "service": SERVICES[:1], "reason": "It is switched off soon.", "expires_on": ON},
    "find": {"words": "retry storm ~payments"},
    "pattern": {
        "title": f"INC-42 {TITLE}", "pattern": ("1", "Retry storm"), "new_pattern": "", "decision": "new",
        "reason": "A rule would help.", "practices": [("1", PRACTICE)],
    },
    "practice": {
        "statement": RULE, "why": "Retries piled up.", "selector": "service.tier <= 2", "level": "must",
        "area": "scale", "target_percent": "100", "incident": f"INC-42 {TITLE}", "note": "INC-42 is past it.",
    },
    "reopen": {**WHY, "stages": ["incident", "resolution", "review"]},
    "resolve": {
        **INCIDENT, "needed": ("severity", "service_ids", "commander_id"), "how_resolved": "Rolled back.",
        "impact": "Nobody could pay.", "customer_minutes": 1200, "started_at": AT, "detected_at": AT,
        "mitigated_at": AT, "resolved_at": AT,
    },
    "retire": WHY,
    "review": {
        "facilitator_id": USER, "summary": "A retry storm.", "factors": "No timeout.", "area": "dependency",
        "went_well": "The alarm.", "went_badly": "The pager.", "got_lucky": "It was night.", "lessons": "x" * 4000,
        "counts": (3, 2), "is_current": True, "page": "<https://ratchet.example.com/incidents/42/review|INC-42>",
        "notes": NOTES,
    },
    "skip": WHY,
    "timeline": {"text": "The database failed over.", "at": AT, "incident": [("INC-42", f"INC-42 {TITLE}")]},
}  # fmt: skip


def views(base_url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each, and the view as Slack takes it."""
    for name, form in FORMS.items():
        yield f"the form of {name}", view_of(Opened(name, FILLED.get(name, {}), {"number": 42}), form)
    reader = Reader(Actor(1, "Ana", OWNER), ON, base_url, "/ratchet")
    for name, seen in (("the home", _full()), ("the empty home", _empty())):
        yield name, home_of(home.blocks(reader, seen))


def _empty() -> home.Seen:
    return home.Seen(Mine([], 0, [], 0, [], 0, [], 0), Teams([], [], 0), [], 0)


def _full() -> home.Seen:
    own = Mine(
        [Item(7, "Alert on declines", "open", "must", ON, 42), Item(8, TITLE, "done", "could", ON, 42)], 9,
        [Stage(42, TITLE, "SEV1", "review", "active", AT), Stage(43, TITLE, None, "adoption", "blocked", AT)], 8,
        [Rule(5, RULE, "proposed"), Rule(6, RULE, "accepted")], 7,
        [Excuse(5, "checkout", "Shop", ON, is_asked=True), Excuse(5, "search", None, ON, is_asked=False)], 6,
    )  # fmt: skip
    teams = Teams([("shop", "Shop & more")], [Owned(5, RULE, 3, 8, Progress("BP-5", 3, 8, 90))], 4)
    open_ = [
        Open(42, TITLE, "SEV1", "review", "active", True, AT, True, "Ben", ()),
        Open(43, TITLE, None, "adoption", "blocked", False, AT, False, "the vendor", (5,)),
    ]
    return home.Seen(own, teams, open_, 25, 2)
