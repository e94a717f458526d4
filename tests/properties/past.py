"""What was known at every instant, kept naively, and the standing that follows from it: the judge of time travel.

Nothing of the code under test decides here: expressions are Python, and the rules are those of the product in words.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any


def _both(facts: dict[str, Any]) -> bool:
    """The && of CEL: false on either side decides, although the other side cannot be told."""
    if facts.get("timeout", 0) >= 100 or facts.get("replicas", 2) < 2:
        return False
    return facts["timeout"] < 100 and facts["replicas"] >= 2


Facts = dict[str, tuple[Any, datetime]]  # value, and when it was seen
EXPRESSIONS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], bool]]] = {
    'facts["timeout"] < 100': (("timeout",), lambda facts: facts["timeout"] < 100),
    'facts["timeout"] < 100 && facts["replicas"] >= 2': (
        ("timeout", "replicas"), lambda facts: _both(facts),
    ),
    '!("replicas" in facts) || facts["replicas"] > 1': (
        ("replicas",), lambda facts: "replicas" not in facts or facts["replicas"] > 1,
    ),
}  # fmt: skip
SELECTORS: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "true": lambda service, facts: True,
    "service.tier <= 2": lambda service, facts: service["tier"] <= 2,
    'service.name != "cart"': lambda service, facts: service["name"] != "cart",
    'facts["replicas"] > 0': lambda service, facts: facts["replicas"] > 0,  # fails where nobody reports it
}
SKEW = timedelta(minutes=5)


@dataclass
class Known:
    """What is known at one instant."""

    selector: str = "true"
    combine: str = "all"
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)  # kind, expression, days, is_active
    tiers: dict[str, int] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    facts: dict[str, Facts] = field(default_factory=dict)
    results: dict[tuple[int, str], tuple[datetime, str]] = field(default_factory=dict)
    exempt: dict[str, date] = field(default_factory=dict)

    def standing(self, service: str, now: datetime) -> str | None:
        """None: the service is retired, nobody counts it."""
        if service in self.retired:
            return None
        facts = {key: value for key, (value, _) in self.facts.get(service, {}).items()}
        try:
            applies: bool | None = SELECTORS[self.selector]({"tier": self.tiers[service], "name": service}, facts)
        except KeyError:
            applies = None
        if applies is False:
            return "not_applicable"
        if service in self.exempt and now < datetime.combine(self.exempt[service] + timedelta(days=1), time(), UTC):
            return "exempt"
        if applies is None:
            return "unknown"
        active = [check for check, about in self.checks.items() if about["is_active"]]
        results = [self._result(check, service, facts, now) for check in active]
        return _combined(results, self.combine)

    def _result(self, check: int, service: str, facts: dict[str, Any], now: datetime) -> str:
        """pass, fail, not_applicable; or unknown: missing, stale, of the future, or an error."""
        about = self.checks[check]
        if about["kind"] == "facts":
            if not facts:
                return "unknown"
            keys, holds = EXPRESSIONS[about["expression"]]
            try:
                result = "pass" if holds(facts) else "fail"
            except KeyError:
                return "unknown"
            of = self.facts[service]
            read = [of[key][1] for key in keys if key in of]
            at = min(read) if read else max(seen for _, seen in of.values())
        else:
            at, result = self.results.get((check, service), (now, "error"))
        is_fresh = at - SKEW <= now < at + timedelta(days=about["days"])
        return result if is_fresh and result != "error" else "unknown"


def _combined(results: list[str], combine: str) -> str:
    if combine == "any" and "pass" in results:
        return "adopted"
    if combine == "all" and "fail" in results:
        return "not_adopted"
    if not results or "unknown" in results:
        return "unknown"
    if "fail" in results:
        return "not_adopted"
    return "adopted" if "pass" in results else "not_applicable"


@dataclass
class Diary:
    """Everything that was ever known, by the instant from which on it was."""

    pages: list[tuple[datetime, Known]] = field(default_factory=list)
    known: Known = field(default_factory=Known)

    def write(self, now: datetime) -> None:
        self.pages.append((now, deepcopy(self.known)))

    def standing(self, service: str, at: datetime) -> str | None:
        of = [known for since, known in self.pages if since <= at]
        return of[-1].standing(service, at) if of else None
