"""The catalogue from Backstage files: teams, services and what they depend on, the same however often it is brought in.

A row belongs to an entity by its reference (component:default/cart). One that was made by hand under the same name is
adopted. All of it is one transaction, with a number of queries that does not grow with every entity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.domain import people
from app.domain.events import ServiceChanged
from app.domain.people import Actor
from app.intake.backstage_records import Read
from app.workflow import catalogue_gone, catalogue_links, catalogue_services, catalogue_teams
from app.workflow.catalogue_match import Index, Row, match
from app.workflow.catalogue_report import Entry, Report, Taking
from app.workflow.unit_of_work import Work

ONE_AT_A_TIME = 0x52617463  # the number of the lock by which imports wait for each other


def take_in(
    work: Work, read: Read, *, origin: str | Sequence[str], by: Actor, now: datetime, retire_missing: bool = False,
    is_whole: bool = True,
) -> Report:  # fmt: skip
    """Bring in what was read; the good entities go in, the others are named with file, entity and field.

    `origin` is the place, or places, that was read: what came from there and is not there any more is told of, and
    retired with `retire_missing`. With `is_whole` false the text is only a part of its place, so nothing is missed.
    """
    people.require(by, "edit_catalogue")
    if work.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time by itself
        work.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    work.session.flush()
    report = Report(refused=list(read.problems), notes=list(read.notes), skipped=Counter(read.skipped))
    taking = Taking(work, read, by, report)
    before = catalogue_services.known(work)
    index = Index.of(Row(each.id, each.name, each.entity_ref, each.is_retired) for each in before.values())
    in_files = {each.ref for each in read.components} | read.refused
    found = match(index, read.components, in_files, report.refused)
    teams = catalogue_teams.bring_in(taking, [each.record for each in found])
    services = catalogue_services.bring_in(taking, found, index, teams)
    catalogue_links.bring_in(taking, found, services)
    catalogue_services.finish(taking, found, services)
    changed = services.new_ids | {key for key, fields in services.different.items() if fields}
    renamed = {services.ids[str(each.record.ref)] for each in found if each.is_renamed}
    changed |= catalogue_links.dependents(work, renamed)
    origins = [origin] if isinstance(origin, str) else list(origin)
    if is_whole:
        changed |= catalogue_gone.services(taking, origins, before, services, retire=retire_missing)
    catalogue_gone.teams(taking, origins, before, teams, is_whole=is_whole, retire=is_whole and retire_missing)
    changed |= {each.id for each in before.values() if each.team_id in teams.renamed_ids and not each.is_retired}
    _count_systems(read, report)
    work.session.expire_all()
    _tell(work, changed, by, now)
    return report


def _count_systems(read: Read, report: Report) -> None:
    """A system is a word on its services; nothing else is kept of it."""
    report.skipped["System, kept as a word on its services"] += len(read.systems)
    report.skipped += Counter()


def _tell(work: Work, ids: Collection[int], by: Actor, now: datetime) -> None:
    for each in sorted(ids):
        work.tell(ServiceChanged(service_id=each, by_id=by.id, at=now))


__all__ = ["Entry", "Report", "take_in"]
