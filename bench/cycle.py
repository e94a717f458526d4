"""One step of the cycle and the two pages that are open all day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.wiring import build_app
from bench import data, floors
from bench.measure import Result, compared, counting
from config import Settings

INCIDENTS = 20_000
READY = 600  # incidents whose resolution is complete, one for each advance that is timed
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def run(engine: Engine, kind: str) -> Iterator[Result]:
    """Every figure of the cycle on one database."""
    data.fill(engine, INCIDENTS)
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "bench", "RATCHET_LOG_LEVEL": "warning"})
    client = build_app(settings, engine=engine, clock=lambda: data.NOW).test_client()
    token = sign_in(client)
    floor = floors.bare(engine).test_client()
    numbers = iter(_ready(engine))

    cookie = client.get_cookie("session")
    assert cookie is not None

    def advance() -> None:
        # The cookie of somebody who has looked at a page since: 300 messages "is complete" in one cookie are nobody's.
        client.set_cookie("session", cookie.value)
        answer = client.post(f"/incidents/{next(numbers)}/advance", data={"stage": "resolution", "csrf_token": token})
        assert answer.status_code == 302, answer.status
        assert answer.headers["Location"].endswith("/review"), answer.headers["Location"]

    def note() -> None:
        assert floor.post("/note", data={"text": "one row"}).status_code == 200

    yield compared("advance: decide, save, Move, outbox rows", kind, advance, note, goal=4.0, rounds=300)

    def get(path: str, by: FlaskClient = client) -> Any:
        answer = by.get(path)
        assert answer.status_code == 200, (path, answer.status)
        return answer

    open_number = INCIDENTS - 5
    pages = (
        ("board of 20,000 incidents", "/"),
        ("board, one stage, searched", "/?stage=review&q=checkout"),
        ("incident page", client.get(f"/incidents/{open_number}", follow_redirects=True).request.path),
        ("incident page, the review being written", f"/incidents/{open_number}/review?edit=1"),
        ("incident page, history", f"/incidents/{open_number}/history"),
    )
    for name, path in pages:
        yield compared(name, kind, lambda path=path: get(path), lambda: get("/rows", floor), goal=4.0)
    yield from _queries(engine, kind, client, get)


def _queries(engine: Engine, kind: str, client: FlaskClient, get: Any) -> Iterator[Result]:
    """As many statements for a page of one row as for a page of fifty."""
    for name, many, few in (("board", "/", "/?q=INC-19990"),):
        counts = []
        for path in (few, many):
            with counting(engine) as sent:
                get(path)
            counts.append(len([each for each in sent if not each.startswith("BEGIN")]))
        yield Result(f"queries of the {name}, 50 rows beside 1", kind, counts[1], "queries", counts[0],
                     round(counts[1] / counts[0], 2), 1.0)  # fmt: skip


def sign_in(client: FlaskClient) -> str:
    token = _TOKEN.search(client.get("/sign-in").text)
    assert token
    answer = client.post(
        "/sign-in", data={"email": data.EMAIL, "password": data.PASSWORD, "csrf_token": token.group(1)}
    )
    assert answer.status_code == 302, answer.status
    found = _TOKEN.search(client.get("/").text)
    assert found
    return found.group(1)


def _ready(engine: Engine) -> list[int]:
    """Incidents at resolution with everything that the stage asks for."""
    first = INCIDENTS + 1
    numbers = list(range(first, first + READY))
    with Session(engine) as session, session.begin():
        session.execute(
            insert(Incident),
            [
                {
                    "id": n,
                    "number": n,
                    "title": "Payments fail",
                    "description": "",
                    "severity": "SEV2",
                    "is_private": False,
                    "stage": "resolution",
                    "state": "active",
                    "stage_entered_at": data.NOW,
                    "declared_at": data.NOW,
                    "declared_by_id": 1,
                    "commander_id": 1,
                    "labels": [],
                    "version": 1,
                }
                for n in numbers
            ],
        )
        session.execute(insert(incident_service), [{"incident_id": n, "service_id": 1} for n in numbers])
        session.execute(
            insert(Resolution),
            [
                {
                    "incident_id": n,
                    "started_at": data.NOW,
                    "detected_at": data.NOW,
                    "mitigated_at": data.NOW,
                    "resolved_at": data.NOW,
                    "impact": "x",
                    "how_resolved": "y",
                    "version": 1,
                }
                for n in numbers
            ],
        )
    return numbers
