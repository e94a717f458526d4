"""Which row of the catalogue an entity of a file is: by its reference, by its name, or by what it was called before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from app.domain.errors import Refused
from app.intake.backstage_refs import Ref
from app.intake.problem import Problem
from app.workflow import catalog

FORMERLY = "metadata.annotations.ratchet.dev/formerly"


class Renamable(Protocol):
    """A record that may say what it was called before."""

    @property
    def formerly(self) -> Ref | None: ...
    @property
    def ref(self) -> Ref: ...
    def problem(self, name: str, reason: str) -> Problem: ...


Of = TypeVar("Of", bound=Renamable)


@dataclass(frozen=True)
class Row:
    """A service or team as far as it is told from others."""

    id: int
    name: str
    entity_ref: str | None
    is_retired: bool


@dataclass
class Index:
    """The rows of one kind by reference and by name."""

    by_ref: dict[str, Row] = field(default_factory=dict)
    by_name: dict[str, Row] = field(default_factory=dict)
    alias: dict[Ref, Ref] = field(default_factory=dict)  # what was renamed is still found by its old name

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Index:
        made = cls()
        for each in rows:
            made.add(each)
        return made

    def add(self, row: Row) -> None:
        self.by_name[row.name] = row
        if row.entity_ref:
            self.by_ref[row.entity_ref] = row

    def find(self, ref: Ref) -> Row | None:
        """The row of this reference, or the one of its name that no file has claimed."""
        ref = self.alias.get(ref, ref)
        by_name = self.by_name.get(ref.catalogue_name)
        return self.by_ref.get(str(ref)) or (by_name if by_name and by_name.entity_ref is None else None)


@dataclass(frozen=True)
class Match(Generic[Of]):
    """`row` None: it is new. `is_renamed`: the row has another name until now."""

    record: Of
    row: Row | None
    is_renamed: bool = False


def match(index: Index, records: Iterable[Of], in_files: Collection[Ref], refused: list[Problem]) -> list[Match[Of]]:
    """Each record with its row, in the order of their references; those that cannot have one are refused."""
    found: list[Match[Of]] = []
    claimed: dict[str, Ref] = {}
    for each in sorted(records, key=lambda record: record.ref):
        before = len(refused)
        made = _match(index, each, in_files, refused)
        names = {each.ref.catalogue_name, *([made.row.name] if made.row else [])}
        for name in names & claimed.keys():
            refused.append(each.problem("metadata.name", f"{name} is {claimed[name]} already: only one can be that"))
        if len(refused) == before:
            found.append(made)
            claimed |= dict.fromkeys(names, each.ref)
    index.alias |= {each.record.formerly: each.record.ref for each in found if each.record.formerly}
    return found


def _match(index: Index, each: Of, in_files: Collection[Ref], refused: list[Problem]) -> Match[Of]:
    row, name = index.find(each.ref), each.ref.catalogue_name
    if row is None and name in index.by_name:
        refused.append(each.problem("metadata.name", f"{name} is {index.by_name[name].entity_ref} already"))
    try:
        catalog.require_name(name)
    except Refused as error:
        refused.append(each.problem("metadata.name", f"{name}: {error}"))
    if each.formerly is None:
        return Match(each, row)
    old = index.find(each.formerly)
    if each.formerly in in_files:
        refused.append(each.problem(FORMERLY, f"{each.formerly} is in these files as well: take one of the two away"))
    elif old is not None and row is not None and old.id != row.id:
        what = f"both {old.name} and {row.name} are in the catalogue, and two cannot become one"
        refused.append(each.problem(FORMERLY, f"{what}: retire {old.name} and take the annotation away"))
    return Match(each, row or old, is_renamed=row is None and old is not None)
