"""The sections that all faces share: their order, their explanations, what is cut, and where they lead."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from app.domain.report import Figures
from app.domain.report_sections import Loops
from app.faces.how import HOW
from app.faces.meta import Meta
from app.faces.sections import sections
from tests.faces import strategies
from tests.faces.sample import AS_OF, WEEK, figures

PAGE = "/reports/2026-W47"


def test_they_stand_in_the_order_of_the_report() -> None:
    assert [each.title for each in sections(figures()) if each.level == 2] == [
        "Needs someone", "Adoption", "Loops closed and opened", "Recurrences", "Slips",
        "Practices by distance to target", "Campaigns at risk", "Action items overdue", "Exemptions expiring",
        "Where incidents wait", "Teams beside their own past",
    ]  # fmt: skip


def test_every_section_and_every_figure_says_how_it_is_computed() -> None:
    told = sections(figures(adoption=replace(figures().adoption, said_before=figures().adoption.before)))
    keys = {each.key for each in told} | {figure.key for each in told for figure in each.figures}
    assert keys | {"report", "in_short"} == set(HOW)
    for each in HOW.values():
        assert each[0].isupper()
        assert each.endswith(".")
        assert len(each) < 300


def test_every_section_of_the_figures_is_told_somewhere() -> None:
    told = {each.key for each in sections(figures())}
    names = {"team_lines": "teams"}
    facts = {"week", "audience", "title", "teams", "zone", "since", "as_of"}
    assert {names.get(each.name, each.name) for each in fields(Figures) if each.name not in facts} <= told


@given(strategies.figures())
@settings(max_examples=30, deadline=None)
def test_every_row_has_a_cell_for_each_column_and_every_path_is_ours(of: Figures) -> None:
    for each in sections(of, PAGE):
        assert each.lead
        assert each.empty or each.key == "adoption"
        assert len({column.key for column in each.columns}) == len(each.columns)
        for row in each.rows:
            assert len(row) == len(each.columns)
            for cell in row:
                assert not cell.path or re.fullmatch(r"/[\w/.%?=&-]*", cell.path)
                assert not re.search(r"/incidents/0\b", cell.path)


def test_what_is_cut_says_how_many_more_there_are() -> None:
    loops = figures().loops
    (found,) = [each for each in sections(figures(loops=replace(loops, closed_count=1_234))) if each.key == "loops"]
    assert found.more(200) == "And 1,233 more."
    (whole,) = [each for each in sections(figures()) if each.key == "practices"]
    assert (whole.more(200), whole.more(2)) == ("", "And 1 more.")
    assert len(whole.shown(2)) == 2


@pytest.mark.parametrize(
    ("page", "practice", "matrix", "stage"),
    [
        (PAGE, "/reports/2026-W47/practices/5", "/adoption", "/?stage=review"),
        (f"{PAGE}/teams/shop", "/reports/2026-W47/practices/5?team=shop", "/adoption?team=shop",
         "/?stage=review&team=shop"),
        (f"{PAGE}/mine", "/reports/2026-W47/practices/5", "/adoption", "/?stage=review"),
        (f"{PAGE}?revision=1", "/reports/2026-W47/practices/5", "/adoption", "/?stage=review"),
        ("/reports/next/teams/shop", "/practices/5", "/adoption?team=shop", "/?stage=review&team=shop"),
        ("", "/practices/5", "/adoption", "/?stage=review"),
    ],
)  # fmt: skip
def test_figures_lead_to_the_rows_of_the_same_week_and_team(page: str, practice: str, matrix: str, stage: str) -> None:
    told = {each.key: each for each in sections(figures(), page)}
    assert told["practices"].rows[0][3].path == practice
    assert told["adoption"].path == matrix
    assert told["stages"].rows[2][0].path == stage


def test_the_rows_of_several_teams_are_on_no_page() -> None:
    told = {each.key: each for each in sections(figures(teams=["Shop", "Find"]), f"{PAGE}/mine")}
    assert told["practices"].rows[0][3].path == "/practices/5"


def test_teams_are_in_the_order_of_the_figures_and_none_has_a_rank() -> None:
    (found,) = [each for each in sections(figures()) if each.key == "teams"]
    assert [row[0].words for row in found.rows] == ["Find", "Shop"]
    assert not {"rank", "place"} & {each.key for each in found.columns}


def test_an_empty_week_has_all_sections_and_each_says_that_nothing_is_there() -> None:
    for each in sections(strategies.empty()):
        assert each.lead
        assert all(cell.value is None or cell.words for row in each.rows for cell in row)
    assert "0 %" not in " ".join(each.lead for each in sections(strategies.empty()))


def test_where_a_report_is_read_is_told_by_the_report() -> None:
    class Audience:
        path = "/teams/shop"

    class Kept:
        def __init__(self, **told: object) -> None:
            self.figures, self.audience, self.week, self.made_at = (
                figures(),
                Audience(),
                WEEK,
                AS_OF + timedelta(hours=8),
            )
            self.revision, self.revisions, self.is_late, self.is_preview = 1, 1, False, False
            self.why, self.changed, self.by_name = "", (), None
            self.__dict__.update(told)

    assert Meta.of(Kept()).path == "/reports/2026-W47/teams/shop"
    assert Meta.of(Kept(revisions=2)).path == "/reports/2026-W47/teams/shop?revision=1"
    assert Meta.of(Kept(is_preview=True)).path == "/reports/next/teams/shop"
    assert set(inspect.signature(Meta).parameters) <= set(Kept().__dict__) | {"path"}
    assert isinstance(figures().loops, Loops)
