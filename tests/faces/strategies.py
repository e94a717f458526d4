"""Any figures that a week may have: made up by Hypothesis for tests of every face, hostile texts among them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as some

from app.domain.adoption import Loss
from app.domain.lifecycle import STAGES
from app.domain.recurrence import ADOPTED_YET, EXCUSED, KNOWN_NOT_ADOPTED
from app.domain.report import Figures
from app.domain.report_sections import (
    NEED_KINDS,
    Adoption,
    CampaignLine,
    Campaigns,
    Count,
    ExemptionLine,
    Exemptions,
    Heat,
    HeatCell,
    ItemLine,
    Items,
    LoopLine,
    Loops,
    Mover,
    Need,
    Point,
    PracticeLine,
    RecurrenceLine,
    Recurrences,
    SlipLine,
    Slips,
    StageLine,
    Stages,
    TeamLine,
    WaitLine,
)
from app.domain.week import Week

WEEK = Week(2026, 47)
HOSTILE = (
    "", " ", "|", "a | b", "<!channel>", "<b>x</b>", "=cmd()", "+1", "-1", "@SUM(A1)", "*b*", "_x_ ~y~ `z`", "[a](b)",
    "![i](http://x.example/i.png)", "https://evil.example", "www.evil.example", "a@evil.example", "@octocat #42",
    "&copy; &#124;", "\\", "\\|", "line\nbreak", "\r\n# heading", "\ttab", "שלום | 42 %", "\u202eright to left", "🙂🧯",
    "’quoted’ “twice”", "x" * 10_000, "\x00\x1b[31m", "%0A", "$a$ and $b$", ":tada:", "{{ 7 * 7 }}", "--- |", "1. one",
)  # fmt: skip
texts = some.one_of(some.sampled_from(HOSTILE), some.text(max_size=40))
names = some.from_regex(r"[a-z][a-z0-9._-]{0,20}", fullmatch=True)
numbers = some.integers(1, 9_999)
few = some.integers(0, 12)
minutes = some.none() | some.integers(0, 10_000_000)
severities = some.none() | some.sampled_from(("SEV1", "SEV2", "SEV3", "SEV4"))
instants = some.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=some.just(UTC))
dates = some.dates(date(2026, 1, 1), date(2028, 1, 1))
counts = some.builds(
    Count, *(some.one_of(few, some.integers(0, 3_000)) for _ in range(4))
)  # fmt: skip


def lines(of: Any, most: int = 3) -> Any:
    return some.lists(of, max_size=most)


movers = some.builds(
    Mover, names, some.integers(1, 4), some.none() | texts, some.sampled_from(("not_adopted", "unknown")), few,
    some.integers(0, 100_000), few,
)  # fmt: skip
practices = some.builds(
    PracticeLine, numbers, texts, some.sampled_from(("must", "should")), some.integers(1, 100), counts,
    some.none() | counts, lines(movers),
)  # fmt: skip
loop_lines = some.builds(LoopLine, some.integers(0, 999), texts, severities, instants)
recurrence_lines = some.builds(
    RecurrenceLine, some.integers(0, 999), texts, severities,
    some.sampled_from((KNOWN_NOT_ADOPTED, EXCUSED, ADOPTED_YET)), lines(names), lines(numbers), minutes,
)  # fmt: skip
slip_lines = some.builds(
    SlipLine, names, some.none() | texts, numbers, texts, some.sampled_from([each.value for each in Loss]), texts,
    instants, some.none() | instants,
)  # fmt: skip
needs = some.builds(
    Need, some.sampled_from(NEED_KINDS), texts, numbers.map("BP-{}".format), texts, numbers.map("/practices/{}".format),
    texts, minutes, some.none() | numbers,
)  # fmt: skip


@some.composite
def figures(draw: Any, week: Week = WEEK, zone: str = "Europe/Berlin") -> Figures:
    """One week of an audience: sums agree with their lines where they must."""
    found = draw(lines(practices, 4))
    weeks = [week.plus(-back).name for back in range(4, -1, -1)]
    series = [Point(each, draw(some.none() | counts)) for each in weeks]
    again = draw(lines(recurrence_lines))
    preventable = [each for each in again if each.is_preventable]
    slips = draw(lines(slip_lines))
    teams = draw(some.lists(some.tuples(names, texts), max_size=3, unique_by=lambda each: each[0]))
    mapped = sorted({each.number for each in found})
    heat = [HeatCell(name, each, draw(counts)) for name, _ in teams for each in mapped if draw(some.booleans())]
    opened, closed = draw(lines(loop_lines)), draw(lines(loop_lines))
    campaigns = draw(lines(some.builds(
        CampaignLine, numbers, numbers, texts, texts, few, few, some.integers(1, 100), dates, texts
    )))  # fmt: skip
    items = draw(lines(some.builds(
        ItemLine, numbers, texts, some.sampled_from(("must", "should")), texts, dates, some.integers(1, 400), numbers
    )))  # fmt: skip
    exemptions = draw(lines(some.builds(ExemptionLine, numbers, names, some.none() | texts, dates, texts, texts)))
    waits = draw(lines(some.builds(
        WaitLine, some.integers(0, 999), texts, severities, some.sampled_from([each.key for each in STAGES]),
        some.floats(0, 9_000), some.booleans(), texts,
    )))  # fmt: skip
    return Figures(
        week=week.name, audience="all", title=draw(texts), teams=None, zone=zone, since=week.begins(zone),
        as_of=week.ends(zone),
        adoption=Adoption(
            series[-1].count, series[-2].count, len(found), sum(each.needed for each in found), series,
            draw(some.none() | counts),
        ),
        loops=Loops(opened, len(opened) + draw(few), closed, len(closed) + draw(few), *(draw(few) for _ in range(4))),
        recurrences=Recurrences(
            again, len(preventable), sum(each.minutes or 0 for each in preventable),
            sum(each.minutes is None for each in preventable), len(again) - len(preventable),
        ),
        slips=Slips(slips, len(slips), sum(each.recovered_at is not None for each in slips)),
        practices=found,
        team_lines=[
            TeamLine(name, title, draw(counts), draw(some.none() | counts), draw(some.none() | counts))
            for name, title in teams
        ],
        heat=Heat(teams, mapped, heat, len(teams) + draw(few), len(mapped) + draw(few)),
        campaigns=Campaigns(campaigns, len(campaigns) + draw(few)),
        items=Items(items, len(items), len(items) + draw(few)),
        exemptions=Exemptions(exemptions, len(exemptions), len(exemptions) + draw(few)),
        stages=Stages([_stage(draw, each.key, each.title) for each in STAGES], waits), needs=draw(lines(needs, 5)),
    )  # fmt: skip


def empty(week: Week = WEEK, zone: str = "Europe/Berlin") -> Figures:
    """A week in which nothing is there and nothing has happened."""
    points = [Point(week.plus(-back).name, None) for back in range(25, -1, -1)]
    return Figures(
        week=week.name, audience="all", title="Everyone", teams=None, zone=zone, since=week.begins(zone),
        as_of=week.ends(zone), adoption=Adoption(None, None, 0, 0, points), loops=Loops([], 0, [], 0, 0, 0, 0, 0),
        recurrences=Recurrences([], 0, 0, 0, 0), slips=Slips([], 0, 0), practices=[], team_lines=[],
        heat=Heat([], [], [], 0, 0), campaigns=Campaigns([], 0), items=Items([], 0, 0),
        exemptions=Exemptions([], 0, 0),
        stages=Stages([StageLine(each.key, each.title, 0, 0, 0, None, None, None) for each in STAGES], []), needs=[],
    )  # fmt: skip


def _stage(draw: Any, key: str, title: str) -> StageLine:
    waiting = draw(few)
    hours = sorted(draw(some.floats(0, 9_000)) for _ in range(3)) if waiting else [None] * 3
    return StageLine(key, title, draw(few), waiting, draw(some.integers(0, waiting)), *hours)
