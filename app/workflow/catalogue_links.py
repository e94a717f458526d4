"""What services of a catalogue depend on: resolved after all are in, in any order, circles included."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select

from app.intake.backstage_records import ComponentRead
from app.models.catalog import service_dependency
from app.workflow.catalogue_match import Match
from app.workflow.catalogue_report import Report, Taking
from app.workflow.catalogue_services import Services, batches
from app.workflow.unit_of_work import Work

LINK = service_dependency.c
FIELD = "spec.dependsOn"


def bring_in(taking: Taking, found: Sequence[Match[ComponentRead]], services: Services) -> None:
    """Set what each file says; a service that says nothing keeps what it has."""
    work, report = taking.work, taking.report
    now = _stored(work, [services.ids[str(each.record.ref)] for each in found])
    wanted, said = _wanted(found, services, report)
    gone: list[dict[str, int]] = []
    new: list[dict[str, int]] = []
    for each in found:
        key = services.ids[str(each.record.ref)]
        has, wants = now.get(key, set()), wanted.get(key, set())
        if key not in said:
            if has - wants:
                words = "missing; it keeps the dependencies that it has. Write dependsOn: [] to take them away"
                report.notes.append(each.record.problem(FIELD, words))
            wants = wants | has
        gone += [{"b_of": key, "b_on": on} for on in sorted(has - wants)]
        new += [{"service_id": key, "depends_on_id": on} for on in sorted(wants - has)]
        if has != wants and key not in services.new_ids:
            services.different[key].append("dependsOn")
    connection = work.session.connection()
    if gone:
        one = and_(LINK.service_id == bindparam("b_of"), LINK.depends_on_id == bindparam("b_on"))
        connection.execute(delete(service_dependency).where(one), gone)
    if new:
        connection.execute(insert(service_dependency), new)


def _wanted(
    found: Sequence[Match[ComponentRead]], services: Services, report: Report
) -> tuple[dict[int, set[int]], set[int]]:
    """The dependencies that files name, from either end, by service; and the services whose own file says so."""
    wanted: dict[int, set[int]] = {}
    said: set[int] = set()
    here = set(services.ids.values())
    for each in found:
        key = services.ids[str(each.record.ref)]
        if each.record.depends_on is not None:
            said.add(key)
        for ref in each.record.depends_on or ():
            row = services.index.find(ref)
            if row is None:
                words = f"depends on {ref}, which is not in the catalogue: left out"
                report.notes.append(each.record.problem(FIELD, words))
            elif row.id != key:
                wanted.setdefault(key, set()).add(row.id)
        for ref in each.record.dependency_of:
            row = services.index.find(ref)
            if row is None or row.id not in here:
                words = f"is needed by {ref}, which is not in these files: left out"
                report.notes.append(each.record.problem("spec.dependencyOf", words))
            elif row.id != key:
                wanted.setdefault(row.id, set()).add(key)
    return wanted, said


def _stored(work: Work, ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for some in batches(sorted(ids)):
        for of, on in work.session.execute(
            select(LINK.service_id, LINK.depends_on_id).where(LINK.service_id.in_(some))
        ):
            found.setdefault(of, set()).add(on)
    return found


def dependents(work: Work, ids: Collection[int]) -> set[int]:
    """The services that need one of these."""
    found: set[int] = set()
    for some in batches(sorted(ids)):
        rows: Any = work.session.scalars(select(LINK.service_id).where(LINK.depends_on_id.in_(some)))
        found |= set(rows)
    return found
