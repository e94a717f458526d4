"""Groups of a catalogue become teams; and the owner that a component names becomes the team that owns the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.intake.backstage_records import ComponentRead, GroupRead
from app.intake.backstage_refs import Ref
from app.models.person import Team
from app.workflow.catalog import NAME, RESERVED, channel_of
from app.workflow.catalogue_match import Index, Match, Row, match
from app.workflow.catalogue_report import Entry, Report, Taking, in_words
from app.workflow.unit_of_work import Work

TABLE: Any = Team.__table__
COLUMNS = ("name", "title", "slack_channel", "entity_ref", "is_retired")
KIND = "Group"


@dataclass
class Teams:
    """The teams after the groups are in. `renamed_ids`: their services see another name of their team."""

    index: Index
    refused: frozenset[Ref]
    renamed_ids: set[int] = field(default_factory=set)
    retired_ids: set[int] = field(default_factory=set)

    def owner(self, of: ComponentRead, now_id: int | None, report: Report) -> int | None:
        """The id of the team that the component names; None, with a note, where there is none to name."""
        if of.owner is None:
            return None  # noted when it was read
        row = self.index.find(of.owner) if of.owner.kind == "group" else None
        if row is None:
            report.notes.append(of.problem("spec.owner", self._why_nobody(of.owner)))
            return None
        if row.id in self.retired_ids and row.id != now_id:
            report.notes.append(of.problem("spec.owner", f"the team {row.name} is retired; it belongs to no team"))
            return None
        return row.id

    def _why_nobody(self, owner: Ref) -> str:
        if owner.kind != "group":
            return f"{owner} is no group: only teams own services, so it belongs to no team"
        if owner in self.refused:
            return f"{owner} could not be taken in, so it belongs to no team"
        return f"no team can be called {owner.catalogue_name}, so it belongs to no team"


def bring_in(taking: Taking, owned: Iterable[ComponentRead]) -> Teams:
    """Groups first, then a team for each owner that nobody has described."""
    read, work = taking.read, taking.work
    known = work.session.execute(select(Team.id, Team.name, Team.entity_ref, Team.is_retired)).all()
    index = Index.of(Row(*each) for each in known)
    in_files = {each.ref for each in read.groups} | read.refused
    found = match(index, read.groups, in_files, taking.report.refused)
    taken = {each.record.ref for each in found}
    teams = Teams(index, frozenset(in_files - taken))
    _write(taking, found, teams)
    _make_owners(taking, owned, teams)
    teams.retired_ids = {each.id for each in teams.index.by_name.values() if each.is_retired}
    return teams


def locked(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
    """The rows that may change, locked in the order of their ids so that two never wait for each other."""
    rows = select(TABLE).where(TABLE.c.id.in_(sorted(ids))).order_by(TABLE.c.id).with_for_update(key_share=True)
    return {each.id: each for each in work.session.execute(rows)}


def _write(taking: Taking, found: Sequence[Match[GroupRead]], teams: Teams) -> None:
    report, rows = taking.report, locked(taking.work, [each.row.id for each in found if each.row])
    new: list[tuple[GroupRead, dict[str, Any]]] = []
    changed: list[dict[str, Any]] = []
    for each in found:
        row = rows[each.row.id] if each.row else None
        values = _values(each, row)
        name = each.record.ref.catalogue_name
        if row is None:
            new.append((each.record, {**values, "edited_by_id": taking.by.id, "version": 1}))
            report.new.append(Entry(KIND, name, each.record.file))
            continue
        if row.is_retired and not values["is_retired"]:
            report.notes.append(each.record.problem("metadata.name", "was retired; it is in use again"))
        elif row.is_retired:
            report.notes.append(each.record.problem("metadata.name", "is retired here, though the file has it"))
        different = [name for name in COLUMNS if values[name] != getattr(row, name)]
        if different:
            changed.append({**values, "b_id": row.id, "edited_by_id": taking.by.id, "version": row.version + 1})
        if each.is_renamed:
            teams.renamed_ids.add(row.id)
            report.renamed.append(Entry(KIND, name, each.record.file, f"was {row.name}"))
        else:
            kept = report.changed if different else report.unchanged
            kept.append(Entry(KIND, name, each.record.file, in_words(different)))
        teams.index.by_name.pop(row.name, None)
        teams.index.add(Row(row.id, values["name"], values["entity_ref"], values["is_retired"]))
    if changed:
        change(taking.work, changed)
    if new:
        _insert(taking.work, [values for _, values in new], teams.index)


def _values(each: Match[GroupRead], row: Any) -> dict[str, Any]:
    """What the file says, and for the rest what there is."""
    record = each.record
    was_named = row is not None and each.is_renamed and row.title.lower() == row.name
    title = record.title or (record.written if row is None or was_named else row.title)
    channel = record.slack_channel
    said_channel = None if channel is None else channel_of(channel)
    is_retired = row is not None and row.is_retired and row.entity_ref is not None
    return {
        "name": record.ref.catalogue_name, "title": title, "entity_ref": str(record.ref), "is_retired": is_retired,
        "slack_channel": said_channel if said_channel is not None else (row.slack_channel if row else ""),
    }  # fmt: skip


def _make_owners(taking: Taking, owned: Iterable[ComponentRead], teams: Teams) -> None:
    """A team for each group that owns something and that neither these files nor the catalogue know."""
    wanted: dict[str, ComponentRead] = {}
    for each in sorted(owned, key=lambda record: record.ref):
        owner = each.owner
        if owner is None or owner.kind != "group" or owner in teams.refused or teams.index.find(owner):
            continue
        name = owner.catalogue_name
        if NAME.fullmatch(name) and name not in RESERVED and name not in teams.index.by_name:
            wanted.setdefault(name, each)
    for name, first in wanted.items():
        taking.report.new.append(Entry(KIND, name, first.file))
        words = f"{first.owner} is no Group in these files, so a team {name} is made for it"
        taking.report.notes.append(first.problem("spec.owner", words))
    if wanted:
        rows = [
            {"name": name, "title": name, "slack_channel": "", "entity_ref": None, "is_retired": False,
             "edited_by_id": taking.by.id, "version": 1} for name in wanted
        ]  # fmt: skip
        _insert(taking.work, rows, teams.index)


def _insert(work: Work, rows: list[dict[str, Any]], index: Index) -> None:
    back = (TABLE.c.id, TABLE.c.name, TABLE.c.entity_ref, TABLE.c.is_retired)
    for each in work.session.execute(insert(TABLE).returning(*back), rows):
        index.add(Row(*each))


def change(work: Work, rows: list[dict[str, Any]]) -> None:
    """Write rows that were locked before; all at once."""
    work.session.connection().execute(update(TABLE).where(TABLE.c.id == bindparam("b_id")), rows)
