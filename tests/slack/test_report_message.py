"""The message of a weekly report: what it says, in what order, and that no figures and no title break it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.report import Figures
from app.domain.report_sections import Count, Need
from app.faces import words
from app.faces.brief import in_short
from app.queries import audience
from app.queries.reports import Kept
from app.slack.messages import parts
from app.slack.messages.parts import Message
from app.slack.messages.report import mine_button, report
from tests.faces import strategies
from tests.faces.sample import WEEK, figures
from tests.slack.asking import BASE, blocks_fit, buttons_of, harmless, length, of_button, texts
from tests.slack.by_blockkit import agrees_with_message

MADE = datetime(2026, 11, 23, 7, tzinfo=UTC)


def kept(of: Figures, **more: Any) -> Kept:
    about = {"revision": 1, "revisions": 1, "made_at": MADE, "is_late": False, **more}
    return Kept(of, audience.everyone("Europe/Berlin"), WEEK, **about)


def posted(of: Figures) -> Message:
    """As a channel reads it."""
    return report(kept(of), BASE, file_id="F1", buttons=(mine_button(),), is_public=True)


def made(of: Figures, file_id: str = "F1", **more: Any) -> Message:
    return report(kept(of, **more), BASE, file_id=file_id, buttons=(mine_button(),))


def check(message: Message) -> None:
    """What Slack takes, as its library, its documentation and a library of others say; and compact."""
    assert 0 < length(message.text) <= 4_000
    harmless(message.text)
    assert 2 <= len(message.blocks) <= 12
    blocks_fit(message.blocks)
    agrees_with_message(message.text, message.blocks)
    for each in message.blocks:
        if each["type"] == "image":
            assert 0 < length(each["alt_text"]) <= 2_000
    assert len(buttons_of(message.blocks)) <= 3


def seen(message: Message) -> str:
    return "\n".join(texts(message.blocks))


@settings(max_examples=80, deadline=None)
@given(of=strategies.figures(), why=strategies.texts, revision=st.integers(1, 3), is_late=st.booleans(), data=st.data())
def test_whatever_the_figures_are_and_people_typed_slack_takes_it(
    of: Figures, why: str, revision: int, is_late: bool, data: Any
) -> None:
    changed = data.draw(st.lists(strategies.texts, max_size=4))
    by = data.draw(st.none() | strategies.texts)
    hostile = [replace(each, path=data.draw(st.sampled_from(PATHS))) for each in of.needs]
    message = made(
        replace(of, needs=hostile), data.draw(st.sampled_from(["", "F1"])), revision=revision, revisions=3,
        is_late=is_late, why=why, changed=changed, by_name=by,
    )  # fmt: skip
    check(message)
    check(report(kept(of), BASE, is_public=True))


PATHS = ("/practices/5", "/teams/a?b=c&d=e", "https://evil.example", "/x|y", "/a>b", "", "/ü", "//evil.example", "/a b")


@settings(max_examples=50, deadline=None)
@given(of=strategies.figures())
def test_it_says_what_every_face_says(of: Figures) -> None:
    shown = seen(made(of))
    assert parts.typed(words.share(of.adoption.now)) in shown
    for each in in_short(of):
        assert parts.typed(each.sentence, 400) in shown
    assert f"{of.loops.closed_count:,} closed, {of.loops.opened_count:,} opened" in shown
    assert f"{of.slips.lost_count:,} lost, {of.slips.recovered_count:,} recovered" in shown


def test_a_week_reads_from_what_got_better_to_who_is_needed() -> None:
    shown = seen(made(figures()))
    order = ["Weekly report: Everyone", "Week 47, 16 to 22 November 2026", "*What got better*", "*What slipped*",
             "*What to do first*", "*Adoption*\n71.2 % (52 of 73)\n+6.9 points since last week", "*Furthest from",
             "*Needs someone*", "Open the report", "My own report"]  # fmt: skip
    places = [shown.index(each) for each in order]
    assert places == sorted(places)
    assert "9 of 25 adopt it, 23 must; begin with checkout and search" in shown
    assert "1,200 customer minutes" in shown


def test_an_owner_is_named_and_nobody_is_pinged() -> None:
    need = Need("slipped_practice", "<@U0ANA> <!channel>", "BP-5", "x", "/practices/5", "@here <!everyone>", 4_200)
    shown = seen(made(figures(needs=[need])))
    assert "<@" not in shown
    assert "<!" not in shown
    assert "4,200 customer minutes could be prevented" in shown


@settings(max_examples=50, deadline=None)
@given(of=strategies.figures())
def test_a_channel_is_told_of_no_incident_by_name(of: Figures) -> None:
    message = posted(of)
    for number in of.incidents:
        assert not number or f"INC-{number}" not in str(message)
        assert f"/incidents/{number}" not in str(message)


def test_in_a_channel_the_same_figures_and_the_same_owners_are_told() -> None:
    own, public = seen(made(figures())), seen(posted(figures()))
    assert "INC-61 “Checkout" in own
    assert "INC-61" not in public
    assert "1 incident could have been prevented (1,200 customer minutes)" in public
    assert "ACT-7" not in public
    assert f"• *Ana*: <{BASE}/reports/2026-W47|an action item> It is over its day." in public


def test_what_is_out_of_the_ordinary_is_said_and_nothing_else() -> None:
    assert "context" not in kinds(made(figures()).blocks)
    assert "Made late" in seen(made(figures(), is_late=True))
    told = seen(made(figures(), revision=2, revisions=2, why="Reported late", changed=["Adoption is 71.2 %."]))
    assert "Revision 2" in told
    assert "Reported late" in told
    assert "Changed: Adoption is 71.2 %." in told
    assert "This is a preview" in seen(made(figures(), is_preview=True))
    assert f"{BASE}/reports/2026-W47?revision=1" in str(made(figures(), revisions=2).blocks)


def test_without_its_chart_it_says_the_same() -> None:
    with_, without = made(figures()), made(figures(), "")
    assert [each for each in with_.blocks if each["type"] != "image"] == without.blocks
    assert with_.text == without.text
    (chart,) = [each for each in with_.blocks if each["type"] == "image"]
    assert chart["slack_file"] == {"id": "F1"}
    assert "71.2 %" in chart["alt_text"]


def test_where_nothing_is_known_it_says_so_and_not_zero() -> None:
    message = made(strategies.empty(), "")
    check(message)
    shown = seen(message)
    assert "*Adoption*\nunknown" in shown
    assert "0 %" not in shown
    assert "Needs someone" not in shown


def test_few_things_are_counted_and_no_percentage_is_made_of_them() -> None:
    few = figures(adoption=replace(figures().adoption, now=Count(3, 4, 1, 0), before=Count(2, 5, 1, 0)))
    assert "*Adoption*\n3 of 8\n+1" in seen(made(few))


def test_at_most_three_practices_and_five_needs_are_named() -> None:
    one = figures().practices[0]
    need = figures().needs[0]
    many = figures(practices=[replace(one, number=each) for each in range(1, 9)], needs=[need] * 5)
    shown = seen(made(many))
    assert shown.count("adopt it, 23 must") == 3
    assert shown.count("• *Ben*") == 5
    check(made(many))


def test_its_buttons_do_what_they_say() -> None:
    page, own = buttons_of(made(figures()).blocks)
    assert page["url"] == f"{BASE}/reports/2026-W47"
    meant = of_button(own["action_id"].split(":")[1], own["value"], MADE.date())
    assert (meant.verb, meant.words) == ("report", "mine")


def kinds(blocks: Sequence[Any]) -> list[str]:
    return [each["type"] for each in blocks]
