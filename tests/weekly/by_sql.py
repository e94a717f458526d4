"""The figures of one week by SQL that was written for this alone: nothing of the report's own queries is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from app.models.base import CompactInstant, Instant

POSITIONS = "('declare','advance','skip','leave_out','block','unblock','reopen')"
CELLS = """
    select practice_id, service_id, standing from standing where since < :cells_at
    union all
    select practice_id, service_id, standing from past_standing where since < :cells_at and until >= :cells_at
"""
LAST = f"""
    select m.incident_id, m.to_stage, m.to_state from move m
    where m.id in (select max(id) from move where incident_id is not null and at < :at and verb in {POSITIONS}
                   group by incident_id)
"""


@dataclass
class Sql:
    """`at` is the end of the week, `since` its begin, `day` the Monday after it; of public incidents, on the services
    of one team or of all."""

    session: Session
    since: datetime
    at: datetime
    day: date
    team: str | None = None

    def ask(self, sql: str, **more: Any) -> Sequence[Any]:
        known: dict[str, tuple[Any, Any]] = {
            "at": (self.at, Instant()), "since": (self.since, Instant()), "cells_at": (self.at, CompactInstant()),
            "cells_before": (self.since, CompactInstant()), "day": (self.day, None), "team": (self.team, None),
            "soon": (self.day + timedelta(days=14), None),
        }  # fmt: skip
        found = text(sql)
        named = set(found._bindparams)
        values = {name: pair for name, pair in known.items() if name in named and name not in more}
        found = found.bindparams(*[bindparam(name, value, type_) for name, (value, type_) in values.items()])
        return self.session.execute(found, more).all()

    def owned(self, service: str = "s") -> str:
        return f"{service}.team_id = (select id from team where name = :team)" if self.team else "1 = 1"

    def touching(self, incident: str = "i") -> str:
        if not self.team:
            return f"not {incident}.is_private"
        return f"""not {incident}.is_private and exists (select 1 from incident_service x join service s
                   on s.id = x.service_id where x.incident_id = {incident}.id and {self.owned()})"""

    def adoption(self, when: str = "cells_at") -> dict[str, int]:
        cells = CELLS.replace("cells_at", when)
        return dict(
            self.ask(f"""select c.standing, count(*) from ({cells}) c join service s on s.id = c.service_id
                         where c.standing <> 'not_applicable' and {self.owned()} group by c.standing""")
        )

    def by_practice(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for number, standing, count in self.ask(
            f"""select p.number, c.standing, count(*) from ({CELLS}) c join practice p on p.id = c.practice_id
                join service s on s.id = c.service_id where c.standing <> 'not_applicable' and {self.owned()}
                group by p.number, c.standing"""
        ):
            found.setdefault(number, {})[standing] = count
        return found

    def by_team(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for name, standing, count in self.ask(
            f"""select t.name, c.standing, count(*) from ({CELLS}) c join service s on s.id = c.service_id
                join team t on t.id = s.team_id where c.standing <> 'not_applicable' and {self.owned()}
                group by t.name, c.standing"""
        ):
            found.setdefault(name, {})[standing] = count
        return found

    def opened(self) -> set[int]:
        return {row[0] for row in self.ask(
            "select i.number from incident i where i.declared_at >= :since and i.declared_at < :at"
            f" and {self.touching()}"
        )}  # fmt: skip

    def closed(self) -> set[int]:
        return {row[0] for row in self.ask(
            f"""select distinct i.number from incident i join move m on m.incident_id = i.id
                join ({LAST}) l on l.incident_id = i.id
                where m.at >= :since and m.at < :at and m.to_stage = 'adoption' and m.to_state in ('done','skipped')
                and l.to_stage = 'adoption' and l.to_state in ('done','skipped') and m.verb in {POSITIONS}
                and {self.touching()}"""
        )}  # fmt: skip

    def waiting(self) -> dict[str, list[float]]:
        """By stage, for how many hours incidents have stood there; blocking does not begin anew."""
        found: dict[str, list[float]] = {}
        rows = self.ask(
            f"""select l.to_stage, (select max(m.at) from move m where m.incident_id = i.id and m.at < :at
                       and m.verb in ('declare','advance','skip','leave_out','reopen'))
                from incident i join ({LAST}) l on l.incident_id = i.id
                where not (l.to_stage = 'adoption' and l.to_state in ('done','skipped')) and {self.touching()}"""
        )
        for stage, entered in rows:
            when = Instant().process_result_value(
                datetime.fromisoformat(entered) if isinstance(entered, str) else entered,
                self.session.get_bind().dialect,
            )
            assert when is not None
            found.setdefault(stage, []).append((self.at - when).total_seconds() / 3600)
        return found

    def blocked(self) -> dict[str, int]:
        return dict(
            self.ask(f"""select l.to_stage, count(*) from incident i join ({LAST}) l on l.incident_id = i.id
                         where l.to_state = 'blocked' and {self.touching()} group by l.to_stage""")
        )

    def reached(self, far_back: datetime) -> list[str | None]:
        """The stage of every incident declared since; None for a closed loop."""
        rows = self.ask(
            f"""select l.to_stage, l.to_state from incident i join ({LAST}) l on l.incident_id = i.id
                where i.declared_at >= :far and i.declared_at < :at and {self.touching()}""",
            far=Instant().process_bind_param(far_back, self.session.get_bind().dialect)
            if self.session.get_bind().dialect.name == "postgresql" else far_back.strftime("%Y-%m-%d %H:%M:%S.%f"),
        )  # fmt: skip
        return [None if stage == "adoption" and state in ("done", "skipped") else stage for stage, state in rows]

    def slips(self) -> set[tuple[str, int, bool]]:
        """Service, practice, and whether it had recovered by the end."""
        return {(name, number, bool(back)) for name, number, back in self.ask(
            f"""select s.name, p.number, coalesce(x.recovered_at < :at, false) from slip x
                join service s on s.id = x.service_id join practice p on p.id = x.practice_id
                where x.at >= :since and x.at < :at and {self.owned()}"""
        )}  # fmt: skip

    def overdue(self) -> set[int]:
        """Open by the last thing that was done to it, and over its day."""
        return {row[0] for row in self.ask(
            f"""select a.number from action_item a join incident i on i.id = a.incident_id
                join move m on m.incident_id = i.id and m.id = (
                    select max(n.id) from move n where n.incident_id = i.id and n.at < :at
                    and n.verb in ('add_item','finish_item','verify_item','drop_item','resume_item')
                    and n.why like 'ACT-' || a.number || ' %')
                where a.due_on < :day and m.verb in ('add_item','resume_item') and {self.touching()}"""
        )}  # fmt: skip

    def expiring(self) -> set[tuple[str, int]]:
        return {(row[0], row[1]) for row in self.ask(
            f"""select s.name, p.number from exemption e join service s on s.id = e.service_id
                join practice p on p.id = e.practice_id
                where e.decided_at < :at and e.state in ('granted','ended')
                and (e.ended_at is null or e.ended_at >= :at)
                and e.expires_on between :day and :soon and not s.is_retired and {self.owned()}"""
        )}  # fmt: skip

    def analysed(self) -> set[int]:
        """Incidents of a pattern whose analysis was completed in the week and stayed so."""
        return {row[0] for row in self.ask(
            f"""select distinct i.number from incident i join analysis a on a.incident_id = i.id
                join move m on m.incident_id = i.id join ({LAST}) l on l.incident_id = i.id
                where a.pattern_id is not null and m.verb = 'advance' and m.from_stage = 'analysis'
                and m.at >= :since and m.at < :at and {self.touching()}
                and l.to_stage in ('best_practice','automation','adoption')"""
        )}  # fmt: skip

    def wanting(self) -> set[int]:
        """Those where an affected service had not adopted a rule of the pattern that was known when it began; without a
        cell it is unknown, if the selector applies."""
        stood = """
            select c.practice_id, c.service_id, c.standing, c.since as begun, null as ended from standing c
            union all select q.practice_id, q.service_id, q.standing, q.since, q.until from past_standing q"""
        start = "coalesce(r.started_at, r.detected_at, i.declared_at)"
        if self.session.get_bind().dialect.name == "sqlite":  # there cells count microseconds
            start = f"cast(round((julianday({start}) - 2440587.5) * 86400000) as integer) * 1000"
        accepted = """(select min(m.at) from move m where m.practice_id = p.id
                       and m.to_state in ('accepted','automated','adopted','slipped'))"""
        applies = """(p.selector = 'true' or (p.selector = 'service.tier <= 3' and s.tier <= 3)
                      or (p.selector = 'service.tier <= 2' and s.tier <= 2)
                      or (p.selector = 'service.kind == "stateless"' and s.kind = 'stateless')
                      or (p.selector = 'service.kind == "stateful"' and s.kind = 'stateful'))"""
        here = f"""c.practice_id = p.id and c.service_id = s.id
                   and c.begun <= {start} and (c.ended is null or c.ended > {start})"""
        return {row[0] for row in self.ask(
            f"""select distinct i.number from incident i join analysis a on a.incident_id = i.id
                left join resolution r on r.incident_id = i.id
                join incident_service x on x.incident_id = i.id join service s on s.id = x.service_id
                join practice p on (p.pattern_id = a.pattern_id or exists (
                    select 1 from incident_practice l join incident o on o.id = l.incident_id
                    join analysis b on b.incident_id = o.id
                    where l.practice_id = p.id and b.pattern_id = a.pattern_id and o.declared_at < i.declared_at
                    and not o.is_private))
                where (exists (select 1 from ({stood}) c where {here}
                               and c.standing in ('not_adopted','unknown','exempt'))
                       or (not exists (select 1 from ({stood}) c where {here}) and {applies}))
                and {accepted} <= coalesce(r.started_at, r.detected_at, i.declared_at)
                and (p.state <> 'retired' or p.state_since > coalesce(r.started_at, r.detected_at, i.declared_at))"""
        )}  # fmt: skip
