"""YAML of several documents as texts, lists and mappings: nothing is converted, all is bounded, one broken document
stops no other.

YAML would turn the label `1.10` into 1.1 and `no` into False. So scalars stay the texts that somebody wrote; one
without quotes is a `Plain`, which its reader may take for a number, or for true or false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from app.intake.problem import Problem, quoted

Value = str | list["Value"] | dict[str, "Value"] | None
VALUES_MAX, DEPTH_MAX = 500_000, 100  # in one document, with all that its aliases stand for
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one is missing where PyYAML came without libyaml
_MARK = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)  # ends a document wherever it stands, even inside a text
_BLANK = re.compile(r"(?:[ \t\r]*(?:[#%][^\n]*)?(?:\n|\Z))*\Z")
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset({None, "!", *(f"{_TAG}{each}" for each in ("str", "int", "float", "bool", "null", "map", "seq"))})


class Plain(str):
    """A text that was written without quotes."""

    __slots__ = ()


@dataclass(frozen=True)
class Document:
    """One document of a file. `number` and `line` count from 1."""

    file: str
    number: int
    line: int
    value: Value


def documents(file: str, text: str) -> Iterator[Document | Problem]:
    """Each document of the text, or what is wrong with it; empty ones are passed over."""
    number, line = 0, 1
    for part in _parts(text):
        if not _BLANK.match(part):
            for found in _read(part):
                number += 1
                if isinstance(found, _Broken):
                    yield Problem(file, f"document {number}", found.reason, line + found.line)
                elif found.done is not None:
                    yield Document(file, number, line + found.line, found.done)
        line += part.count("\n")


def _parts(text: str) -> Iterator[str]:
    """A parser stops at the first mistake; cut at the marks, each document has a parser of its own."""
    cuts = [0, *(each.start() for each in _MARK.finditer(text)), len(text)]
    return (text[start:end] for start, end in pairwise(cuts) if start < end)


class _Broken(Exception):
    def __init__(self, reason: str, line: int) -> None:
        self.reason, self.line = reason, line
        super().__init__(reason)


def _read(part: str) -> Iterator[_Building | _Broken]:
    """Documents that are done, until one is broken. Their lines count from 0."""
    is_template = "{{" in part
    hint = "; it looks like a template: render it first, for example with `helm template`" if is_template else ""
    try:
        for event in yaml.parse(part, Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                building = _Building()
            elif isinstance(event, yaml.DocumentEndEvent):
                yield building
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent):
                building.take(event)
    except _Broken as broken:
        yield _Broken(broken.reason + hint, broken.line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = error.problem or error.context or "it cannot be read"
        yield _Broken(f"no valid YAML: {why}{hint}", mark.line if mark else 0)
    except yaml.reader.ReaderError:
        yield _Broken("it holds a character that YAML does not allow", 0)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        yield _Broken(f"no valid YAML: {str(error).splitlines()[0]}", 0)


@dataclass
class _Open:
    """A list or mapping whose end has not been met yet."""

    value: list[Value] | dict[str, Value]
    anchor: str | None
    before: int
    key: str | None = None
    merged: list[dict[str, Value]] = field(default_factory=list)


class _Building:
    """One document from the events of the parser. Values that aliases repeat are counted each time."""

    def __init__(self) -> None:
        self.done: Value = None
        self.line = -1  # of its first value: comments may stand before it
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.count = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line
        self.line = line if self.line < 0 else self.line
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Broken(f"the alias *{event.anchor} stands for nothing that was read before it", line)
            value, weight = self.anchors[event.anchor]
            self._count(weight, line)
            self._add(value, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self.open.pop()
            if isinstance(ended.value, dict):
                for each in ended.merged:
                    ended.value |= {key: value for key, value in each.items() if key not in ended.value}
            self._keep(ended.anchor, ended.value, self.count - ended.before)
            self._add(ended.value, line)
        else:
            self._begin(event, line)

    def _begin(self, event: Any, line: int) -> None:
        if event.tag not in _TAGS:
            raise _Broken(f"the tag {quoted(event.tag)} is not read", line)
        self._count(1, line)
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, line)
            self._keep(event.anchor, value, 1)
            self._add(value, line)
            return
        if len(self.open) >= DEPTH_MAX:
            raise _Broken(f"it is nested more than {DEPTH_MAX} deep", line)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self.open.append(_Open([] if is_list else {}, event.anchor, self.count - 1))

    def _count(self, weight: int, line: int) -> None:
        self.count += weight
        if self.count > VALUES_MAX:
            raise _Broken(f"it has more than {VALUES_MAX:,} values, with those that its aliases stand for", line)

    def _keep(self, anchor: str | None, value: Value, weight: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, weight)

    def _add(self, value: Value, line: int) -> None:
        if not self.open:
            self.done = value
            return
        into = self.open[-1]
        if isinstance(into.value, list):
            into.value.append(value)
        elif into.key is None:
            into.key = _key(value, into.value, line)
        else:
            if into.key == "<<":
                into.merged += _merged(value, line)
            else:
                into.value[into.key] = value
            into.key = None


def _scalar(event: yaml.ScalarEvent, line: int) -> str | None:
    if any(each == "\x00" or "\ud800" <= each <= "\udfff" for each in event.value):
        raise _Broken("it holds a NUL character or half a character, which no database can keep", line)
    is_plain = event.implicit[0] or event.tag not in (None, "!", f"{_TAG}str")
    if not is_plain:
        return str(event.value)
    return None if event.value in _NOTHING else Plain(event.value)


def _key(value: Value, into: dict[str, Value], line: int) -> str:
    if not isinstance(value, str | None):
        raise _Broken("a list or a mapping stands where a key is expected", line)
    key = value or ""
    if key in into:
        raise _Broken(f"the key {quoted(key)} is there twice in one mapping; remove one", line)
    return key


def _merged(value: Value, line: int) -> list[dict[str, Value]]:
    """What `<<` brings in: keys that the mapping has itself win, then those of the first."""
    found = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
    if len(found) != (len(value) if isinstance(value, list) else 1):
        raise _Broken("<< takes a mapping, or a list of them", line)
    return found
