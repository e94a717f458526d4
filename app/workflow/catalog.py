"""The catalogue: services and the teams that own them, edited by hand or brought in from files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.events import ServiceChanged
from app.domain.people import Actor
from app.models.catalog import KINDS, Service, service_dependency
from app.models.person import Team
from app.workflow import kit
from app.workflow.unit_of_work import Work

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
TAG = re.compile(r"(?=.{1,63}\Z)[a-z0-9:+#]+(?:-[a-z0-9:+#]+)*")  # as in Backstage, metadata.tags
RESERVED = frozenset({"new", "import", "dependencies"})  # addresses of pages
WORD_MAX, TAGS_MAX = 100, 100


@dataclass(frozen=True, kw_only=True)
class ServiceTold:
    """What the form of a service holds."""

    name: str
    title: str = ""
    description: str = ""
    team_id: int | None = None
    tier: int = 3
    kind: str = "stateless"
    depends_on_ids: Sequence[int] = ()
    is_retired: bool = False
    system: str = ""
    type: str = ""
    lifecycle: str = ""
    tags: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class TeamTold:
    """What the form of a team holds."""

    name: str
    title: str = ""
    slack_channel: str = ""
    is_retired: bool = False


def add_service(work: Work, told: ServiceTold, *, by: Actor, now: datetime) -> Service:
    """A service enters the catalogue; practices whose selector matches it apply from now on."""
    people.require(by, "edit_catalogue")
    service = Service(name=require_name(told.name))
    if work.session.scalar(select(Service.id).where(Service.name == service.name)) is not None:
        raise Refused.because("service.name_taken", f"There is a service {service.name} already.", "name")
    _fill(work, service, told)
    kit.keep(work, service, by)
    _depend(work, service, told.depends_on_ids)
    work.tell(ServiceChanged(service_id=service.id, by_id=by.id, at=now))
    return service


def edit_service(work: Work, name: str, told: ServiceTold, *, version: int, by: Actor, now: datetime) -> Service:
    """Change a service. Its name stays: facts, evidence and incidents are known by it."""
    people.require(by, "edit_catalogue")
    service = work.session.scalar(select(Service).where(Service.name == name).with_for_update(key_share=True))
    if service is None:
        raise NotFound(f"There is no service {name}.")
    before = saved_service(work, service)
    kit.require_version(work, seen=version, current=service.version, edited_by_id=service.edited_by_id, saved=before)
    _fill(work, service, told)
    _depend(work, service, told.depends_on_ids)
    if saved_service(work, service) != before:
        kit.keep(work, service, by)
        work.tell(ServiceChanged(service_id=service.id, by_id=by.id, at=now))
    return service


def saved_service(work: Work, service: Service) -> dict[str, object]:
    """The stored values by the names of the form."""
    needs = select(service_dependency.c.depends_on_id).where(service_dependency.c.service_id == service.id)
    return {
        "title": service.title, "description": service.description, "team_id": service.team_id, "tier": service.tier,
        "kind": service.kind, "depends_on_ids": sorted(work.session.scalars(needs)), "is_retired": service.is_retired,
        "system": service.system, "type": service.type, "lifecycle": service.lifecycle,
        "tags": list(service.tags or ()),
    }  # fmt: skip


def add_team(work: Work, told: TeamTold, *, by: Actor) -> Team:
    """A team that owns services, and the channel where it wants to hear of them."""
    people.require(by, "edit_catalogue")
    team = Team(name=require_name(told.name))
    if work.session.scalar(select(Team.id).where(Team.name == team.name)) is not None:
        raise Refused.because("team.name_taken", f"There is a team {team.name} already.", "name")
    _fill_team(team, told)
    kit.keep(work, team, by)
    return team


def edit_team(work: Work, name: str, told: TeamTold, *, by: Actor, version: int | None = None) -> Team:
    """Change a team's title and channel. Without a version nobody has read a form: the latest one is changed."""
    people.require(by, "edit_catalogue")
    team = work.session.scalar(select(Team).where(Team.name == name).with_for_update(key_share=True))
    if team is None:
        raise NotFound(f"There is no team {name}.")
    before = saved_team(team)
    if version is not None:
        kit.require_version(work, seen=version, current=team.version, edited_by_id=team.edited_by_id, saved=before)
    _fill_team(team, told)
    if saved_team(team) != before:
        kit.keep(work, team, by)
    return team


def saved_team(team: Team) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {"title": team.title, "slack_channel": team.slack_channel, "is_retired": bool(team.is_retired)}


def require_name(name: str) -> str:
    """A name that fits URLs, Slack and Backstage alike (source: Backstage's descriptor format, metadata.name)."""
    name = name.strip().lower()
    if name in RESERVED:
        raise Refused.because("name.reserved", "Choose another name: this one is the address of a page.", "name")
    if not NAME.fullmatch(name):
        raise Refused.because(
            "name.wrong", "Use 1 to 63 small letters, digits, dots, dashes and underscores for the name.", "name"
        )
    return name


def slug(words: str) -> str:
    """A name made from words: "EVE Online: Trinity" becomes "eve-online-trinity". Empty if no letter is left."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:63].strip("-")


def _fill(work: Work, service: Service, told: ServiceTold) -> None:
    service.title = kit.line(told.title, "title") or service.name
    service.description = kit.text(told.description, "description", most=5_000)
    if told.tier not in (1, 2, 3, 4):
        raise Refused.because("service.tier_wrong", "Choose a tier from 1 to 4.", "tier")
    if told.kind not in KINDS:
        raise Refused.because("service.kind_wrong", f"Choose one of {', '.join(KINDS)}.", "kind")
    _require_owner(work, service, told.team_id)
    service.tier, service.kind, service.team_id = told.tier, told.kind, told.team_id
    service.is_retired = told.is_retired
    service.system = kit.line(told.system, "system", most=WORD_MAX)
    service.type = kit.line(told.type, "type", most=WORD_MAX)
    service.lifecycle = kit.line(told.lifecycle, "lifecycle", most=WORD_MAX)
    service.tags = _tags(told.tags)


def _require_owner(work: Work, service: Service, team_id: int | None) -> None:
    """A retired team keeps what it owns, and gets nothing new."""
    team = work.session.get(Team, team_id) if team_id is not None else None
    if team_id is not None and team is None:
        raise Refused.because("team.unknown", "Choose a team from the list.", "team_id")
    if team is not None and team.is_retired and team.id != service.team_id:
        raise Refused.because("team.retired", f"{team.title} is retired: choose another team.", "team_id")


def _tags(told: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(each.strip() for each in told if each.strip()))
    for each in tags:
        if not TAG.fullmatch(each):
            words = "Use small letters, digits and : + #, with dashes between them, 63 characters at most for each tag."
            raise Refused.because("service.tag_wrong", words, "tags")
    if len(tags) > TAGS_MAX:
        raise Refused.because("service.tags_many", f"Leave out some tags: {TAGS_MAX} are enough.", "tags")
    return tags


def _fill_team(team: Team, told: TeamTold) -> None:
    team.title = kit.line(told.title, "title") or team.name
    team.slack_channel = channel_of(kit.line(told.slack_channel, "slack_channel", most=80))
    team.is_retired = told.is_retired


def channel_of(words: str) -> str:
    """A channel's name with its #, or its id as it is."""
    return f"#{words}" if words and words[0] not in "#CG" else words


def _depend(work: Work, service: Service, ids: Sequence[int]) -> None:
    wanted = set(ids) - {service.id}
    known = set(work.session.scalars(select(Service.id).where(Service.id.in_(wanted)))) if wanted else set()
    if known != wanted:
        raise Refused.because("service.unknown", "Choose services from the catalogue.", "depends_on_ids")
    work.session.execute(delete(service_dependency).where(service_dependency.c.service_id == service.id))
    if wanted:
        rows = [{"service_id": service.id, "depends_on_id": each} for each in sorted(wanted)]
        work.session.execute(insert(service_dependency), rows)
