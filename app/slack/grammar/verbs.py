"""The verbs: one table, to be read down. It is what the bot can do, what `help` says, and what the parser obeys.

A verb may be typed in any of its `words`, whatever the case, with or without hyphens and spaces, with a colon after it.
Some words also begin sentences that people type when something breaks ("fix is not working", "open connections
exhausted"). They stand in `also`, and count only alone, with a number, or with something that this verb alone takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.slack.grammar.understood import INCIDENT, ITEM, PRACTICE

# What a verb can take beside numbers; what it does not take stays in the words.
PEOPLE, CHANNELS, LABELS, SEVERITY, DUE, LATER, WEEK, WORDS = (
    "people", "channels", "labels", "severity", "due", "later", "week", "words",
)  # fmt: skip


@dataclass(frozen=True)
class Verb:
    """One row. `refs`: the kinds of number that it takes, that of a bare number first; `takes`: what else.

    `at_most` is how many numbers it takes; `owners` how many people. `knows` are the words that a verb takes which
    takes no others. `says` is its sentence in the help.
    """

    name: str
    stage: str
    says: str
    example: str
    words: str = ""
    also: str = ""
    refs: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    at_most: int = 1
    owners: int = 1
    knows: str = ""

    @property
    def known(self) -> tuple[str, ...]:
        return _listed(self.knows)

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.name, *_listed(self.words), *_listed(self.also))


def _listed(words: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in words.split(",") if each.strip())


def _takes(*what: str) -> frozenset[str]:
    return frozenset(what)


VERBS = (
    Verb(
        "declare", "Incident", "Declare an incident: a form opens with what you typed. The verb may be left out.",
        "checkout is down sev2 #payments @bob",
        words="incident, new, log, create, declare incident, declare an incident, new incident, log incident, "
        "log an incident, create incident, create an incident, report incident, report an incident",
        takes=_takes(PEOPLE, CHANNELS, LABELS, SEVERITY, WORDS), owners=99,
    ),
    Verb(
        "take", "Incident", "Take the lead of an incident: you become its commander.", "take 42",
        words="i take, i take it, take it", refs=(INCIDENT,),
    ),
    Verb(
        "severity", "Incident", "Change how bad an incident is.", "sev 2 42",
        words="sev", refs=(INCIDENT,), takes=_takes(SEVERITY),
    ),
    Verb(
        "timeline", "Incident", "Add a line to the timeline of an incident.", "timeline 42 database failed over",
        words="note", also="update", refs=(INCIDENT,), takes=_takes(WORDS),
    ),
    Verb(
        "resolve", "Resolution", "Say that an incident is over, and how.", "resolve 42 rolled back",
        words="resolved, fixed", also="close", refs=(INCIDENT,), takes=_takes(WORDS),
    ),
    Verb(
        "review", "Review", "Start the review of an incident, or show it; name its facilitator.", "review 42 @ann",
        words="retro, postmortem, rca", refs=(INCIDENT,), takes=_takes(PEOPLE),
    ),
    Verb(
        "action", "Remediation", "Add an action item, with its owner and its date.",
        "action 42 probe checkout @bob by fri",
        words="todo", also="fix, task, remediation, item", refs=(INCIDENT,), takes=_takes(PEOPLE, DUE, WORDS),
    ),
    Verb(
        "done", "Remediation", "Say that an action item is done.", "done act-7 deployed on Monday",
        refs=(ITEM,), takes=_takes(WORDS),
    ),
    Verb(
        "verify", "Remediation", "Say that you have seen a done action item work.", "verify act-7",
        refs=(ITEM,), takes=_takes(WORDS),
    ),
    Verb(
        "snooze", "Remediation", "Move the date of an action item.", "snooze act-7 +1w",
        words="postpone", refs=(ITEM,), takes=_takes(DUE, LATER, WORDS),
    ),
    Verb(
        "assign", "Remediation", "Give an action item another owner, or an incident another commander.",
        "assign act-7 @bob", words="give", also="owner", refs=(ITEM, INCIDENT), takes=_takes(PEOPLE),
    ),
    Verb(
        "drop", "Remediation", "Say that an action item will not be done, and why.",
        "drop act-7 because the host is gone",
        words="won't do, wont do, wontfix", also="drop", refs=(ITEM,), takes=_takes(WORDS),
    ),
    Verb(
        "pattern", "Analysis", "Say which failure pattern one or several incidents share.",
        "pattern inc-42 inc-38 no canary probe",
        words="analyze, analyse, analysis", refs=(INCIDENT,), takes=_takes(WORDS), at_most=20,
    ),
    Verb(
        "practice", "Best practice", "Propose a best practice.", "bp every canary probes the money path",
        words="bp, best practice", refs=(PRACTICE, INCIDENT), takes=_takes(LABELS, WORDS),
    ),
    Verb(
        "accept", "Best practice", "Accept a practice that somebody else has proposed.", "accept bp-5",
        refs=(PRACTICE,),
    ),
    Verb(
        "confirm", "Best practice", "Say that a practice is still right, and when to look at it again.",
        "confirm bp-5 by 2027-05-01", words="still right", also="confirm", refs=(PRACTICE,), takes=_takes(DUE),
    ),
    Verb(
        "retire", "Best practice", "Say that a practice holds no longer, and why.",
        "retire bp-5 the proxy sets it now", also="retire", refs=(PRACTICE,), takes=_takes(WORDS),
    ),
    Verb(
        "automate", "Automation", "Give a practice a check that a machine runs.",
        "automate bp-5 ci blocks a missing probe",
        also="automation, check", refs=(PRACTICE,), takes=_takes(WORDS),
    ),
    Verb(
        "adopt", "Adoption", "Say that a team or a service follows a practice.", "adopt bp-5 ~payments",
        words="adopted", also="adoption", refs=(PRACTICE,), takes=_takes(LABELS, WORDS),
    ),
    Verb(
        "advance", "Stages", "Complete the current stage of an incident, or hear what it lacks.", "next 42",
        also="next", refs=(INCIDENT,),
    ),
    Verb(
        "block", "Stages", "Say what an incident waits for.", "block 42 waiting for the vendor",
        also="block, blocked", refs=(INCIDENT,), takes=_takes(WORDS),
    ),
    Verb(
        "unblock", "Stages", "Say that an incident waits no more.", "unblock 42",
        refs=(INCIDENT,), takes=_takes(WORDS),
    ),
    Verb(
        "skip", "Stages", "Leave out the current stage, where policy allows it, and say why.",
        "skip 42 nothing to learn here", refs=(INCIDENT,), takes=_takes(WORDS),
    ),
    Verb(
        "reopen", "Stages", "Go back to an earlier stage, and say why.", "reopen 42 it came back",
        refs=(INCIDENT, ITEM), takes=_takes(WORDS),
    ),
    Verb("mine", "Look", "See what waits for you.", "mine", words="my, me, my items, my tasks, my actions"),
    Verb(
        "find", "Look", "Find incidents, practices and action items by their words.", "find retry storm",
        words="s", also="search", takes=_takes(SEVERITY, LABELS, WORDS),
    ),
    Verb(
        "show", "Look", "See where an incident, a practice or an action item stands. The number alone does the same.",
        "42", words="see, show me", also="open, inc, status", refs=(INCIDENT, PRACTICE, ITEM),
    ),
    Verb(
        "report", "Look", "See the weekly report: this week so far, another week's, a team's or your own. With a "
        "channel it is posted there; weekly brings your own on Mondays, stop ends that.",
        "report last", words="weekly report, weekly", takes=_takes(WEEK, CHANNELS, LABELS),
        knows="mine, weekly, stop, my, own, subscribe, unsubscribe",
    ),
    Verb(
        "help", "Help", "See what the bot understands, or more about one verb.", "help resolve",
        words="?", takes=_takes(WORDS),
    ),
    Verb(
        "menu", "Help", "See buttons for what is asked most. Nothing typed does the same.", "menu",
        words="home, hi, hello, hey",
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in VERBS})


def key_of(words: str) -> str:
    """How spellings are compared: "Best-Practice", "best practice" and "bestpractice" are one."""
    return "".join(each for each in words.casefold() if each not in " -_'’:")


@dataclass(frozen=True)
class Spelling:
    """One way to type a verb; `is_shy` when the same word also begins ordinary sentences."""

    key: str
    verb: Verb
    is_shy: bool


SPELLINGS: Mapping[str, Spelling] = MappingProxyType(
    {
        key: Spelling(key, verb, is_shy=key in map(key_of, _listed(verb.also)))
        for verb in VERBS
        for key in map(key_of, verb.spellings)
    }
)
LONGEST = 3  # pieces in the longest spelling: "i take it"
