"""What to do about a practice that a service has not adopted: one act for each check that asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.adoption import NOT_ADOPTED, UNKNOWN
from app.domain.automation import ATTESTED, EXPERIMENT, FACTS, REPORTED

GAPS = (NOT_ADOPTED, UNKNOWN)
_KEY = re.compile(
    r"""facts\s*\[\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*\]|(?:"([^"\\]+)"|'([^'\\]+)')\s+in\s+facts\b|facts\.([A-Za-z_]\w*)"""
)


@dataclass(frozen=True)
class Act:
    """What somebody does next: the words, and the kind of check that waits for it (facts, attested, …)."""

    kind: str
    words: str


def keys_read(expression: str) -> list[str]:
    """The keys of facts that an expression reads, in their order."""
    found = (next(filter(None, each.groups())) for each in _KEY.finditer(expression))
    return list(dict.fromkeys(found))


def next_act(standing: str, kind: str, expression: str) -> Act:
    """In words, for one check. `expression` is the check's: code, a question, or the name of a test or experiment."""
    is_failed = standing == NOT_ADOPTED
    if kind == FACTS:
        keys = " and ".join(keys_read(expression)) or "the facts that its check reads"
        return Act(kind, f"Fix {keys}, and report it again" if is_failed else f"Report {keys}")
    if kind == REPORTED:
        return Act(kind, f"Make “{expression}” pass and report it" if is_failed else f"Let “{expression}” report")
    if kind == EXPERIMENT:
        return Act(kind, f"Mend what “{expression}” found, and run it again" if is_failed else f"Run “{expression}”")
    if kind == ATTESTED:
        return Act(kind, f"Do what it asks, then answer again: {expression}" if is_failed else f"Answer: {expression}")
    return Act(kind, f"Look at {expression}")


def next_acts(standing: str, checks: list[tuple[str, str]]) -> Iterator[Act]:
    """For every check (kind, expression) that does not pass; without any nobody can tell, and its owner has to act."""
    if not checks:
        yield Act("", "Waits for an active check: until then nobody can tell")
    for kind, expression in checks:
        yield next_act(standing, kind, expression)
