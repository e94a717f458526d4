"""The head of a Markdown file: YAML between two lines of dashes. Every value stays the text that somebody wrote.

YAML would turn `no` into False, 010 into 8, and a time with an offset into one without. So the values are not
constructed at all: the nodes are read as texts, lists and mappings, with the line that each stands on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from app.intake.problem import Problem, Unreadable, quoted

Value = str | list["Value"] | dict[str, "Value"] | None
FIELD = "front matter"
HEAD_MAX = 1_000_000  # characters
NODES_MAX, DEPTH_MAX = 20_000, 50  # a few aliases may stand for billions of values, or for themselves
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")  # how JSON escapes one character beyond U+FFFF: two halves
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})  # YAML's ways to write no value, when they are not quoted


@dataclass(frozen=True)
class Field:
    """One value of the front matter, and the line of the file that it stands on."""

    value: Value
    line: int


@dataclass(frozen=True)
class Document:
    """`head` + `body` is the text of the file, to the letter."""

    head: str
    body: str
    fields: Mapping[str, Field]
    problems: tuple[Problem, ...]


def read(file: str, text: str) -> Document:
    """Unreadable: there is no front matter, or it is no mapping in YAML."""
    head, source, first_line = _split(file, text)
    reading = _Reading(file, first_line)
    return Document(head, text[len(head) :], reading.fields(source), tuple(reading.problems))


def _split(file: str, text: str) -> tuple[str, str, int]:
    """The head with both lines of dashes, the YAML between them, and the number of its first line."""
    opened: tuple[int, int] | None = None
    for number, (start, end) in enumerate(_lines(text), 1):
        line = text[start:end].lstrip("\ufeff") if start == 0 else text[start:end]
        is_dashes = line.rstrip() == "---"
        if opened is None and is_dashes:
            opened = (end, number + 1)
        elif opened is None and line.strip():
            raise Unreadable([Problem(file, FIELD, "missing: the file does not begin with a line ---", number)])
        elif opened is not None and (is_dashes or start - opened[0] > HEAD_MAX):
            if start - opened[0] > HEAD_MAX:
                raise Unreadable([Problem(file, FIELD, f"longer than {HEAD_MAX:,} characters")])
            return text[:end], text[opened[0] : start], opened[1]
    if opened is None:
        raise Unreadable([Problem(file, "file", "empty")])
    raise Unreadable([Problem(file, FIELD, "the line --- that ends it is missing", opened[1] - 1)])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _LINE.finditer(text) if found.end() > found.start())


@dataclass
class _Reading:
    """One pass over the YAML of one file, and what was noticed on the way."""

    file: str
    first_line: int
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def fields(self, source: str) -> dict[str, Field]:
        root = self._compose(source)
        if not isinstance(root, yaml.MappingNode):
            what = "empty" if root is None else "no mapping: write one `field: value` on each line"
            raise Unreadable([Problem(self.file, FIELD, what, self.first_line)])
        found: dict[str, Field] = {}
        for name, key, node in self._pairs(root):
            if name in found:
                self._twice(name, found[name].line, key)
            else:
                found[name] = Field(self._value(node, name, 1), self._line(key))
        return found

    def _compose(self, source: str) -> yaml.Node | None:
        try:
            composed: yaml.Node | None = yaml.compose(source, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = self.first_line + mark.line if mark else None
            raise self._broken(error.problem or error.context or "it cannot be read", line) from None
        except yaml.reader.ReaderError as error:
            line = self.first_line + source.count("\n", 0, error.position)
            raise self._broken(f"it holds the character U+{error.character:04X}", line) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # such as the escape "\UFFFFFFFF"
            raise self._broken(str(error), None) from None
        except RecursionError:
            raise self._broken("it is nested too deep", None) from None
        return composed

    def _broken(self, why: str, line: int | None) -> Unreadable:
        return Unreadable([Problem(self.file, FIELD, f"no valid YAML: {why}", line)])

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield _PAIR.sub(_joined, key.value), key, value
            else:
                self._note(
                    FIELD, "a list or a mapping stands where the name of a field is expected; kept, not used", key
                )

    def _value(self, node: yaml.Node, name: str, depth: int) -> Value:
        self.nodes += 1
        if self.nodes > NODES_MAX or depth > DEPTH_MAX:
            raise Unreadable([Problem(self.file, name, "too many values, or nested too deep", self._line(node))])
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, name, depth + 1) for each in node.value]
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Value] = {}
            for key, at, below in self._pairs(node):
                if key in found:
                    self._twice(f"{name}.{key}", None, at)
                else:
                    found[key] = self._value(below, name, depth + 1)
            return found
        assert isinstance(node, yaml.ScalarNode)
        text = _PAIR.sub(_joined, node.value)
        return None if node.style is None and text in _NOTHING else text

    def _twice(self, name: str, first: int | None, again: yaml.Node) -> None:
        where = f" (first on line {first})" if first else ""
        self._note(name, f"{quoted(name)} is there twice{where}; the first is used, both are kept", again)

    def _note(self, name: str, reason: str, node: yaml.Node) -> None:
        self.problems.append(Problem(self.file, name, reason, self._line(node)))

    def _line(self, node: yaml.Node) -> int:
        return self.first_line + int(node.start_mark.line)


def _joined(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
