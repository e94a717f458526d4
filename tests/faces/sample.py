"""The figures of one made-up week, with something in every section: what faces are tried with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.report import Figures
from app.domain.report_sections import (
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
SINCE, AS_OF = WEEK.begins("Europe/Berlin"), WEEK.ends("Europe/Berlin")
AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
STAGES = (
    ("incident", "Incident", 31, 1, 0), ("resolution", "Resolution", 30, 2, 0), ("review", "Review", 28, 4, 1),
    ("remediation", "Remediation", 22, 6, 0), ("analysis", "Analysis", 15, 3, 0),
    ("best_practice", "Best practice", 11, 2, 0), ("automation", "Automation", 9, 1, 0),
    ("adoption", "Adoption", 7, 4, 0),
)  # fmt: skip


def figures(**other: Any) -> Figures:
    """The week 2026-W47 of everyone; what is named is put in the place of what is made up."""
    return replace(_FIGURES, **other)


def practices() -> list[PracticeLine]:
    return [
        PracticeLine(5, "Every client sets a timeout below that of its caller.", "must", 90, Count(9, 14, 2, 1),
                     Count(7, 16, 2, 1), (
                         Mover("checkout", 1, "Shop", "not_adopted", 3, 4_200, 1),
                         Mover("search", 2, "Find", "unknown", 0, 0, 0))),
        PracticeLine(7, "Every canary probes the money path.", "should", 80, Count(3, 4, 1, 0), None, ()),
        PracticeLine(2, "Certificates renew themselves.", "must", 100, Count(40, 0, 0, 2), Count(40, 0, 0, 2), ()),
    ]  # fmt: skip


def points() -> list[Point]:
    made = []
    for back in range(25, -1, -1):
        week = WEEK.plus(-back)
        done = 20 + (25 - back) + (25 - back) // 3
        made.append(Point(week.name, None if back > 22 else Count(min(done, 52), 73 - min(done, 52), 0, 3)))
    return made


def stages() -> list[StageLine]:
    return [
        StageLine(key, title, reached, waiting, blocked, 26.0 * (at + 1), 70.5 * (at + 1), 99.0 * (at + 1))
        for at, (key, title, reached, waiting, blocked) in enumerate(STAGES)
    ]


_FIGURES = Figures(
    week=WEEK.name, audience="all", title="Everyone", teams=None, zone="Europe/Berlin", since=SINCE, as_of=AS_OF,
    adoption=Adoption(Count(52, 18, 3, 3), Count(47, 23, 3, 3), 3, 69, points()),
    loops=Loops(
        [LoopLine(61, "Checkout <is> down & nobody can pay", "SEV1", AT), LoopLine(62, "Slow search", "SEV3", AT)], 2,
        [LoopLine(31, "Mails were sent twice", "SEV2", AT)], 1, 0, 23, 7, 31,
    ),
    recurrences=Recurrences(
        [
            RecurrenceLine(61, "Checkout <is> down & nobody can pay", "SEV1", "known_not_adopted", ["checkout"], [5],
                           1_200),
            RecurrenceLine(60, "Search timed out", "SEV2", "adopted_yet", ["search"], [2], None),
        ], 1, 1_200, 0, 1,
    ),
    slips=Slips(
        [
            SlipLine("cart", "Shop", 5, "Every client sets a timeout below that of its caller.", "Its check fails.",
                     "http.timeout_ms is 5000", AT, None),
            SlipLine("mail", None, 2, "Certificates renew themselves.", "Its evidence is too old.", "", AT,
                     AT + timedelta(days=1)),
        ], 2, 1,
    ),
    practices=practices(),
    team_lines=[
        TeamLine("find", "Find", Count(12, 8, 1, 0), Count(11, 9, 1, 0), Count(6, 14, 1, 0)),
        TeamLine("shop", "Shop", Count(4, 3, 0, 2), None, None),
    ],
    heat=Heat(
        [("find", "Find"), ("shop", "Shop")], [2, 5, 7],
        [
            HeatCell("find", 2, Count(10, 0, 0, 0)), HeatCell("find", 5, Count(2, 8, 1, 0)),
            HeatCell("shop", 2, Count(3, 0, 0, 0)), HeatCell("shop", 5, Count(1, 3, 0, 1)),
        ], 2, 3,
    ),
    campaigns=Campaigns(
        [CampaignLine(4, 5, "Every client sets a timeout below that of its caller.", "Ben", 9, 25, 90,
                      date(2026, 12, 18), "at this pace: 3 February 2027, 47 days late")], 2,
    ),
    items=Items([ItemLine(7, "Alert on declined payments", "must", "Ana", date(2026, 11, 10), 13, 31)], 1, 14),
    exemptions=Exemptions(
        [ExemptionLine(5, "legacy", "Shop", date(2026, 11, 27), "Ben", "It is switched off at the end of the year.")],
        1, 3,
    ),
    stages=Stages(
        stages(), [WaitLine(44, "The queue was full", "SEV2", "remediation", 620.5, False, "Ana"),
                   WaitLine(50, "Two leaders", None, "review", 410.0, True, "The vendor must answer first.")],
    ),
    needs=[
        Need("slipped_practice", "Ben", "BP-5", "Every client sets a timeout below that of its caller.", "/practices/5",
             "It was adopted and is below its target: 9 of 25, 23 are needed. checkout moves it most.", 4_200),
        Need("item_overdue", "Ana", "ACT-7", "Alert on declined payments", "/incidents/31/remediation",
             "It is 13 days over.", None, 31),
    ],
)  # fmt: skip
