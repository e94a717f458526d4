"""The one blueprint of REST v1, and how an operation enters it: its body and query are checked, its answer is written.

What an operation takes and gives is said once, here: openapi.json is made of the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel

from app.api import body, errors

JSON = "application/json"
v1 = Blueprint("api", __name__, url_prefix="/api/v1")
errors.install(v1)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address. `takes` are the content types of a body that the view reads by itself."""

    name: str
    method: str
    path: str
    summary: str
    query: type[BaseModel] | None
    told: type[BaseModel] | None
    gives: type[BaseModel] | None
    status: int
    takes: tuple[str, ...]


OPERATIONS: list[Operation] = []


def operation(
    method: str, path: str, *, query: type[BaseModel] | None = None, told: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None, status: int = 200, takes: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:  # fmt: skip
    """Make a view an operation. It gets its path's parts, and `query` and `told` as they were checked; it answers with
    a model, or with a whole response."""

    def enter(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def answer(**given: Any) -> Response:
            if query is not None:
                given["query"] = body.checked(query, request.args.to_dict())
            if told is not None:
                given["told"] = body.checked(told, body.told())
            found = view(**given)
            return found if isinstance(found, Response) else shown(found, status)

        name = view.__module__.rpartition(".")[2] + "_" + view.__name__
        summary = (view.__doc__ or "").strip().splitlines()[0]
        v1.add_url_rule(path, name, answer, methods=[method])
        OPERATIONS.append(
            Operation(name=name, method=method, path=path, summary=summary, query=query, told=told, gives=gives,
                      status=status, takes=takes)
        )  # fmt: skip
        return answer

    return enter


def shown(model: BaseModel, status: int = 200, **headers: str) -> Response:
    """A model as JSON."""
    return Response(model.model_dump_json(), status, headers, mimetype=JSON)
