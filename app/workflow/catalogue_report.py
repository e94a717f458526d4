"""What became of the entities of a catalogue's files: said to a person by every door alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.people import Actor
from app.intake.backstage_records import Read
from app.intake.problem import Problem
from app.workflow.unit_of_work import Work

_WORDS = {
    "team_id": "owner", "slack_channel": "Slack channel", "entity_ref": "now from these files",
    "is_retired": "in use again",
}  # fmt: skip


def in_words(fields: Iterable[str]) -> str:
    """What is different, as a person calls it."""
    return ", ".join(_WORDS.get(each, each) for each in fields)


@dataclass(frozen=True, order=True)
class Entry:
    """One entity. `detail` says which fields are different, or what it was called before."""

    kind: str
    name: str
    file: str
    detail: str = ""


@dataclass
class Report:
    """`refused` and `notes` name file, entity and field; `skipped` counts what Ratchet has no use for, by kind."""

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    renamed: list[Entry] = field(default_factory=list)
    retired: list[Entry] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def is_change(self) -> bool:
        """Whether the catalogue is different now."""
        return bool(self.new or self.changed or self.renamed or self.retired)

    def summary(self) -> str:
        """All figures in one sentence."""
        counts = [
            (len(self.new), "new"), (len(self.changed), "changed"), (len(self.renamed), "renamed"),
            (len(self.unchanged), "unchanged"), (len(self.retired), "retired"),
        ]  # fmt: skip
        words = [f"{count:,} {what}" for count, what in counts if count or what != "retired"]
        return f"{', '.join(words)}; {_count(self.refused, 'problem')}, {_count(self.notes, 'note')}."


def _count(problems: Sequence[Problem], what: str) -> str:
    return f"{len(problems):,} {what}{'' if len(problems) == 1 else 's'}"


@dataclass(frozen=True)
class Taking:
    """One import under way: what was read, for whom, and what there is to tell so far."""

    work: Work
    read: Read
    by: Actor
    report: Report
