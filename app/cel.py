"""The expression language of selectors and facts checks (CEL), bounded: what people write may be wrong, slow or hostile.

The library has no bound on steps, so the expression itself is bounded: its length, its nesting, and how many
comprehensions (`all`, `exists`, `map`, …) it may hold, since nested ones multiply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cel

from app.domain.errors import Refused

LENGTH_MAX = 2_000
NESTING_MAX = 24
COMPREHENSIONS_MAX = 2
_COMPREHENSION = re.compile(r"\.\s*(all|exists|exists_one|filter|map)\s*\(")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")


class ExpressionError(Exception):
    """The expression failed on these values; the message says why, for the people who wrote it."""


@dataclass(frozen=True)
class Expression:
    text: str
    program: Any

    def holds(self, values: Values) -> bool:
        """True or false. ExpressionError: it fails on these values, or gives something else than true or false."""
        try:
            result = self.program.execute(values.context)
        except KeyError as error:
            raise ExpressionError(f"The service does not report the fact {error}.") from error
        except (ValueError, TypeError, RuntimeError, OverflowError) as error:
            raise ExpressionError(_first_sentence(str(error))) from error
        if not isinstance(result, bool):
            raise ExpressionError(f"The expression gives {type(result).__name__}, not true or false.")
        return result


class Values:
    """The variables of one service, converted once and used for many expressions."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self.context = cel.Context(dict(variables))


@lru_cache(maxsize=4096)
def read(text: str, field: str = "expression") -> Expression:
    """Compile an expression. Refused: it is empty, too big, or does not parse; the sentence says where."""
    _require_bounds(text, field)
    try:
        return Expression(text, cel.compile(text))
    except ValueError as error:
        raise Refused.because(
            "expression.invalid", f"The expression cannot be read: {_place(str(error))}", field
        ) from None


def _require_bounds(text: str, field: str) -> None:
    bare = _STRING.sub('""', text)
    depth = deepest = 0
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    problem = None
    if not text.strip():
        problem = "Write an expression."
    elif len(text) > LENGTH_MAX:
        problem = f"Shorten the expression to {LENGTH_MAX} characters; it has {len(text)}."
    elif deepest > NESTING_MAX or bare.count("?") > NESTING_MAX or max(bare.count("!"), bare.count("-")) > 200:
        problem = f"Nest the expression at most {NESTING_MAX} deep."
    elif len(_COMPREHENSION.findall(bare)) > COMPREHENSIONS_MAX:
        problem = f"Use at most {COMPREHENSIONS_MAX} of all, exists, filter and map: nested ones take too long."
    if problem:
        raise Refused.because("expression.bounds", problem, field)


def _place(message: str) -> str:
    found = re.search(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)", message)
    if not found:
        return _first_sentence(message)
    line, column, what = found.groups()
    return f"line {line}, column {column}: {what.split(' expecting ')[0]}."


def _first_sentence(message: str) -> str:
    return message.split("\n", maxsplit=1)[0].split(". ", maxsplit=1)[0].strip()[:300].rstrip(".") + "."
