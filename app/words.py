"""English that every door needs: used by pages, messages and commands alike."""

from __future__ import annotations


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 service", "3 services"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
