"""One incident after the other goes through its stages, as far as its page of the story says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.cli.story.shapes import CLOSED, MUST, Block, Item
from app.cli.story.shapes import Incident as Page
from app.cli.story.stage import Act, Stage
from app.domain.lifecycle import KEYS
from app.models.history import Move
from app.models.incident import Incident
from app.workflow import analysis, incident, lifecycle, remediation, resolution, review
from app.workflow.unit_of_work import Work

NUMBER = {key: number for number, key in enumerate((*KEYS, CLOSED), 1)}
OWNERS = ("ana", "ben", "cleo", "dario", "ebba", "farid", "greta")


class Telling:
    """One incident on its way. `at` is where its time has come to."""

    def __init__(self, stage: Stage, of: Page) -> None:
        self.stage, self.of = stage, of
        self.calendar = stage.calendar
        self.started = self.at = stage.calendar.at(of.days, of.at)
        self.reach = of.reopened.reached if of.reopened else of.to
        self.lead = stage.actor(of.lead or of.by)
        self.chair = stage.actor(of.chair or of.lead or of.by)
        self.items: list[int] = []

    def tell(self) -> None:
        """Plan everything that happens to it."""
        tellers: dict[str, Callable[[bool], None]] = {
            "resolution": self.resolve, "review": self.review, "remediation": self.remediate, "analysis": self.analyse,
        }  # fmt: skip
        self.declare()
        for key in KEYS[: NUMBER[self.reach]]:
            entered = self.at
            if key in self.of.skips:
                self.skip(key)
            elif key in tellers:
                tellers[key](NUMBER[key] < NUMBER[self.reach])
            if self.of.block is not None and self.of.block.stage == key:
                self.block(self.of.block, entered)
        if back := self.of.reopened:
            by = self.stage.actor(back.by)
            self.play(self.calendar.ago(back.days), lambda work, at: lifecycle.reopen(
                work, self.number, back.stage, why=back.why, by=by, now=at))  # fmt: skip

    def play(self, at: datetime, act: Act) -> None:
        """The next act of this incident: not before the last one, and not in the future."""
        latest = self.calendar.now - timedelta(minutes=1)
        self.at = min(max(at, self.at + timedelta(seconds=50)), latest)
        self.stage.play(self.at, act)

    @property
    def number(self) -> int:
        return self.stage.incidents[self.of.key]

    def minute(self, minutes: float) -> datetime:
        return self.started + timedelta(minutes=minutes)

    def declare(self) -> None:
        of, stage, by = self.of, self.stage, self.stage.actor(self.of.by)
        told = incident.Told(
            title=of.title, severity=of.severity, service_ids=stage.service_ids(of.services),
            description=of.description,
            commander_id=stage.person_id(of.lead) if of.lead else None, labels=of.labels,
        )  # fmt: skip
        first = replace(told, severity=None, commander_id=None, labels=()) if of.is_vague else told

        def declare(work: Work, at: datetime) -> None:
            made = incident.declare(
                work, first, by=by, now=at, is_private=of.private_to is not None,
            )  # fmt: skip
            stage.incidents[of.key] = made.number

        self.play(self.minute((of.minutes or (2,))[0] + 2), declare)
        if of.is_vague:
            self.play(self.at + timedelta(minutes=3), lambda work, at: incident.edit(
                work, self.number, told, version=1, by=by, now=at))  # fmt: skip
        if of.private_to:
            readers = [stage.person_id(each) for each in of.private_to]
            self.play(self.at + timedelta(minutes=9), lambda work, at: incident.change_privacy(
                work, self.number, is_private=True, reader_ids=readers, by=self.lead, now=at))  # fmt: skip

    def resolve(self, is_left: bool) -> None:
        of = self.of
        names = ("detected_at", "mitigated_at", "resolved_at")
        times = {name: self.minute(minutes) for name, minutes in zip(names, of.minutes, strict=False)}
        first = resolution.Told(
            started_at=self.started, detected_at=times["detected_at"], mitigated_at=times.get("mitigated_at"),
            impact=of.impact,
        )  # fmt: skip
        self.play(self.minute(of.minutes[:2][-1] + 1), lambda work, at: resolution.save(
            work, self.number, first, version=0, by=self.lead, now=at))  # fmt: skip
        if not is_left:
            return
        whole = replace(
            first, resolved_at=times["resolved_at"], customer_minutes=of.customer_minutes, how_resolved=of.how
        )

        def finish(work: Work, at: datetime) -> None:
            resolution.save(work, self.number, whole, version=1, by=self.lead, now=at)
            lifecycle.advance(work, self.number, "resolution", by=self.lead, now=at)

        self.play(self.minute(of.minutes[2] + 15), finish)

    def review(self, is_left: bool) -> None:
        of = self.of
        whole = review.Told(
            facilitator_id=self.chair.id, summary=of.summary, body=of.body, went_well=of.well, went_badly=of.badly,
            got_lucky=of.lucky, lessons=of.lessons, factors=of.factors,
            timeline=[(self.minute(minutes), words) for minutes, words in of.timeline],
        )  # fmt: skip
        first = replace(whole, went_well="", went_badly="", got_lucky="", lessons="", factors=()) if is_left else whole
        self.play(self.calendar.workday(self.at, 1, 9), lambda work, at: review.save(
            work, self.number, first, version=0, by=self.chair, now=at))  # fmt: skip
        hour = self.stage.chance.randint(10, 14)
        held = self.calendar.workday(self.at, max(of.pace[0] - 1, 1), hour) if is_left else self.at
        self.play(held + timedelta(minutes=5), self.add_items)

        def publish(work: Work, at: datetime) -> None:
            review.save(work, self.number, whole, version=1, by=self.chair, now=at)
            lifecycle.advance(work, self.number, "review", by=self.chair, now=at)

        if is_left:
            self.play(held + timedelta(minutes=20), publish)

    def add_items(self, work: Work, at: datetime) -> None:
        for item in self.of.items:
            told = remediation.Told(
                title=item.title, owner_id=self.stage.person_id(item.owner), priority=item.priority, kind=item.kind,
                due_on=(at + timedelta(days=item.due)).date(),
            )  # fmt: skip
            self.items.append(remediation.add(work, self.number, told, by=self.chair, now=at).number)

    def remediate(self, is_left: bool) -> None:
        of = self.of
        if of.none_needed:
            self.play(self.calendar.workday(self.at, 1, 11), lambda work, at: remediation.save_none_needed(
                work, self.number, of.none_needed, version=0, by=self.lead, now=at))  # fmt: skip
        begun = self.at
        last = self.calendar.workday(begun, max(of.pace[1], 2), 15) if is_left else self.calendar.ago(0.1)
        for nth, item in enumerate(of.items):
            state = item.state or (("verified" if item.priority == MUST else "done") if is_left else "open")
            if state != "open":
                self.stage.play(begun + (last - begun) * (nth + 1) / (len(of.items) + 2), self.moving(nth, item, state))
        if is_left:
            self.play(last, lambda work, at: lifecycle.advance(
                work, self.number, "remediation", by=self.lead, now=at))  # fmt: skip

    def moving(self, nth: int, item: Item, state: str) -> Act:
        """An action item is done by its owner and verified by somebody else, or dropped."""
        owner = self.stage.actor(item.owner)
        other = self.chair if self.chair != owner else (self.lead if self.lead != owner else self.stage.actor("farid"))

        def move(work: Work, at: datetime) -> None:
            if state == "dropped":
                remediation.step(work, self.items[nth], "drop", why=item.why, by=other, now=at)
            else:
                remediation.step(work, self.items[nth], "finish", by=owner, now=at)
            if state == "verified":
                remediation.step(work, self.items[nth], "verify", by=other, now=at)

        return move

    def analyse(self, is_left: bool) -> None:
        of, stage = self.of, self.stage
        if not of.pattern:
            return

        def save(work: Work, at: datetime) -> None:
            known = [stage.practice_ids[key] for key in of.practices if key in stage.practice_ids]
            told = analysis.Told(
                pattern_id=stage.patterns[of.pattern], decision=of.decision, reason=of.reason, practice_ids=known
            )
            analysis.save(work, self.number, told, version=0, by=self.chair, now=at)
            if is_left:
                lifecycle.advance(work, self.number, "analysis", by=self.chair, now=at)

        self.play(self.calendar.workday(self.at, of.pace[2], stage.chance.randint(9, 15)), save)
        if is_left:  # beside the incident's own time: it is another one that may have been opened again
            later = min(self.at + timedelta(days=2), self.calendar.now - timedelta(seconds=30))
            stage.play(later, self.decide_anew)

    def decide_anew(self, work: Work, at: datetime) -> None:
        """It happened although a service had adopted the practice: whoever has opened that analysis again closes it."""
        opened = work.session.scalars(
            select(Incident.number)
            .join(Move, (Move.incident_id == Incident.id) & (Move.at == Incident.stage_entered_at))
            .where(Incident.stage == "analysis", Move.verb == "reopen", Move.by_id.is_(None), ~Incident.is_private)
            .order_by(Incident.id)
        ).all()
        for number in opened:
            lifecycle.advance(work, number, "analysis", by=self.stage.actor("ana"), now=at)

    def skip(self, key: str) -> None:
        days = 1 if key in ("review", "remediation", "analysis") else 0
        by = self.lead if self.of.lead in OWNERS else self.stage.actor("ana")
        self.play(self.calendar.workday(self.at, days, 10), lambda work, at: lifecycle.skip(
            work, self.number, key, why=self.of.skips[key], by=by, now=at))  # fmt: skip

    def block(self, block: Block, entered: datetime) -> None:
        at = entered + timedelta(days=block.after)
        self.stage.play(at, lambda work, at: lifecycle.block(
            work, self.number, block.stage, why=block.why, by=self.lead, now=at))  # fmt: skip
        if block.days is not None:
            self.stage.play(at + timedelta(days=block.days), lambda work, at: lifecycle.unblock(
                work, self.number, block.stage, by=self.lead, now=at))  # fmt: skip
