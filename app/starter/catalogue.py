"""The starter catalogue as plain records: 25 practices that a company switches on, and may then change as its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FACTS, ATTESTED, REPORTED, EXPERIMENT = "facts", "attested", "reported", "experiment"
KINDS = (FACTS, ATTESTED, REPORTED, EXPERIMENT)
ALL, ANY = "all", "any"
SOURCE = Path(__file__).with_name("practices.yaml")


@dataclass(frozen=True)
class StarterCheck:
    """How it is decided who follows the practice. `expression` is CEL for kind facts, and else "".

    For the other kinds `question` says what a person, a tool or an experiment has to show; `because`, for kind
    attested, why no machine can know.
    """

    kind: str
    expression: str
    question: str
    because: str


@dataclass(frozen=True)
class Starter:
    """One practice. `key` is its name in the catalogue, `statement` the rule, `why` what fails without it.

    `selector` is CEL over `service`; `combine` says whether all checks or any one of them decides; `facts` are the
    keys that its expressions ask for, as docs/facts.md describes them.
    """

    key: str
    statement: str
    why: str
    area: str
    level: str
    selector: str
    checks: tuple[StarterCheck, ...]
    combine: str
    freshness_days: int
    target_percent: int
    review_after_days: int
    facts: tuple[str, ...]


@cache
def starters() -> tuple[Starter, ...]:
    """Every practice, in the order of the file: by area, the most useful first."""
    return tuple(_starter(each) for each in yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def find(key: str) -> Starter | None:
    """The practice of this key, if there is one."""
    return next((each for each in starters() if each.key == key), None)


def _starter(told: Mapping[str, Any]) -> Starter:
    return Starter(
        key=told["key"], statement=_line(told["statement"]), why=_line(told["why"]), area=told["area"],
        level=told["level"], selector=told["selector"], checks=tuple(_check(each) for each in told["checks"]),
        combine=told.get("combine", ALL), freshness_days=told["freshness_days"],
        target_percent=told["target_percent"], review_after_days=told["review_after_days"],
        facts=tuple(told.get("facts", ())),
    )  # fmt: skip


def _check(told: Mapping[str, Any]) -> StarterCheck:
    return StarterCheck(
        told["kind"], told.get("expression", ""), _line(told.get("question", "")), _line(told.get("because", ""))
    )


def _line(text: str) -> str:
    """Text that was folded over lines to be read in the file."""
    return " ".join(text.split())
