"""Components of a catalogue become services: what the file says is set, what it does not say stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.intake.backstage_records import ComponentRead
from app.models.catalog import Service
from app.workflow.catalogue_match import Index, Match, Row
from app.workflow.catalogue_report import Entry, Taking, in_words
from app.workflow.catalogue_teams import Teams
from app.workflow.unit_of_work import Work

TABLE: Any = Service.__table__
COLUMNS = (
    "name", "title", "description", "team_id", "tier", "kind", "is_retired", "system", "type", "lifecycle", "tags",
    "entity_ref",
)  # fmt: skip
BATCH = 1_000
KIND = "Component"


@dataclass
class Services:
    """The services on their way: `rows` are as they were, `said` as they will be. Ids of those that are different."""

    index: Index
    ids: dict[str, int] = field(default_factory=dict)
    rows: dict[int, Any] = field(default_factory=dict)
    said: dict[int, dict[str, Any]] = field(default_factory=dict)
    new_ids: set[int] = field(default_factory=set)
    different: dict[int, list[str]] = field(default_factory=dict)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """In pieces that every database takes as parameters."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def lock(work: Work, ids: Sequence[int]) -> dict[int, Any]:
    """Services by id, locked in the order of their ids so that two never wait for each other."""
    rows: dict[int, Any] = {}
    for some in batches(sorted(ids)):
        found = select(TABLE).where(TABLE.c.id.in_(some)).order_by(TABLE.c.id).with_for_update(key_share=True)
        rows |= {each.id: each for each in work.session.execute(found)}
    return rows


def bring_in(taking: Taking, found: Sequence[Match[ComponentRead]], index: Index, teams: Teams) -> Services:
    """New services are written at once; those that are there only when their dependencies are known too."""
    report = taking.report
    services = Services(index, rows=lock(taking.work, [each.row.id for each in found if each.row]))
    new: list[dict[str, Any]] = []
    for each in found:
        row = services.rows[each.row.id] if each.row else None
        owner = teams.owner(each.record, row.team_id if row is not None else None, report)
        values = _values(each, row, owner)
        if row is None:
            new.append({**values, "edited_by_id": taking.by.id, "version": 1, "origin": each.record.file})
            continue
        services.ids[str(each.record.ref)] = row.id
        services.said[row.id] = {**values, "origin": each.record.file}
        services.different[row.id] = [name for name in COLUMNS if values[name] != getattr(row, name)]
        if row.is_retired:
            words = "is retired here, though the file has it" if values["is_retired"] else "was retired; in use again"
            report.notes.append(each.record.problem("metadata.name", words))
        index.by_name.pop(row.name, None)
        index.add(Row(row.id, values["name"], values["entity_ref"], values["is_retired"]))
    if new:
        _insert(taking.work, new, services)
    return services


def _values(each: Match[ComponentRead], row: Any, owner: int | None) -> dict[str, Any]:
    """What the file says, and for the rest what there is, or what a service has that nobody has described."""
    record = each.record
    was_named = row is not None and each.is_renamed and row.title.lower() == row.name

    def said(value: Any, name: str, otherwise: Any) -> Any:
        return value if value is not None else getattr(row, name) if row is not None else otherwise

    return {
        "name": record.ref.catalogue_name, "entity_ref": str(record.ref), "team_id": owner,
        "title": record.title or (record.written if row is None or was_named else row.title),
        "description": said(record.description, "description", ""),
        "tier": said(record.tier, "tier", 3), "kind": said(record.kind, "kind", "stateless"),
        "system": said(record.system.catalogue_name if record.system else None, "system", ""),
        "type": said(record.type, "type", ""), "lifecycle": said(record.lifecycle, "lifecycle", ""),
        "tags": said(list(record.tags) if record.tags is not None else None, "tags", []),
        "is_retired": row is not None and row.is_retired and row.entity_ref is not None,
    }  # fmt: skip


def _insert(work: Work, rows: list[dict[str, Any]], services: Services) -> None:
    back = (TABLE.c.id, TABLE.c.name, TABLE.c.entity_ref, TABLE.c.is_retired)
    for each in work.session.execute(insert(TABLE).returning(*back), rows):
        services.index.add(Row(*each))
        services.ids[each.entity_ref] = each.id
        services.new_ids.add(each.id)


def finish(taking: Taking, found: Sequence[Match[ComponentRead]], services: Services) -> None:
    """Write what is different, each service once, and say what became of it."""
    report = taking.report
    changed: list[dict[str, Any]] = []
    for each in found:
        record, name = each.record, each.record.ref.catalogue_name
        key = services.ids[str(record.ref)]
        if key in services.new_ids:
            report.new.append(Entry(KIND, name, record.file))
            continue
        row, fields = services.rows[key], services.different[key]
        words = in_words(fields)
        if each.is_renamed:
            report.renamed.append(Entry(KIND, name, record.file, f"was {row.name}"))
        else:
            (report.changed if fields else report.unchanged).append(Entry(KIND, name, record.file, words))
        if fields or row.origin != record.file:
            version, by_id = (row.version + 1, taking.by.id) if fields else (row.version, row.edited_by_id)
            changed.append({**services.said[key], "b_id": key, "version": version, "edited_by_id": by_id})
    change(taking.work, changed)


def change(work: Work, rows: list[dict[str, Any]]) -> None:
    """Write rows that were locked before; all at once."""
    if rows:
        work.session.connection().execute(update(TABLE).where(TABLE.c.id == bindparam("b_id")), rows)


def known(work: Work) -> Mapping[int, Any]:
    """Every service as far as it is told from others, by id; retired ones too."""
    columns = (TABLE.c.id, TABLE.c.name, TABLE.c.entity_ref, TABLE.c.is_retired, TABLE.c.team_id, TABLE.c.origin)
    return {each.id: each for each in work.session.execute(select(*columns))}
