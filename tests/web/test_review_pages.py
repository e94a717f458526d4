"""The review in the meeting, and as a document to be read afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.models.incident import Incident
from app.models.person import Person
from app.models.review import ContributingFactor, Review, TimelineEntry
from tests.web.desk import Desk, post
from tests.web.practices import statements_of
from tests.web.stages import advance, at_review, rows_of, write_review

ClientOf = Callable[[Any], FlaskClient]


@pytest.fixture
def ana(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Ana"])


def url_of(of: Incident) -> str:
    return f"/incidents/{of.number}/review"


def filled(desk: Desk, **more: Any) -> dict[str, Any]:
    """What a meeting types."""
    return {
        "version": 0, "facilitator_id": desk.people["Ben"].id, "summary": "It hung.", "went_well": "The alert.",
        "went_badly": "The retries.", "got_lucky": "It was night.", "timeline-0-at": "2026-03-02T08:30",
        "timeline-0-text": "It began.", "factors-0-area": "scale", "factors-0-text": "No limit.", **more,
    }  # fmt: skip


def test_a_meeting_fills_in_everything_and_publishes_with_one_button(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_review(desk)
    answer = post(
        ana, url_of(made), **filled(desk, then="advance", lessons="Limit retries.", body="## More"),
        **{"timeline-3-at": "2026-03-02 08:10", "timeline-3-text": "A release\nwent out."},
    )  # fmt: skip
    assert answer.headers["Location"].endswith("/remediation")
    entries = session.scalars(select(TimelineEntry).order_by(TimelineEntry.at)).all()
    assert [each.text for each in entries] == ["A release went out.", "It began."]
    factor = session.scalars(select(ContributingFactor)).one()
    assert (factor.area, factor.text) == ("scale", "No limit.")
    assert session.scalars(select(Review)).one().lessons == "Limit retries."


def test_publishing_too_early_keeps_what_was_typed_and_names_what_is_missing(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_review(desk)
    answer = post(ana, url_of(made), follow=True, version=0, summary="It hung.", then="advance")
    assert "Name a facilitator." in answer.text
    assert "Add at least one contributing factor." in answer.text
    assert session.scalars(select(Review)).one().summary == "It hung."


def test_empty_rows_are_ignored(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_review(desk)
    spare = {"timeline-1-at": "", "timeline-1-text": " ", "factors-1-area": "", "factors-1-text": ""}
    assert post(ana, url_of(made), **filled(desk, **spare)).status_code == 302
    assert len(session.scalars(select(TimelineEntry)).all()) == 1


@pytest.mark.parametrize(
    ("row", "sentence", "control"),
    [
        ({"timeline-0-at": ""}, "Say when it happened.", "timeline-0-at"),
        ({"timeline-0-text": " "}, "Say what happened.", "timeline-0-text"),
        ({"timeline-0-at": "yesterday"}, "Enter a date and time such as 2026-03-02 09:30.", "timeline-0-at"),
        ({"timeline-0-at": "0026-03-02T08:30"}, "Enter a time between the years 1970 and 2200.", "timeline-0-at"),
        ({"timeline-0-text": "x" * 2_001}, "Shorten this to 2,000 characters; it has 2,001.", "timeline-0-text"),
        ({"factors-0-area": ""}, "Choose an area.", "factors-0-area"),
        ({"factors-0-area": "weather"}, "Choose an area.", "factors-0-area"),
        ({"factors-0-text": ""}, "Say what made it possible.", "factors-0-text"),
    ],
)
def test_a_row_that_is_half_filled_is_marked_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, ana: FlaskClient, session: Session, row: dict[str, str], sentence: str, control: str
) -> None:
    made = at_review(desk)
    answer = post(ana, url_of(made), **filled(desk, **{"timeline-1-text": "Alone.", "timeline-1-at": "", **row}))
    assert answer.status_code == 422
    error = re.search(rf'id="{control}-error">.*?</p>', answer.text, re.S)
    assert error is not None
    assert sentence in error[0]
    assert "Alone." in answer.text
    assert "see the rows marked below" in answer.text
    assert session.scalars(select(Review)).all() == []


def test_times_that_nobody_touched_stay_the_same_to_the_microsecond(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_review(desk)
    first = datetime(2026, 3, 2, 8, 30, 0, 123_456, tzinfo=UTC)
    second = datetime(2026, 3, 2, 8, 31, 7, 654_321, tzinfo=UTC)
    write_review(desk, made, timeline=[(first, "First."), (second, "Second.")])
    rows = rows_of(ana.get(url_of(made)).text, "timeline")
    # A row is inserted above, and the first two change places: numbers are no identity.
    for part in ("at", "was", "text"):
        rows[f"timeline-0-{part}"], rows[f"timeline-1-{part}"] = rows[f"timeline-1-{part}"], rows[f"timeline-0-{part}"]
    rows |= {"timeline-2-at": "2026-03-02T08:30", "timeline-2-text": "New, at the same minute."}
    answer = post(ana, url_of(made), version=1, summary="Changed.", **rows)
    assert answer.status_code == 302
    kept = {each.text: each.at for each in session.scalars(select(TimelineEntry))}
    assert kept["First."] == first
    assert kept["Second."] == second
    assert kept["New, at the same minute."] == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def test_a_time_that_somebody_changed_is_what_they_typed_in_their_zone(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    session.execute(update(Person).where(Person.id == desk.people["Ana"].id).values(time_zone="Europe/Berlin"))
    session.commit()
    made = at_review(desk)
    write_review(desk, made, timeline=[(datetime(2026, 3, 2, 8, 30, 5, 9, tzinfo=UTC), "First.")])
    rows = rows_of(ana.get(url_of(made)).text, "timeline")
    assert rows["timeline-0-at"] == "2026-03-02T09:30:05"
    post(ana, url_of(made), version=1, **{**rows, "timeline-0-at": "2026-03-02T10:00"})
    assert session.scalars(select(TimelineEntry)).one().at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_two_people_in_one_meeting_see_both_versions_of_every_field_and_every_row(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_review(desk)
    write_review(desk, made, by="Ben", summary="Ben's words.", factors=[("change", "A release.")])
    answer = post(ana, url_of(made), **filled(desk, summary="Ana's words."))
    assert answer.status_code == 409
    table = answer.text[answer.text.index("conflict-title") : answer.text.index("</table>")]
    for words in (
        "Ben&#39;s words.",
        "Ana&#39;s words.",
        "Change: A release.",
        "Scale: No limit.",
        "09:00 UTC: It began.",
    ):
        assert words in table
    assert "2 March 2026, 08:30 UTC: It began." in table
    assert rows_of(answer.text, "timeline")["timeline-0-at"] == "2026-03-02T08:30"
    assert rows_of(answer.text, "factors")["factors-0-area"] == "scale"
    assert session.scalars(select(Review)).one().summary == "Ben's words."
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version is not None
    again = filled(desk, summary="Both.", version=version[1])
    assert post(ana, url_of(made), **again).status_code == 302


def test_what_claims_to_be_a_row_but_has_no_number_is_no_row(desk: Desk, ana: FlaskClient) -> None:
    made = at_review(desk)
    odd = {"timeline-²-text": "x", "timeline--1-text": "x", "timeline-99999999999999999999-text": "x", "timeline": "x"}
    assert post(ana, url_of(made), **filled(desk, **odd)).status_code == 302


def test_a_published_review_is_a_document_with_both_clocks_and_the_time_since_the_start(
    desk: Desk, client_of: ClientOf, session: Session
) -> None:
    session.execute(update(Person).where(Person.id == desk.people["Dev"].id).values(time_zone="Asia/Kolkata"))
    session.commit()
    made = at_review(desk)
    start = desk.clock() - timedelta(minutes=30)
    times = [(start - timedelta(minutes=5), "A release."), (start + timedelta(minutes=95), "Over.")]
    write_review(
        desk, made, timeline=times, summary="It **hung**. <script>", lessons="Limit them.",
        factors=[("scale", "No limit."), ("change", "A release."), ("scale", "No queue.")],
    )  # fmt: skip
    advance(desk, made, "review")
    page = client_of(desk.people["Dev"]).get(url_of(made)).text
    assert "<strong>hung</strong>" in page
    assert "<script>" not in page.split("</head>")[1]
    for words in ("13:55 IST", "08:25 UTC", "−5 min", "+1 h 35 min", "Limit them.", "Facilitated by", "It was night."):
        assert words in page
    assert (
        page.index("<dt>Scale</dt>") < page.index("No limit.") < page.index("No queue.") < page.index("<dt>Change</dt>")
    )
    assert 'name="summary"' not in page


def test_a_draft_can_be_read_as_a_document_too(desk: Desk, ana: FlaskClient) -> None:
    made = at_review(desk)
    assert "Nothing of this review is written yet." in ana.get(f"{url_of(made)}?read=1").text
    write_review(desk, made)
    page = ana.get(f"{url_of(made)}?read=1").text
    assert "Back to the form" in page
    assert 'name="summary"' not in page


def test_a_published_review_is_not_emptied_by_an_edit(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_review(desk)
    write_review(desk, made)
    advance(desk, made, "review")
    fields = filled(desk, version=1, summary="", lessons="Kept in the form.")
    answer = post(ana, url_of(made), page=f"{url_of(made)}?edit=1", **fields)
    assert answer.status_code == 422
    assert "Review is complete. Reopen it before you change it so:" in answer.text
    assert "Write a summary." in answer.text
    assert "Kept in the form." in answer.text
    assert session.scalars(select(Review)).one().summary == "It hung."


def test_a_viewer_reads_and_may_not_write(desk: Desk, client_of: ClientOf) -> None:
    made = at_review(desk)
    dev = client_of(desk.people["Dev"])
    assert 'name="summary"' not in dev.get(url_of(made)).text
    answer = post(dev, url_of(made), page="/", summary="x", version=0)
    assert answer.status_code == 403


def test_the_review_of_a_private_incident_is_not_there_for_others(desk: Desk, client_of: ClientOf) -> None:
    made = at_review(desk, "Hidden", is_private=True)
    write_review(desk, made, by="Ana", facilitator_id=desk.people["Ana"].id)
    cleo = client_of(desk.people["Cleo"])
    assert cleo.get(url_of(made)).status_code == 404
    assert post(cleo, url_of(made), page="/", **filled(desk)).status_code == 404


@pytest.mark.parametrize("more", ["", "?read=1"])
def test_a_long_timeline_costs_as_many_queries_as_a_short_one(
    desk: Desk, ana: FlaskClient, engine: Engine, more: str
) -> None:
    made = at_review(desk)
    write_review(desk, made)
    few = statements_of(engine, lambda: ana.get(url_of(made) + more))
    times = [(desk.clock() + timedelta(seconds=each), f"Entry {each}") for each in range(60)]
    write_review(desk, made, version=1, timeline=times, factors=[("scale", f"Factor {each}") for each in range(30)])
    assert statements_of(engine, lambda: ana.get(url_of(made) + more)) == few
