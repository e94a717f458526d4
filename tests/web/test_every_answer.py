"""What every answer has: headers, an id, an error in words; and the addresses for machines."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.web.desk import Desk, post


@pytest.fixture
def ana(begin: Any, clock: Any, client_of: Any) -> Any:
    return client_of(Desk(begin, clock).people["Ana"])


def test_every_page_forbids_scripts_and_frames_of_others(ana: Any) -> None:
    headers = ana.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_request_keeps_the_id_of_the_proxy_and_makes_one_otherwise(ana: Any) -> None:
    assert ana.get("/", headers={"X-Request-Id": "proxy-12345678"}).headers["X-Request-Id"] == "proxy-12345678"
    assert len(ana.get("/", headers={"X-Request-Id": "bad id\n"[:6]}).headers["X-Request-Id"]) == 32


def test_an_unknown_page_is_a_sentence_for_people_and_a_problem_for_machines(ana: Any) -> None:
    assert "There is no such page" in ana.get("/nothing").text
    answer = ana.get("/nothing", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json() == {
        "type": "about:blank", "title": "Not found", "status": 404,
        "detail": "There is no such page, or you may not see it.",
    }  # fmt: skip


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999"])
def test_a_number_of_any_size_is_only_not_found(ana: Any, number: str) -> None:
    assert ana.get(f"/incidents/{number}").status_code == 404
    assert ana.get(f"/practices/{number}").status_code == 404
    assert ana.get(f"/?q={number}").status_code == 200


def test_machines_are_told_that_it_lives_and_that_it_is_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ok"}


def test_metrics_name_routes_and_never_numbers(ana: Any, app: Flask) -> None:
    ana.get("/incidents/12345")
    text = app.test_client().get("/metrics").text
    assert 'route="/incidents/<int:number>"' in text
    assert "12345" not in text


def test_a_form_with_a_stale_token_can_be_sent_again(ana: Any) -> None:
    answer = ana.post("/incidents/new", data={"csrf_token": "stale", "title": "Kept title"})
    assert answer.status_code == 400
    assert "Nothing is lost" in answer.text
    assert "Kept title" in answer.text


@pytest.mark.parametrize("path", ["/?team=%00", "/?service=%00", "/?q=%00", "/services?q=%00", "/practices?q=%00",
                                  "/adoption?team=%00", "/services/%00", "/teams/%00", "/?at=o1-%00"])  # fmt: skip
def test_a_nul_in_an_address_is_no_crash(ana: Any, path: str) -> None:
    assert ana.get(path).status_code in (200, 404)


def test_a_nul_in_an_e_mail_address_only_does_not_match(app: Flask, begin: Any, clock: Any) -> None:
    answer = post(app.test_client(), "/sign-in", email="ana\x00@desk.example", password="x")
    assert answer.status_code in (422, 429)
