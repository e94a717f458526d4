"""The day of an instant in UTC, said in the words of either database, so that it can be grouped by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class utc_day(GenericFunction[date]):  # noqa: N801 - reads as a function of the database
    """`utc_day(column)`: a date."""

    type = Date()
    inherit_cache = True


@compiles(utc_day, "sqlite")
def _sqlite(element: Any, compiler: Any, **about: Any) -> str:
    return f"substr({compiler.process(element.clauses, **about)}, 1, 10)"  # instants are kept in UTC as text


@compiles(utc_day, "postgresql")
def _postgresql(element: Any, compiler: Any, **about: Any) -> str:
    return f"cast(timezone('UTC', {compiler.process(element.clauses, **about)}) as date)"
