"""A stream of YAML documents as plain values with their lines: each read alone, so that a broken one stops no other.

Every value stays the text that somebody wrote (see front_matter). The parser's events are read one by one with a stack
of our own: neither a thousand brackets nor an alias of aliases can cost more than the bounds below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import yaml

DOCUMENT_MAX = 1_000_000  # characters
NODES_MAX, DEPTH_MAX = 20_000, 50
_MARK = re.compile(r"^(?:---|\.\.\.)(?=[ \t\n]|\Z)", re.MULTILINE)  # at the beginning of a line it is never content
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # sixteen times faster where libyaml is there


class Fields(dict[str, Any]):
    """A mapping: texts, lists, mappings or None by name, and the line of each name."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Broken(Exception):
    """This document cannot be read. `line` counts from 1 in the whole file."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line


def documents(text: str) -> Iterator[tuple[int, str]]:
    """Each document that holds anything, with the number of its first line."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    starts = [0, *(found.start() for found in _MARK.finditer(text)), len(text)]
    line = 1
    for start, end in pairwise(starts):
        source = text[start:end]
        if not _is_empty(source):
            yield line, source
        line += source.count("\n")


def _is_empty(source: str) -> bool:
    lines = source.removeprefix("---").removeprefix("...").split("\n")
    return all(not each.strip() or each.lstrip()[0] == "#" or each[0] == "%" for each in lines)


def read_document(source: str, first_line: int) -> Any:
    """The value of one document: Fields, a list, a text or None. Broken: it is no YAML, or beyond the bounds."""
    if len(source) > DOCUMENT_MAX:
        raise Broken(f"longer than {DOCUMENT_MAX:,} characters", first_line)
    source = source.removeprefix("...")
    builder = _Builder(first_line)
    try:
        for event in yaml.parse(source, Loader=_Loader):
            builder.hear(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + mark.line if mark else first_line
        raise Broken(f"no valid YAML: {error.problem or error.context or 'it cannot be read'}", line) from None
    except yaml.reader.ReaderError as error:
        place = error.position if isinstance(error.position, int) else 0
        raise Broken(f"no valid YAML: {error.reason}", first_line + source.count("\n", 0, place)) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise Broken("no valid YAML: it holds a character that is none", first_line) from None
    return builder.root


class _Builder:
    """Puts together what the parser tells."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.root: Any = None
        self.open: list[Any] = []
        self.keys: list[str | None] = []
        self.anchored: list[str | None] = []
        self.anchors: dict[str, Any] = {}
        self.nodes = 0

    def hear(self, event: Any) -> None:
        """One event: a value is put where it belongs, a list or mapping is opened or closed."""
        if isinstance(event, yaml.ScalarEvent):
            is_nothing = not event.style and event.value in _NOTHING
            self._name(event.anchor, event.value)
            self._put(None if is_nothing else event.value, event.value, self._line(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            value, anchor = self.open.pop(), self.anchored.pop()
            self.keys.pop()
            self._name(anchor, value)
            self._put(value, None, self._line(event))
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise Broken(f"no valid YAML: nothing is called &{event.anchor} before", self._line(event))
            self._put(self.anchors[event.anchor], None, self._line(event))

    def _open(self, event: Any) -> None:
        if len(self.open) >= DEPTH_MAX:
            raise Broken("nested too deep", self._line(event))
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self.open.append([] if is_list else Fields(self._line(event)))
        self.keys.append(None)
        self.anchored.append(event.anchor)

    def _name(self, anchor: str | None, value: Any) -> None:
        if anchor is not None:
            self.anchors[anchor] = value

    def _put(self, value: Any, as_key: str | None, line: int) -> None:
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise Broken("too many values", line)
        if not self.open:
            self.root = value
            return
        parent, key = self.open[-1], self.keys[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif key is not None:
            parent[key] = value
            self.keys[-1] = None
        elif as_key is None:
            raise Broken("a list or a mapping stands where the name of a field is expected", line)
        elif as_key in parent:
            raise Broken(f"{as_key[:80]} is there twice (first on line {parent.lines[as_key]})", line)
        else:
            self.keys[-1] = as_key
            parent.lines[as_key] = line

    def _line(self, event: Any) -> int:
        return self.first_line + int(event.start_mark.line)
