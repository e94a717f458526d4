"""The way of an incident to the stage that a test is about, and what people type there."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from app.models.incident import Incident
from app.models.remediation import ActionItem
from app.workflow import analysis, lifecycle, remediation, review
from tests.web.desk import Desk


def write_review(desk: Desk, of: Incident, *, version: int = 0, by: str = "Ana", **told: Any) -> None:
    """A complete review, with what a test wants otherwise."""
    about: dict[str, Any] = {
        "facilitator_id": desk.people["Ben"].id, "summary": "It hung.", "went_well": "The alert.",
        "went_badly": "The retries.", "got_lucky": "It was night.", "timeline": [(desk.clock(), "It began.")],
        "factors": [("dependency", "No deadline.")],
    }  # fmt: skip
    with desk.begin() as work:
        review.save(
            work, of.number, review.Told(**{**about, **told}), version=version, by=desk.actor(by), now=desk.clock()
        )


def advance(desk: Desk, of: Incident, stage: str) -> None:
    with desk.begin() as work:
        lifecycle.advance(work, of.number, stage, by=desk.actor("Ana"), now=desk.clock())


def at_review(desk: Desk, title: str = "Checkout is down", **about: Any) -> Incident:
    made = desk.incident(title, **about)
    desk.resolve(made)
    return made


def at_remediation(desk: Desk, title: str = "Checkout is down", **about: Any) -> Incident:
    made = at_review(desk, title, **about)
    write_review(desk, made)
    advance(desk, made, "review")
    return made


def at_analysis(desk: Desk, title: str = "Checkout is down", **about: Any) -> Incident:
    made = at_remediation(desk, title, **about)
    with desk.begin() as work:
        remediation.save_none_needed(
            work, made.number, "The rule is the fix.", version=0, by=desk.actor("Ana"), now=desk.clock()
        )
    advance(desk, made, "remediation")
    return made


def add_item(
    desk: Desk, of: Incident, title: str = "Set a deadline", *, owner: str = "Ben", **about: Any
) -> ActionItem:
    told = {"priority": "must", "kind": "prevent", "due_on": date(2026, 3, 30), **about}
    with desk.begin() as work:
        return remediation.add(
            work, of.number, remediation.Told(title=title, owner_id=desk.people[owner].id, **told),
            by=desk.actor("Ana"), now=desk.clock(),
        )  # fmt: skip


def step(desk: Desk, item: ActionItem, verb: str, by: str, why: str = "") -> None:
    with desk.begin() as work:
        remediation.step(work, item.number, verb, by=desk.actor(by), now=desk.clock(), why=why)


def analyse(desk: Desk, of: Incident, *, by: str = "Ana", version: int = 0, **told: Any) -> None:
    with desk.begin() as work:
        analysis.save(work, of.number, analysis.Told(**told), version=version, by=desk.actor(by), now=desk.clock())


def rows_of(html: str, name: str) -> dict[str, str]:
    """The controls of repeated rows as a browser would send them back."""
    html = html[: html.index("</form>", html.index(f'id="{name}"'))]
    found = {}
    for key, value in re.findall(rf'<input[^>]* name="({name}-\d+-\w+)"[^>]* value="([^"]*)"', html):
        found[key] = value
    for key, value in re.findall(rf'<textarea[^>]* name="({name}-\d+-\w+)"[^>]*>\r?\n?([^<]*)</textarea>', html):
        found[key] = value
    for key, options in re.findall(rf'<select[^>]* name="({name}-\d+-\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'selected value="([^"]*)"', options)
        found[key] = chosen[1] if chosen else ""
    return found
