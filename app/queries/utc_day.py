"""The day of an instant in UTC, said in the words of either database, so that it can be grouped by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.models.base import CompactInstant


class utc_day(GenericFunction[date]):  # noqa: N801 - reads as a function of the database
    """`utc_day(column)`: a date."""

    type = Date()
    inherit_cache = True


@compiles(utc_day, "sqlite")
def _sqlite(element: Any, compiler: Any, **about: Any) -> str:
    [instant] = element.clauses
    kept = compiler.process(instant, **about)
    if isinstance(instant.type, CompactInstant):
        return f"date({kept} / 1000000, 'unixepoch')"
    return f"substr({kept}, 1, 10)"  # in UTC, as text


@compiles(utc_day, "postgresql")
def _postgresql(element: Any, compiler: Any, **about: Any) -> str:
    return f"cast(timezone('UTC', {compiler.process(element.clauses, **about)}) as date)"
