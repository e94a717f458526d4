"""A machine that holds a token of somebody in the cast, and the tokens that it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.workflow import tokens
from tests.cast import ROLES, Cast

V1 = "/api/v1"
PROBLEM = "application/problem+json"


def token_of(cast: Cast, name: str, *, role: str | None = None, expires_on: date | None = None) -> tuple[int, str]:
    """Id and secret of a new token of somebody, made by Ada."""
    made, secret = cast.do(
        tokens.make, by="Ada", name="CI", person_id=cast.id(name), role=role or ROLES[name], expires_on=expires_on
    )
    return made.id, secret


@dataclass
class Machine:
    """Requests under /api/v1 with one token; none of the cookies of a browser."""

    client: FlaskClient
    secret: str

    def ask(self, method: str, path: str, **how: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}", **how.pop("headers", {})}
        url = path if path.startswith("/api") else V1 + path
        return self.client.open(url, method=method, headers=headers, **how)

    def get(self, path: str, **how: Any) -> TestResponse:
        return self.ask("GET", path, **how)

    def post(self, path: str, told: Any = None, **how: Any) -> TestResponse:
        return self.ask("POST", path, **({"json": told} if told is not None else {}), **how)

    def put(self, path: str, told: Any = None, **how: Any) -> TestResponse:
        return self.ask("PUT", path, **({"json": told} if told is not None else {}), **how)


Make = Callable[[str], Machine]


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem that was answered: its shape holds whatever it is."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == PROBLEM
    found: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail"} <= set(found)
    assert found["status"] == status
    assert found["detail"]
    for each in found.get("errors", []):
        assert set(each) == {"code", "sentence", "field"}
        assert each["sentence"]
    return found


def sentences(answer: TestResponse, status: int = 422) -> str:
    return " ".join(each["sentence"] for each in problem(answer, status)["errors"])


def journal(**told: Any) -> dict[str, Any]:
    """A journal.json as Chaos Toolkit 1.x writes it: the steady state was met before and after."""
    probe = {
        "activity": {"type": "probe", "name": "checkout answers", "tolerance": 200,
                     "provider": {"type": "http", "url": "http://checkout/health"}},
        "output": {"status": 200}, "status": "succeeded", "start": "2026-03-01T08:00:00.100000",
        "end": "2026-03-01T08:00:00.200000", "duration": 0.1, "tolerance_met": True,
    }  # fmt: skip
    action = {"activity": {"type": "action", "name": "stop the database", "provider": {"type": "process", "path": "x"}},
              "output": None, "status": "succeeded", "start": "2026-03-01T08:00:01", "end": "2026-03-01T08:00:02",
              "duration": 1.0}  # fmt: skip
    state = {"steady_state_met": True, "probes": [probe]}
    return {
        "chaoslib-version": "1.44.0", "platform": "Linux-6.1", "node": "ci-7",
        "experiment": {"version": "1.0.0", "title": "Checkout bears a lost database", "description": "",
                       "method": [action["activity"]], "rollbacks": []},
        "start": "2026-03-01T08:00:00.000000", "status": "completed", "deviated": False,
        "steady_states": {"before": state, "after": state, "during": []}, "run": [action], "rollbacks": [],
        "end": "2026-03-01T08:00:10.500000", "duration": 10.5, **told,
    }  # fmt: skip
