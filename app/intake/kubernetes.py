"""Manifests of Kubernetes as facts about services: a folder is read as the whole truth about what runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.intake import kubernetes_manifests as manifests
from app.intake import kubernetes_workload as workloads
from app.intake.kubernetes_facts import combined
from app.intake.kubernetes_manifests import AUTOSCALER, BUDGET, SERVICE, WORKLOADS
from app.intake.kubernetes_objects import Thing, Wrong
from app.intake.kubernetes_workload import Beside, Companion, Workload
from app.intake.problem import Problem

NOBODY = "means no workload of this folder; if it should, compare its labels, name and namespace with the workload's"
TOGETHER = "the weakest one decides; a figure that differs, and where none is the weaker, is left out"


@dataclass(frozen=True)
class Reported:
    """What the manifests tell of one service. `is_stateful`: a StatefulSet, or something that keeps state for good."""

    service: str
    facts: Mapping[str, Any]
    file: str
    is_stateful: bool


@dataclass(frozen=True)
class Reading:
    """`problems` are what could not be used though it is there, `notes` what a person should know of the rest.

    `skipped` counts, by kind, the objects that tell no facts.
    """

    files: int
    reported: Sequence[Reported]
    problems: Sequence[Problem]
    notes: Sequence[Problem]
    skipped: Counter[str]


def read(folder: Path) -> Reading:
    """Every service that a workload of this folder runs, by name. Unreadable: the folder has too many files."""
    found = manifests.read(folder)
    problems, notes = list(found.problems), list[Problem]()
    by_service: dict[str, list[Workload]] = {}
    for thing in found.of(*WORKLOADS):
        try:
            workload = workloads.read(thing)
        except Wrong as wrong:
            problems.append(thing.problem(wrong.path, wrong.reason))
        else:
            by_service.setdefault(workload.service, []).append(workload)
    beside = Beside(
        _sound(found.of(SERVICE), workloads.service, problems),
        _sound(found.of(BUDGET), workloads.budget, problems),
        _sound(found.of(AUTOSCALER), workloads.autoscaler, problems),
    )
    reported, used = [], set[int]()
    for name, of in sorted(by_service.items()):
        of_each = [beside.of(each) for each in of]
        used |= {id(thing) for each in of_each for thing in each.all}
        reported.append(_reported(name, of, of_each, problems, notes))
    notes += [each.thing.problem("metadata.name", NOBODY) for each in beside.all if id(each) not in used]
    return Reading(found.files, reported, problems, notes, found.skipped)


def _sound(things: Sequence[Thing], read: Callable[[Thing], Companion], problems: list[Problem]) -> list[Companion]:
    """Those that can be read. Kubernetes refuses the others, so they belong to nobody."""
    found = []
    for thing in things:
        try:
            found.append(read(thing))
        except Wrong as wrong:
            problems.append(thing.problem(wrong.path, wrong.reason))
    return found


def _reported(
    name: str, of: Sequence[Workload], beside: Sequence[Beside], problems: list[Problem], notes: list[Problem]
) -> Reported:
    things, facts = [each.thing for each in of], []
    for workload, belonging in zip(of, beside, strict=True):
        told, wrong = workloads.facts(workload, belonging)
        facts.append(told)
        problems += wrong
    if len(of) > 1:
        which = "; ".join(f"{each.called} in {each.file}" for each in things)
        notes.append(Problem(things[0].file, name, f"{which} are one service: {TOGETHER}", things[0].line))
    is_stateful = any(
        thing.kind == "StatefulSet" or told.get("kubernetes.persistent_state") is True
        for thing, told in zip(things, facts, strict=True)
    )
    return Reported(name, combined(facts), things[0].file, is_stateful)
