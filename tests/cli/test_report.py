"""Weekly reports by the command line."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.cli.report import report
from app.faces.json import load
from tests.cast import Cast, cast

__all__ = ["cast"]
IN_W10, IN_W11 = datetime(2026, 3, 4, 9, tzinfo=UTC), datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def run(app: Flask, run: Any) -> Any:
    """With the command, whether or not the wiring knows it."""
    app.cli.add_command(report)
    return run


@pytest.fixture
def made(run: Any, cast: Cast, clock: Any) -> None:
    """W10 is told to everyone and to the teams, on the Monday after it."""
    first = run("report", "make")
    assert first.output == "Nothing is due: every report is there.\n", first.exception
    cast.check(cast.practice().number)
    cast.report(50, "checkout")
    cast.declare(title="Checkout is slow")
    clock.at = IN_W11.replace(day=9)
    done = run("report", "make")
    assert (done.exit_code, done.output) == (0, "3 reports made.\n")


@pytest.mark.usefixtures("made")
def test_reports_are_made_once_and_listed(run: Any) -> None:
    assert run("report", "make").output == "Nothing is due: every report is there.\n"
    assert run("report", "list").output == "2026-W10\t1 of 3\t0 loops closed\t0 preventable\t0 slips\n"
    assert run("report", "list", "--about", "team:shop").output.startswith("2026-W10\t1 of 2\t")
    assert run("report", "list", "--words", "slow").output.startswith("2026-W10")
    assert "No report names these words." in run("report", "list", "--words", "nowhere").stderr


@pytest.mark.usefixtures("made")
def test_a_report_is_shown_in_every_form(run: Any) -> None:
    said = run("report", "show", "2026-W10").output
    assert said.startswith("Weekly report: Everyone\nWeek 10, 2 to 8 March 2026 (UTC)\n")
    assert "What to do first" in said
    assert run("report", "show", "latest").output == said
    assert run("report", "show", "2026-W10", "--format", "md").output.startswith("# Weekly report: Everyone\n")
    rows = list(csv.DictReader(io.StringIO(run("report", "show", "2026-W10", "--format", "csv").output)))
    assert rows[0]["week"] == "2026-W10"
    whole = json.loads(run("report", "show", "2026-W10", "--format", "json").output)
    assert [each.title for each in load(whole).loops.opened] == ["Checkout is slow"]
    assert "Weekly report: Shop" in run("report", "show", "2026-W10", "--about", "team:shop").output


@pytest.mark.usefixtures("made")
def test_a_report_is_corrected_and_the_old_one_stays(run: Any, cast: Cast, clock: Any) -> None:
    clock.at = IN_W10
    cast.declare(title="Told late")
    clock.at = IN_W11
    done = run("report", "correct", "2026-W10", "--about", "all", "--why", "An incident was entered late.")
    assert done.exit_code == 0, done.output
    assert "2026-W10 has revision 2 now. Changed:\n  Loops opened: 1 → 2\n" in done.output
    said = run("report", "show", "2026-W10").output
    assert "Revision 2, corrected on Tuesday 10 March 2026, 09:00: An incident was entered late. Changed: Loops" in said
    assert "revision 2" in run("report", "list").output
    old = run("report", "show", "2026-W10", "--revision", "1").output
    assert "A correction has taken the place of this one: revision 2." in old


@pytest.mark.usefixtures("made")
def test_the_next_report_is_previewed(run: Any, cast: Cast, clock: Any) -> None:
    cast.declare(title="Search is slow")
    clock.tick(minutes=1)
    said = run("report", "next", "--format", "md").output
    assert "This is a preview" in said
    assert "Search is slow" in said
    assert run("report", "next", "--about", "team:shop").exit_code == 0


@pytest.mark.usefixtures("made")
def test_a_private_incident_is_not_printed_to_an_operator(run: Any, cast: Cast, clock: Any) -> None:
    cast.declare(title="Quiet trouble", is_private=True)
    clock.tick(minutes=1)
    for form in ("text", "md", "csv", "json"):
        assert "Quiet trouble" not in run("report", "next", "--format", form).output


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "soon"), "Name a week as 2026-W47"),
        (("show", "2026-W01"), "There is no report of 2026-W01 for Everyone."),
        (("show", "2026-W10", "--revision", "9"), "There is no revision 9"),
        (("show", "2026-W10", "--about", "team:nope"), "There is no team nope."),
        (("show", "2026-W10", "--about", "mine"), "no weekly report of your own"),
        (("list", "--about", "shop"), "There is no team shop."),
        (("correct", "2026-W10", "--why", "No reason"), "There is nothing to correct"),
        (("correct", "2026-W10", "--why", " "), "Say why the report is corrected"),
        (("correct", "2026-W01", "--why", "x"), "There is no report of 2026-W01"),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(run: Any, words: tuple[str, ...], sentence: str) -> None:
    done = run("report", *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_before_the_first_report_the_list_says_what_to_do(run: Any, cast: Cast) -> None:
    assert "No report is made yet: flask --app wsgi report make" in run("report", "list").stderr
    assert "No weekly report for Everyone is made yet" in run("report", "show", "latest").output


def test_what_is_missing_is_asked_for(run: Any, cast: Cast) -> None:
    assert run("report", "correct", "2026-W10").exit_code == 2
    assert run("report", "show", "2026-W10", "--format", "pdf").exit_code == 2
