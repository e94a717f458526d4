"""The company comes into being, and its services report facts: every night, and whenever somebody has changed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.cli.story import company, facts
from app.cli.story.shapes import Service
from app.cli.story.stage import Stage
from app.domain.people import RATCHET, Actor
from app.models.analysis import Pattern
from app.workflow import adoption, catalog, people
from app.workflow.unit_of_work import Work

FOUNDED = 272  # days before now
Facts = dict[str, dict[str, Any]]  # by service and key


def found(stage: Stage, work: Work, password_hash: str) -> None:
    """Teams, people, services, and the kinds of failure that are known by name."""
    at = stage.calendar.at(FOUNDED, "09:00")
    for team in company.TEAMS:
        told = catalog.TeamTold(name=team.name, title=team.title, slack_channel=team.channel)
        stage.teams[team.name] = catalog.add_team(work, told, by=RATCHET).id
    for each in company.PEOPLE:
        person = people.add(
            work, email=f"{each.key}@{company.DOMAIN}", name=each.name, role=each.role, password_hash=password_hash,
            by=RATCHET, now=at, team_ids=[stage.teams[each.team]],
        )  # fmt: skip
        people.set_time_zone(work, person.id, each.zone, by=RATCHET)
        stage.actors[each.key] = Actor(person.id, person.name, person.role)
    for name, area, words in company.PATTERNS:
        pattern = Pattern(name=name, area=area, description=words)
        work.session.add(pattern)
        work.session.flush()
        stage.patterns[name] = pattern.id
    _add_services(stage, work, at + timedelta(hours=1))


def _add_services(stage: Stage, work: Work, at: datetime) -> None:
    by = stage.actor("ana")
    for each in company.SERVICES:
        stage.services[each.name] = catalog.add_service(work, _told(stage, each), by=by, now=at).id
    for each in company.SERVICES:  # now that all are there: some depend on each other in a circle
        if each.needs:
            told = _told(stage, each, stage.service_ids(each.needs))
            catalog.edit_service(work, each.name, told, version=1, by=by, now=at)


def _told(stage: Stage, of: Service, needs: Sequence[int] = ()) -> catalog.ServiceTold:
    return catalog.ServiceTold(
        name=of.name, title=of.title, description=of.description, team_id=stage.teams[of.team], tier=of.tier,
        kind=of.kind, depends_on_ids=needs,
    )  # fmt: skip


def report(stage: Stage) -> None:
    """The facts of every service through the months."""
    told = _at_first()

    def nightly(work: Work, at: datetime) -> None:
        for name, values in told.items():
            adoption.report_facts(work, name, values, source="nightly", by=RATCHET, now=at)

    for days in facts.NIGHTLY:
        stage.play(stage.calendar.ago(days), nightly)
    for gap in facts.GAPS:
        for name, days_ago in gap.services.items():
            if days_ago is not None:
                value = gap.later if gap.later is not None else _own(gap.key, name)
                _change(stage, told, name, {gap.key: value}, stage.calendar.at(days_ago, "15:10"))
    for when, name, values in facts.REGRESSIONS:
        _change(stage, told, name, values, stage.calendar.ago(when))


def _change(stage: Stage, told: Facts, name: str, values: dict[str, Any], at: datetime) -> None:
    source = "kubernetes" if next(iter(values)).startswith("kubernetes.") else "ci"

    def change(work: Work, at: datetime) -> None:
        told[name].update(values)
        adoption.report_facts(work, name, values, source=source, by=RATCHET, now=at)

    stage.play(at, change)


def _at_first() -> Facts:
    told: Facts = {}
    for of in company.SERVICES:
        told[of.name] = {
            **facts.RIGHT, **(facts.OF_STATEFUL if of.kind == company.STATEFUL else {}),
            **{key: _own(key, of.name) for key in ("oncall.rotation", "dashboard.url")}, **facts.OWN.get(of.name, {}),
        }  # fmt: skip
    for gap in facts.GAPS:
        for name in gap.services:
            told[name][gap.key] = gap.at_first
    for name, keys in facts.SILENT.items():
        for key in keys:
            del told[name][key]
    return told


def _own(key: str, name: str) -> str:
    team = next(each.team for each in company.SERVICES if each.name == name)
    return f"{team}-primary" if key == "oncall.rotation" else f"https://dash.{company.DOMAIN}/{name}"
