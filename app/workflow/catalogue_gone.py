"""What a catalogue's files no longer have: told of, and retired only when somebody asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.intake.backstage_records import Read
from app.intake.problem import Problem
from app.workflow import catalogue_services, catalogue_teams
from app.workflow.catalogue_report import Entry, Taking
from app.workflow.catalogue_services import Services
from app.workflow.catalogue_teams import Teams


def is_within(origin: str, places: Collection[str]) -> bool:
    """Whether a file is one of these places, or lies in one of them."""
    return any(origin == each or origin.startswith(f"{each}/") for each in places)


def services(
    taking: Taking, origins: Sequence[str], before: Mapping[int, Any], kept: Services, *, retire: bool
) -> set[int]:
    """Services that came from these files and are no longer there. The ids of those that were retired.

    What was refused, or may stand in a part that could not be read, is not gone.
    """
    read, report = taking.read, taking.report
    seen = {str(each) for each in read.refused} | kept.ids.keys()
    gone = [
        each for each in before.values()
        if each.entity_ref and each.entity_ref not in seen and each.id not in kept.rows and not each.is_retired
        and is_within(each.origin, origins) and not is_within(each.origin, read.unsure)
    ]  # fmt: skip
    for each in gone:
        words = "is no longer there; " + ("it was retired" if retire else "the service stays until somebody retires it")
        report.notes.append(Problem(each.origin, f"Component {each.name}", words))
    if not (retire and gone):
        return set()
    rows = catalogue_services.lock(taking.work, [each.id for each in gone])
    changed = []
    for row in rows.values():
        report.retired.append(Entry(catalogue_services.KIND, row.name, row.origin))
        # Released from the files: should it come back there, it is in use again. Who retires by hand is not overruled.
        values = {name: getattr(row, name) for name in catalogue_services.COLUMNS}
        values |= {"is_retired": True, "entity_ref": None, "origin": "", "b_id": row.id}
        changed.append({**values, "version": row.version + 1, "edited_by_id": taking.by.id})
    catalogue_services.change(taking.work, changed)
    return set(rows)


def teams(
    taking: Taking, origins: Sequence[str], before: Mapping[int, Any], kept: Teams, *, is_whole: bool, retire: bool
) -> None:
    """Teams that lost their last service, and teams whose group is gone."""
    read, report = taking.read, taking.report
    owned_before = Counter(each.team_id for each in before.values() if each.team_id and not each.is_retired)
    now = catalogue_services.known(taking.work)
    owned_now = Counter(each.team_id for each in now.values() if each.team_id and not each.is_retired)
    gone = {} if read.unsure or not read.groups or not is_whole else _gone(read, origins, before, kept)
    for row in sorted(kept.index.by_name.values(), key=lambda each: each.name):
        if row.is_retired:
            continue
        owns = owned_now[row.id]
        if row.id in gone:
            what = f"it still owns {owns} service{'' if owns == 1 else 's'}" if owns else "it owns nothing"
            does = "it was retired" if retire and not owns else "the team stays"
            report.notes.append(Problem(origins[0], f"Group {row.name}", f"is no longer there; {what}; {does}"))
        elif owned_before[row.id] and not owns:
            report.notes.append(Problem(origins[0], f"Group {row.name}", "owns nothing any more"))
    if retire:
        _retire(taking, [each for each in gone if not owned_now[each]], origins[0])


def _gone(read: Read, origins: Sequence[str], before: Mapping[int, Any], kept: Teams) -> dict[int, None]:
    """Teams know no file. A group is missed here if all it owned came from here, as far as files are known."""
    named = {str(each.ref) for each in read.groups} | {str(each) for each in read.refused}
    named |= {str(each.owner) for each in read.components if each.owner}
    from_files = [each for each in before.values() if each.entity_ref]
    elsewhere = {each.team_id for each in from_files if not is_within(each.origin, origins)}
    here = {each.team_id for each in from_files} - elsewhere
    return {
        row.id: None for ref, row in kept.index.by_ref.items()
        if ref not in named and row.id not in elsewhere and (row.id in here or not elsewhere)
    }  # fmt: skip


def _retire(taking: Taking, ids: Collection[int], origin: str) -> None:
    rows = catalogue_teams.locked(taking.work, list(ids))
    changed = []
    for row in rows.values():
        taking.report.retired.append(Entry(catalogue_teams.KIND, row.name, origin))
        values = {name: getattr(row, name) for name in catalogue_teams.COLUMNS}
        values |= {"is_retired": True, "entity_ref": None, "b_id": row.id}
        changed.append({**values, "version": row.version + 1, "edited_by_id": taking.by.id})
    if changed:
        catalogue_teams.change(taking.work, changed)
