"""What Ratchet says: one builder per event, and the events that only change the card of their incident.

A builder is pure: a notice and the address of Ratchet in, a message out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from app.queries.notice import Notice
from app.slack.messages import (
    adoption,
    analysis,
    automation,
    best_practice,
    campaign,
    exemption,
    incident,
    lifecycle,
    question,
    remediation,
    resolution,
    review,
    slips,
)
from app.slack.messages.parts import Message

Builder: TypeAlias = Callable[[Notice, str], Message]

BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "IncidentDeclared": incident.declared,
        "IncidentResolved": resolution.resolved,
        "ReviewPublished": review.published,
        "ActionItemAssigned": remediation.assigned,
        "RemediationCompleted": remediation.completed,
        "AnalysisCompleted": analysis.completed,
        "BestPracticeAgreed": best_practice.agreed,
        "AutomationReached": automation.reached,
        "LoopClosed": adoption.loop_closed,
        "StageBlocked": lifecycle.blocked,
        "StageUnblocked": lifecycle.unblocked,
        "StageSkipped": lifecycle.skipped,
        "StageReopened": lifecycle.reopened,
        "PracticeProposed": best_practice.proposed,
        "PracticeAccepted": best_practice.accepted,
        "PracticeRetired": best_practice.retired,
        "CheckActivated": automation.activated,
        "PracticeAdopted": adoption.adopted,
        "PracticeSlipped": adoption.slipped,
        "ServicesSlipped": slips.slipped,
        "PracticeQuestioned": question.questioned,
        "ExemptionAsked": exemption.asked,
        "ExemptionGranted": exemption.granted,
        "ExemptionDeclined": exemption.declined,
        "ExemptionExpiring": exemption.expiring,
        "CampaignStarted": campaign.started,
        "CampaignClosed": campaign.closed,
    }
)
CARD_IS_THE_MESSAGE = "IncidentDeclared"
CARD_ONLY = frozenset({"IncidentChanged", "IncidentConfirmed"})
BROADCAST = frozenset({"IncidentResolved", "LoopClosed"})  # answers in the thread that the channel sees as well

__all__ = ["BROADCAST", "BUILDERS", "CARD_IS_THE_MESSAGE", "CARD_ONLY", "Builder", "Message"]
