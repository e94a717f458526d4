"""What happens without anybody asking: messages are carried, adoption follows the clock: `flask --app wsgi worker`."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import click
from flask.cli import with_appcontext

from app.cli.migrate import require_current
from app.cli.problems import in_words
from app.cli.refresh import Clockwork
from app.outbox.worker import Worker
from app.parts import Parts, parts

END_SECONDS = 4.0  # for what is under way when it is told to end


@click.command()
@with_appcontext
def worker() -> None:
    """Deliver messages, re-evaluate adoption and make weekly reports until told to end (Ctrl-C, SIGTERM)."""
    made = parts()
    require_current(made.engine)
    with in_words():
        carrier = made.make_worker()
    click.echo("The worker runs. End it with Ctrl-C.", err=True)
    refresher = Refresher(made)
    refresher.start()
    try:
        carrier.run()
    finally:
        refresher.stop(time.monotonic() + END_SECONDS)


class Refresher:
    """What time does, on a thread of its own, so that no message waits for it."""

    def __init__(self, made: Parts) -> None:
        self.is_over = threading.Event()
        settle = timedelta(minutes=made.settings.slip_minutes)
        clockwork = Clockwork(made.begin, made.read, made.clock, settle, made.recover, made.settings.time_zone)
        self.thread = threading.Thread(target=clockwork.run, args=(self.is_over,), name="refresh", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self, deadline: float) -> None:
        """After the practice under way. Past the deadline the process ends anyway: its transaction is rolled back."""
        self.is_over.set()
        self.thread.join(max(0.0, deadline - time.monotonic()))


class Background:
    """Both on threads, beside a web server in the same process: what the demo needs."""

    def __init__(self, made: Parts) -> None:
        self.carrier: Worker = made.make_worker()
        self.refresher = Refresher(made)
        self.thread = threading.Thread(target=self.carrier.run, name="worker", daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.refresher.start()

    def stop(self) -> None:
        deadline = time.monotonic() + END_SECONDS / 2
        self.carrier.stop()
        self.refresher.stop(deadline)
        self.thread.join(max(0.0, deadline - time.monotonic()))
