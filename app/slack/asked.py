"""What every verb, click and form is given, and what it gives back: the door of Slack in a few small shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.parts import Parts
from app.slack.grammar import Understood
from app.slack.messages.parts import Block
from app.workflow import receipt
from app.workflow.unit_of_work import Work

Result = TypeVar("Result")
COMMAND, MENTION, DIRECT, CLICK, FORM, SHORTCUT, HOME = (
    "command", "mention", "direct", "click", "form", "shortcut", "home",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where it was said. `ts` is the message that was clicked or that a shortcut was used on, `thread` its root."""

    team: str = ""
    channel: str = ""
    thread: str = ""
    ts: str = ""
    is_direct: bool = False


@dataclass(frozen=True)
class Reader:
    """Who looks at what is shown, on which day, and what addresses and commands begin with there."""

    by: Actor
    today: date
    base_url: str
    command: str


@dataclass(frozen=True)
class Asked:
    """One thing that one person wants, at one instant.

    `understood`: what was typed, or what a button stands for. `values`: what a submitted form holds, by field. `about`:
    what a form carries along since it was opened. `payload`: Slack's own, for shortcuts. `find_person`: the person
    behind a Slack account, or None.
    """

    by: Actor
    now: datetime
    key: str
    kind: str
    parts: Parts
    understood: Understood
    place: Place = Place()
    slack_user: str = ""
    time_zone: str = "UTC"
    values: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    find_person: Callable[[str], Actor | None] = lambda _slack_user: None

    @property
    def base_url(self) -> str:
        return self.parts.settings.base_url

    @property
    def reader(self) -> Reader:
        return Reader(self.by, self.today, self.base_url, self.parts.settings.slack_command)

    @property
    def today(self) -> date:
        """The day that it is for this person."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()

    def act(self, step: Callable[[Work], Result]) -> Result:
        """One call into the workflow, once: AlreadyDone if this request has changed something before."""
        with self.parts.begin() as work:
            receipt.take(work, self.key, now=self.now)
            return step(work)

    def read(self, question: Callable[[Session], Result]) -> Result:
        """Ask the database; the session is closed before anything is said to Slack."""
        with self.parts.read() as session:
            return question(session)

    def but(self, **changes: Any) -> Asked:
        return replace(self, **changes)


@dataclass(frozen=True)
class Opened:
    """A form to be shown: its name in the table of forms, what its fields hold, and what it carries along."""

    form: str
    filled: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What only the person who asked sees; a change of shared state is told to everybody by the outbox. `text` is
    mrkdwn in which everything typed is harmless (`parts.typed`); `blocks` are shown instead of it, if there are any."""

    text: str = ""
    blocks: Sequence[Block] = ()
    form: Opened | None = None


Verb = Callable[[Asked], Answer]


class Unclear(Exception):
    """It cannot be done as it was asked; the answer says what to do next. Nothing was changed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


@dataclass(frozen=True)
class Form:
    """A modal. `title` and `submit` have at most 24 characters.

    `fields(filled)` makes the blocks; the block id of an input is the name of its field, so that a refusal appears
    beside it. `filled(asked)` says what the fields hold at first, out of what was typed. `is_wanted` says whether what
    was typed asks for the form: then it is opened before anything is read. `act` is given the values.
    """

    title: str
    submit: str
    fields: Callable[[Mapping[str, Any]], Sequence[Block]]
    filled: Callable[[Asked], Opened]
    is_wanted: Callable[[Understood], bool]
    act: Verb
