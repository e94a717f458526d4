"""Campaigns that will miss their day, at the pace of the last two weeks."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain import campaign as rules
from app.domain.report_sections import CampaignLine, Campaigns
from app.models.adoption import Campaign
from app.models.best_practice import Practice
from app.models.person import Person
from app.queries import burn_up
from app.queries.weekly.scope import Scope

MOST = 200  # campaigns that run at once


def read(session: Session, scope: Scope, practice_ids: Collection[int]) -> Campaigns:
    """Of these practices, those that ran at the end of the week. The soonest end first; three queries."""
    found = session.execute(
        select(Campaign, Practice, Person.name)
        .join(Practice, Practice.id == Campaign.practice_id)
        .join(Person, Person.id == Campaign.owner_id)
        .where(
            Campaign.started_at < scope.as_of, Campaign.practice_id.in_(practice_ids),
            or_(Campaign.closed_at.is_(None), Campaign.closed_at >= scope.as_of),
        )
        .order_by(Campaign.ends_on, Campaign.id)
        .limit(MOST)
    ).all()  # fmt: skip
    days = burn_up.of_campaigns(session, [each[0] for each in found], scope.last)
    lines = []
    for of, practice, owner in found:
        so_far = days[of.id]
        if rules.is_at_risk(so_far, of.starts_on, of.ends_on, of.target_percent):
            ahead = rules.forecast(so_far, of.target_percent, of.ends_on)
            lines.append(
                CampaignLine(
                    of.id, practice.number, practice.statement, owner, so_far[-1].adopted, so_far[-1].applicable,
                    of.target_percent, of.ends_on, ahead.words if ahead else "",
                )
            )  # fmt: skip
    return Campaigns(lines, len(found))
