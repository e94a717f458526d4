"""Who hears of what: one table from event to audiences. Written to the outbox in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import select

from app.domain import events
from app.domain.adoption import NOT_ADOPTED, UNKNOWN
from app.domain.events import (
    ActionItemAssigned,
    Event,
    ExemptionEvent,
    IncidentEvent,
    PracticeEvent,
    ReportEvent,
    ServicesSlipped,
)
from app.domain.report import EVERYONE
from app.models.adoption import Exemption, Standing
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_reader, incident_service
from app.models.person import Person, Team
from app.models.report import Subscription
from app.models.review import Review
from app.outbox.recorder import record
from app.workflow.unit_of_work import Work

Audience = Callable[[Work, Event], Iterable[str]]


def incidents_channel(_work: Work, _event: Event) -> Iterable[str]:
    return ("incidents",)


def engineering_channel(_work: Work, _event: Event) -> Iterable[str]:
    return ("engineering",)


def owning_teams(work: Work, event: Event) -> Iterable[str]:
    """The teams of the affected services that have a channel."""
    assert isinstance(event, IncidentEvent)
    rows = (
        select(Team.id)
        .join(Service, Service.team_id == Team.id)
        .join(incident_service, incident_service.c.service_id == Service.id)
        .where(incident_service.c.incident_id == event.incident_id, Team.slack_channel != "")
    )
    return _teams(work.session.scalars(rows.distinct()))


def item_owner(_work: Work, event: Event) -> Iterable[str]:
    assert isinstance(event, ActionItemAssigned)
    return () if event.owner_id == event.by_id else (f"person:{event.owner_id}",)  # nobody needs to hear of themselves


def practice_owners(work: Work, event: Event) -> Iterable[str]:
    """Authors and accepters of the linked practices, who have to act on what analysis found."""
    assert isinstance(event, IncidentEvent)
    rows = (
        select(Practice.author_id, Practice.accepted_by_id)
        .join(incident_practice, incident_practice.c.practice_id == Practice.id)
        .where(incident_practice.c.incident_id == event.incident_id)
    )
    people = {person for row in work.session.execute(rows) for person in row} - {None, event.by_id}
    return [f"person:{each}" for each in sorted(people)]


def teams_that_must_act(work: Work, event: Event) -> Iterable[str]:
    """The teams of the services that have not adopted the practice: once per team, not per service."""
    assert isinstance(event, PracticeEvent)
    rows = (
        select(Team.id)
        .join(Service, Service.team_id == Team.id)
        .join(Standing, Standing.service_id == Service.id)
        .where(
            Standing.practice_id == event.practice_id,
            Standing.standing.in_((NOT_ADOPTED, UNKNOWN)),
            Team.slack_channel != "",
        )
    )
    return _teams(work.session.scalars(rows.distinct()))


def owners_of_practice(work: Work, event: Event) -> Iterable[str]:
    """Its author and whoever accepted it; engineering, if neither is there any more."""
    assert isinstance(event, PracticeEvent)
    practice = work.session.get_one(Practice, event.practice_id)
    rows = select(Person.id).where(Person.id.in_((practice.author_id, practice.accepted_by_id)), Person.is_active)
    owners = set(work.session.scalars(rows))
    return [f"person:{each}" for each in sorted(owners - {event.by_id})] if owners else ("engineering",)


def those_excused(work: Work, event: Event) -> Iterable[str]:
    """Whoever asked for the exemption, and the team that owns the service."""
    assert isinstance(event, ExemptionEvent)
    of = work.session.get_one(Exemption, event.exemption_id)
    rows = (
        select(Team.id)
        .join(Service, Service.team_id == Team.id)
        .where(Service.id == of.service_id, Team.slack_channel != "")
    )
    asked_by = [f"person:{of.asked_by_id}"] if of.asked_by_id not in (None, event.by_id) else []
    return [*asked_by, *_teams(work.session.scalars(rows))]


def team_that_slipped(work: Work, event: Event) -> Iterable[str]:
    """The owning team; the engineering channel hears of services that nobody owns, or whose team has no channel."""
    assert isinstance(event, ServicesSlipped)
    team = work.session.get(Team, event.team_id) if event.team_id is not None else None
    return _teams([team.id]) if team is not None and team.slack_channel else ("engineering",)


def readers_in_slack(work: Work, event: Event) -> Iterable[str]:
    """The channel of whomever the report is made for; a subscriber who wants it there."""
    assert isinstance(event, ReportEvent)
    kind, _, key = event.audience.partition(":")
    if kind == EVERYONE:
        return ("reports",)
    if kind == "team":
        team = work.session.get_one(Team, int(key))
        return _teams([team.id]) if team.slack_channel else ()
    wanted = work.session.get(Subscription, int(key))
    return (event.audience,) if wanted is not None and wanted.by_slack else ()


def readers_by_mail(work: Work, event: Event) -> Iterable[str]:
    """A subscriber who wants it by e-mail: nobody else gets one."""
    assert isinstance(event, ReportEvent)
    kind, _, key = event.audience.partition(":")
    wanted = work.session.get(Subscription, int(key)) if kind == "person" else None
    return (f"mail:{key}",) if wanted is not None and wanted.by_mail else ()


ANNOUNCEMENTS: Mapping[type[Event], Sequence[Audience]] = {
    events.IncidentDeclared: (incidents_channel, owning_teams),
    events.IncidentChanged: (incidents_channel,),  # only the card is updated
    events.IncidentConfirmed: (incidents_channel,),  # only the card is updated
    events.IncidentResolved: (incidents_channel,),
    events.ReviewPublished: (incidents_channel, owning_teams),
    events.ActionItemAssigned: (item_owner,),
    events.RemediationCompleted: (incidents_channel,),
    events.AnalysisCompleted: (incidents_channel, practice_owners),
    events.BestPracticeAgreed: (incidents_channel,),
    events.AutomationReached: (incidents_channel,),
    events.LoopClosed: (incidents_channel,),
    events.StageBlocked: (incidents_channel,),
    events.StageUnblocked: (incidents_channel,),
    events.StageSkipped: (incidents_channel,),
    events.StageReopened: (incidents_channel,),
    events.PracticeProposed: (engineering_channel,),
    events.PracticeAccepted: (engineering_channel,),
    events.CheckActivated: (teams_that_must_act,),
    events.PracticeAdopted: (engineering_channel,),
    events.PracticeSlipped: (engineering_channel,),  # the teams whose services slipped hear of it as a team
    events.ServicesSlipped: (team_that_slipped,),
    events.PracticeQuestioned: (engineering_channel, owners_of_practice),
    events.ExemptionAsked: (owners_of_practice,),
    events.ExemptionGranted: (those_excused,),
    events.ExemptionDeclined: (those_excused,),
    events.ExemptionExpiring: (those_excused,),
    events.CampaignStarted: (engineering_channel, teams_that_must_act),
    events.CampaignClosed: (engineering_channel, teams_that_must_act),
    events.PracticeRetired: (engineering_channel,),
    events.ReportMade: (readers_in_slack, readers_by_mail),
    events.ReportIllustrated: (readers_in_slack,),  # the chart, after its message in the same lane
}
# What nobody needs to be told of: the change is seen on the page, and what follows from it is announced itself.
UNSPOKEN: frozenset[type[Event]] = frozenset({events.PracticesLinked, events.PracticeChanged, events.ServiceChanged})


def announce(work: Work, event: Event) -> None:
    """Write the messages that this event causes, for the audiences of the table."""
    if type(event) in UNSPOKEN:
        return
    audiences = [each for audience in ANNOUNCEMENTS[type(event)] for each in audience(work, event)]
    if isinstance(event, IncidentEvent):
        audiences = _if_private(work, event, audiences)
    if audiences:
        record(work.session, event, list(dict.fromkeys(audiences)), now=event.at)


def _if_private(work: Work, event: IncidentEvent, audiences: list[str]) -> list[str]:
    """A private incident is told to its insiders one by one; a channel hears of it only to take its card down."""
    incident = work.session.get_one(Incident, event.incident_id)
    if not incident.is_private:
        return audiences
    if isinstance(event, ActionItemAssigned):
        return audiences
    review = work.session.get(Review, incident.id)
    readers = work.session.scalars(
        select(incident_reader.c.person_id).where(incident_reader.c.incident_id == incident.id)
    )
    insiders = {incident.declared_by_id, incident.commander_id, review.facilitator_id if review else None, *readers}
    told = [f"person:{each}" for each in sorted(insiders - {None, event.by_id})]
    return [*told, "incidents"] if isinstance(event, events.IncidentChanged) else told


def _teams(ids: Iterable[int]) -> list[str]:
    return [f"team:{each}" for each in sorted(ids)]
