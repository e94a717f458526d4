"""Objects of manifests: where each stands, its values by the kind that is expected, and whom its selector means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.intake import kubernetes_quantity as quantity
from app.intake.kubernetes_yaml import Plain, Value
from app.intake.problem import Problem, quoted

_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")


class Wrong(Exception):
    """A value is of another kind than Kubernetes allows there: what depends on it cannot be known."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True)
class Place:
    """A mapping of an object, and the path to it. What is not there, or null, is None or empty. Wrong: another kind."""

    path: str
    values: Mapping[str, Value]

    def has(self, key: str) -> bool:
        return self.values.get(key) is not None

    def below(self, *keys: str) -> Place:
        """The mapping below these keys; an empty one where there is none."""
        place = self
        for key in keys:
            value = place.values.get(key)
            if not isinstance(value, dict | None):
                raise Wrong(place.at(key), "a mapping is expected here")
            place = Place(place.at(key), value or {})
        return place

    def each(self, key: str) -> list[Place]:
        """The mappings of a list, by their names where they have one."""
        value = self.values.get(key)
        if not isinstance(value, list | None):
            raise Wrong(self.at(key), "a list is expected here")
        found = []
        for number, entry in enumerate(value or []):
            name = entry.get("name") if isinstance(entry, dict) else None
            path = f"{self.at(key)}[{name if isinstance(name, str) else number}]"
            if not isinstance(entry, dict):
                raise Wrong(path, "a mapping is expected here")
            found.append(Place(path, entry))
        return found

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str | None):
            raise Wrong(self.at(key), "a text is expected here")
        return str(value or "")

    def texts(self, key: str) -> dict[str, str]:
        """A mapping of texts, such as labels."""
        place = self.below(key)
        return {name: place.text(name) for name in place.values}

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, Plain) or value not in _TRUE | _FALSE:
            raise Wrong(self.at(key), f"{_shown(value)} is neither true nor false")
        return value in _TRUE

    def whole(self, key: str) -> int | None:
        """A whole number from zero up."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, Plain) or not _WHOLE.fullmatch(value) or int(value) < 0:
            raise Wrong(self.at(key), f"{_shown(value)} is no whole number from 0 up")
        return int(value)

    def quantity(self, key: str) -> Fraction | None:
        value = self.values.get(key)
        if value is None:
            return None
        try:
            return quantity.read(self.text(key))
        except quantity.NoQuantity as error:
            raise Wrong(self.at(key), f"{_shown(value)} {error}") from None

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value) if isinstance(value, Plain) else f"{quoted(value)} in quotes"
    return "a list" if isinstance(value, list) else "a mapping"


@dataclass(frozen=True)
class Thing:
    """One object: its kind, its name, and the namespace that it says itself; "" is where it will be applied to."""

    file: str
    line: int
    kind: str
    name: str
    namespace: str
    root: Place

    @property
    def called(self) -> str:
        return f"{self.kind} {self.name}" + (f" of namespace {self.namespace}" if self.namespace else "")

    def problem(self, path: str, reason: str) -> Problem:
        """What is wrong at a path of this object."""
        return Problem(self.file, f"{self.kind} {self.name}: {path}", reason, self.line)


@dataclass(frozen=True)
class Selector:
    """matchLabels, and matchExpressions as key, operator and values. An empty one means everything."""

    labels: Mapping[str, str]
    terms: Sequence[tuple[str, str, frozenset[str]]]

    def means(self, labels: Mapping[str, str]) -> bool:
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            _OPERATORS[operator](labels.get(key), values) for key, operator, values in self.terms
        )


_OPERATORS: Mapping[str, Callable[[str | None, frozenset[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, values: value is not None,
    "DoesNotExist": lambda value, values: value is None,
}


def selector(place: Place) -> Selector:
    """The selector that is written there. Wrong: Kubernetes would not take it."""
    terms = []
    for each in place.each("matchExpressions"):
        operator = each.text("operator")
        if operator not in _OPERATORS:
            raise Wrong(each.at("operator"), f"{quoted(operator)} is none of {', '.join(_OPERATORS)}")
        values = each.values.get("values") or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise Wrong(each.at("values"), "a list of texts is expected here")
        terms.append((each.text("key"), operator, frozenset(map(str, values))))
    return Selector(place.texts("matchLabels"), terms)
