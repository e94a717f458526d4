"""Timing two things in turn, so that a machine that slows down slows both; and counting statements."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Result:
    """One line of results.json. `floor` and `value` in `unit`; `ratio` = value / floor; `goal` is the highest ratio."""

    name: str
    database: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    goal: float

    @property
    def is_met(self) -> bool:
        return (self.ratio if self.ratio is not None else self.value) <= self.goal

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def in_turn(ours: Callable[[], None], floor: Callable[[], None], *, rounds: int) -> tuple[float, float]:
    """Median milliseconds of each, after a warm-up of a tenth of the rounds."""
    times: dict[Callable[[], None], list[float]] = {ours: [], floor: []}
    gc.collect()
    for turn in range(rounds + max(rounds // 10, 3)):
        for each in (floor, ours):
            started = time.perf_counter()
            each()
            if turn >= max(rounds // 10, 3):
                times[each].append((time.perf_counter() - started) * 1000)
    return statistics.median(times[ours]), statistics.median(times[floor])


def compared(
    name: str, database: str, ours: Callable[[], None], floor: Callable[[], None], *, goal: float, rounds: int = 200
) -> Result:
    """Time ours beside its floor."""
    value, least = in_turn(ours, floor, rounds=rounds)
    return Result(name, database, round(value, 3), "ms", round(least, 3), round(value / least, 2), goal)


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent while this is open."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
