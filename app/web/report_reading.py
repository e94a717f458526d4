"""What every page of a report begins with: which report is asked for, and by whom else it could be read."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from app import links
from app.domain.errors import NotFound, Refused
from app.domain.report import EVERYONE
from app.domain.week import Week, last_due
from app.parts import parts
from app.queries import catalogue, people, reports
from app.queries.audience import MINE, TEAM
from app.queries.reports import Kept
from app.queries.weekly.preview import preview
from app.web import current

NEXT = "next"


@dataclass(frozen=True)
class Choice:
    """One audience that a report could be about."""

    about: str
    title: str
    path: str


def company_zone() -> str:
    """The zone in which a week begins for everyone."""
    return parts().settings.time_zone


def asked_about() -> str:
    """The audience that the address names: "all" where it names none."""
    return clean(request.args.get("about", "")) or EVERYONE


def of_team(name: str) -> str:
    return f"{TEAM}{clean(name)}"


def find(week: str, about: str) -> Kept:
    """The report, or the preview of next Monday's. NotFound, in words."""
    session, by, zone = current.reading(), current.actor(), company_zone()
    if week == NEXT:
        policy = parts().begin.policy
        return preview(session, by, about, now=current.now(), zone=zone, policy=policy)
    return reports.find(session, by, about, named(week), _revision(), zone=zone)


def named(week: str) -> Week:
    """The week of an address. NotFound, in words: it is none."""
    try:
        return Week.parse(week)
    except Refused as refused:
        raise NotFound(str(refused)) from None


def address(kept: Kept, ending: str = "") -> str:
    """The path of this very report, in another format where one is named."""
    path = links.report(NEXT if kept.is_preview else kept.week.name, kept.audience.path) + ending
    return path + (f"?revision={kept.revision}" if kept.revision < kept.revisions else "")


def next_due(zone: str) -> Week:
    """The week whose report is the next one to be made."""
    return last_due(current.now(), zone).plus(1)


def choices(about: str) -> tuple[list[Choice], list[tuple[str, str]]]:
    """Everyone, one's own, one's teams; and all teams for a list. Two queries."""
    session, by = current.reading(), current.actor()
    mine = [] if by.id is None else people.teams_of(session, by.id)
    teams = [(f"{TEAM}{name}", title) for name, title in catalogue.team_names(session)]
    near = [
        Choice(EVERYONE, "Everyone", ""),
        *(Choice(f"{TEAM}{each.name}", each.title, f"/teams/{each.name}") for each in mine),
        Choice(MINE, "My own", f"/{MINE}"),
    ]
    if about not in {each.about for each in near}:
        titles = dict(teams)
        near.insert(-1, Choice(about, titles.get(about, about), f"/teams/{about.removeprefix(TEAM)}"))
    return near, teams


def clean(text: str) -> str:
    """What was typed, without what no database keeps."""
    return text.replace("\x00", "").strip()


def _revision() -> int | None:
    text = request.args.get("revision", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:
        raise NotFound("A revision is a number, such as 1.")
    return int(text)
