"""Campaigns: a practice's push to a target by a day. It closes by itself, reached or missed, or somebody ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain import adoption, best_practice, lifecycle, people
from app.domain import campaign as rules
from app.domain.errors import NotFound, Refused
from app.domain.events import CampaignClosed, CampaignStarted
from app.domain.people import RATCHET, Actor
from app.models.adoption import Campaign
from app.models.best_practice import Practice
from app.models.person import Person
from app.queries.criteria import standing_counts
from app.workflow import kit
from app.workflow.evaluation import EVALUATED
from app.workflow.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds."""

    why: str
    target_percent: int | None = 100
    starts_on: date | None = None
    ends_on: date | None = None
    owner_id: int | None = None


def start(work: Work, practice_number: int, told: Told, *, by: Actor, now: datetime) -> Campaign:
    """Push a practice to a target by a day; the teams whose services have to act hear of it. One at a time."""
    practice = kit.practice(work, practice_number, by, "campaign")
    if practice.state not in EVALUATED:
        raise Refused.because(
            "campaign.not_measured", f"{practice.name} is not measured: activate a check first, so that services count."
        )
    running = work.session.scalar(
        select(Campaign).where(Campaign.practice_id == practice.id, Campaign.state == rules.RUNNING)
    )
    if running is not None:
        raise Refused.because(
            "campaign.running",
            f"{practice.name} has a campaign until {_day(running.ends_on)} already: change or end that one.",
        )
    campaign = Campaign(practice_id=practice.id, state=rules.RUNNING, started_at=now, closed_because="")
    _fill(work, campaign, told, now)
    progress = _progress(work, practice, campaign)
    if progress.is_met:
        raise Refused.because(
            "campaign.reached",
            f"{practice.name} is there already: {progress.adopted} of {progress.applicable} services. "
            "Choose a higher target.",
            "target_percent",
        )
    kit.keep(work, campaign, by)
    why = f"{campaign.target_percent}% by {_day(campaign.ends_on)}: {campaign.why}"
    move = kit.record_practice(work, practice, "start_campaign", was=practice.state, by=by, now=now, why=why)
    work.tell(CampaignStarted(move_id=move, practice_id=practice.id, campaign_id=campaign.id, by_id=by.id, at=now))
    return campaign


def edit(work: Work, campaign_id: int, told: Told, *, version: int, by: Actor, now: datetime) -> Campaign:
    """Change a campaign that runs."""
    practice, campaign = _locked(work, campaign_id, by)
    _require_running(campaign)
    before = saved(campaign)
    kit.require_version(work, seen=version, current=campaign.version, edited_by_id=campaign.edited_by_id, saved=before)
    _fill(work, campaign, told, now)
    after = saved(campaign)
    if after == before:
        return campaign
    kit.keep(work, campaign, by)
    changed = ", ".join(_FIELD_WORDS[each] for each in after if after[each] != before[each])
    why = f"Changed {changed}: {campaign.target_percent}% by {_day(campaign.ends_on)}."
    kit.record_practice(work, practice, "edit_campaign", was=practice.state, by=by, now=now, why=why)
    settle(work, campaign, now)
    return campaign


def end(work: Work, campaign_id: int, *, why: str, by: Actor, now: datetime) -> Campaign:
    """Close a campaign before it has come to its target or its last day, for a reason."""
    practice, campaign = _locked(work, campaign_id, by)
    _require_running(campaign)
    why = kit.text(why, "why", most=2_000)
    lifecycle.require_reason(why, "Say why the campaign ends.")
    _close(work, practice, campaign, (rules.CLOSED_EARLY, "end_campaign"), why=why, by=by, now=now)
    return campaign


def settle(work: Work, campaign: Campaign, now: datetime) -> bool:
    """Close a campaign (its practice locked) that has come to its target, whose last day is over, or whose practice is
    retired. True: it is closed now."""
    if campaign.state != rules.RUNNING:
        return False
    practice = work.session.get_one(Practice, campaign.practice_id)
    today = now.date()
    progress = _progress(work, practice, campaign)
    words = f"{progress.adopted} of {progress.applicable} services have adopted it; the target was {progress.needed}."
    if practice.state == lifecycle.RETIRED:
        state, verb, words = rules.CLOSED_EARLY, "end_campaign", f"{practice.name} is retired."
    elif progress.is_met and campaign.starts_on <= today:
        state, verb = rules.REACHED, "reach_campaign"
    elif today > campaign.ends_on:
        state, verb = rules.MISSED, "miss_campaign"
    else:
        return False
    _close(work, practice, campaign, (state, verb), why=words, by=RATCHET, now=now)
    return True


def settle_due(work: Work, now: datetime) -> int:
    """Close every campaign that is due, and say how many. Only those few lock their practice."""
    rows = work.session.execute(
        select(Campaign, Practice)
        .join(Practice, Practice.id == Campaign.practice_id)
        .where(Campaign.state == rules.RUNNING)
        .order_by(Practice.id)
    ).all()
    counts = standing_counts(work.session, [practice.id for _, practice in rows])
    closed = 0
    for campaign, practice in rows:
        progress = adoption.progress(practice.name, counts.get(practice.id, ()), campaign.target_percent)
        if progress.is_met or practice.state == lifecycle.RETIRED or now.date() > campaign.ends_on:
            _, locked = _locked(work, campaign.id, RATCHET)
            closed += settle(work, locked, now)
    return closed


def saved(campaign: Campaign) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "why": campaign.why, "target_percent": campaign.target_percent, "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on, "owner_id": campaign.owner_id,
    }  # fmt: skip


_FIELD_WORDS = {
    "why": "the reason", "target_percent": "the target", "starts_on": "the first day", "ends_on": "the last day",
    "owner_id": "the owner",
}  # fmt: skip


def _fill(work: Work, campaign: Campaign, told: Told, now: datetime) -> None:
    campaign.why = kit.text(told.why, "why", most=2_000)
    if not campaign.why:
        raise Refused.because("campaign.why_missing", "Say why it matters now.", "why")
    campaign.target_percent = best_practice.require_target(told.target_percent)
    campaign.starts_on, campaign.ends_on = rules.require_days(told.starts_on, told.ends_on, now.date())
    owner = work.session.get(Person, told.owner_id) if told.owner_id is not None else None
    is_kept = owner is not None and owner.id == campaign.owner_id
    if owner is None or not (owner.is_active or is_kept):
        raise Refused.because("campaign.owner_missing", "Choose who drives it.", "owner_id")
    campaign.owner_id = owner.id


def _locked(work: Work, campaign_id: int, by: Actor) -> tuple[Practice, Campaign]:
    """A campaign and its practice, the practice locked first."""
    number = work.session.scalar(
        select(Practice.number).join(Campaign, Campaign.practice_id == Practice.id).where(Campaign.id == campaign_id)
    )
    if number is None:
        raise NotFound("There is no such campaign.")
    people.require(by, "campaign")
    return kit.practice(work, number, by, "campaign"), work.get(Campaign, campaign_id)


def _require_running(campaign: Campaign) -> None:
    if campaign.state != rules.RUNNING:
        raise Refused.because("campaign.closed", "This campaign is closed. Start another one instead.")


def _close(
    work: Work, practice: Practice, campaign: Campaign, how: tuple[str, str], *, why: str, by: Actor, now: datetime
) -> None:
    """`how`: the state it is in from now on, and the verb of the Move."""
    state, verb = how
    campaign.state, campaign.closed_at, campaign.closed_because = state, now, why
    kit.keep(work, campaign, by)
    move = kit.record_practice(work, practice, verb, was=practice.state, by=by, now=now, why=why)
    work.tell(CampaignClosed(move_id=move, practice_id=practice.id, campaign_id=campaign.id, by_id=by.id, at=now))


def _progress(work: Work, practice: Practice, campaign: Campaign) -> adoption.Progress:
    counts = standing_counts(work.session, [practice.id]).get(practice.id, ())
    return adoption.progress(practice.name, counts, campaign.target_percent)


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
