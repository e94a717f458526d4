"""Facts about services that some tool wrote down: a JSON or YAML file, as plain values that a check can ask about."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.intake.instants import NoInstant, read_instant
from app.intake.kubernetes_folder import read_text
from app.intake.kubernetes_yaml import Plain, documents
from app.intake.problem import Problem, Unreadable, quoted

KEY_MAX, TEXT_MAX, DEPTH_MAX, VALUES_MAX = 200, 5_000, 8, 5_000  # values of one service, lists and mappings included
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DOUBTFUL = frozenset({"yes", "no", "on", "off", "y", "n"})
_SHAPE = "write {service: {key: value}}, or a list of {service: …, facts: {key: value}, at: …, source: …}"


@dataclass(frozen=True)
class Told:
    """What a file tells of one service. `at` and `source` are None and "" where the file says nothing."""

    service: str
    facts: Mapping[str, Any]
    at: datetime | None
    source: str


@dataclass
class Reading:
    """`problems` are what could not be used though it is there; `notes` what was assumed."""

    file: str
    told: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def refuse(self, where: str, reason: str) -> None:
        self.problems.append(Problem(self.file, where, reason))


class _Wrong(Exception):
    """The value of one fact cannot be kept; the message says why."""


def read(path: Path) -> Reading:
    """Every fact of the file that can be kept. Unreadable: the file as a whole is no JSON or YAML of this shape."""
    reading = Reading(path.name)
    text = read_text(path.parent, path)
    for root in _roots(reading, text, is_json=path.name.lower().endswith(".json")):
        if isinstance(root, list):
            for number, entry in enumerate(root, 1):
                _entry(reading, f"entry {number}", entry)
        elif isinstance(root, dict) and isinstance(root.get("service"), str) and "facts" in root:
            _entry(reading, "entry", root)
        elif isinstance(root, dict):
            for service, facts in root.items():
                _tell(reading, service, service, facts)
        else:
            raise Unreadable([Problem(reading.file, "file", f"no facts of services: {_SHAPE}")])
    if not reading.told and not reading.problems:
        raise Unreadable([Problem(reading.file, "file", f"empty: {_SHAPE}")])
    return reading


def _roots(reading: Reading, text: str, *, is_json: bool) -> Iterator[Any]:
    if not is_json:
        for document in documents(reading.file, text):
            if isinstance(document, Problem):
                reading.problems.append(document)
            else:
                yield document.value
        return
    try:
        yield json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable([Problem(reading.file, "file", f"no valid JSON: {error.msg}", error.lineno)]) from None
    except RecursionError:
        raise Unreadable([Problem(reading.file, "file", "nested too deep")]) from None
    except ValueError as error:  # a key twice, or a number that is none
        raise Unreadable([Problem(reading.file, "file", f"no valid JSON: {error}")]) from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {quoted(twice)} is there twice in one object; remove one")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _entry(reading: Reading, where: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        reading.refuse(where, f"a mapping is expected here: {_SHAPE}")
        return
    for name in entry.keys() - {"service", "facts", "at", "source"}:
        reading.notes.append(Problem(reading.file, f"{where}: {name}", "is not known here and was left out"))
    texts = {name: entry.get(name) or "" for name in ("service", "at", "source")}
    for name, value in texts.items():
        if not isinstance(value, str) or _is_unkeepable(value):
            reading.refuse(f"{where}: {name}", "a text is expected here")
            return
    at = None
    if texts["at"]:
        try:
            at, remark = read_instant(texts["at"])
        except NoInstant as error:
            reading.refuse(f"{where}: at", f"{quoted(texts['at'])} {error}")
            return
        if remark:
            reading.notes.append(Problem(reading.file, f"{where}: at", f"{quoted(texts['at'])} {remark}"))
    _tell(reading, where, texts["service"], entry.get("facts"), at=at, source=" ".join(texts["source"].split()))


def _tell(reading: Reading, where: str, name: str, facts: Any, *, at: datetime | None = None, source: str = "") -> None:
    service = str(name).strip().lower()  # as the catalogue writes names
    if not service or _is_unkeepable(service):
        reading.refuse(where or "service", "the name of the service is missing, or holds a NUL character")
    elif not isinstance(facts, dict) or not facts:
        reading.refuse(where, "facts are missing: write a mapping of keys and values")
    else:
        kept, left = {}, VALUES_MAX
        for key, value in facts.items():
            budget = [left]
            try:
                kept[_key(key)], left = _value(value, budget, 1), budget[0]
            except _Wrong as wrong:
                reading.refuse(f"{where}: {key}", str(wrong))
            else:
                if isinstance(value, Plain) and value.lower() in _DOUBTFUL:
                    reason = f"{quoted(value)} was taken as a text; write true or false if that is meant"
                    reading.notes.append(Problem(reading.file, f"{where}: {key}", reason))
        if kept:
            reading.told.append(Told(service, kept, at, source))


def _key(key: str) -> str:
    if not key.strip() or " ".join(key.split()) != key or len(key) > KEY_MAX or _is_unkeepable(key):
        raise _Wrong(f"a key is 1 to {KEY_MAX} characters on one line, without spaces at its ends")
    return str(key)


def _value(value: Any, budget: list[int], depth: int) -> Any:
    """The value as JSON has it. A text without quotes in YAML is true, false or a number where it looks like one."""
    budget[0] -= 1  # a value that is refused costs the others nothing
    if budget[0] < 0 or depth > DEPTH_MAX:
        raise _Wrong(f"too large: a service has at most {VALUES_MAX:,} values, nested at most {DEPTH_MAX} deep")
    if isinstance(value, dict):
        return {_key(key): _value(each, budget, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_value(each, budget, depth + 1) for each in value]
    if isinstance(value, Plain):
        value = _meant(value)
    if isinstance(value, str) and (len(value) > TEXT_MAX or _is_unkeepable(value)):
        raise _Wrong(f"a text has at most {TEXT_MAX:,} characters, and no NUL")
    if isinstance(value, int | float) and not (math.isfinite(value) and -(2**63) <= value < 2**63):
        raise _Wrong("the number is larger than a check can count")
    return value


def _meant(text: str) -> Any:
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else str(text)


def _is_unkeepable(text: str) -> bool:
    return any(each == "\x00" or "\ud800" <= each <= "\udfff" for each in text)
