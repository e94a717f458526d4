"""Random weeks of a small company, and what each Monday looked like: read from the present as it was at that moment,
and never from the past, which is how the report reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RatchetError
from app.domain.lifecycle import DEFAULT_POLICY, KEYS
from app.domain.report import Figures
from app.domain.report_sections import Count, Stages
from app.domain.week import Week
from app.models.adoption import Exemption, Slip, Standing
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.remediation import ActionItem
from app.queries import audience, weekly
from app.queries.audience import Audience
from app.workflow import evaluation, exemption, incident, lifecycle, remediation
from tests.cast import Cast

START = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)  # so that a week 53 and a new year lie within
SERVICES = ("checkout", "cart", "search")


@dataclass
class Monday:
    """What was there at the end of one week."""

    week: Week
    told: dict[str, Figures]
    seen: dict[str, dict[str, Any]]


@dataclass
class Weeks:
    """A company with two practices, and people who do something at random. `diary`: what became of the loops."""

    cast: Cast
    chance: Random
    numbers: list[int] = field(default_factory=list)
    diary: list[tuple[datetime, str, int]] = field(default_factory=list)
    mondays: list[Monday] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cast.clock.at = START
        self.rules = [self.cast.practice(statement=f"Rule {n}", target_percent=60 + 20 * n) for n in (1, 2)]
        self.cast.check(self.rules[0].number, 'facts["timeout"] < 100', freshness_days=9)
        self.next = Week.of(START.date())

    @property
    def now(self) -> datetime:
        return self.cast.now

    def live(self, weeks: int) -> None:
        """So many weeks; each Monday at midnight somebody looks."""
        for _ in range(weeks):
            end = self.next.ends("UTC")
            while self.now < end - timedelta(hours=1):
                self.act()
                self.cast.clock.at = min(self.now + timedelta(minutes=self.chance.randint(5, 2_400)), end)
            self.cast.clock.at = end - timedelta(microseconds=1)  # what happens at the end itself is of the next week
            self.fall_due()
            seen = self.see()
            self.cast.clock.at = end
            self.mondays.append(Monday(self.next, self.tell(self.next), seen))
            self.next = self.next.plus(1)

    def act(self) -> None:
        step = self.chance.choice((self.report, self.report, self.declare, self.move, self.move, self.move, self.item,
                                   self.item, self.excuse, self.fall_due, self.begin_second))  # fmt: skip
        try:
            step()
        except RatchetError:
            return  # it was refused, and has changed nothing
        self._note()

    def report(self) -> None:
        self.cast.report(self.chance.choice((50, 50, 500)), self.chance.choice(SERVICES))

    def fall_due(self) -> None:
        for each in self.rules:
            with self.cast.begin() as work:
                evaluation.fall_due(work, each.number, now=self.now)

    def begin_second(self) -> None:
        if self.now > START + timedelta(days=10) and len(self.rules) == 2:
            self.cast.check(self.rules[1].number, 'facts["timeout"] < 600', freshness_days=30)
            self.rules.append(self.rules[1])

    def declare(self) -> None:
        chosen = self.chance.sample(SERVICES, self.chance.randint(1, 2))
        number = self.cast.declare(
            severity=self.chance.choice(("SEV3", "SEV4", "SEV4")), is_private=self.chance.random() < 0.25,
            service_ids=[self.cast.services[each] for each in chosen], by=self.chance.choice(("Ana", "Ben")),
        )  # fmt: skip
        self.numbers.append(number)

    def move(self) -> None:
        if not self.numbers:
            return
        number = self.chance.choice(self.numbers)
        stage, state = self.cast.stands(number)
        step = self.chance.choice(("advance", "advance", "skip", "skip", "block", "unblock", "reopen"))
        if step == "advance":
            if stage in ("resolution", "review", "analysis"):
                with self.cast.begin() as work:
                    self.cast.fill(work, number, stage, **({"decision": "none"} if stage == "analysis" else {}))
            self.cast.do(lifecycle.advance, number, stage)
        elif step == "skip" and state != "done":
            self.cast.do(lifecycle.skip, number, stage, why="Trivial.")
        elif step == "reopen":
            self.cast.do(lifecycle.reopen, number, self.chance.choice(KEYS), why="Look again.")
        elif step == "unblock":
            self.cast.do(lifecycle.unblock, number, stage)
        else:
            self.cast.do(lifecycle.block, number, stage, why="Waiting.")

    def item(self) -> None:
        items = self.cast.look(lambda session: session.scalars(select(ActionItem.number)).all())
        if self.numbers and (not items or self.chance.random() < 0.4):
            due = (self.now + timedelta(days=self.chance.randint(-1, 9))).date()
            told = remediation.Told(title="Do it", owner_id=self.cast.id("Ana"), priority="should", kind="prevent",
                                    due_on=due)  # fmt: skip
            self.cast.do(remediation.add, self.chance.choice(self.numbers), told)
        elif items:
            verb = self.chance.choice(("finish", "verify", "drop", "resume"))
            self.cast.do(remediation.step, self.chance.choice(items), verb, why="So.", by="Ben")

    def excuse(self) -> None:
        name, number = self.chance.choice(SERVICES), self.chance.choice(self.rules).number
        if self.chance.random() < 0.3:
            self.cast.do(exemption.end_exemption, number, name, by="Ben")
        else:
            last = (self.now + timedelta(days=self.chance.randint(0, 30))).date()
            self.cast.do(exemption.exempt, number, name, reason="Legacy.", expires_on=last, by="Ben")

    # What is seen

    def audiences(self, session: Session) -> list[Audience]:
        ana = self.cast["Ana"]
        mine = replace(audience.everyone("UTC"), key="person:1", by=ana)
        return [audience.everyone("UTC"), audience.named(session, ana, "team:shop", "UTC"), mine]

    def tell(self, week: Week) -> dict[str, Figures]:
        def act(session: Session) -> dict[str, Figures]:
            shared = weekly.Shared()
            return {
                each.key: weekly.compute(session, each, week, policy=DEFAULT_POLICY, shared=shared)
                for each in self.audiences(session)
            }

        return self.cast.look(act)

    def see(self) -> dict[str, dict[str, Any]]:
        return self.cast.look(lambda session: {each.key: self._seen(session, each) for each in self.audiences(session)})

    def _seen(self, session: Session, of: Audience) -> dict[str, Any]:
        """The present, row by row."""
        services = {
            each.id: each for each in session.scalars(select(Service))
            if of.team_ids is None or each.team_id in of.team_ids
        }  # fmt: skip
        touched = {row[0] for row in session.execute(select(incident_service)) if row[1] in services}
        insider = of.by.id is not None
        incidents = {
            each.id: each for each in session.scalars(select(Incident))
            if each.id in touched and (not each.is_private or insider)
        }  # fmt: skip
        open_ones = [each for each in incidents.values() if not each.position.is_closed]
        since, today = self.next.begins("UTC"), self.next.plus(1).monday
        numbers = {each.number for each in incidents.values()}
        last = {number: what for at, what, number in self.diary if at < self.now}
        slips = [each for each in session.scalars(select(Slip)) if since <= each.at and each.service_id in services]
        items = [each for each in session.scalars(select(ActionItem))
                 if each.state == "open" and each.incident_id in incidents]  # fmt: skip
        cells = [each for each in session.scalars(select(Standing)) if each.service_id in services]
        excused = [
            each for each in session.scalars(select(Exemption))
            if each.state == "granted" and each.expires_on >= today and each.service_id in services
        ]  # fmt: skip
        return {
            "now": _count(each.standing for each in cells),
            "practices": {each.number: _count(cell.standing for cell in cells if cell.practice_id == each.id)
                          for each in self.rules},
            "opened": {each.number for each in incidents.values() if each.declared_at >= since},
            "closed": {number for at, what, number in self.diary
                       if at >= since and what == "closed" and last[number] == "closed" and number in numbers},
            "open": len(open_ones),
            "waiting": dict(Counter(each.stage for each in open_ones)),
            "blocked": dict(Counter(each.stage for each in open_ones if each.state == "blocked")),
            "longest": {stage: max((self.now - each.stage_entered_at).total_seconds() / 3600
                                   for each in open_ones if each.stage == stage)
                        for stage in {each.stage for each in open_ones}},
            "items": {each.number for each in items if each.due_on < today}, "items_open": len(items),
            "slips": Counter((each.service_id, each.practice_id, each.recovered_at is None) for each in slips),
            "expiring": {(services[each.service_id].name, each.practice_id) for each in excused
                         if each.expires_on <= today + timedelta(days=14)},
            "running": len(excused),
        }  # fmt: skip

    def _note(self) -> None:
        """Write down which loops have closed or opened by this step."""
        for number in self.numbers:
            is_closed = self.cast.find(number).position.is_closed
            was = next((what for _, what, of in reversed(self.diary) if of == number), "opened")
            if is_closed != (was == "closed"):
                self.diary.append((self.now, "closed" if is_closed else "opened", number))


def _count(standings: Any) -> Count:
    found = Counter(standings)
    return Count(**{name: found[name] for name in ("adopted", "not_adopted", "unknown", "exempt")})


def lasting(told: Figures) -> Figures:
    """What is the same whenever it is computed: without the words about owners and what is waited for."""
    stages = Stages(told.stages.lines, [replace(each, waits_for="") for each in told.stages.longest])
    return replace(told, stages=stages, needs=[])


__all__ = ["Monday", "Weeks", "incident", "lasting"]
