"""How long to wait before the next attempt, and when to give up."""

from __future__ import annotations

from zlib import crc32

FIRST_SECONDS = 5.0
MOST_SECONDS = 1800.0
MOST_ATTEMPTS = 30  # about ten hours: longer than outages last
MOST_CRASHES = 5  # a mistake of ours does not heal by waiting


def seconds(attempts: int, key: str) -> float:
    """Doubles with each attempt up to half an hour, give or take a quarter so that not all come back at once."""
    steady = min(FIRST_SECONDS * 2.0 ** min(attempts - 1, 20), MOST_SECONDS)
    share = crc32(f"{key}:{attempts}".encode()) / 0xFFFFFFFF  # the same for the same message: tests can rely on it
    return steady * (0.75 + share / 2)


def is_hopeless(attempts: int) -> bool:
    return attempts >= MOST_ATTEMPTS
