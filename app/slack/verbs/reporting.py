"""`report`: the week so far, the weekly report of a week or a team or one's own; post one, subscribe, or end that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.report import EVERYONE
from app.domain.week import Week
from app.models.person import Team
from app.models.report import Subscription
from app.queries import labelled, reports
from app.queries.audience import MINE, TEAM
from app.queries.reports import Kept
from app.queries.weekly.preview import preview
from app.slack.asked import Answer, Asked, Unclear
from app.slack.messages import parts
from app.slack.messages.parts import Button
from app.slack.messages.report import report as message
from app.slack.verbs import lines
from app.slack.verbs.finding import clean
from app.workflow import report as workflow
from app.workflow.subscription import subscribe
from app.workflow.unit_of_work import Work

ACCOUNT = "/account/reports"
OWN, WEEKLY, STOP = {"mine", "my", "own"}, {"weekly", "subscribe"}, {"stop", "unsubscribe"}
START = Button("Get it on Mondays", verb="report", value="weekly")
END = Button("Stop my weekly report", verb="report", value="stop")


@dataclass(frozen=True)
class Found:
    """What is shown; whether this person has subscribed; a sentence if it is not what was asked for."""

    kept: Kept
    is_subscribed: bool
    note: str = ""


def report(asked: Asked) -> Answer:
    """What is wanted stands in the words: "mine", "weekly", "stop"; a channel asks for it to be posted there."""
    of = asked.understood
    said = {each.casefold() for each in of.words.split()}
    if of.problems and not of.week:
        return Answer(" ".join(parts.typed(each, parts.LINE_MAX) for each in of.problems) + f" {_archive(asked)}")
    if said & STOP:
        return _stop(asked)
    team = _team(asked)
    if said & WEEKLY:
        return _subscribe(asked, team)
    about = MINE if said & OWN else f"{TEAM}{team.name}" if team else EVERYONE
    return _post(asked, about) if of.channels else _show(asked, about)


def _team(asked: Asked) -> labelled.Labelled | None:
    if not asked.understood.labels:
        return None
    typed = asked.understood.labels[0]
    found = asked.read(lambda session: labelled.find(session, clean(typed)))
    if found is None or found.kind != labelled.TEAM:
        raise Unclear(Answer(
            f"No team is called ~{parts.typed(typed, 80)}. Type `{_command(asked)} report` for everyone."
        ))  # fmt: skip
    return found


def _show(asked: Asked, about: str) -> Answer:
    try:
        found = asked.read(lambda session: _find(session, asked, about))
    except NotFound as none:
        return _absent(asked, about, none)
    shown = message(found.kept, asked.base_url, buttons=_buttons(asked, about, found))
    notes = [parts.context(found.note)] if found.note else []
    return Answer(shown.text, [*lines.notes(asked.understood.problems), *notes, *shown.blocks])


def _find(session: Session, asked: Asked, about: str) -> Found:
    """The week that it is as it stands now; any other one as it was kept. Where the last one is not made yet, the one
    before it."""
    settings, today, named = asked.parts.settings, Week.of(asked.today), asked.understood.week
    row = session.get(Subscription, asked.by.id) if asked.by.id is not None else None
    is_subscribed = row is not None and row.by_slack and bool(row.about)
    if named is None or named == today.name:
        zone, policy = settings.time_zone, settings.policy
        return Found(preview(session, asked.by, about, now=asked.now, zone=zone, policy=policy), is_subscribed)
    try:
        return Found(_kept(session, asked, about, _week(named)), is_subscribed)
    except NotFound:
        if named != today.plus(-1).name:
            raise
        note = f"The report of {named} is not made yet. This is the latest one."
        return Found(_kept(session, asked, about, None), is_subscribed, note)


def _kept(session: Session, asked: Asked, about: str, week: Week | None) -> Kept:
    return reports.find(session, asked.by, about, week, zone=asked.parts.settings.time_zone)


def _absent(asked: Asked, about: str, none: NotFound) -> Answer:
    said = f"{parts.typed(str(none), parts.LINE_MAX)} {_archive(asked)}"
    return Answer(said, [parts.section(said), *([parts.actions(START)] if about == MINE else [])])


def _archive(asked: Asked) -> str:
    everything = lines.page(asked.base_url, "/reports", "All weekly reports")
    return f"{everything} are listed there; `{_command(asked)} report` shows this week so far."


def _buttons(asked: Asked, about: str, found: Found) -> list[Button]:
    kept, channel = found.kept, asked.place.channel
    told = [END if found.is_subscribed else START]
    may_post = people.may(asked.by, "post_report") and about != MINE and not kept.is_preview
    if may_post and channel and not asked.place.is_direct:
        team = f" ~{about.removeprefix(TEAM)}" if about.startswith(TEAM) else ""
        told.insert(0, Button("Post it here", verb="report", value=f"{kept.week.name} <#{channel}>{team}"))
    return told


def _week(named: str) -> Week:
    """NotFound: there is no such week, and so no report of it."""
    try:
        return Week.parse(named)
    except Refused as refused:
        raise NotFound(str(refused)) from None


def _post(asked: Asked, about: str) -> Answer:
    """The latest report, or that of a week, for everybody who reads the channel."""
    channel, settings = asked.understood.channels[0], asked.parts.settings

    def step(work: Work) -> str:
        week = _week(asked.understood.week) if asked.understood.week else None
        workflow.post(work, about, week, channel, by=asked.by, now=asked.now, zone=settings.time_zone, key=asked.key)
        kept = reports.find(work.session, asked.by, about, week, zone=settings.time_zone)
        return f"The weekly report of {kept.week.name} for {parts.typed(kept.audience.title, 200)}"

    try:
        what = asked.act(step)
    except NotFound as none:
        return _absent(asked, about, none)
    named = parts.typed(channel, 80) if channel.startswith("#") else "that channel"
    where = "this channel" if channel == asked.place.channel else named
    return Answer(f"{what} is on its way to {where}. If it cannot be posted, the outbox page says why.")


def _subscribe(asked: Asked, team: labelled.Labelled | None) -> Answer:
    by, now = asked.by, asked.now

    def step(work: Work) -> list[str]:
        row = work.session.get(Subscription, by.id)
        about = _named(work.session, row)
        if team is not None and EVERYONE not in about:
            about = [*about, f"{TEAM}{team.name}"]
        made = subscribe(
            work, about=about or [EVERYONE], by_slack=True, by_mail=bool(row and row.by_mail),
            version=row.version if row else 0, by=by, now=now,
        )  # fmt: skip
        return _named(work.session, made)

    about = asked.act(step)
    what = "everyone" if EVERYONE in about else ", ".join(each.removeprefix(TEAM) for each in about)
    change = lines.page(asked.base_url, ACCOUNT, "Change what it is about")
    said = (
        f"Your own weekly report comes to you here on Mondays at 08:00 ({parts.typed(asked.time_zone)}), about "
        f"{parts.typed(what, parts.LINE_MAX)}. {change}, or get it by e-mail."
    )
    look = Button("Show it as it is now", verb="report", value="mine")
    return Answer(said, [parts.section(said), parts.actions(look, END)])


def _stop(asked: Asked) -> Answer:
    by, now = asked.by, asked.now

    def step(work: Work) -> bool:
        row = work.session.get(Subscription, by.id)
        if row is None or not row.about:
            return False
        subscribe(work, about=[], by_slack=False, by_mail=False, version=row.version, by=by, now=now)
        return True

    if not asked.act(step):
        return Answer(
            f"You get no weekly report of your own: nothing was changed. `{_command(asked)} report weekly` starts one."
        )
    said = "You get no weekly report of your own any more. Those that you have are still there to be read."
    return Answer(said, [parts.section(said), parts.actions(START)])


def _named(session: Session, row: Subscription | None) -> list[str]:
    """What a subscription is about, as people write it: "all", or teams that are there by name."""
    kept = list(row.about) if row else []
    if EVERYONE in kept:
        return [EVERYONE]
    ids = [int(each.removeprefix(TEAM)) for each in kept]
    rows = select(Team.name).where(Team.id.in_(ids), ~Team.is_retired).order_by(Team.name)
    return [f"{TEAM}{each}" for each in session.scalars(rows)]


def _command(asked: Asked) -> str:
    return asked.parts.settings.slack_command


VERBS = {"report": report}
