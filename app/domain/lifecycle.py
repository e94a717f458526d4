"""The lifecycle: one table to be read down, and the few moves that it allows.

Source: shared words of the product, "The eight stages". The rows say in words what the stage waits for; the
predicates behind the codes are in the module of each stage, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from app.domain.errors import Refusal, Refused

ACTIVE, BLOCKED, DONE, SKIPPED, AHEAD = "active", "blocked", "done", "skipped", "ahead"
SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


@dataclass(frozen=True)
class Stage:
    """One row of the table. `waits_for` is the person or people who can complete it; `exit` is code → sentence."""

    number: int
    key: str
    title: str
    purpose: str
    waits_for: str
    exit: Mapping[str, str]
    completes_itself: bool = False


STAGES = (
    Stage(
        1, "incident", "Incident", "Say what broke, how bad it is, and who leads.", "the commander",
        {
            "incident.title_missing": "Give the incident a title.",
            "incident.severity_missing": "Choose a severity, SEV1 to SEV4.",
            "incident.service_missing": "Name at least one affected service.",
            "incident.commander_missing": "Name a commander.",
        },
        completes_itself=True,
    ),
    Stage(
        2, "resolution", "Resolution", "Mitigate, resolve, and state the impact.", "the commander",
        {
            "resolution.times_missing": "Enter when it {which}.",
            "resolution.times_out_of_order": "Put the times in order: it {later} before it {earlier}.",
            "resolution.impact_missing": "State the impact: who could not do what.",
            "resolution.how_missing": "Say how it was resolved.",
        },
    ),
    Stage(
        3, "review", "Review", "Hold the postmortem and publish what was learned.", "the facilitator",
        {
            "review.facilitator_missing": "Name a facilitator.",
            "review.summary_missing": "Write a summary.",
            "review.timeline_missing": "Add at least one timeline entry.",
            "review.factor_missing": "Add at least one contributing factor.",
            "review.went_well_missing": "Answer what went well.",
            "review.went_badly_missing": "Answer what went badly.",
            "review.got_lucky_missing": "Answer where we got lucky.",
        },
    ),
    Stage(
        4, "remediation", "Remediation", "Fix what made it possible.", "the owners of open action items",
        {
            "remediation.items_missing": "Add at least one action item, or say why none is needed.",
            "remediation.item_open": "{item} must be done and verified, or dropped with a reason.",
            "remediation.item_unverified": "{item} is done but nobody has verified it yet.",
        },
    ),
    Stage(
        5, "analysis", "Analysis", "Say which failure pattern this is, and what follows from it.", "the facilitator",
        {
            "analysis.pattern_missing": "Link the failure pattern, new or known.",
            "analysis.decision_missing": "Decide: a new practice, a known practice, or none.",
            "analysis.reason_missing": "Give the reason for the decision.",
            "analysis.practice_missing": "Link the practice that was decided on.",
        },
    ),
    Stage(
        6, "best_practice", "Best practice", "Agree on the rule that would have met this.",
        "an owner other than the author",
        {
            "best_practice.practice_missing": "Link at least one practice.",
            "best_practice.not_accepted": "{practice} must be accepted by someone other than its author.",
            "best_practice.retired": "{practice} is retired: link another practice.",
        },
        completes_itself=True,
    ),
    Stage(
        7, "automation", "Automation", "Let a machine check the rule.", "the practice's owner",
        {
            "automation.practice_missing": "Link at least one practice.",
            "automation.check_missing": "{practice} needs an active check.",
        },
        completes_itself=True,
    ),
    Stage(
        8, "adoption", "Adoption", "Bring every service to the rule.", "the teams of services that have not adopted",
        {
            "adoption.practice_missing": "Link at least one practice.",
            "adoption.below_target": (
                "{practice} is adopted by {adopted} of {applicable} services; its target is {target}."
            ),
            "adoption.applies_to_none": (
                "{practice} applies to no service: change its selector or link another practice."
            ),
        },
        completes_itself=True,
    ),
)  # fmt: skip
KEYS = tuple(stage.key for stage in STAGES)
BY_KEY = MappingProxyType({stage.key: stage for stage in STAGES})
FIRST, LAST = STAGES[0], STAGES[-1]


@dataclass(frozen=True)
class Policy:
    """What one severity demands: the stages that may be skipped, and working days per stage until it is late."""

    skippable: frozenset[str]
    working_days: Mapping[str, int]


_DAYS = {"incident": 1, "resolution": 1, "review": 5, "remediation": 22, "analysis": 10, "best_practice": 10,
         "automation": 22, "adoption": 66}  # fmt: skip
_LATER = frozenset({"review", "remediation", "analysis", "best_practice", "automation", "adoption"})
DEFAULT_POLICY: Mapping[str, Policy] = MappingProxyType(
    {
        "SEV1": Policy(frozenset(), _DAYS),
        "SEV2": Policy(frozenset(), _DAYS),
        "SEV3": Policy(_LATER - {"review"}, {**_DAYS, "review": 10}),
        "SEV4": Policy(_LATER, {**_DAYS, "review": 10}),
    }
)


@dataclass(frozen=True)
class Position:
    """Where an incident stands: a stage and its state. `done` at the last stage means that the loop is closed."""

    stage: str
    state: str

    @property
    def is_closed(self) -> bool:
        return self.stage == LAST.key and self.state in (DONE, SKIPPED)

    @property
    def number(self) -> int:
        return BY_KEY[self.stage].number


START = Position(FIRST.key, ACTIVE)


def stage_after(key: str) -> Stage | None:
    number = BY_KEY[key].number
    return STAGES[number] if number < len(STAGES) else None


def sentence(code: str, *, field: str | None = None, **details: object) -> Refusal:
    """The refusal for one exit criterion, its sentence taken from the table; `field` is that of the form which mends
    it. KeyError: the code is not in the table."""
    stage = BY_KEY[code.split(".", maxsplit=1)[0]]
    return Refusal(code, stage.exit[code].format(**details), field)


def require_current(at: Position, stage: str) -> None:
    """A step names the stage that its person was looking at; an old page or a second click changes nothing."""
    if at.is_closed:
        raise Refused.because("stage.closed", "The loop of this incident is closed. Reopen a stage first.")
    if stage not in BY_KEY:
        raise Refused.because("stage.unknown", "There is no such stage.", "stage")
    if at.stage != stage:
        now, then = BY_KEY[at.stage].title, BY_KEY[stage].title
        raise Refused.because("stage.not_current", f"The incident is at {now}, not at {then}. Nothing was changed.")


def advance(at: Position, stage: str, missing: Sequence[Refusal]) -> Position:
    """Complete the current stage. Refused: another stage is current, it is blocked, or criteria do not hold."""
    require_current(at, stage)
    if at.state == BLOCKED:
        raise Refused.because("stage.blocked", f"{BY_KEY[stage].title} is blocked. Unblock it first.")
    if missing:
        raise Refused(missing)
    return _onwards(at, DONE)


def skip(at: Position, stage: str, severity: str | None, why: str, policy: Mapping[str, Policy]) -> Position:
    """Leave the current stage out, with a reason, where the severity's policy allows it; a blocked one above all."""
    require_current(at, stage)
    require_reason(why, "Say why this stage is skipped.")
    if severity is None or stage not in policy[severity].skippable:
        raise Refused.because(
            "stage.not_skippable", f"{severity or 'An incident without severity'} may not skip {BY_KEY[stage].title}."
        )
    return _onwards(at, SKIPPED)


def leave_out(at: Position) -> Position:
    """Skip without asking the policy: the stages that have no object once analysis has decided on no practice."""
    require_current(at, at.stage)
    return _onwards(at, SKIPPED)


def block(at: Position, stage: str, why: str) -> Position:
    require_current(at, stage)
    require_reason(why, "Say what blocks it.")
    if at.state == BLOCKED:
        raise Refused.because("stage.already_blocked", f"{BY_KEY[stage].title} is already blocked.")
    return Position(at.stage, BLOCKED)


def unblock(at: Position, stage: str) -> Position:
    require_current(at, stage)
    if at.state != BLOCKED:
        raise Refused.because("stage.not_blocked", f"{BY_KEY[stage].title} is not blocked.")
    return Position(at.stage, ACTIVE)


def reopen(at: Position, stage: str, why: str) -> Position:
    """Go back to an earlier stage, or to the last one of a closed loop. What was entered stays."""
    if stage not in BY_KEY:
        raise Refused.because("stage.unknown", "There is no such stage.", "stage")
    require_reason(why, "Say why it is reopened.")
    if BY_KEY[stage].number > at.number or (stage == at.stage and not at.is_closed):
        raise Refused.because("stage.not_earlier", f"{BY_KEY[stage].title} has not been completed yet.", "stage")
    return Position(stage, ACTIVE)


def require_reason(why: str, ask: str) -> None:
    if not why.strip():
        raise Refused.because("why.missing", ask, "why")


def _onwards(at: Position, left: str) -> Position:
    following = stage_after(at.stage)
    return Position(following.key, ACTIVE) if following else Position(at.stage, left)


@dataclass(frozen=True)
class Tooth:
    """One stage of one incident's rail: its state, since when, and the reason if it is blocked or skipped."""

    stage: Stage
    state: str
    since: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Step:
    """What the rail needs of a Move."""

    verb: str
    from_stage: str | None
    to_stage: str
    to_state: str
    at: datetime
    why: str


# The verbs that change where an incident stands; all others are edits, and change neither a state nor its since-when.
POSITION_VERBS = frozenset({"declare", "advance", "skip", "leave_out", "block", "unblock", "reopen"})


def rail(at: Position, steps: Iterable[Step]) -> tuple[Tooth, ...]:
    """The eight stages of one incident, folded from its Moves in order. Only skip, advance and reopen leave a mark."""
    left: dict[str, Tooth] = {}
    entered: dict[str, Step] = {}
    blocked: Step | None = None
    for step in steps:
        if step.verb not in POSITION_VERBS:
            continue
        if step.verb == "block":
            blocked = step
        elif step.verb != "unblock":  # a stage that goes on is as old as it was
            entered[step.to_stage] = step
        if step.verb in ("advance", "skip", "leave_out") and step.from_stage:
            state = DONE if step.verb == "advance" else SKIPPED
            left[step.from_stage] = Tooth(BY_KEY[step.from_stage], state, step.at, step.why)
        elif step.verb == "reopen":
            for stage in STAGES[BY_KEY[step.to_stage].number - 1 :]:
                left.pop(stage.key, None)
    teeth = []
    for stage in STAGES:
        if stage.key == at.stage and not at.is_closed:
            last = blocked if at.state == BLOCKED else entered.get(stage.key)
            why = last.why if last and at.state == BLOCKED else ""
            teeth.append(Tooth(stage, at.state, last.at if last else None, why))
        else:
            teeth.append(left.get(stage.key, Tooth(stage, AHEAD)))
    return tuple(teeth)


def due_at(entered: datetime, stage: str, severity: str | None, policy: Mapping[str, Policy]) -> datetime | None:
    """When the stage is late: so many working days (Monday to Friday) after it was entered. None without severity."""
    if severity is None:
        return None
    at, left = entered, policy[severity].working_days[stage]
    while left > 0:
        at += timedelta(days=1)
        left -= at.weekday() < 5
    return at


# The practice has its own short lifecycle; incidents at stages 6 to 8 move along with it.
PROPOSED, ACCEPTED, AUTOMATED, ADOPTED, SLIPPED, RETIRED = (
    "proposed", "accepted", "automated", "adopted", "slipped", "retired",
)  # fmt: skip
PRACTICE_STEPS: Mapping[str, tuple[frozenset[str], str, str]] = MappingProxyType(
    {
        # verb: (from, to, what to say otherwise)
        "accept": (frozenset({PROPOSED}), ACCEPTED, "Only a proposed practice can be accepted."),
        "automate": (frozenset({ACCEPTED}), AUTOMATED, "A practice must be accepted before its check is activated."),
        "adopt": (frozenset({AUTOMATED, SLIPPED}), ADOPTED, "Only a practice with an active check can be adopted."),
        "slip": (frozenset({ADOPTED}), SLIPPED, "Only an adopted practice can slip."),
        "retire": (
            frozenset({PROPOSED, ACCEPTED, AUTOMATED, ADOPTED, SLIPPED}), RETIRED, "The practice is already retired.",
        ),
    }
)  # fmt: skip


def practice_step(state: str, verb: str) -> str:
    """The state after one step of a practice. Refused: the step does not fit its state."""
    allowed, after, otherwise = PRACTICE_STEPS[verb]
    if state not in allowed:
        raise Refused.because(f"practice.not_{verb}", otherwise)
    return after
