"""The loop of the worker process: deliver what is due, wait, until somebody says stop."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

import structlog

from app.outbox.relay import Relay

log = structlog.get_logger(__name__)
SLICE_SECONDS = 0.2  # how soon a stop is noticed while waiting


class Worker:
    """`run()` until SIGTERM, SIGINT or `stop()`; the delivery under way is finished first."""

    def __init__(self, relay: Relay, *, poll_seconds: float) -> None:
        self.relay = relay
        self.poll_seconds = poll_seconds
        self._is_stopping = False  # not an Event: a signal handler may not wait for a lock of its own thread

    def run(self) -> None:
        """Deliver for ever. A database that is away is waited for; a mistake is logged and the loop goes on."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._told_to_stop)
            signal.signal(signal.SIGINT, self._told_to_stop)
        log.info("worker started", poll_seconds=self.poll_seconds)
        while not self._is_stopping:
            if not self._step():
                self._wait()
        log.info("worker stopped")

    def drain(self) -> int:
        """Deliver everything that is due now, and say how many messages that were."""
        count = 0
        while not self._is_stopping and self.relay.run_once():
            count += 1
        return count

    def stop(self) -> None:
        """Finish the delivery under way, then leave."""
        self._is_stopping = True

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _step(self) -> int:
        try:
            return self.relay.run_once()
        except Exception:  # the lease runs out and the message is tried again: nothing is lost by going on
            log.exception("worker: the database or the relay failed; trying again")
            return 0

    def _wait(self) -> None:
        until = time.monotonic() + self.poll_seconds
        while not self._is_stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, SLICE_SECONDS))
