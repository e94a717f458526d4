"""The objects of manifests that tell facts, picked from all that lies in their files; the rest is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.intake import kubernetes_folder as folders
from app.intake.kubernetes_objects import Place, Thing, Wrong
from app.intake.kubernetes_yaml import Document, Value, documents
from app.intake.problem import Problem, Unreadable

Kind = tuple[str, str]  # the kind, and the group of its API: a Service of Knative is another thing
WORKLOADS: tuple[Kind, ...] = (
    ("Deployment", "apps"), ("StatefulSet", "apps"), ("DaemonSet", "apps"), ("Rollout", "argoproj.io"),
    ("Deployment", "extensions"), ("DaemonSet", "extensions"),
)  # fmt: skip
SERVICE, BUDGET = ("Service", ""), ("PodDisruptionBudget", "policy")
AUTOSCALER = ("HorizontalPodAutoscaler", "autoscaling")
TELLING = (*WORKLOADS, SERVICE, BUDGET, AUTOSCALER)
_NAMES = {name for name, _ in TELLING}


@dataclass
class Manifests:
    """The objects of a folder by kind, what could not be read, and how many objects of other kinds there were."""

    files: int = 0
    things: dict[Kind, list[Thing]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def of(self, *kinds: Kind) -> list[Thing]:
        return [thing for kind in kinds for thing in self.things.get(kind, [])]


def read(folder: Path) -> Manifests:
    """Every object in every file. Unreadable: the folder has too many files."""
    found = Manifests()
    paths, problems = folders.find(folder)
    found.files, found.problems = len(paths), problems
    for path in paths:
        try:
            text = folders.read_text(folder, path)
        except Unreadable as error:
            found.problems += error.problems
            continue
        for document in documents(folders.file_name(folder, path), text):
            if isinstance(document, Problem):
                found.problems.append(document)
            else:
                _take(found, document)
    return found


def _take(found: Manifests, document: Document) -> None:
    for value in _unlisted(document.value):
        try:
            kind, thing = _thing(document, value)
        except Wrong as wrong:
            where = f"document {document.number}" + (f": {wrong.path}" if wrong.path else "")
            found.problems.append(Problem(document.file, where, wrong.reason, document.line))
            continue
        if kind in TELLING:
            found.things.setdefault(kind, []).append(thing)
        else:
            found.skipped[f"{thing.kind} of {kind[1]}" if thing.kind in _NAMES else thing.kind] += 1


def _unlisted(value: Value) -> Iterator[Value]:
    """The objects of `kind: List`, or else the value itself."""
    items = value.get("items") if isinstance(value, dict) and value.get("kind") == "List" else None
    if isinstance(items, list):
        for each in items:
            yield from _unlisted(each)
    else:
        yield value


def _kind(root: Place) -> Kind:
    return root.text("kind"), root.text("apiVersion").rpartition("/")[0]


def _thing(document: Document, value: Value) -> tuple[Kind, Thing]:
    if not isinstance(value, dict):
        raise Wrong("", "no object of Kubernetes: a mapping is expected here")
    root = Place("", value)
    kind, about = _kind(root), root.below("metadata")
    name = about.text("name")
    if kind in TELLING and not name:
        raise Wrong("metadata.name", f"missing in this {kind[0]}")
    called = kind[0] or "no kind"
    return kind, Thing(document.file, document.line, called, name, about.text("namespace"), root)
