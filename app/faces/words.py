"""How every value of a weekly report is said: once, so that page, message, file and mail say the same to the digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.domain.report import Figures
from app.domain.report_sections import Count
from app.domain.week import DUE, Week
from app.faces.meta import Meta
from app.words import plural

UNKNOWN = "unknown"
SINCE_LAST_WEEK = "since last week"
MINUS = "−"
TITLE_MOST = 120  # characters of a title or a sentence of somebody's; pages have the whole of it
HOURS_MOST = 48  # longer waits are said in days
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # they turn what stands beside them


def number(value: int | None) -> str:
    """ "1,420"; "unknown"."""
    return UNKNOWN if value is None else f"{value:,}"


def percent(count: Count | None) -> str:
    """ "71.2 %", rounded down; "3 of 8" where it is so few that a percentage says too much; "unknown"."""
    if count is None:
        return UNKNOWN
    if not count.applicable:
        return f"all {count.exempt:,} exempt" if count.exempt else "applies to none"
    tenths = count.tenths
    return f"{count.adopted:,} of {count.applicable:,}" if tenths is None else _percent(count, tenths)


def share(count: Count | None) -> str:
    """ "71.2 % (1,420 of 2,000)"; "3 of 8"; "unknown"."""
    said = percent(count)
    if count is None or count.tenths is None:
        return said
    return f"{said} ({count.adopted:,} of {count.applicable:,})"


def share_whole(count: Count | None) -> str:
    """The same with what is not known, and what counts neither way: "3 of 8, 2 of them unknown, 1 exempt"."""
    said = share(count)
    if count is None or not count.applicable:
        return said
    said += f", {count.unknown:,} of them unknown" if count.unknown else ""
    return said + (f", {count.exempt:,} exempt" if count.exempt else "")


def change(now: Count | None, before: Count | None, since: str = SINCE_LAST_WEEK) -> str:
    """ "+4.8 points since last week", of the percentages as they are said; "+2" of few things. Empty: nothing now."""
    if now is None or not now.applicable:
        return ""
    if before is None:
        return "not known" + (": last week was not measured" if since == SINCE_LAST_WEEK else "")
    if not before.applicable:
        return "new: it applied to none before"
    said = _changed(now, before)
    return f"{said} {since}".strip() if said else "no change"


def direction(now: Count | None, before: Count | None) -> int:
    """1 better, -1 worse, 0 the same or not known: for a sign or a colour beside the words."""
    if now is None or before is None or not now.applicable or not before.applicable:
        return 0
    return (_ratio(now) > _ratio(before)) - (_ratio(now) < _ratio(before))


def points_of(tenths: int) -> str:
    """ "4.8 points", "1 point", without a sign."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{whole}.{rest} points"


def minutes(value: int | None) -> str:
    """ "4,200 customer minutes"; "unknown"."""
    return UNKNOWN if value is None else plural(value, "customer minute")


def preventable(value: int) -> str:
    """ "4,200 preventable customer minutes behind it": what it has cost where it was not followed."""
    return f"{plural(value, 'preventable customer minute')} behind it"


def minutes_of(value: int, unknown: int, incidents: int) -> str:
    """Of several incidents, of which nobody knows those of `unknown`: "at least 1,200 customer minutes"."""
    if not unknown:
        return minutes(value)
    return UNKNOWN if unknown >= incidents or not value else f"at least {minutes(value)}"


def hours(value: float | None) -> str:
    """ "26 h", "11 days", rounded down; "unknown"."""
    if value is None:
        return UNKNOWN
    if value < 1:
        return "under 1 h"
    return f"{int(value)} h" if value < HOURS_MOST else days(int(value // 24))


def days(value: int) -> str:
    """ "1 day", "11 days"."""
    return plural(value, "day")


def day(on: date, year: int | None = None) -> str:
    """ "18 December 2026"; without the year where it is the one that is spoken of."""
    return f"{on.day} {on:%B}" + ("" if on.year == year else f" {on.year}")


def instant(at: datetime, zone: str) -> str:
    """ "Wednesday 18 November 2026, 10:30", by the calendar of a zone."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%A} {day(there.date())}, {there:%H:%M}"


def moment(at: datetime, zone: str) -> str:
    """ "Wed 18 Nov, 10:30": within the week that is spoken of."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"


def week(of: Week, zone: str) -> str:
    """ "Week 47, 16 to 22 November 2026 (Europe/Berlin)"."""
    return f"Week {of.number}, {of.words} ({zone})"


def heading(figures: Figures) -> str:
    """ "Weekly report: Shop"."""
    return f"Weekly report: {plain(figures.title)}"


def is_running(figures: Figures) -> bool:
    """The week is not over: what is told of it is so far."""
    return figures.as_of < Week.parse(figures.week).ends(figures.zone)


def remarks(figures: Figures, meta: Meta) -> Sequence[str]:
    """What has to be known before reading: a preview, made late, a correction. A sentence or two each."""
    zone, told = figures.zone, []
    if meta.is_preview:
        told.append(
            f"This is a preview: the figures are those of {instant(figures.as_of, zone)}, and will still change."
        )
    if meta.is_late:
        at = f"{instant(meta.made_at, zone)} instead of Monday at {DUE:%H:%M}"
        told.append(f"Made late, on {at}. The figures are of the week's end.")
    if meta.revision > 1:
        by = f" by {plain(meta.by_name)}" if meta.by_name else ""
        why = f": {plain(meta.why, 500).rstrip('.')}" if meta.why else ""
        changed = " Changed: " + " ".join(plain(each, 200) for each in meta.changed) if meta.changed else ""
        told.append(f"Revision {meta.revision}, corrected{by} on {instant(meta.made_at, zone)}{why}.{changed}")
    if meta.is_old:
        told.append(f"A correction has taken the place of this one: revision {meta.revisions}.")
    return told


def plain(text: str, most: int = TITLE_MOST) -> str:
    """What somebody wrote, on one line, without what cannot be seen or turns its surroundings, and not too long."""
    shown = _TURNS.sub("", text[: most * 4])
    shown = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in shown)
    shown = " ".join(shown.split())
    return shown if len(shown) <= most and len(text) <= most * 4 else shown[: most - 1].rstrip() + "…"


def _percent(count: Count, tenths: int) -> str:
    if count.adopted in (0, count.applicable):
        return "100 %" if count.adopted else "0 %"
    return f"{tenths // 10}.{tenths % 10} %"


def _changed(now: Count, before: Count) -> str:
    """Empty: it is the same share, of as many or of so many that only the share counts."""
    if (now.adopted, now.applicable) == (before.adopted, before.applicable):
        return ""
    if now.tenths is None or before.tenths is None:
        more = now.adopted - before.adopted
        from_ = f" from {before.adopted:,} of {before.applicable:,}" if now.applicable != before.applicable else ""
        return f"{_signed(more, f'{abs(more):,}')}{from_}"
    points = now.tenths - before.tenths
    if points:
        return _signed(points, points_of(points))
    way = _ratio(now) - _ratio(before)
    return f"{'up' if way > 0 else 'down'} by less than 0.1 points" if way else ""


def _signed(of: int, said: str) -> str:
    return f"{'+' if of > 0 else MINUS if of < 0 else '±'}{said}"


def _ratio(count: Count) -> Fraction:
    return Fraction(count.adopted, count.applicable)
