"""Instants as people and programs write them into files. What is not surely an instant is not made into one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# The timestamp of YAML 1.1 (yaml.org/type/timestamp.html), which contains that of RFC 3339; seconds may be missing.
_TIMESTAMP = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?"
    r"[ \t]*(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hours>[0-9]{1,2})(?::?(?P<zone_minutes>[0-9]{2}))?)?)?"
)
_MICROSECOND_DIGITS = 6


class NoInstant(ValueError):
    """The text is no instant; the message says why, as the end of a sentence."""


def read_instant(text: str) -> tuple[datetime, str]:
    """The instant in UTC, and a remark if something was assumed. NoInstant: it cannot be known from this text."""
    found = _TIMESTAMP.fullmatch(text.strip())
    if found is None:
        raise NoInstant("is no time that can be read; write it like 2026-03-02T09:00:00Z")
    if found["hour"] is None:
        raise NoInstant("is a date without a time of day")
    if int(found["year"]) <= 1:
        raise NoInstant("is the year 1, which programs write when they know no time")
    fraction = found["fraction"] or ""
    try:
        at = datetime(
            int(found["year"]), int(found["month"]), int(found["day"]), int(found["hour"]), int(found["minute"]),
            int(found["second"] or 0), int(fraction[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")),
            tzinfo=_zone(found),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise NoInstant(f"is no time that exists ({error})") from None
    if found["zone"] is None:
        return at, "has no time zone and was read as UTC"
    if fraction[_MICROSECOND_DIGITS:].strip("0"):
        return at, "is finer than a microsecond, and was kept to the microsecond"
    return at, ""


def _zone(found: re.Match[str]) -> timezone:
    if found["sign"] is None:
        return UTC
    hours, minutes = int(found["zone_hours"]), int(found["zone_minutes"] or 0)
    if hours > 15 or minutes > 59:  # timezone() would take up to a day; no place on Earth is beyond +14:00
        raise ValueError("its offset from UTC is no time zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)
