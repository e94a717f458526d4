"""Whatever people type, Slack shows every answer and every form, and nothing in them formats, mentions or links."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import RatchetError
from app.models.incident import Incident
from app.models.person import Person
from app.slack import inputs
from app.slack.asked import Answer, Opened, Unclear
from app.slack.grammar import Ref, Understood
from app.slack.grammar.verbs import BY_NAME
from app.slack.verbs import FORMS, LOOKUPS, VERBS
from app.slack.verbs.filling import cut, length
from tests.slack.asking import fits
from tests.slack.asking_stages import Desk, desk

HOSTILE = [
    "<!channel> everybody", "<@U0ANA|boss>", "&lt;script&gt;", "*bold* _italic_ ~gone~ `code`", "🔥" * 5_000,
    "x" * 5_000, "word " * 1_000, "<https://evil.example|click here>", "@here @channel", "a\n> quote\n```\nx",
    "&" * 5_000, "\u202egnp.exe", "\x00\x07", "", " ", "because", "review", "best practice",
]  # fmt: skip
anything = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))
INCIDENTS = ("take", "severity", "timeline", "resolve", "review", "action", "assign", "details",
             "advance", "block", "unblock", "skip", "reopen")  # fmt: skip
ITEMS = ("done", "verify", "snooze", "assign", "drop", "reopen")
OURS = ("declare", "details", "timeline", "resolve", "review", "action", "assign", "drop", "block", "skip", "reopen")
PERSISTENT = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


WHAT = st.sampled_from([
    ("declare", None), *((verb, Ref("incident", 1)) for verb in INCIDENTS), *((verb, Ref("item", 1)) for verb in ITEMS)
])  # fmt: skip


def understood(text: str, verb: str, ref: Ref | None) -> Iterator[Understood]:
    """The verb with that text: as bare as it can be, with everything, and as what was not clear."""
    refs = (ref,) if ref else ()
    yield Understood(text, verb, text, refs)
    yield Understood(text, verb, text, refs, people=("U0BEN", "U0NEW"), on=date(2026, 4, 1), severity="SEV2")
    yield Understood(text, verb, text, refs, people=("@" + text,), labels=(text,), problems=(text,))


@PERSISTENT
@given(text=anything, what=WHAT)
def test_every_answer_can_be_shown_whatever_was_typed(at: Desk, text: str, what: tuple[str, Ref | None]) -> None:
    named(at, text)
    for each in understood(text, *what):
        for by in (at.ana, at.dev):
            with suppress(RatchetError):
                at.done(at.asked(each, by))
            if each.verb in FORMS:
                _open(at, each, by)


def _open(at: Desk, each: Understood, by: Any) -> None:
    """The form of the verb, as the button below a refusal opens it."""
    asked = at.asked(each, by)
    with suppress(RatchetError):
        opened = _filled(each.verb, asked)
        if opened is not None:
            fits(Answer(form=opened))


def _filled(verb: str, asked: Any) -> Opened | None:

    try:
        return FORMS[verb].filled(asked)
    except Unclear as unclear:
        fits(unclear.answer)
        return None


def named(at: Desk, text: str) -> None:
    """An incident, an action item and people whose names and reasons are this text, as far as the steps allow it."""
    with at.office.begin() as work:
        found = work.session.query(Incident).filter_by(number=1).one_or_none()
    if found is None:
        made = at.office.declare()
        at.say(f"action {made.number} probe checkout <@U0BEN> by fri")
        at.say(f"take {made.number}", at.ben)
    clean = "".join(each for each in text if each != "\x00")[:200] or "x"
    with at.office.begin() as work:
        work.session.query(Incident).filter_by(number=1).update({"title": clean})
        work.session.query(Person).filter_by(id=at.ben.id).update({"name": clean})


@PERSISTENT
@given(text=anything)
def test_messages_of_anybody_open_forms_that_can_be_shown(at: Desk, text: str) -> None:
    for name in ("declare_from_message", "add_to_timeline"):
        message = {"text": text, "user": text[:20], "username": text, "ts": text}
        with suppress(RatchetError):
            at.shortcut(name, message=message, channel={"id": "C1"}, permalink=text)


@PERSISTENT
@given(text=anything, name=st.sampled_from(OURS))
def test_whatever_stands_in_a_field_is_saved_or_refused_with_a_sentence(at: Desk, text: str, name: str) -> None:
    named(at, "x")
    ref = Ref("item", 1) if name == "drop" else Ref("incident", 1)
    opened = _filled(name, at.asked(Understood("", name, "", (ref,)), at.ana))
    if opened is None:
        return
    blocks = FORMS[name].fields(opened.filled)
    fields = [b["block_id"] for b in blocks if b["type"] == "input" and b["element"]["type"] == "plain_text_input"]
    with suppress(RatchetError):
        at.submit(Answer(form=opened), **dict.fromkeys(fields, text))


def test_a_shortcut_without_a_message_is_answered_kindly(at: Desk) -> None:
    of = at.office.declare()
    for name in ("declare_from_message", "add_to_timeline"):
        opened = at.shortcut(name)
        assert opened.form is not None
    assert of.number


@PERSISTENT
@given(text=anything)
def test_whatever_is_looked_for_is_answered(at: Desk, text: str) -> None:
    for kind in ("service", "open_incident"):
        assert len(inputs.options(LOOKUPS[kind](at.asked(Understood("", ""), at.ana), text))) <= 100


@given(text=anything, most=st.integers(20, 300))
def test_a_cut_text_is_as_long_as_slack_allows(text: str, most: int) -> None:
    assert length(cut(text, most)) <= most
    assert cut(text, most) == text or cut(text, most).endswith("…")


def test_every_verb_of_these_stages_has_its_room() -> None:
    assert {*BY_NAME, *INCIDENTS, *ITEMS} <= set(VERBS)
    assert set(OURS) <= set(FORMS)
