"""Slack, for the doctor: the checks of the connection, in its words."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checkup import Finding, ok, problem, warning
from app.slack.setup.desk import Desk
from app.slack.setup.result import RIGHT, UNNEEDED, WRONG, Result


def findings(desk: Desk) -> Iterator[Finding]:
    """Asks Slack at most a few questions, each with a time limit."""
    return map(_finding, desk.check())


def _finding(of: Result) -> Finding:
    words = f"{of.name}: {of.words}"
    if of.outcome in (RIGHT, UNNEEDED):
        return ok("slack", words, of.mend)
    return (problem if of.outcome == WRONG and not of.is_bearable else warning)("slack", words, of.mend)
