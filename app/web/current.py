"""Who asks, at what time, and from which database session: the same for every page of one request."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import g
from flask_login import current_user
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.parts import parts


def actor() -> Actor:
    """The person behind this request; the guard has made sure that there is one."""
    return cast(Actor, current_user.actor)


def zone() -> ZoneInfo:
    """The zone in which this person reads times."""
    return ZoneInfo(current_user.time_zone if current_user.is_authenticated else "UTC")


def now() -> datetime:
    """One instant for the whole request."""
    if "now" not in g:
        g.now = parts().clock()
    return cast(datetime, g.now)


def reading() -> Session:
    """The session that this request reads with; closed when the answer is made."""
    if "reading" not in g:
        g.reading = parts().read()
    return cast(Session, g.reading)


def close(_error: BaseException | None = None) -> None:
    """Give the connection back."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()
