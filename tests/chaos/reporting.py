"""A worker that makes weekly reports until nothing is due any more, or until it is killed. The test beside it runs it.

python -m tests.chaos.reporting DATABASE_URL NOW
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from app.cli.refresh import Clockwork
from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork


def main(url: str, now: datetime) -> None:
    engine = connect(url)
    begin, read = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce), reading(engine)
    clockwork = Clockwork(begin, read, lambda: now, timedelta())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    sys.stdin.readline()
    clockwork.tick()
    while clockwork.has_more:
        clockwork.tick()


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
