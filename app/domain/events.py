"""What has happened, in the past tense. Who hears it is the table in workflow/announcements.py.

Events carry ids and instants, no texts: what a message says is read when it is delivered, so it is never stale.
`move_id` is the Move that caused the event; with the audience it makes a message unique.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Event:
    by_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ServiceChanged(Event):
    """A service is new, has other properties, or reported facts: its standings may be different now."""

    service_id: int


@dataclass(frozen=True, kw_only=True)
class Moved(Event):
    """Something with a Move of its own: these are the events that people may hear of."""

    move_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentEvent(Moved):
    incident_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentDeclared(IncidentEvent):
    """Somebody said that something is broken."""


@dataclass(frozen=True, kw_only=True)
class IncidentChanged(IncidentEvent):
    """Title, severity, services or commander are different now; only the card says so."""


@dataclass(frozen=True, kw_only=True)
class IncidentConfirmed(IncidentEvent):
    """Stage 1 is complete: severity, services and commander are known."""


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(IncidentEvent):
    """Stage 2 is complete."""


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(IncidentEvent):
    """Stage 3 is complete."""


@dataclass(frozen=True, kw_only=True)
class ActionItemAssigned(IncidentEvent):
    """An action item has a (new) owner."""

    action_item_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class RemediationCompleted(IncidentEvent):
    """Stage 4 is complete."""


@dataclass(frozen=True, kw_only=True)
class AnalysisCompleted(IncidentEvent):
    """Stage 5 is complete."""


@dataclass(frozen=True, kw_only=True)
class BestPracticeAgreed(IncidentEvent):
    """Stage 6 is complete: every linked practice is accepted."""


@dataclass(frozen=True, kw_only=True)
class AutomationReached(IncidentEvent):
    """Stage 7 is complete: every linked practice has an active check."""


@dataclass(frozen=True, kw_only=True)
class LoopClosed(IncidentEvent):
    """All eight stages are done or skipped."""


@dataclass(frozen=True, kw_only=True)
class StageBlocked(IncidentEvent):
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageUnblocked(IncidentEvent):
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageSkipped(IncidentEvent):
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageReopened(IncidentEvent):
    stage: str


@dataclass(frozen=True, kw_only=True)
class PracticesLinked(IncidentEvent):
    """Other practices than before are linked to the incident."""


@dataclass(frozen=True, kw_only=True)
class PracticeEvent(Moved):
    practice_id: int


@dataclass(frozen=True, kw_only=True)
class PracticeProposed(PracticeEvent):
    """A practice was written down and waits for someone other than its author."""


@dataclass(frozen=True, kw_only=True)
class PracticeAccepted(PracticeEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class PracticeChanged(PracticeEvent):
    """Its words, selector, target, exemptions or the state of a check are different: every service is evaluated."""


@dataclass(frozen=True, kw_only=True)
class CheckActivated(PracticeEvent):
    check_id: int


@dataclass(frozen=True, kw_only=True)
class PracticeAdopted(PracticeEvent):
    """Adoption reached the practice's target."""


@dataclass(frozen=True, kw_only=True)
class PracticeSlipped(PracticeEvent):
    """Adoption fell below the practice's target."""


@dataclass(frozen=True, kw_only=True)
class PracticeRetired(PracticeEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class PracticeQuestioned(PracticeEvent):
    """A service had adopted it, and it happened all the same: the practice is not enough."""


@dataclass(frozen=True, kw_only=True)
class ExemptionEvent(PracticeEvent):
    exemption_id: int


@dataclass(frozen=True, kw_only=True)
class ExemptionAsked(ExemptionEvent):
    """A team asks to be excused; it waits for the practice's owner."""


@dataclass(frozen=True, kw_only=True)
class ExemptionGranted(ExemptionEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ExemptionDeclined(ExemptionEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ExemptionExpiring(ExemptionEvent):
    """It ends within some days; whoever asked for it can still act."""


@dataclass(frozen=True, kw_only=True)
class CampaignStarted(PracticeEvent):
    campaign_id: int


@dataclass(frozen=True, kw_only=True)
class CampaignClosed(PracticeEvent):
    """It has reached its target, missed it, or was ended."""

    campaign_id: int


@dataclass(frozen=True, kw_only=True)
class ServicesSlipped(Event):
    """Services of one team have lost what they had adopted: one message for all of them. None: nobody owns them."""

    team_id: int | None
    slip_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """About one revision of a weekly report. `audience` is whose report it is."""

    report_id: int
    audience: str


@dataclass(frozen=True, kw_only=True)
class ReportMade(ReportEvent):
    """A weekly report is there to be read."""


@dataclass(frozen=True, kw_only=True)
class ReportIllustrated(ReportEvent):
    """Its message in Slack gets its chart, if it could not be posted with it."""


STAGE_COMPLETED: dict[str, type[IncidentEvent]] = {
    "incident": IncidentConfirmed,
    "resolution": IncidentResolved,
    "review": ReviewPublished,
    "remediation": RemediationCompleted,
    "analysis": AnalysisCompleted,
    "best_practice": BestPracticeAgreed,
    "automation": AutomationReached,
    "adoption": LoopClosed,
}
