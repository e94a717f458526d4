"""The description of the API for machines, made from the operations themselves and their models."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api import errors, shapes
from app.api.v1 import JSON, OPERATIONS, Operation, operation

VERSION = "1"
SCHEMAS = "#/components/schemas/"
_PART = re.compile(r"<(?:(?P<kind>int):)?(?P<name>[a-z_]+)>")
_FAILURES = {
    "400": "The body cannot be read.",
    "401": "No token, or one that does not work.",
    "403": "The token may not do this.",
    "404": "There is no such thing, or the token may not know of it.",
    "405": "The address does not answer this method.",
    "409": "Somebody else was first.",
    "413": "The body is too large.",
    "415": "Another content type is wanted.",
    "422": "Something is missing or wrong: `errors` has a sentence for each.",
    "429": "Too many requests.",
    "500": "A mistake of ours.",
    "503": "The database does not answer.",
}


@operation("GET", "/openapi.json")
def show() -> Response:
    """Read this description of the API."""
    return Response(_document(), mimetype=JSON)


@cache
def _document() -> str:
    """As text: it is the same for everybody, and is made once."""
    return json.dumps(describe(OPERATIONS), indent=2)


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """The operations as OpenAPI 3.1."""
    models = {each for one in operations for each in (one.query, one.told, one.gives) if each is not None}
    models.add(shapes.Problem)
    ordered = sorted(models, key=lambda each: (each.__module__, each.__name__))
    refs, schemas = models_json_schema([(each, _mode(each)) for each in ordered], ref_template=SCHEMAS + "{model}")
    found: dict[str, dict[str, Any]] = {}
    for one in operations:
        path = "/api/v1" + _PART.sub(r"{\g<name>}", one.path)
        found.setdefault(path, {})[one.method.lower()] = _operation(one, refs, schemas.get("$defs", {}))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ratchet", "version": VERSION, "description": "Facts, results, incidents and standings."},
        "security": [{"token": []}],
        "paths": found,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas.get("$defs", {}),
            "responses": {
                code: {"description": words, "content": {errors.PROBLEM: {"schema": {"$ref": SCHEMAS + "Problem"}}}}
                for code, words in _FAILURES.items()
            },
        },
    }  # fmt: skip


def _mode(model: type[BaseModel]) -> Any:
    return "serialization" if issubclass(model, shapes.Shape) else "validation"


def _operation(of: Operation, refs: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"description": "Done."}
    if of.gives is not None:
        given["content"] = {JSON: {"schema": refs[of.gives, "serialization"]}}
    about: dict[str, Any] = {
        "operationId": of.name,
        "summary": of.summary,
        "parameters": [*_path_parameters(of.path), *_query_parameters(of.query, refs, schemas)],
        "responses": {
            str(of.status): given,
            **{code: {"$ref": f"#/components/responses/{code}"} for code in _FAILURES},
        },
    }
    if of.told is not None:
        about["requestBody"] = _body({JSON: {"schema": refs[of.told, "validation"]}})
    elif of.takes:
        about["requestBody"] = _body({each: {"schema": {}} for each in of.takes})
    return about


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": content}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": part["name"], "in": "path", "required": True,
         "schema": {"type": "integer" if part["kind"] else "string"}}
        for part in _PART.finditer(path)
    ]  # fmt: skip


def _query_parameters(model: type[BaseModel] | None, refs: Any, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = schemas[refs[model, "validation"]["$ref"].removeprefix(SCHEMAS)]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": about}
        for name, about in schema["properties"].items()
    ]
