"""Reports are told to whom they are for, posted where somebody asks, and corrected by a further revision."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.report_sections import Count
from app.domain.week import Week
from app.models.catalog import Service
from app.queries import reports
from app.workflow import catalog, incident, report, report_changes
from tests.cast import Cast, sentences
from tests.faces import sample
from tests.workflow.mondays import FIRST, W10, Mondays


@pytest.fixture
def mondays(cast: Cast) -> Mondays:
    """The first report is made, and says that one of three services has adopted the only practice."""
    made = Mondays(cast)
    made.look(FIRST)
    practice = cast.practice()
    cast.check(practice.number)
    cast.report(50, "checkout")
    made.look(made.monday())
    return made


def correct(mondays: Mondays, about: str = "all", *, by: str = "Ana", why: str = "A team was wrong.",
            week: Week = W10) -> int:  # fmt: skip
    cast = mondays.cast
    return report.correct(
        cast.begin, cast.begin.sessions, about, week, why=why, by=cast[by], now=cast.now, zone="UTC"
    )  # fmt: skip


def moved(mondays: Mondays) -> None:
    """The cart was of the team Search all along: history does not know, so the past is told otherwise from now on."""
    cast = mondays.cast
    told = catalog.ServiceTold(name="cart", team_id=cast.teams["search"], tier=1, kind="stateful")
    with cast.begin() as work:
        catalog.edit_service(work, "cart", told, version=1, by=cast["Ada"], now=cast.now)


# Who is told


def test_everyone_hears_in_the_channel_of_reports_and_each_team_in_its_own(mondays: Mondays) -> None:
    both = ("ReportMade", "ReportIllustrated")
    assert sorted(mondays.told()) == sorted(
        (event, who) for event in both for who in ("reports", "team:shop", "team:search")
    )


def test_a_chart_follows_its_message_and_a_week_the_week_before(mondays: Mondays) -> None:
    mondays.look(mondays.monday(Week(2026, 11)))
    rows = [each for each in mondays.messages() if each.audience == "reports"]
    assert [each.event for each in rows] == ["ReportMade", "ReportIllustrated"] * 2
    assert {each.lane for each in rows} == {"report:all:reports"}
    ids = [each.id for each in mondays.rows()]
    assert [each.payload["report_id"] for each in rows] == [ids[0], ids[0], ids[1], ids[1]]
    assert rows[0].dedupe_key == f"ReportMade:{ids[0]}:reports"
    assert {each.payload["audience"] for each in rows} == {"all"}
    assert {each.practice_id for each in rows} == {each.incident_id for each in rows} == {None}


def test_a_team_without_a_channel_has_its_report_and_no_message(mondays: Mondays, cast: Cast) -> None:
    with cast.begin() as work:
        catalog.edit_team(work, "search", catalog.TeamTold(name="search", title="Search"), by=cast["Ada"])
    before = len(mondays.told())
    mondays.look(mondays.monday(Week(2026, 11)))
    assert {who for _, who in mondays.told()[before:]} == {"reports", "team:shop"}
    assert len(mondays.rows(f"team:{cast.teams['search']}")) == 2


@pytest.mark.parametrize(
    ("slack", "mail", "heard"),
    [
        (True, False, [("ReportMade", "person:Cleo"), ("ReportIllustrated", "person:Cleo")]),
        (False, True, [("ReportMade", "mail:Cleo")]),
        (True, True, [("ReportMade", "person:Cleo"), ("ReportMade", "mail:Cleo"),
                      ("ReportIllustrated", "person:Cleo")]),
        (False, False, []),
    ],
)  # fmt: skip
def test_a_subscriber_hears_where_they_want_to(mondays: Mondays, slack: bool, mail: bool, heard: Any) -> None:
    mondays.subscribe("Cleo", "all", slack=slack, mail=mail)
    mondays.look(mondays.monday(Week(2026, 11)))
    assert [each for each in mondays.told() if each[1].endswith(":Cleo")] == heard


# Posted


def post(mondays: Mondays, about: str = "all", channel: str = "#all", *, by: str = "Cleo", week: Week | None = None,
         key: str = "") -> int:  # fmt: skip
    return mondays.cast.do(report.post, about, week, channel, by=by, zone="UTC", key=key)


def posted(mondays: Mondays) -> list[tuple[str, str, int]]:
    return [(each.event, each.audience, each.payload["report_id"]) for each in mondays.messages()
            if each.audience.startswith("channel:")]  # fmt: skip


def test_a_person_posts_the_latest_report_or_that_of_a_week_into_a_channel_once(mondays: Mondays) -> None:
    mondays.look(mondays.monday(Week(2026, 11)))
    first, second = (each.id for each in mondays.rows())
    assert post(mondays, key="click-1") == post(mondays, key="click-1") == second
    assert posted(mondays) == [
        ("ReportMade", "channel:#all", second), ("ReportIllustrated", "channel:#all", second)
    ]  # fmt: skip
    assert post(mondays, channel="C0123", week=W10, key="click-2") == first
    assert posted(mondays)[2:] == [
        ("ReportMade", "channel:C0123", first), ("ReportIllustrated", "channel:C0123", first)
    ]  # fmt: skip
    post(mondays, key="click-3")  # asked for again
    assert len(posted(mondays)) == 6


def test_without_a_key_a_double_click_posts_once(mondays: Mondays, cast: Cast) -> None:
    post(mondays)
    post(mondays)
    assert len(posted(mondays)) == 2
    cast.clock.tick(minutes=1)
    post(mondays)
    assert len(posted(mondays)) == 4


def test_what_cannot_be_posted_is_refused_in_words(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday(Week(2026, 11)))
    with pytest.raises(Refused, match="counts what only you may see"):
        post(mondays, "mine")
    for channel in ("", "  ", "#", "two words", "a:b", "<@U1>", "#" + "x" * 81):
        with pytest.raises(Refused, match="Name a channel of Slack"):
            post(mondays, channel=channel)
    with pytest.raises(NotFound, match="There is no report of 2026-W09"):
        post(mondays, week=Week(2026, 9))
    with pytest.raises(NotFound, match="There is no team nobody"):
        post(mondays, "team:nobody")
    with pytest.raises(NotAllowed):
        post(mondays, by="Dev")
    assert posted(mondays) == []


# Corrected


def test_a_correction_is_a_further_revision_that_says_what_changed_and_the_old_one_stays(
    mondays: Mondays, cast: Cast
) -> None:
    shop = f"team:{cast.teams['shop']}"
    before = mondays.rows(shop)[0].figures
    moved(mondays)
    cast.clock.tick(days=1)
    key = correct(mondays, "team:shop")
    first, second = mondays.rows(shop)
    assert (second.id, second.revision, second.week, second.is_late) == (key, 2, "2026-W10", False)
    assert (second.why, second.by_id, second.made_at) == ("A team was wrong.", cast.id("Ana"), cast.now)
    assert first.figures == before
    assert second.changed[0] == "Adoption: 1 of 2 → 1 of 1"
    assert second.changed[1:] == [
        "Needed for all targets together: 2 → 1", "BP-1: 1 of 2 → 1 of 1", "Team Shop: 1 of 2 → 1 of 1"
    ]  # fmt: skip
    found = cast.look(lambda session: reports.find(session, cast["Dev"], "team:shop", W10))
    assert (found.revision, found.revisions, found.figures.adoption.now) == (2, 2, Count(1))


def test_a_correction_is_told_where_the_report_was(mondays: Mondays, cast: Cast) -> None:
    moved(mondays)
    before = len(mondays.told())
    correct(mondays, "team:shop")
    assert mondays.told()[before:] == [("ReportMade", "team:shop"), ("ReportIllustrated", "team:shop")]


def test_the_week_is_computed_as_of_its_end_and_not_as_of_now(mondays: Mondays, cast: Cast) -> None:
    cast.report(50)  # everything is adopted, but after the week
    with pytest.raises(Refused) as refused:
        correct(mondays)
    assert sentences(refused) == ["There is nothing to correct: the figures of 2026-W10 are today what they were."]
    assert len(mondays.rows()) == 1


def test_a_second_correction_compares_with_the_first(mondays: Mondays, cast: Cast) -> None:
    moved(mondays)
    correct(mondays, "team:shop")
    with pytest.raises(Refused, match="There is nothing to correct"):
        correct(mondays, "team:shop")
    with cast.begin() as work:
        cart = work.session.query(Service).where(Service.name == "cart").one()
        told = catalog.ServiceTold(name="cart", team_id=cast.teams["shop"], tier=1, kind="stateful")
        catalog.edit_service(work, "cart", told, version=cart.version, by=cast["Ada"], now=cast.now)
    correct(mondays, "team:shop", why="It was right.")
    assert [each.revision for each in mondays.rows(f"team:{cast.teams['shop']}")] == [1, 2, 3]


def test_only_owners_correct_and_a_person_corrects_their_own(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Dev", "team:search")
    mondays.look(mondays.monday(Week(2026, 11)))
    moved(mondays)
    for who in ("Dev", "Cleo"):
        with pytest.raises(NotAllowed, match="Only owners or administrators may correct a weekly report"):
            correct(mondays, "team:search", by=who)
    correct(mondays, "mine", by="Dev", week=Week(2026, 11))
    assert [each.revision for each in mondays.rows(f"person:{cast.id('Dev')}")] == [1, 2]


def test_without_a_reason_or_a_report_nothing_is_corrected(mondays: Mondays) -> None:
    moved(mondays)
    with pytest.raises(Refused, match="Say why the report is corrected"):
        correct(mondays, "team:shop", why="  ")
    with pytest.raises(NotFound, match="There is no report of 2026-W09"):
        correct(mondays, "team:shop", week=Week(2026, 9))
    with pytest.raises(NotFound, match="You have no weekly report of your own"):
        correct(mondays, "mine")


def test_who_corrects_at_the_same_time_as_somebody_else_is_told(
    mondays: Mondays, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(mondays)
    compare = report_changes.between

    def meanwhile(*what: Any) -> list[str]:
        monkeypatch.undo()
        correct(mondays, "team:shop", by="Ben", why="First.")
        return compare(*what)

    monkeypatch.setattr(report_changes, "between", meanwhile)
    with pytest.raises(Refused, match="Somebody else has corrected 2026-W10 just now"):
        correct(mondays, "team:shop")
    assert [each.why for each in mondays.rows(f"team:{cast.teams['shop']}")] == ["", "First."]


# What has changed, in sentences


def test_every_section_that_differs_is_named_and_no_incident() -> None:
    was = sample.figures()
    assert report_changes.between(was, sample.figures()) == []
    emptied = {
        "needs": [], "loops": sample.replace(was.loops, opened=[], opened_count=1),
        "recurrences": sample.replace(was.recurrences, lines=was.recurrences.lines[:1], adopted_yet=0),
        "items": sample.replace(was.items, lines=[]), "title": "All",
        "practices": was.practices[:2],
        "stages": sample.replace(was.stages, longest=[]),
    }  # fmt: skip
    told = report_changes.between(was, sample.figures(**emptied))
    assert told == [
        "Its title: other lines or other words than before", "Loops opened: 2 → 1", "Recurrences: 2 → 1",
        "BP-2: 100.0 % (40 of 40) → not in it", "Action items overdue: other lines or other words than before",
        "Where incidents wait: other lines or other words than before", "Decisions that need someone: 2 → 0",
    ]  # fmt: skip
    assert not [each for each in told if "INC-" in each or "61" in each]


def test_percentages_are_rounded_down_as_in_the_report() -> None:
    was = sample.figures()
    now = sample.figures(adoption=sample.replace(was.adoption, now=Count(61, 0, 1, 3)))
    assert report_changes.between(was, now) == ["Adoption: 71.2 % (52 of 73) → 98.3 % (61 of 62)"]


def test_of_many_practices_a_dozen_is_named(mondays: Mondays) -> None:
    lines = [sample.replace(sample.practices()[0], number=n) for n in range(1, 21)]
    told = report_changes.between(sample.figures(practices=[]), sample.figures(practices=lines))
    assert (len(told), told[-1]) == (13, "and 8 more practices")


def test_a_private_incident_is_in_no_report_but_of_those_who_may_know_of_it(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Ana", "all")
    mondays.subscribe("Cleo", "all")
    cast.declare(title="Secret", is_private=True)
    week = Week(2026, 11)
    mondays.look(mondays.monday(week))
    counted = {key: mondays.figures(key).loops.opened_count for key in mondays.since()}
    assert {key for key, count in counted.items() if count} == {f"person:{cast.id('Ana')}"}
    with pytest.raises(Refused, match="There is nothing to correct"):
        correct(mondays, week=week)


def test_what_has_become_public_is_corrected_by_counts_alone(mondays: Mondays, cast: Cast) -> None:
    number = cast.declare(title="Secret", is_private=True)
    week = Week(2026, 11)
    mondays.look(mondays.monday(week))
    cast.do(incident.change_privacy, number, is_private=False, reader_ids=[])
    correct(mondays, week=week)
    changed = mondays.rows()[-1].changed
    assert "Loops opened: 0 → 1" in changed
    assert "Incident: 0 reached, 0 waiting, 0 blocked → 1 reached, 0 waiting, 0 blocked" in changed
    assert not [each for each in changed if str(number) in each or "Secret" in each]
