"""People choose a weekly report of their own, and how it comes."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Conflict, NotAllowed, Refused
from app.domain.people import RATCHET
from app.models.report import Subscription
from app.queries import audience
from app.workflow import catalog, report
from tests.cast import Cast, sentences
from tests.workflow.mondays import FIRST, Mondays


@pytest.fixture
def mondays(cast: Cast) -> Mondays:
    made = Mondays(cast)
    made.look(FIRST)
    return made


def kept(mondays: Mondays, who: str) -> tuple[list[str], bool, bool, int]:
    row = mondays.cast.look(lambda session: session.get(Subscription, mondays.cast.id(who)))
    assert row is not None
    return row.about, row.by_slack, row.by_mail, row.version


def test_a_viewer_may_subscribe_to_everyone_or_to_some_teams(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Dev", "team:shop", "team:search", mail=True)
    assert kept(mondays, "Dev") == ([f"team:{each}" for each in sorted(cast.teams.values())], True, True, 1)
    mondays.subscribe("Dev", "all", "team:shop", slack=False, mail=True, version=1)
    assert kept(mondays, "Dev") == (["all"], False, True, 2)  # everyone includes the team


def test_a_report_may_only_be_there_to_be_read(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Cleo", "all", slack=False)
    mondays.look(mondays.monday())
    assert mondays.weeks(f"person:{cast.id('Cleo')}") == ["2026-W10"]
    assert not [who for _, who in mondays.told() if who.endswith(":Cleo")]


def test_about_nothing_ends_the_subscription(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Cleo", "team:shop", mail=True)
    mondays.subscribe("Cleo", version=1, mail=True)
    assert kept(mondays, "Cleo") == ([], False, False, 2)
    assert [each.key for each in cast.look(lambda session: audience.current(session, "UTC"))] == [
        "all", *(f"team:{each}" for each in sorted(cast.teams.values()))
    ]  # fmt: skip
    mondays.subscribe("Cleo", slack=False, version=2)
    assert kept(mondays, "Cleo")[-1] == 2  # ended already


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ([], "Choose what your report is about: everyone, or some teams."),
        (["", " "], "Choose what your report is about: everyone, or some teams."),
        (["team:nobody"], "There is no team nobody."),
        (["team:shop", "team:it's; drop table team"], "There is no team it's; drop table team."),
        (["team:old"], "Old is retired: choose another team."),
        ([f"team:t{n}" for n in range(51)], "Choose everyone, or at most 50 teams; these are 51."),
    ],
)
def test_what_cannot_be_chosen_is_refused_beside_its_field(
    mondays: Mondays, cast: Cast, about: list[str], sentence: str
) -> None:
    with cast.begin() as work:
        catalog.add_team(work, catalog.TeamTold(name="old", title="Old", is_retired=True), by=cast["Ada"])
    with pytest.raises(Refused) as refused:
        mondays.subscribe("Cleo", *about)
    assert sentences(refused) == [sentence]
    assert refused.value.refusals[0].field == "about"
    assert f"person:{cast.id('Cleo')}" not in mondays.since()


def test_a_team_that_was_chosen_before_it_retired_may_stay(mondays: Mondays, cast: Cast) -> None:
    mondays.subscribe("Cleo", "team:shop")
    with cast.begin() as work:
        told = catalog.TeamTold(name="shop", title="Shop", is_retired=True)
        catalog.edit_team(work, "shop", told, by=cast["Ada"])
    mondays.subscribe("Cleo", "team:shop", "team:search", version=1)
    assert len(kept(mondays, "Cleo")[0]) == 2


def test_what_was_saved_meanwhile_is_not_overwritten(mondays: Mondays) -> None:
    mondays.subscribe("Cleo", "team:shop", "team:search")
    with pytest.raises(Conflict) as conflict:
        mondays.subscribe("Cleo", "all")
    assert conflict.value.who == "Cleo"
    assert conflict.value.saved == {"about": ["team:search", "team:shop"], "by_slack": True, "by_mail": False}
    mondays.subscribe("Cleo", "team:search", "team:shop")  # a second click says the same
    assert kept(mondays, "Cleo")[1:] == (True, False, 1)


def test_only_a_person_may_subscribe(mondays: Mondays, cast: Cast) -> None:
    def subscribe(work: Any) -> None:
        report.subscribe(work, about=["all"], by_slack=True, by_mail=False, version=0, by=RATCHET, now=cast.now)

    with pytest.raises(NotAllowed), cast.begin() as work:
        subscribe(work)


def test_what_it_is_about_may_change_between_two_mondays(mondays: Mondays, cast: Cast) -> None:
    mine = f"person:{cast.id('Cleo')}"
    since = mondays.subscribe("Cleo", "team:shop")
    assert since.version == 1
    first = mondays.since()[mine]
    cast.clock.tick(hours=5)
    mondays.subscribe("Cleo", "team:search", version=1)
    assert mondays.since()[mine] == first  # it is the same subscription: nothing is missed
    mondays.look(mondays.monday())
    assert mondays.figures(mine).teams == ["Search"]
