"""Declaring, the incident's page, who may see it; the board."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models.history import Move
from app.models.incident import Incident
from app.workflow import lifecycle
from tests.web.desk import Desk, post
from tests.web.practices import statements_of

ClientOf = Callable[[Any], FlaskClient]


@pytest.fixture
def desk(begin: Any, clock: Any) -> Desk:
    return Desk(begin, clock)


@pytest.fixture
def ana(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Ana"])


def test_one_line_is_enough_to_declare(desk: Desk, ana: FlaskClient, session: Session) -> None:
    answer = post(ana, "/incidents/new", title="Search is empty")
    made = session.scalars(select(Incident)).one()
    assert answer.headers["Location"] == f"/incidents/{made.number}"
    page = ana.get(answer.headers["Location"]).text
    for sentence in ("Choose a severity, SEV1 to SEV4.", "Name at least one affected service.", "Name a commander."):
        assert sentence in page


def test_a_complete_declaration_goes_on_to_resolution_by_itself(desk: Desk, ana: FlaskClient) -> None:
    answer = post(
        ana, "/incidents/new", title="Search is empty", severity="SEV2", commander_id=desk.people["Ben"].id,
        **{"services-0": "search", "services-1": "checkout", "services-2": ""},
    )  # fmt: skip
    assert ana.get(answer.headers["Location"]).headers["Location"].endswith("/resolution")


def test_an_unknown_service_is_marked_and_nothing_typed_is_lost(desk: Desk, ana: FlaskClient, session: Session) -> None:
    answer = post(ana, "/incidents/new", title="A & B", **{"services-0": "serch"})
    assert answer.status_code == 422
    assert "There is no service serch in the catalogue." in answer.text
    assert 'value="A &amp; B"' in answer.text
    assert session.scalars(select(Incident)).all() == []


def test_an_empty_title_is_refused_beside_the_field(desk: Desk, ana: FlaskClient) -> None:
    answer = post(ana, "/incidents/new", title="  ", severity="SEV1")
    assert answer.status_code == 422
    assert "Give the incident a title." in answer.text
    assert 'selected value="SEV1"' in answer.text


def test_a_viewer_may_not_declare_and_is_told_who_may(desk: Desk, client_of: ClientOf) -> None:
    answer = client_of(desk.people["Dev"]).get("/incidents/new")
    assert answer.status_code == 403
    assert "Only responders or owners or administrators may declare an incident; you are a viewer." in answer.text


def test_two_people_on_one_form_the_second_sees_both_versions_and_loses_nothing(
    desk: Desk, ana: FlaskClient, client_of: ClientOf, session: Session
) -> None:
    made = desk.incident("Checkout is slow")
    url = f"/incidents/{made.number}/incident"
    fields = {"severity": "SEV1", "commander_id": desk.people["Ana"].id, "services-0": "checkout", "version": 1}
    ben = client_of(desk.people["Ben"])
    page = f"{url}?edit=1"
    assert post(ben, url, page=page, title="Checkout is down", **fields).status_code == 302
    second = post(ana, url, page=page, title="Checkout is slow in Europe", description="Since 9.", **fields)
    assert second.status_code == 409
    assert "Ben saved this while you were typing" in second.text
    assert "Checkout is down" in second.text
    assert 'value="Checkout is slow in Europe"' in second.text
    assert "Since 9." in second.text
    assert session.scalars(select(Incident.title)).one() == "Checkout is down"
    version = re.search(r'name="version"[^>]*value="(\d+)"', second.text)
    assert version is not None
    again = post(ana, url, page=page, title="Checkout is down in Europe", **{**fields, "version": version[1]})
    assert again.status_code == 302


def test_a_refused_advance_names_everything_that_is_missing(desk: Desk, ana: FlaskClient) -> None:
    made = desk.incident()
    url = f"/incidents/{made.number}/resolution"
    answer = post(ana, f"/incidents/{made.number}/advance", page=url, follow=True, stage="resolution")
    for sentence in ("Enter when it started.", "State the impact: who could not do what.", "Say how it was resolved."):
        assert sentence in answer.text
    assert answer.request.path == url


def test_an_old_page_completes_nothing(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = desk.incident()
    desk.resolve(made)
    page = f"/incidents/{made.number}/resolution"
    answer = post(ana, f"/incidents/{made.number}/advance", page=page, follow=True, stage="resolution")
    assert "The incident is at Review, not at Resolution. Nothing was changed." in answer.text


@pytest.mark.parametrize("verb", ["advance", "block", "unblock", "skip", "reopen"])
def test_an_unknown_stage_is_a_sentence_not_a_crash(desk: Desk, ana: FlaskClient, verb: str) -> None:
    made = desk.incident()
    page = f"/incidents/{made.number}/resolution"
    answer = post(ana, f"/incidents/{made.number}/{verb}", page=page, follow=True, stage="nonsense", why="x")
    assert answer.status_code == 200
    assert "There is no such stage." in answer.text


def test_block_says_why_and_unblock_goes_on(desk: Desk, ana: FlaskClient) -> None:
    made = desk.incident()
    base, page = f"/incidents/{made.number}", f"/incidents/{made.number}/resolution"
    blocked = post(ana, f"{base}/block", page=page, follow=True, stage="resolution", why="The vendor must answer.")
    assert "The vendor must answer." in blocked.text
    assert "Unblock Resolution" in blocked.text
    assert "Blocked: The vendor must answer." in ana.get("/").text
    assert "Unblocked." in post(ana, f"{base}/unblock", page=page, follow=True, stage="resolution").text


def test_reopening_keeps_what_was_entered_and_is_a_new_move(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = desk.incident()
    desk.resolve(made)
    page = f"/incidents/{made.number}/resolution"
    answer = post(
        ana, f"/incidents/{made.number}/reopen", page=page, follow=True, stage="resolution", why="It came back."
    )
    assert "Nobody could pay." in answer.text
    assert session.scalars(select(Move.verb).order_by(Move.id)).all()[-2:] == ["advance", "reopen"]
    assert "It came back." in ana.get(f"/incidents/{made.number}/history").text


def test_times_are_typed_in_the_readers_zone_and_shown_on_both_clocks(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = desk.incident()
    desk.people["Ana"].time_zone = "Europe/Berlin"
    session.merge(desk.people["Ana"])
    session.commit()
    url = f"/incidents/{made.number}/resolution"
    times = dict.fromkeys(("started_at", "detected_at", "mitigated_at", "resolved_at"), "2026-03-02T09:30")
    answer = post(ana, url, impact="x", how_resolved="y", version=0, then="advance", **times)
    assert answer.status_code == 302
    shown = ana.get(url).text
    assert "2 Mar 2026, 09:30 CET" in shown
    assert "2026-03-02 08:30 UTC" in shown


def test_a_time_that_the_clocks_skipped_is_refused(desk: Desk, ana: FlaskClient, session: Session, clock: Any) -> None:
    made = desk.incident()
    desk.people["Ana"].time_zone = "Europe/Berlin"
    session.merge(desk.people["Ana"])
    session.commit()
    clock.tick(days=60)
    url = f"/incidents/{made.number}/resolution"
    answer = post(ana, url, version=0, started_at="2026-03-29T02:30", impact="kept")
    assert answer.status_code == 422
    assert "The clocks of Europe/Berlin skipped this time." in answer.text
    assert "kept" in answer.text


def test_a_private_incident_does_not_exist_for_others(desk: Desk, client_of: ClientOf) -> None:
    made = desk.incident("Board member's laptop", is_private=True)
    ben = client_of(desk.people["Ben"])
    for path in ("", "/incident", "/resolution", "/history", "/privacy", "/review"):
        hidden, absent = ben.get(f"/incidents/{made.number}{path}"), ben.get(f"/incidents/{made.number + 1}{path}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(str(made.number), "") == absent.text.replace(str(made.number + 1), "") or (
            _without_ids(hidden.text, made.number) == _without_ids(absent.text, made.number + 1)
        )
    for path in ("/", "/?stage=all", "/?stage=all&q=laptop", f"/?stage=all&q={made.number}", "/?service=checkout"):
        assert "laptop" not in ben.get(path).text.replace("q=laptop", "").replace('value="laptop"', "")
    strip = ben.get("/").text
    assert "0 open incidents" in strip


def _without_ids(text: str, number: int) -> str:
    return re.sub(r"[0-9a-f]{32}", "", text.replace(str(number), ""))


def test_letting_somebody_in_lets_them_in(desk: Desk, ana: FlaskClient, client_of: ClientOf) -> None:
    made = desk.incident("Secret", is_private=True)
    url = f"/incidents/{made.number}/privacy"
    post(ana, url, is_private="y", reader_ids=[desk.people["Ben"].id])
    assert client_of(desk.people["Ben"]).get(f"/incidents/{made.number}/resolution").status_code == 200
    assert client_of(desk.people["Cleo"]).get(f"/incidents/{made.number}/resolution").status_code == 404


def test_the_board_pages_forward_and_back_without_losing_or_repeating_a_row(
    desk: Desk, ana: FlaskClient, clock: Any
) -> None:
    for n in range(113):
        desk.incident(f"Number {n:03}")
        clock.tick(seconds=n % 2)  # several at the same instant
    seen: list[str] = []
    at = "/"
    pages = []
    while at:
        page = ana.get(at).text
        pages.append(re.findall(r"Number (\d{3})", page))
        seen += pages[-1]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        at = older[1].replace("&amp;", "&") if older else ""
        newer = re.search(r'rel="prev" href="([^"]+)"', page)
    assert sorted(seen) == [f"{n:03}" for n in range(113)]
    assert newer is not None
    back = ana.get(newer[1].replace("&amp;", "&")).text
    assert re.findall(r"Number (\d{3})", back) == pages[1]


def test_a_broken_cursor_starts_at_the_top(desk: Desk, ana: FlaskClient) -> None:
    desk.incident("The one")
    for cursor in ("x", "n", "o1", "o-", "oNaN-1", "o1e400-1", "n99999999999999999999-1", "o1-x"):
        assert "The one" in ana.get(f"/?at={cursor}").text


def test_the_board_needs_as_many_statements_for_fifty_rows_as_for_one(
    desk: Desk, ana: FlaskClient, engine: Engine, clock: Any
) -> None:
    desk.incident()
    few = statements_of(engine, lambda: ana.get("/"))
    for n in range(60):
        desk.incident(f"Number {n}")
        clock.tick(seconds=1)
    assert statements_of(engine, lambda: ana.get("/")) == few


def test_filters_narrow_and_an_empty_result_says_what_to_do(desk: Desk, ana: FlaskClient) -> None:
    made = desk.incident("Payments time out", service_ids=[desk.services["search"]])
    desk.incident("Checkout is down", severity="SEV3")
    assert "Payments time out" in ana.get("/?service=search").text
    assert "Checkout is down" not in ana.get("/?service=search").text
    assert "Payments time out" not in ana.get("/?severity=SEV3").text
    assert "Payments time out" in ana.get(f"/?q=inc-{made.number}").text
    assert "Payments time out" in ana.get("/?q=time+payments").text
    assert "No incident matches" in ana.get("/?q=100%25_nothing").text


def test_a_late_stage_says_so(desk: Desk, ana: FlaskClient, clock: Any) -> None:
    made = desk.incident()
    clock.tick(days=9)
    assert "late" in ana.get(f"/incidents/{made.number}/resolution").text


def test_a_stage_that_may_be_skipped_offers_it_and_others_do_not(desk: Desk, ana: FlaskClient) -> None:
    minor, major = desk.incident(severity="SEV4"), desk.incident(severity="SEV1")
    for each in (minor, major):
        desk.resolve(each)
    assert "Skip Review" in ana.get(f"/incidents/{minor.number}/review").text
    assert "Skip Review" not in ana.get(f"/incidents/{major.number}/review").text
    with pytest.raises(Exception, match="SEV1 may not skip Review"), desk.begin() as work:
        lifecycle.skip(work, major.number, "review", why="x", by=desk.actor("Ana"), now=desk.clock() + timedelta(1))


@pytest.mark.parametrize("name", ["services-²", "services-x", "services--1", "services-0-0"])
def test_a_row_that_is_none_is_no_crash(desk: Desk, ana: FlaskClient, name: str) -> None:
    assert post(ana, "/incidents/new", title="Odd", **{name: "checkout"}).status_code in (302, 422)


def test_a_nul_in_a_service_s_name_is_a_sentence(desk: Desk, ana: FlaskClient) -> None:
    answer = post(ana, "/incidents/new", title="Odd", **{"services-0": "check\x00out"})
    assert answer.status_code == 422


@pytest.mark.parametrize("reader", ["9" * 30, "987654321", "x"])
def test_a_person_who_cannot_be_is_a_sentence(desk: Desk, ana: FlaskClient, reader: str) -> None:
    made = desk.incident("Secret", is_private=True)
    answer = post(ana, f"/incidents/{made.number}/privacy", is_private="y", reader_ids=[reader])
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_two_people_on_who_may_see_it_see_both_versions(desk: Desk, ana: FlaskClient, client_of: ClientOf) -> None:
    made = desk.incident("Secret", is_private=True)
    url, ids = f"/incidents/{made.number}/privacy", {name: person.id for name, person in desk.people.items()}
    ada = client_of(desk.people["Ada"])
    fields = {"is_private": "y", "version": 1}
    assert post(ada, url, **fields, reader_ids=[ids["Ben"]]).status_code == 302
    answer = post(ana, url, **fields, reader_ids=[ids["Cleo"]])
    assert answer.status_code == 409
    assert "Ada saved this while you were typing" in answer.text
    assert client_of(desk.people["Cleo"]).get(f"/incidents/{made.number}/resolution").status_code == 404
