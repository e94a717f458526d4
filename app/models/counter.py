"""Numbers that people say aloud: INC-42, ACT-7, BP-5."""

from __future__ import annotations

import secrets

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.models.base import Base

# Private incidents and their action items are numbered at random from here up: a gap in the public numbers would tell
# that they exist.
PRIVATE_FROM, PRIVATE_TO = 1_000_000, 9_999_999


class Counter(Base):
    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


def private_number() -> int:
    """A number that tells nothing about others. Unique by the table; twice the same is one in nine million."""
    return PRIVATE_FROM + secrets.randbelow(PRIVATE_TO - PRIVATE_FROM + 1)


def next_number(session: Session, name: str) -> int:
    """The next number of this kind. The row stays locked until the commit, so no number is given twice."""
    for _ in range(2):
        raised = session.execute(
            update(Counter).where(Counter.name == name).values(value=Counter.value + 1).returning(Counter.value)
        ).scalar()
        if raised is not None:
            return raised
        try:
            with session.begin_nested():
                session.execute(insert(Counter).values(name=name, value=0))
        except IntegrityError:  # another process made the row first: raise that one
            pass
    return session.execute(select(Counter.value).where(Counter.name == name)).scalar_one()
