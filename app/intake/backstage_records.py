"""What Ratchet takes from a catalogue of Backstage, as plain records. None: the file does not say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.intake.backstage_refs import Ref
from app.intake.problem import Problem


@dataclass(frozen=True, kw_only=True)
class EntityRead:
    """`written` is the name as the file writes it; `lines` has the line of each field, such as spec.owner."""

    file: str
    ref: Ref
    written: str
    title: str | None
    lines: Mapping[str, int]

    @property
    def label(self) -> str:
        """How a person finds it in the file: "Component cart"."""
        return f"{self.ref.kind.capitalize()} {self.written}"

    def problem(self, name: str, reason: str) -> Problem:
        """Something to tell of one field of this entity."""
        return Problem(self.file, f"{self.label}: {name}", reason, self.lines.get(name))


@dataclass(frozen=True, kw_only=True)
class ComponentRead(EntityRead):
    """A service. `formerly` and `depends_on` name others; `dependency_of` is the same from the other end."""

    description: str | None
    owner: Ref | None
    system: Ref | None
    type: str | None
    lifecycle: str | None
    tags: tuple[str, ...] | None
    depends_on: tuple[Ref, ...] | None
    dependency_of: tuple[Ref, ...]
    tier: int | None
    kind: str | None
    formerly: Ref | None


@dataclass(frozen=True, kw_only=True)
class GroupRead(EntityRead):
    """A team. `slack_channel` "" takes the channel away."""

    parent: Ref | None
    slack_channel: str | None
    formerly: Ref | None


@dataclass(frozen=True, kw_only=True)
class SystemRead(EntityRead):
    """What components belong together as."""

    owner: Ref | None


@dataclass
class Read:
    """All that was read. `unsure` are files of which a part could not be read: what is not found there is not gone."""

    components: list[ComponentRead] = field(default_factory=list)
    groups: list[GroupRead] = field(default_factory=list)
    systems: list[SystemRead] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: set[Ref] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    files: int = 0
    other_files: int = 0

    @property
    def entities(self) -> int:
        """How many were read and can be taken in, systems included."""
        return len(self.components) + len(self.groups) + len(self.systems)
