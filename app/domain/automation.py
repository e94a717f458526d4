"""Stage 7: a machine can tell who follows the rule, or a person attests it and says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.errors import Refusal, Refused
from app.domain.lifecycle import sentence

FACTS, REPORTED, EXPERIMENT, ATTESTED = "facts", "reported", "experiment", "attested"
CHECK_KINDS = (FACTS, REPORTED, EXPERIMENT, ATTESTED)
DRY_RUN, ACTIVE_CHECK, OFF = "dry_run", "active", "off"
PASS, FAIL, ERROR, NOT_APPLICABLE = "pass", "fail", "error", "not_applicable"
RESULTS = (PASS, FAIL, ERROR, NOT_APPLICABLE)


@dataclass(frozen=True)
class CheckedPractice:
    name: str
    active_checks: int


def missing(practices: Sequence[CheckedPractice]) -> Iterator[Refusal]:
    if not practices:
        yield sentence("automation.practice_missing")
    for practice in practices:
        if not practice.active_checks:
            yield sentence("automation.check_missing", practice=practice.name)


def require_days(days: int | None) -> int:
    if days is None or not 1 <= days <= 730:
        raise Refused.because("check.freshness_wrong", "Enter the freshness in days, from 1 to 730.", "freshness_days")
    return days


def require_off_reason(kind: str, why: str) -> None:
    """ "An approved 'attested by hand, because'": without a machine, the reason is part of the check."""
    if kind == ATTESTED and not why.strip():
        raise Refused.because("check.reason_missing", "Say why no machine can check this.", "because")


def require_link(link: str) -> str:
    """Where the result can be looked at: an http or https address, or nothing."""
    if link and not link.startswith(("https://", "http://")):
        raise Refused.because("link.wrong", "Give the link as an address that begins with https:// or http://.", "link")
    return link
