"""Who may use the API: whoever shows a token that works, with the lower of its role and that of its person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from app.api.door import PER_MINUTE
from app.models.person import Person
from app.models.token import ApiToken
from app.workflow import tokens
from tests.api.machine import V1, Machine, Make, problem, token_of
from tests.cast import Cast
from tests.web.practices import statements_of


def test_no_operation_answers_without_a_token(app: Flask) -> None:
    client = app.test_client()
    rules = [each for each in app.url_map.iter_rules() if each.rule.startswith("/api")]
    assert len(rules) >= 16
    for rule in rules:
        path = rule.rule.replace("<int:number>", "1").replace("<int:check_id>", "1").replace("<name>", "checkout")
        path = path.replace("<week>", "2026-W09")
        assert "<" not in path
        for method in rule.methods or ():
            assert client.open(path, method=method).status_code == 401, f"{method} {path}"


def test_every_address_under_api_belongs_to_the_api_and_no_other_does(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith("/api/v1/") == rule.endpoint.startswith("api."), rule


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "rtk_x", "Bearer rtk_unknown", f"Bearer {'x' * 5_000}",
               "Bearer rtk_\xff\xfe", "Bearer '; drop table person; --"]
)  # fmt: skip
def test_whoever_shows_no_token_is_told_how_to(app: Flask, cast: Cast, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    answer = app.test_client().get(f"{V1}/services", headers=headers)
    assert "on your account page" in problem(answer, 401)["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_counts_for_nothing(client_of: Any, cast: Cast, session: Session) -> None:
    client = client_of(session.get_one(Person, cast.id("Ada")))
    assert client.get("/services").status_code == 200
    problem(client.get(f"{V1}/services"), 401)
    problem(client.post(f"{V1}/facts", json={"services": {"checkout": {"a": 1}}}), 401)
    problem(client.get("/api/nothing-here"), 401)


def test_a_token_needs_no_session_and_makes_none(api: Machine) -> None:
    answer = api.post("/facts", {"services": {"checkout": {"timeout": 1}}})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_word_bearer_may_be_written_in_any_way(app: Flask, cast: Cast) -> None:
    secret = token_of(cast, "Dev")[1]
    for kind in ("bearer", "BEARER"):
        answer = app.test_client().get(f"{V1}/teams", headers={"Authorization": f"{kind}  {secret} "})
        assert answer.status_code == 200


def test_a_token_that_is_revoked_expired_or_of_nobody_works_no_longer(
    app: Flask, cast: Cast, clock: Any, session: Session
) -> None:
    token_id, secret = token_of(cast, "Cleo", expires_on=cast.now.date())
    machine = Machine(app.test_client(), secret)
    assert machine.get("/teams").status_code == 200
    clock.tick(hours=14)
    assert machine.get("/teams").status_code == 200, "it works through its last day"
    clock.tick(hours=2)
    assert "expired after 2026-03-02" in problem(machine.get("/teams"), 401)["detail"]
    clock.tick(hours=-16)
    session.execute(update(Person).where(Person.id == cast.id("Cleo")).values(is_active=False))
    session.commit()
    assert "not active" in problem(machine.get("/teams"), 401)["detail"]
    session.execute(update(Person).where(Person.id == cast.id("Cleo")).values(is_active=True))
    session.commit()
    cast.do(tokens.revoke, token_id, by="Cleo")
    assert "was revoked" in problem(machine.get("/teams"), 401)["detail"]


def test_a_token_may_do_no_more_than_its_role(app: Flask, cast: Cast) -> None:
    reads = Machine(app.test_client(), token_of(cast, "Ana", role="viewer")[1])
    assert reads.get("/incidents").status_code == 200
    found = problem(reads.post("/incidents", {"title": "Down"}), 403)
    assert found["code"] == "not_allowed"
    assert "you are a viewer" in found["detail"]


def test_a_token_may_do_no_more_than_its_person_may_now(app: Flask, cast: Cast, session: Session) -> None:
    machine = Machine(app.test_client(), token_of(cast, "Ana")[1])
    assert machine.put("/services/mail", {}).status_code == 201
    session.execute(update(Person).where(Person.id == cast.id("Ana")).values(role="viewer"))
    session.commit()
    problem(machine.put("/services/mail", {"tier": 1}), 403)


def test_the_use_of_a_token_is_noted_once_an_hour(app: Flask, cast: Cast, clock: Any) -> None:
    token_id, secret = token_of(cast, "Dev")
    machine = Machine(app.test_client(), secret)

    def used_at() -> Any:
        return cast.look(lambda session: session.get_one(ApiToken, token_id).last_used_at)

    first = cast.now
    assert used_at() is None
    machine.get("/teams").close()
    assert used_at() == first
    clock.tick(minutes=59)
    machine.get("/teams").close()
    assert used_at() == first
    clock.tick(minutes=1)
    problem(machine.get("/nothing-here"), 404)
    machine.get("/teams").close()
    assert used_at() == first + timedelta(hours=1)


def test_to_know_a_token_takes_one_statement(api: Machine, engine: Engine) -> None:
    api.get("/openapi.json").close()
    assert statements_of(engine, lambda: api.get("/openapi.json")) == 1


def test_whoever_asks_too_often_waits_and_no_other_token_does(api: Machine, machine: Make) -> None:
    assert "Retry-After" not in api.get("/openapi.json").headers
    for _ in range(2 * PER_MINUTE):  # a minute may begin meanwhile
        if api.get("/openapi.json").status_code != 200:
            break
    for path in ("/openapi.json", "/teams"):
        answer = api.get(path)
        problem(answer, 429)
        assert 0 <= int(answer.headers["Retry-After"]) <= 60
    assert machine("Ben").get("/teams").status_code == 200
