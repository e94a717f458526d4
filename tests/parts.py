"""Parts of the machine that some tests need: PostgreSQL, a browser, a stand-in for Slack."""

from __future__ import annotations

import os

import pytest

COMPLETE = os.environ.get("RATCHET_TESTS_COMPLETE") == "1"


def need(part: str, present: bool) -> None:
    """Skip this test when a part is missing; where the suite must be complete (CI), fail instead."""
    if present:
        return
    if COMPLETE:
        pytest.fail(f"{part} is missing, and RATCHET_TESTS_COMPLETE=1 asks for every test.", pytrace=False)
    pytest.skip(f"{part} is missing on this machine.")
