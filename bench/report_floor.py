"""The figures of a weekly report by bare SQL, written by hand, read and thrown away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from app.domain.report import WEEKS
from app.domain.week import Week


class Floor:
    """One statement for each kind of figure; instants as the database keeps them."""

    def __init__(self, engine: Engine, week: Week) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.ends = [week.plus(-back).ends("UTC") for back in range(WEEKS - 1, -1, -1)]
        self.now, self.before = self.ends[-1], self.ends[-2]
        self.quarter = week.plus(-13).ends("UTC")

    def ask(self) -> None:
        """Everything once."""
        with self.engine.execution_options(reads_only=True).connect() as connection:
            for sql in self.statements():
                connection.execute(text(sql)).fetchall()

    def statements(self) -> list[str]:
        return [self._cells(), self._series(), *self._incidents(), self._movers()]

    def _compact(self, at: datetime) -> str:
        if self.is_sqlite:
            return str(int(at.astimezone(UTC).timestamp() * 1_000_000))
        return f"timestamptz '{at.isoformat()}'"

    def _plain(self, at: datetime) -> str:
        return f"'{at:%Y-%m-%d %H:%M:%S.%f}'" if self.is_sqlite else f"timestamptz '{at.isoformat()}'"

    def _spans(self) -> str:
        far = self._compact(datetime(9999, 1, 1, tzinfo=UTC))
        return f"""(select practice_id, service_id, standing, since, until from past_standing
                    where until >= {self._compact(self.ends[0])} and standing <> 'not_applicable'
                    union all
                    select practice_id, service_id, standing, since, {far} from standing
                    where standing <> 'not_applicable') c"""

    def _stood(self, at: datetime) -> str:
        held = f"c.since < {self._compact(at)} and c.until >= {self._compact(at)}"
        return f"sum(case when {held} then 1 else 0 end)"

    def _cells(self) -> str:
        """By practice and team: now, a week and a quarter ago."""
        return f"""select c.practice_id, s.team_id, c.standing, {self._stood(self.now)}, {self._stood(self.before)},
                   {self._stood(self.quarter)} from {self._spans()} join service s on s.id = c.service_id
                   group by c.practice_id, s.team_id, c.standing"""

    def _series(self) -> str:
        """Of each team, at the ends of 26 weeks."""
        weeks = ", ".join(map(self._stood, self.ends))
        return f"""select s.team_id, c.standing, {weeks} from {self._spans()} join service s on s.id = c.service_id
                   group by s.team_id, c.standing"""

    def _incidents(self) -> list[str]:
        since, at = self._plain(self.before), self._plain(self.now)
        far = self._plain(self.ends[0] - timedelta(days=7))
        public = "not i.is_private"
        last = f"(select incident_id, max(id) as id from move where at < {at} group by incident_id)"
        return [
            f"select stage, state, stage_entered_at from incident i where state in ('active','blocked') and {public}",
            f"""select m.to_stage, m.to_state, count(*) from incident i join {last} l on l.incident_id = i.id
                join move m on m.id = l.id where i.declared_at >= {far} and i.declared_at < {at} and {public}
                group by m.to_stage, m.to_state""",
            f"select number, title from incident i where declared_at >= {since} and declared_at < {at} and {public}",
            f"""select i.number, i.title from move m join incident i on i.id = m.incident_id where m.at >= {since}
                and m.at < {at} and m.to_state = 'done' and {public}""",
            f"""select i.number from move m join incident i on i.id = m.incident_id where m.at >= {since}
                and m.at < {at} and m.verb = 'advance' and m.from_stage = 'analysis'""",
            f"select service_id, practice_id from slip where at >= {since} and at < {at}",
            "select number, due_on from action_item where state = 'open'",
            "select practice_id, service_id from exemption where state = 'granted'",
        ]

    def _movers(self) -> str:
        """The three services that move each of twelve practices most."""
        return """
            select * from (
                select g.practice_id, s.name, m.minutes, row_number() over (
                    partition by g.practice_id order by coalesce(m.minutes, 0) desc, s.tier, s.name) as place
                from standing g join service s on s.id = g.service_id
                left join (select a.pattern_id, x.service_id, sum(r.customer_minutes) as minutes
                           from analysis a join incident_service x on x.incident_id = a.incident_id
                           join resolution r on r.incident_id = a.incident_id
                           where a.pattern_id between 1000 and 1011 group by a.pattern_id, x.service_id) m
                on m.pattern_id = g.practice_id and m.service_id = g.service_id
                where g.practice_id between 1000 and 1011 and g.standing in ('not_adopted','unknown')) some
            where place <= 3"""
