"""A worker that evaluates everything again and again until it is killed. The test beside it runs it as a process.

python -m tests.chaos.evaluating DATABASE_URL
"""

from __future__ import annotations

import sys
from datetime import timedelta

from app.cli.evaluate import evaluate_everything
from app.cli.refresh import Clockwork
from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.wiring import utc_now
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork


def main(url: str) -> None:
    engine = connect(url)
    begin, read = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce), reading(engine)
    clockwork = Clockwork(begin, read, utc_now, timedelta())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    while True:
        for _ in evaluate_everything(begin, read, utc_now):
            pass
        clockwork.tick()


if __name__ == "__main__":
    main(sys.argv[1])
