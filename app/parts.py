"""What a running Ratchet is made of, handed to every door: made by the wiring, asked for by `parts()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.workflow.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.outbox.worker import Worker
    from config import Settings


@dataclass(frozen=True)
class Parts:
    """`begin` writes, `read` makes sessions that never write; `clock` gives the instant in UTC."""

    settings: Settings
    engine: Engine
    begin: UnitOfWork
    read: sessionmaker[Session]
    clock: Callable[[], datetime]
    make_worker: Callable[[], Worker]
    recover: Callable[[], int] = lambda: 0  # does what Slack was told we have, and nobody has finished


def parts() -> Parts:
    """The parts of the application whose request or command this is."""
    return cast(Parts, current_app.extensions["ratchet"])
