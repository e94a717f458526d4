"""Reading what a machine sends, and checking it against a model: each wrong thing becomes a sentence with its field."""

from __future__ import annotations

import json
import math
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.domain.errors import Refusal, Refused

Model = TypeVar("Model", bound=BaseModel)
SHOWN_MAX = 50  # wrong things that are named at once
_SENTENCES = {
    "missing": "Give {field}.",
    "string_type": "{field} must be a text.",
    "int_type": "{field} must be a whole number.",
    "int_parsing": "{field} must be a whole number.",
    "int_parsing_size": "{field} is too large a number.",
    "bool_type": "{field} must be true or false.",
    "bool_parsing": "{field} must be true or false, 1 or 0.",
    "list_type": "{field} must be a list.",
    "dict_type": "{field} must be an object.",
    "model_type": "{field} must be an object.",
    "literal_error": "{field} must be one of {expected}.",
    "string_too_short": "{field} must not be empty.",
    "string_too_long": "Shorten {field} to {max_length} characters.",
    "too_short": "{field} must not be empty.",
    "too_long": "{field} may hold at most {max_length}; it has {actual_length}.",
    "greater_than_equal": "{field} must be at least {ge}.",
    "less_than_equal": "{field} must be at most {le}.",
    "value_error": "{field} {error}.",
}


def text() -> str:
    """The body as text. BadRequest: it is not UTF-8."""
    try:
        return request.get_data(cache=False).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not a text in UTF-8.") from None


def told() -> Any:
    """The body as JSON, and nothing beyond it: no NaN, no number that only becomes infinite by being read."""
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        return json.loads(text(), parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The body is not JSON: {error.msg}, at {place}.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not JSON that can be kept: {error}.") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None


def checked(model: type[Model], given: Any, at: str = "") -> Model:
    """What was given, as the model. Refused: a sentence for each wrong thing; `at` is where it stands in the body."""
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)[:SHOWN_MAX]
        raise Refused(_refusal(model, each, at) for each in found) from None


def _refusal(model: type[BaseModel], error: ErrorDetails, at: str) -> Refusal:
    place = _place(at, error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields)
        return Refusal("body.unknown_field", f"There is no {place} here. Known are: {known}.", place)
    sentence = _SENTENCES.get(error["type"], "{field}: {msg}.")
    words = sentence.format(field=place or "The body", msg=error["msg"], **error.get("ctx", {}))
    code = "body.missing" if error["type"] == "missing" else "body.wrong"
    return Refusal(code, words, place or None)


def _place(at: str, path: tuple[int | str, ...]) -> str:
    """services.checkout, results[3].link: names that are not ours are shortened, and shown as they can be printed."""
    found = at
    for each in path:
        if isinstance(each, int):
            found += f"[{each}]"
        else:
            name = each[:60].encode("unicode_escape").decode() if not each.isprintable() else each[:60]
            found += f".{name}" if found else name
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(f"{digits[:20]} is too large a number")
    return found
