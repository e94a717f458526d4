"""Every message stays within Slack's limits, and whatever people type can neither format, mention nor link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from app.domain.adoption import Progress
from app.domain.lifecycle import KEYS
from app.queries.notice import (
    IncidentNotice,
    ItemNotice,
    Notice,
    PracticeLine,
    PracticeNotice,
    ServiceLine,
    SlipLine,
    SlipNotice,
    Who,
)
from app.slack.grammar import understand
from app.slack.grammar.verbs import BY_NAME
from app.slack.messages import BUILDERS, Message
from app.slack.messages.card import card, private_card
from app.slack.messages.parts import capped, typed
from app.slack.verbs import VERBS
from tests.slack.by_blockkit import agrees_with_message

BASE = "https://ratchet.example.com"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA, BEN = Who(1, "Ana", "U0ANA"), Who(2, "Ben")
HOSTILE = [
    "<!channel> everybody", "<@U0ANA|boss>", "&lt;script&gt;", "*bold* _italic_ ~gone~ `code`", "🔥" * 5_000,
    "x" * 5_000, "word " * 1_000, "<https://evil.example|click here>", "@here @channel", "a\n> quote\n```\nx",
    "&" * 5_000, "\u202egnp.exe", "\x00\x07", "",
]  # fmt: skip
anything = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))


def incident(text: str = "Checkout is down", **more: Any) -> IncidentNotice:
    told: dict[str, Any] = {
        "number": 42, "title": text, "severity": "SEV1", "stage": "review", "state": "active", "declared_at": AT,
        "stage_entered_at": AT, "waits_for": "Ben", "services": [ServiceLine(text, text)] * 30, "commander": ANA,
        "declared_by": BEN, "facilitator": BEN, "started_at": AT, "resolved_at": AT, "impact": text,
        "customer_minutes": 12, "how_resolved": text, "summary": text, "lessons": text, "factors": 2, "items": 3,
        "items_open": 1, "none_needed_because": text, "pattern": text, "decision": "new", "reason": text,
        "practices": [PracticeLine(number, text, "accepted") for number in range(1, 30)],
    }  # fmt: skip
    return IncidentNotice(**{**told, **more})


def notice(event: str, text: str = "Checkout is down", **more: Any) -> Notice:
    practice = PracticeNotice(
        number=5, statement=text, why=text, state="accepted", level="must", target_percent=90,
        target_on=date(2026, 5, 1), author=ANA, progress=Progress("BP-5", 3, 8, 90), to_do=[text] * 10, to_do_count=90,
    )  # fmt: skip
    return Notice(
        event=event, at=AT, by=Who(3, text or "Cleo"), why=text, stage="review",
        incident=incident(text, **more), practice=practice,
        item=ItemNotice(7, text, "must", "prevent", date(2026, 3, 6), "open", ANA),
        slips=SlipNotice(
            team=text, team_name="shop", lines=[SlipLine(text, "BP-5", text, text)] * 6, count=900, services=80
        ),
    )  # fmt: skip


def texts(value: Any) -> Iterator[str]:
    """Every text object of a message."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def check(message: Message) -> None:
    """Slack's limits, as slack_sdk's models check them and as its documentation says."""
    assert 0 < len(message.text) <= 4_000
    assert 1 <= len(message.blocks) <= 5
    for parsed in Block.parse_all(message.blocks):
        parsed.to_dict()  # validates
    agrees_with_message(message.text, message.blocks)
    for block in message.blocks:
        if block["type"] == "section":
            assert 0 < _length(block["text"]["text"]) <= 3_000 if "text" in block else True
            assert len(block.get("fields", ())) <= 10
            assert all(0 < _length(each["text"]) <= 2_000 for each in block.get("fields", ()))
        elif block["type"] == "actions":
            assert 1 <= len(block["elements"]) <= 3
            assert len({each["action_id"] for each in block["elements"]}) == len(block["elements"])
            assert [each.get("style") for each in block["elements"]].count("primary") == 1
            for each in block["elements"]:
                assert len(each["text"]["text"]) <= 75
                check_button(each)
            assert block["elements"][-1].get("url", "").startswith(BASE)  # whoever would rather read can always do so
        else:
            assert len(block["elements"]) <= 10
            assert all(_length(each["text"]) <= 3_000 for each in block["elements"])
    for text in [*texts(message.blocks), message.text]:
        for found in re.findall(r"<[^>]*>", text):
            assert re.fullmatch(rf"<@U0ANA>|<{BASE}/[a-z0-9/_#-]+\|[A-Z]+-\d+>|<!date\^\d+\^[^|]+\|[^|>]+>", found)
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)


def check_button(of: dict[str, Any]) -> None:
    """It opens a page of ours, or does something that the bot knows how to do, to something that has a number."""
    if "url" in of:
        assert len(of["url"]) <= 3_000
        assert of["url"].startswith(BASE)
        return
    verb = of["action_id"].split(":")[1]
    assert verb in {*BY_NAME, *VERBS}
    understood = understand(f"{verb} {of['value']}", today=AT.date())
    assert verb not in BY_NAME or (understood.verb == verb and understood.refs and not understood.problems)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("event", sorted(BUILDERS))
@settings(max_examples=40, deadline=None)
@given(text=anything, stage=st.sampled_from(KEYS), state=st.sampled_from(["active", "blocked", "done"]))
def test_whatever_people_typed_a_message_keeps_slack_s_limits(event: str, text: str, stage: str, state: str) -> None:
    told = notice(event, text, stage=stage, state=state, waits_for=text)
    check(BUILDERS[event](told, BASE))


@pytest.mark.parametrize("event", sorted(BUILDERS))
def test_a_message_about_something_nobody_has_said_anything_about_can_be_built(event: str) -> None:
    bare = IncidentNotice(
        number=1, title="x", severity=None, stage="incident", state="active", declared_at=AT, stage_entered_at=AT
    )
    practice = PracticeNotice(number=1, statement="x", why="", state="proposed", level="must", target_percent=100)
    told = replace(notice(event), by=None, why="", incident=bare, practice=practice)
    check(BUILDERS[event](told, BASE))


@given(text=anything, most=st.integers(20, 300))
def test_a_cut_text_is_measured_after_escaping_and_never_ends_inside_an_entity(text: str, most: int) -> None:
    found = capped(text, most)
    assert _length(found) <= most
    assert not re.search(r"&(?!amp;|lt;|gt;)", found)


def test_a_long_text_is_cut_at_a_word() -> None:
    assert typed("all the checkouts in the world", 20) == "all the checkouts…"


def test_nothing_that_is_typed_pings_anybody() -> None:
    assert typed("<!channel> <@U1> <!here>") == "&lt;!channel&gt; &lt;@U1&gt; &lt;!here&gt;"
    assert all(text.get("verbatim") for text in _mrkdwn(card(incident("@channel"), BASE).blocks))


def _mrkdwn(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value
        for each in value.values():
            yield from _mrkdwn(each)
    elif isinstance(value, list):
        for each in value:
            yield from _mrkdwn(each)


def test_nothing_that_is_typed_is_formatted_but_names_in_code_stay_as_they_are() -> None:
    found = typed("*bold* _it_ ~no~ `code` http_timeout_ms 2*3")
    assert not re.search(r"(^|\W)[*_~`]\w", found)
    assert "http_timeout_ms" in found
    assert "2*3" in found


def test_the_card_says_what_where_who_and_what_is_awaited() -> None:
    told = incident(stage="resolution", waits_for="Ana", services=[ServiceLine("Checkout", "Payments")])
    shown = "\n".join(texts(card(told, BASE).blocks))
    for words in (
        f"<{BASE}/incidents/42|INC-42>", "Checkout is down", "SEV1", "Stage 2 of 8: Resolution",
        "Checkout (Payments)", "<@U0ANA>", "Resolution waits for Ana.",
    ):  # fmt: skip
        assert words in shown
    resolve, lead, page = card(told, BASE).blocks[2]["elements"]
    assert (resolve["text"]["text"], resolve["action_id"], resolve["value"]) == ("Resolve", "do:resolve:0", "INC-42")
    assert (lead["text"]["text"], lead["value"]) == ("Take the lead", "INC-42")
    assert (page["text"]["text"], page["url"]) == ("Open the resolution", f"{BASE}/incidents/42/resolution")


def _steps(message: Message) -> list[tuple[str, str]]:
    """What the buttons do that do anything: verb and value."""
    elements = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    return [(each["action_id"].split(":")[1], each["value"]) for each in elements if "url" not in each]


@pytest.mark.parametrize(
    ("stage", "states", "steps"),
    [
        ("incident", [], [("resolve", "INC-42"), ("take", "INC-42")]),
        ("resolution", [], [("resolve", "INC-42"), ("take", "INC-42")]),
        ("review", [], [("review", "INC-42")]),
        ("remediation", [], [("action", "INC-42")]),
        ("analysis", [], [("pattern", "INC-42")]),
        ("best_practice", [], [("practice", "INC-42")]),
        ("best_practice", ["accepted", "proposed"], [("accept", "BP-2"), ("practice", "INC-42")]),
        ("automation", ["automated", "accepted"], [("automate", "BP-2")]),
        ("adoption", ["adopted", "slipped", "automated"], [("adopt", "BP-2"), ("adopt", "BP-3")]),
    ],
)
def test_a_card_offers_what_is_done_next(stage: str, states: list[str], steps: list[tuple[str, str]]) -> None:
    practices = [PracticeLine(number, "x", state) for number, state in enumerate(states, start=1)]
    assert _steps(card(incident(stage=stage, practices=practices), BASE)) == steps


def test_a_card_that_is_blocked_offers_to_go_on_and_a_closed_one_nothing() -> None:
    assert _steps(card(incident(state="blocked"), BASE)) == [("unblock", "INC-42")]
    assert _steps(card(incident(stage="adoption", state="done"), BASE)) == []


@pytest.mark.parametrize(
    ("event", "state", "steps"),
    [
        ("PracticeProposed", "proposed", [("accept", "BP-5")]),
        ("PracticeProposed", "retired", []),
        ("PracticeAccepted", "accepted", [("automate", "BP-5")]),
        ("CheckActivated", "automated", [("adopt", "BP-5")]),
        ("PracticeSlipped", "slipped", [("adopt", "BP-5")]),
        ("ExemptionDeclined", "automated", [("adopt", "BP-5")]),
        ("ExemptionExpiring", "automated", [("adopt", "BP-5"), ("exempt", "BP-5")]),
        ("PracticeRetired", "retired", []),
    ],
)
def test_a_message_about_a_practice_offers_what_is_done_next(
    event: str, state: str, steps: list[tuple[str, str]]
) -> None:
    told = notice(event)
    assert told.practice
    of = replace(told.practice, state=state, to_do=[], to_do_count=0)
    assert _steps(BUILDERS[event](replace(told, practice=of), BASE)) == steps


def test_whoever_decides_on_an_exemption_is_a_click_away_from_both_answers() -> None:
    told = notice("ExemptionAsked")
    request = replace(told, exemption_id=12)
    assert _steps(BUILDERS["ExemptionAsked"](request, BASE)) == [("grant", "12"), ("decline", "12")]
    check(BUILDERS["ExemptionAsked"](request, BASE))


def test_an_owner_is_a_click_away_from_done_and_from_a_week_more_counted_from_its_date() -> None:
    told = notice("ActionItemAssigned")
    assert _steps(BUILDERS["ActionItemAssigned"](told, BASE)) == [("done", "ACT-7"), ("snooze", "ACT-7 by 2026-03-13")]
    assert told.item
    done = replace(told, item=replace(told.item, state="done"))
    assert _steps(BUILDERS["ActionItemAssigned"](done, BASE)) == []


def test_a_team_that_has_lost_something_adopts_it_again_for_all_of_its_services() -> None:
    assert _steps(BUILDERS["ServicesSlipped"](notice("ServicesSlipped"), BASE)) == [("adopt", "BP-5 ~shop")]


def test_a_closed_loop_awaits_nothing() -> None:
    shown = "\n".join(texts(card(incident(stage="adoption", state="done"), BASE).blocks))
    assert "The loop is closed: nothing is awaited." in shown


def test_only_the_person_who_must_act_is_pinged() -> None:
    told = notice("IncidentResolved", stage="review", facilitator=ANA, waits_for="Ana")
    assert "".join(texts(BUILDERS["IncidentResolved"](told, BASE).blocks)).count("<@") == 1
    own = replace(told, by=ANA)
    assert "<@" not in "".join(texts(BUILDERS["IncidentResolved"](own, BASE).blocks))


def test_the_owner_of_an_action_item_reads_what_is_theirs_and_by_when() -> None:
    shown = "\n".join(texts(BUILDERS["ActionItemAssigned"](notice("ActionItemAssigned"), BASE).blocks))
    assert "is yours: Checkout is down" in shown
    assert "must be done and verified by *Fri 6 Mar 2026*" in shown
    assert "<@U0ANA>" in shown


def test_what_nobody_has_measured_is_not_zero() -> None:
    told = notice("PracticeProposed")
    assert told.practice
    unknown = replace(told, practice=replace(told.practice, progress=None))
    assert "not measured yet" in "\n".join(texts(BUILDERS["PracticeProposed"](unknown, BASE).blocks))


def test_a_card_that_is_taken_down_tells_nothing_not_even_the_number() -> None:
    shown = str(private_card())
    assert "INC" not in shown
    assert "42" not in shown
