"""The charts as pages get them: well-formed, their words are words, their figures those of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.domain.report import Figures
from app.domain.report_sections import (
    Adoption,
    Count,
    Heat,
    HeatCell,
    Loops,
    Point,
    PracticeLine,
    StageLine,
    Stages,
)
from app.faces import charts
from app.faces.charts.trend import ALT_MOST
from tests.faces.sample import WEEK, figures, points, practices, stages

DRAWN = {name: getattr(charts, name) for name in ("adoption", "practices", "funnel", "heat")}
HOSTILE = '<script>alert("1")</script> & \x00\x0b\ufffe😀 שלום \u202eنص ' + "W" * 200
CSS = (Path(__file__).parents[2] / "app/static/css/charts.css").read_text(encoding="utf-8")


def tree(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)


def name(of: ElementTree.Element) -> str:
    return of.tag.rpartition("}")[2]


def said(drawn: str) -> list[str]:
    """What stands in text elements, in order."""
    return [each.text or "" for each in tree(drawn).iter() if name(each) == "text"]


def described(drawn: str) -> str:
    return next(each.text or "" for each in tree(drawn).iter() if name(each) == "desc")


def classes(drawn: str) -> set[str]:
    return {one for each in tree(drawn).iter() for one in each.get("class", "").split()}


def weeks(counts: Sequence[Count | None]) -> list[Point]:
    return [Point(WEEK.plus(at - len(counts) + 1).name, each) for at, each in enumerate(counts)]


def adopting(*counts: Count | None, needed: int = 0) -> Figures:
    return figures(adoption=Adoption(counts[-1] if counts else None, None, 1, needed, weeks(counts)))


def hostile() -> Figures:
    lines = [replace(each, statement=HOSTILE) for each in practices()]
    return figures(
        title=HOSTILE, practices=lines, stages=Stages([replace(each, title=HOSTILE) for each in stages()], []),
        heat=Heat([(HOSTILE, HOSTILE)], [5], [HeatCell(HOSTILE, 5, Count(4, 3))], 1, 1),
    )  # fmt: skip


def many() -> Figures:
    lines = [PracticeLine(at, f"Number {at}.", "must", 90, Count(at, 400 - at), None) for at in range(1, 400)]
    teams = [(f"t{at:03}", f"Team {at:03}") for at in range(400)]
    cells = [HeatCell(team, number, Count(3, 4)) for team, _ in teams for number in range(1, 60)]
    return figures(practices=lines, heat=Heat(teams, range(1, 60), cells, 400, 59))


def nothing() -> Figures:
    none = [StageLine(each.key, each.title, 0, 0, 0, None, None, None) for each in stages()]
    return figures(
        adoption=Adoption(None, None, 0, 0, []), practices=[], heat=Heat([], [], [], 0, 0), stages=Stages(none, []),
        loops=Loops([], 0, [], 0, 0, 0, 0, 0),
    )  # fmt: skip


def whole() -> Figures:
    full = Count(1_234_567)
    lines = [replace(each, now=full, before=full, target_percent=100) for each in practices()]
    return replace(
        adopting(*[full] * 26, needed=full.adopted), practices=lines,
        heat=Heat([("find", "Find")], [5], [HeatCell("find", 5, full)], 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("of", [figures, hostile, many, nothing, whole])
@pytest.mark.parametrize("chart", DRAWN)
def test_a_chart_is_well_formed_needs_nothing_from_elsewhere_and_keeps_to_the_policy(chart, of):
    drawn = DRAWN[chart](of())
    if not drawn:
        assert of is nothing
        return
    found = list(tree(drawn).iter())
    ids = [each.get("id") for each in found if each.get("id")]
    assert len(ids) == len(set(ids))
    for each in found:
        assert name(each) not in {"script", "style", "foreignObject", "image", "use", "a"}
        assert not {key for key in each.attrib if key == "style" or key.startswith("on") or "href" in key}
        assert all(value[5:-1] in ids for value in each.attrib.values() if value.startswith("url("))
        assert set(each.get("aria-labelledby", "").split()) <= set(ids)
    for each in found:
        if each.get("role") == "img":
            assert [name(child) for child in each][:2] == ["title", "desc"]
            assert all(child.text for child in list(each)[:2])


@pytest.mark.parametrize("chart", DRAWN)
def test_every_class_of_a_chart_has_a_rule(chart):
    used = {one for of in (figures(), many(), whole()) for one in classes(DRAWN[chart](of))}
    assert {one for one in used if one not in CSS} <= {"chart-row", f"chart-{chart}"}


@pytest.mark.parametrize("chart", DRAWN)
def test_what_somebody_wrote_is_escaped_and_cut_and_turns_nothing(chart):
    drawn = DRAWN[chart](hostile())
    assert "<script" not in drawn
    assert not re.search("[\x00\x0b\ufffe\u202e]", drawn)
    assert all(len(each) < 220 for each in said(drawn))


@pytest.mark.parametrize("chart", DRAWN)
def test_two_charts_on_a_page_share_no_id(chart):
    ids = [set(re.findall(r' id="([^"]+)"', DRAWN[chart](figures(), prefix))) for prefix in ("one", "other")]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_adoption_says_the_last_value_beside_the_line_and_the_target_at_its_own():
    words = said(charts.adoption(figures()))
    assert {"71.2 %", "52 of 73", "Target 69 of 73"} <= set(words)
    assert "71.2 % (52 of 73)" in described(charts.adoption(figures()))


def test_weeks_that_are_not_known_are_a_gap_that_says_so():
    drawn = charts.adoption(figures())
    assert said(drawn).count("not measured yet") == 1
    assert drawn.count("<polyline") == 1
    broken = charts.adoption(adopting(*[Count(20, 20)] * 9, None, None, *[Count(21, 19)] * 9))
    assert said(broken).count("not measured") == 1
    assert broken.count("<polyline") == 2


def test_every_week_says_its_figures_when_it_is_pointed_at():
    drawn = charts.adoption(figures())
    told = [each.text or "" for each in tree(drawn).iter() if name(each) == "title"][1:]
    assert len(told) == 26
    for point, each in zip(points(), told, strict=True):
        assert each.endswith("not measured") if point.count is None else f"({point.count.adopted} of 73)" in each


def test_few_are_counted_and_make_no_percentage():
    drawn = charts.adoption(adopting(Count(2, 6), Count(5, 3), needed=7))
    assert {"5 of 8", "Target 7 of 8"} <= set(said(drawn))
    assert "%" not in "".join(said(drawn)) + described(drawn)


def test_a_week_of_few_among_weeks_of_many_is_a_gap_and_no_percentage():
    words = said(charts.adoption(adopting(Count(20, 20), Count(2, 6), Count(30, 10))))
    assert "fewer than 10" in words
    assert "25 %" not in charts.adoption(adopting(Count(40, 0), Count(2, 6), Count(30, 10)))


def test_adoption_that_nobody_knows_is_unknown_and_not_zero():
    for of in (nothing(), adopting(*[None] * 26)):
        drawn = charts.adoption(of)
        assert "unknown" in said(drawn)
        assert "is not known" in described(drawn)
        assert "<polyline" not in drawn


def test_a_higher_value_stands_higher_and_the_target_where_it_would_be_met():
    drawn = tree(charts.adoption(adopting(*[Count(50 + at, 50 - at) for at in range(26)], needed=75)))
    line = next(each for each in drawn.iter() if name(each) == "polyline")
    heights = [float(each.split(",")[1]) for each in (line.get("points") or "").split()]
    goal = next(float(each.get("y1", 0)) for each in drawn.iter() if each.get("class") == "chart-goal")
    assert heights == sorted(heights, reverse=True)
    assert goal == pytest.approx(heights[-1] + 28)  # adoption is 75 of 100 in the last week


def test_alt_text_is_short_enough_for_slack_whatever_things_are_called():
    for of in (figures(), hostile(), nothing(), whole(), replace(whole(), title="T" * 400)):
        assert 0 < len(charts.alt(of)) <= ALT_MOST
    assert "71.2 % (52 of 73)" in charts.alt(figures())


def test_practices_stand_by_their_distance_with_what_is_missing():
    drawn = charts.practices(figures())
    words = said(drawn)[: len(said(drawn)) // 2]
    assert [each for each in words if each.startswith("BP-")] == ["BP-5", "BP-7", "BP-2"]
    assert [each for each in words if "to go" in each or "at target" in each] == ["14 to go", "4 to go", "✓ at target"]
    assert {"9 of 25", "3 of 8", "40 of 40"} <= set(words)
    assert "BP-5" in described(drawn)


def test_only_twelve_practices_are_drawn_and_how_many_there_are_beside_is_said():
    words = said(charts.practices(many()))
    assert len({each for each in words if each.startswith("BP-")}) == 12
    assert "and 387 more" in words


def test_a_practice_that_applies_to_nothing_has_no_dot():
    line = replace(practices()[0], now=Count(exempt=3), before=None)
    drawn = charts.practices(figures(practices=[line]))
    assert "all 3 exempt" in said(drawn)
    assert drawn.count('class="chart-dot"') == 2  # those of the two legends


def test_the_funnel_says_how_many_came_who_waits_how_long_and_what_is_blocked():
    words = said(charts.funnel(figures()))
    for each in stages():
        assert words.count(each.title) == 2  # wide, and narrow
        assert f"{each.reached}" in words
    assert "■ 1 blocked" in words
    assert {"26 h", "3 days", "4 waiting · median 3 days · 90th 8 days"} <= set(words)
    assert "7 of them came to adoption" in described(charts.funnel(figures()))


def test_a_stage_where_nobody_waits_tells_no_time():
    words = said(charts.funnel(nothing()))
    assert "nobody waits" in words
    assert "unknown" not in words


def test_a_cell_of_the_map_has_words_beside_its_colour():
    drawn = charts.heat(figures())
    words = said(drawn)
    assert {"✓ 10/10", "2/11", "✓ 3/3", "1/4"} <= set(words)
    assert [each for each in words if each in ("Find", "Shop")] == ["Find", "Shop"]
    assert "BP-7" in words


def test_what_is_not_known_is_hatched_and_what_does_not_apply_has_no_cell():
    cells = [HeatCell("find", 5, Count(unknown=4)), HeatCell("shop", 7, Count(exempt=2))]
    drawn = charts.heat(figures(heat=Heat([("shop", "Shop"), ("find", "find")], [5, 7], cells, 2, 2)))
    words = said(drawn)
    assert {"? of 4", "exempt"} <= set(words)
    assert words.index("find") < words.index("Shop")
    assert drawn.count('class="chart-cell-said"') == 2
    assert len(re.findall(r'height="31"[^>]*fill="url\(#chart-heat-hatch\)"', drawn)) == 1


def test_a_map_of_four_hundred_teams_shows_twenty_and_says_so():
    drawn = charts.heat(many())
    assert len([each for each in said(drawn) if each.startswith("Team ")]) == 20
    assert "and 380 more teams and 39 more practices" in drawn
    assert len(drawn) < 150_000
