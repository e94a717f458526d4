"""What one report is about, as conditions of the database: whose services, which incidents, which week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.people import Actor
from app.domain.report import WEEKS
from app.domain.week import Week
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.queries.audience import Audience
from app.queries.visibility import may_see_incident


@dataclass(frozen=True)
class Scope:
    """`as_of` is the end of the week; for a preview, now. What happens at that very instant belongs to the next one."""

    audience: Audience
    week: Week
    as_of: datetime

    @property
    def by(self) -> Actor:
        return self.audience.by

    @property
    def team_ids(self) -> frozenset[int] | None:
        return self.audience.team_ids

    @cached_property
    def since(self) -> datetime:
        return self.week.begins(self.audience.zone)

    @property
    def last(self) -> datetime:
        """The last instant of the week."""
        return self.as_of - timedelta(microseconds=1)

    @cached_property
    def today(self) -> date:
        """The day of `as_of` in the zone of the audience: the Monday on which the report is read."""
        return self.as_of.astimezone(ZoneInfo(self.audience.zone)).date()

    @cached_property
    def far_back(self) -> datetime:
        """Incidents that were declared from here on are counted in the funnel."""
        return self.week.plus(1 - WEEKS).begins(self.audience.zone)

    @cached_property
    def marks(self) -> Sequence[datetime]:
        """The ends of the last WEEKS weeks, oldest first; the last one is `as_of`."""
        return [*(self.week.plus(-back).ends(self.audience.zone) for back in range(WEEKS - 1, 0, -1)), self.as_of]

    @property
    def incidents(self) -> Sequence[Any]:
        """Conditions: those that the reader may know of, on the services that it is about."""
        seen = [may_see_incident(self.by)]
        if self.team_ids is not None:
            affected = (
                select(incident_service.c.incident_id)
                .join(Service, Service.id == incident_service.c.service_id)
                .where(Service.team_id.in_(self.team_ids))
            )
            seen.append(Incident.id.in_(affected))
        return seen

    @property
    def services(self) -> Sequence[Any]:
        """Conditions: the services that it is about."""
        return [] if self.team_ids is None else [Service.team_id.in_(self.team_ids)]
