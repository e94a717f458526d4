"""The expression language of selectors and facts checks (CEL), bounded: what people write may be wrong, slow, hostile.

The library has no bound on steps and cannot be interrupted, so the work is foreseen: `read` counts what an expression
does at each depth of its loops (`all`, `exists`, `map`, …), and `holds` multiplies that with the size of the facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import cel

from app.domain.errors import Refused

LENGTH_MAX, PARTS_MAX, NESTING_MAX, LOOPS_MAX, JOINS_MAX, PATTERN_MAX = 2_000, 500, 24, 2, 8, 20_000
DEPTH_MAX, SIZE_MAX = 32, 20_000  # of facts: the library copies them recursively, deep ones crash the process
SIZES = ("atoms", "longest", "heaviest")
WORK_MAX = 250_000  # one unit is about a tenth of a microsecond; the weights below were measured

# Our lexer may see a mistake as something else, never a valid part: what the library reads, it must read alike.
_PART = re.compile(
    r"""(?P<skip>[ \t\r\n\f]+|//[^\n]*)|(?P<triple>[bB]?[rR]?(?:\"{3}|'{3}))
    |(?P<text>[bB]?(?:[rR](?:"[^"\r\n]*"|'[^'\r\n]*')|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'))
    |(?P<number>[0-9][A-Za-z0-9_]*)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[=!]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_LOOPS = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map"})
_SCANS, _COMPARES = frozenset({"in", "contains", "startsWith", "endsWith", "string", "bytes"}), ("==", "!=")
_SCALARS = ("true", "false", "null")
_PLAIN = frozenset({bool, int, float, type(None)})
FAILURES = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError)


class ExpressionError(Exception):
    """The expression failed on these values; the message says why, for the people who wrote it."""


class Values:
    """The variables of one service, converted at most once, and used for many expressions."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self.variables = dict(variables)
        self.atoms, self.longest, self.heaviest = 1, 1, 1  # the most members of a list; the most atoms below one key
        try:
            self.atoms = 1 + sum(self._atoms(value, 1) for value in variables.values())
            self.too_large = "" if self.atoms <= SIZE_MAX else "The facts of this service are too many to be checked."
        except FAILURES as error:
            self.too_large = _unreadable(error)

    @cached_property
    def context(self) -> cel.Context:
        """Made for the first expression: of many services that are alike only one is asked. ExpressionError: no
        expression can read them."""
        if self.too_large:
            raise ExpressionError(self.too_large)
        try:
            return cel.Context(self.variables)
        except FAILURES as error:
            raise ExpressionError(_unreadable(error)) from error

    def _atoms(self, value: Any, depth: int) -> int:
        if not isinstance(value, (dict, list, tuple)):
            return 1 + (len(value) // 16 if isinstance(value, (str, bytes)) else 0)
        if depth > DEPTH_MAX:
            raise ValueError(f"they are nested more than {DEPTH_MAX} deep")
        members = [*value, *value.values()] if isinstance(value, dict) else value
        below = [
            1 if type(each) in _PLAIN else 1 + len(each) // 16 if type(each) is str else self._atoms(each, depth + 1)
            for each in members
        ]
        self.longest, self.heaviest = max(self.longest, len(value)), max(self.heaviest, *below, 1)
        return 1 + sum(below)


class _Work:
    """What one expression does, counted at each depth of its loops. Refused: it is beyond the bounds."""

    def __init__(self, text: str) -> None:
        found = [(str(each.lastgroup), each[0]) for each in _PART.finditer(text) if each.lastgroup != "skip"]
        self.parts, self.length = [("", ""), *found, ("", ""), ("", ""), ("", "")], len(text)
        self.plain, self.picks, self.scans = Counter[int](), Counter[int](), Counter[int]()
        self.members, self.joins, self.maps, self.loops, self.copies = 1, 0, 0, 0, 1
        self.widens, opened = False, list[str]()  # widens: a map gives more than parts of what it goes over
        deepest = found.count(("sign", "?"))
        for at, (kind, part) in enumerate(self.parts[:-3]):
            self._count(at, kind, part, opened)
            if part in ("(", "[", "{"):
                is_loop = part == "(" and self.parts[at - 1][1] in _LOOPS
                opened.append(f"{self.parts[at - 1][1]} {self.parts[at + 1][1]}" if is_loop else part)
                deepest = max(deepest, len(opened))
            elif part in (")", "]", "}") and opened:
                opened.pop()
        _require(len(found) <= PARTS_MAX, f"Shorten it to {PARTS_MAX} names and signs; it has {len(found)}.")
        _require(deepest <= NESTING_MAX, f"Nest the expression at most {NESTING_MAX} deep.")
        _require("triple" not in dict(found), "Write texts in single or double quotes, not in three.")
        _require(self.loops <= LOOPS_MAX, f"Use at most {LOOPS_MAX} loops (all, exists, filter, map).")
        _require(self.joins <= JOINS_MAX, f"Use at most {JOINS_MAX} + between texts or lists, and none in a loop.")
        self.counts = [(at, self.plain[at], self.picks[at], self.scans[at]) for at in range(LOOPS_MAX + 1)]

    def _count(self, at: int, kind: str, part: str, opened: list[str]) -> None:
        depth, beside = sum(" " in each for each in opened), (self.parts[at - 1], self.parts[at + 1])
        is_name, after = kind == "word" and beside[0][1] != ".", beside[1][1]
        self.widens |= is_name and any(each.startswith("map ") and each != f"map {part}" for each in opened)
        self.plain[depth] += 1
        self.members += part == ","
        if part == "+" and "number" not in (beside[0][0], beside[1][0]):
            self.joins += 1 + (depth > 0) * JOINS_MAX  # joined again in every turn, a text doubles each time
            self.scans[depth] += 4
        elif part == "matches" and after == "(":
            self._count_pattern(at + 2, depth)
        elif part in _LOOPS and after == "(":
            self.loops, self.maps = self.loops + 1, self.maps + (part == "map")
            self.scans[depth + 1] += 4 * (part in ("filter", "map"))  # each turn copies what was collected so far
        elif part in _COMPARES:  # with a text or a number it looks at nothing large
            self.scans[depth] += not any(each[0] in ("text", "number") or each[1] in _SCALARS for each in beside)
        elif kind == "word" and beside[0][1] == "." and after != "(":
            self.picks[depth] += 1  # the library copies what a field holds
        elif kind == "word" and (part in _SCANS or {"[", "{"} & {*opened}):
            self.copies += part not in _SCANS
            self.scans[depth] += 4

    def _count_pattern(self, at: int, depth: int) -> None:
        """The library builds the pattern of `matches` anew each time: large classes, repeated, take milliseconds."""
        literal = self.parts[at][1] if self.parts[at][0] == "text" and self.parts[at + 1][1] == ")" else ""
        try:
            pattern = str(cel.compile(literal).execute())
            self.plain[depth] += _pattern_weight(pattern)
            self.scans[depth] += 1 + len(pattern) // 4
            _require(self.plain.total() <= PATTERN_MAX, "Simplify the patterns: too many classes, flags, repetitions.")
            cel.compile(f"''.matches({literal})").execute()
        except FAILURES as error:
            what = re.search(r"error: ([^\n]*)\. Check", str(error))
            _require(False, f"The pattern of matches cannot be read: {what[1] if what else 'it is no text in quotes'}.")

    def on(self, atoms: int, longest: int, heaviest: int) -> int:
        """The units of work on values of these sizes, at most."""
        turns, growth = max(longest, self.members) * (self.joins + 1), (self.joins + 1) * self.copies
        atoms = (atoms + self.length // 16) * growth * turns ** (self.maps * self.widens)
        picked = heaviest if growth == 1 else atoms
        return sum(turns**at * (plain + picks * picked + scans * atoms // 4) for at, plain, picks, scans in self.counts)


@dataclass(frozen=True)
class Expression:
    """`facts_read`: the keys of the facts that it names; None: it goes over all of them. `service_read`: in the same
    way, what it asks of the service. What is alike in these gives the same result."""

    text: str
    program: Any
    work: _Work
    facts_read: tuple[str, ...] | None
    service_read: tuple[str, ...] | None
    _fits: list[int] = field(default_factory=lambda: [0, 0, 0], repr=False, compare=False)  # sizes known to be bounded

    def holds(self, values: Values) -> bool:
        """True or false. ExpressionError: it fails on these values, or gives something else than true or false."""
        context = values.context
        if not self.is_bounded(values.atoms, values.longest, values.heaviest):
            raise ExpressionError("The expression takes too long on the facts of this service: it loops over too many.")
        try:
            return bool(self.program.execute(context))
        except KeyError as error:
            raise ExpressionError(not_reported(error)) from error
        except FAILURES as error:
            told = str(error)
            with suppress(*FAILURES):
                if type(error) is TypeError:  # perhaps all is well but that it gives neither true nor false
                    kind = str(cel.compile(f"type({self.text}\n)").execute(context)).removesuffix("_type")
                    told = f"The expression gives {kind}, not true or false."
            raise ExpressionError(_first_sentence(told)) from error

    def is_bounded(self, atoms: int, longest: int, heaviest: int) -> bool:
        """Whether it ends in time on values of these sizes (`SIZES` of `Values`)."""
        fits = self._fits  # services are alike: the work is counted once for all that are no larger
        if atoms <= fits[0] and longest <= fits[1] and heaviest <= fits[2]:
            return True
        if self.work.on(atoms, longest, heaviest) > WORK_MAX:
            return False
        larger = list(map(max, (atoms, longest, heaviest), fits))
        if self.work.on(*larger) <= WORK_MAX:
            fits[:] = larger
        return True


def not_reported(error: KeyError) -> str:
    return f"The service does not report the fact {error}."


@lru_cache(maxsize=4096)
def read(text: str, field_name: str = "expression") -> Expression:
    """Compile an expression. Refused: it is empty, too big, or does not parse; the sentence says where."""
    try:
        _require(bool(text.strip()), "Write an expression.")
        _require(len(text) <= LENGTH_MAX, f"Shorten the expression to {LENGTH_MAX} characters; it has {len(text)}.")
        work = _Work(text)
        cel.compile(text)  # on its own first: the brackets below must not mend it
        program = cel.compile(f"({text}\n) ? true : false")  # large results never reach Python
        return Expression(text, program, work, _members_read("facts", work.parts), _members_read("service", work.parts))
    except Refused as refused:
        raise Refused(replace(each, field=field_name) for each in refused.refusals) from None
    except ValueError as error:
        sentence = f"The expression cannot be read: {_place(str(error), text)}"
        raise Refused.because("expression.invalid", sentence, field_name) from None


def _members_read(of: str, parts: Sequence[tuple[str, str]]) -> tuple[str, ...] | None:
    """`facts["a"]`, `facts.a` and `"a" in facts` name a fact; whatever else is done with `facts` may read any."""
    keys = set()
    for at, part in enumerate(parts[:-3]):
        if part == ("word", of) and parts[at - 1][1] != ".":
            key = _key(parts, at)
            if key is None:
                return None
            keys.add(key)
    return tuple(sorted(keys))


def _key(parts: Sequence[tuple[str, str]], at: int) -> str | None:
    after, within, behind = parts[at + 1 : at + 4]
    if after[1] == "[" and within[0] == "text" and behind[1] == "]":
        return str(cel.compile(within[1]).execute())
    if after[1] == "." and within[0] == "word" and behind[1] != "(":
        return within[1]
    if after[1] not in ("[", ".") and parts[at - 1] == ("word", "in") and parts[at - 2][0] == "text":
        return str(cel.compile(parts[at - 2][1]).execute())
    return None


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise Refused.because("expression.bounds", sentence)


def _pattern_weight(pattern: str) -> int:
    once = 150 + len(pattern) * (100 if "(?i" in pattern else 10)
    once += 2_500 * len(re.findall(r"\\[wWpPbB]", pattern)) + 400 * len(re.findall(r"\\[dDsS]|\.|\[:?\^", pattern))
    once += 10_000 * len(re.findall(r"[^\x00-\x7f]|\\[xuU]", pattern)) * ("(?i" in pattern)
    once += (PATTERN_MAX + 1) * len(re.findall(r"\(\?(?!:|i\))", pattern))  # other flags change what is read here
    times = re.findall(r"\{[^}]*\}", pattern)
    return once * prod(max(map(int, re.findall(r"\d+", each)), default=1) or 1 for each in times)


def _unreadable(error: Exception) -> str:
    return f"The facts of this service cannot be read: {_first_sentence(str(error))}"


def _place(message: str, text: str) -> str:
    message = message.removeprefix(f"Failed to parse expression '{text}': ").removeprefix("ERROR: ")
    found = re.match(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)", message)
    where = f"line {found[1]}, column {found[2]}: " if found else ""
    what = found[3].split(" expecting ")[0][:200] if found else _first_sentence(message)
    return f"{where}{what.rstrip('.')}."


def _first_sentence(message: str) -> str:
    return message.split("\n", maxsplit=1)[0].split(". ", maxsplit=1)[0].strip()[:300].rstrip(".") + "."
