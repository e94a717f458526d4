"""Expressions while they are typed, for app/static/js/expression.js: small JSON answers; nothing is saved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from app.domain import people
from app.queries import trial
from app.web import current
from app.web.filters import ago, iso

page = Blueprint("trial", __name__)


@page.post("/practices/checks/try")
def check() -> Response:
    people.require(current.actor(), "write_check")
    found = trial.check(current.reading(), _typed("expression"), _typed("service").strip(), _typed("selector"))
    return _answer(
        result=found.result, message=found.message, place=_place(found.place), service=found.service,
        does_apply=found.does_apply, is_dynamic=found.is_dynamic,
        facts=[
            {"key": each.key, "value": each.value, "source": each.source, "at": iso(each.at), "age": ago(each.at)}
            for each in found.facts
        ],
    )  # fmt: skip


@page.post("/practices/selector/try")
def selector() -> Response:
    people.require(current.actor(), "propose")
    most = trial.ALL_MAX if request.form.get("all") else trial.NAMED_MAX
    found = trial.selector(current.reading(), _typed("expression"), names_max=most)
    return _answer(
        is_readable=found.is_readable, message=found.message, place=_place(found.place), count=found.count,
        looked_at=found.looked_at, out_of=found.out_of, names=found.names, failing=found.failing,
        failing_count=found.failing_count, failing_because=found.failing_because,
    )  # fmt: skip


def _typed(name: str) -> str:
    """As it stands in the text area, so that lines and columns are those that the person sees."""
    return request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "\ufffd")


def _place(place: trial.Place | None) -> dict[str, int] | None:
    return {"line": place.line, "column": place.column} if place else None


def _answer(**said: Any) -> Response:
    return jsonify(said)
