"""Whose token this is, at what time, and the database sessions of one request of a machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from flask import g
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.parts import parts
from app.queries.tokens import Shown
from app.workflow.unit_of_work import Work


def token() -> Shown:
    """The token behind this request; auth.py has made sure that there is one."""
    return cast(Shown, g.api_token)


def by() -> Actor:
    """The person as whom the token acts, with the role that it has."""
    return token().actor


def now() -> datetime:
    """One instant for the whole request."""
    if "api_now" not in g:
        g.api_now = parts().clock()
    return cast(datetime, g.api_now)


def reading() -> Session:
    """The session that this request reads with; closed before a step, and when the answer is made."""
    if "api_reading" not in g:
        g.api_reading = parts().read()
    return cast(Session, g.api_reading)


def close(_error: BaseException | None = None) -> None:
    """Give the connection back."""
    session = g.pop("api_reading", None)
    if session is not None:
        session.close()


@contextmanager
def begin() -> Iterator[Work]:
    """One unit of work; what was read before is old, and a reader must not hold a connection meanwhile."""
    close()
    with parts().begin() as work:
        yield work
