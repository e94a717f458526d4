"""Expressions that people write: right, wrong, slow or hostile. None hangs, none crashes, each is told."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cel as library
import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import lists, sampled_from, text

from app import cel
from app.domain.errors import Refused

ORDINARY = {
    "service": {"name": "checkout", "tier": 1, "kind": "stateless", "depends_on": ["payments", "stock"]},
    "facts": {
        "http.timeout_ms": 800, "s": "x" * 200, "l": list(range(30)), "a": 1, "on": True,
        "m": [{"name": f"c{at}", "cpu": at, "ports": [80, 443]} for at in range(8)],
        **{f"k{at}": at for at in range(40)},
    },
}  # fmt: skip
VALUES = cel.Values(ORDINARY)
LIST = "[" + ",".join("1" * 100) + "]"


def outcome(expression: str, values: cel.Values = VALUES) -> str:
    """What comes out: true, false, or the sentence."""
    try:
        return str(cel.read(expression).holds(values)).lower()
    except Refused as refused:
        return f"refused: {refused}"
    except cel.ExpressionError as error:
        return f"error: {error}"


def fast(expression: str, values: cel.Values = VALUES) -> str:
    """What comes out, and never late: reading and evaluating take less than 50 ms of this thread."""
    gc.disable()  # a collection of everybody's garbage is not the expression's fault
    try:
        began = time.thread_time()
        told = outcome(expression, values)
        assert time.thread_time() - began < 0.05, expression[:200]
    finally:
        gc.enable()
    return told


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("facts['http.timeout_ms'] <= 1000", True),
        ("service.tier <= 2 && service.kind == 'stateful'", False),
        ("has(facts.retries) && facts.retries <= 3", False),
        ("facts.m.all(c, c.cpu >= 0 && c.ports.exists(p, p == 443))", True),
        ("facts.l.all(x, facts.l.exists(y, y + 1 > x))", True),
        ("facts.m.map(c, c.name).exists(n, n == 'c7')", True),
        ("facts.m.filter(c, c.cpu > 3).size() == 4", True),
        ("'payments' in service.depends_on", True),
        (r"facts.m.all(c, c.name.matches(r'^c\d$'))", True),
        ("service.name + '-' + service.kind == 'checkout-stateless'", True),
        ("true // a note: 'it is fine", True),
        ("facts.on ? true : false // (((", True),
    ],
)
def test_an_ordinary_expression_is_true_or_false(expression: str, holds: bool) -> None:
    assert fast(expression) == str(holds).lower()


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("facts.nothing == 1", "The service does not report the fact 'nothing'."),
        ("nothing == 1", "Undefined variable or function: 'nothing'."),
        ("1 / 0 == 1", "division by zero in CEL expression."),
        ("1 % 0 == 1", "modulo by zero in CEL expression."),
        ("9223372036854775807 + 1 == 0", "Arithmetic overflow in 'add' on 9223372036854775807 and 1."),
        ("(-9223372036854775807 - 1) / -1 == 0", "Arithmetic overflow in 'div' on -9223372036854775808 and -1."),
        ("1u - 2u == 0u", "Arithmetic overflow in 'sub' on 1 and 2."),
        ("int(1e300) == 1", "Function 'int' error: integer overflow."),
        ("[1][9223372036854775807] == 1", "index out of bounds: 9223372036854775807."),
        ("facts.l[-1] == 1", "index out of bounds: -1."),
        ("timestamp('9999-12-31T23:59:59Z') + duration('2h') > timestamp('2020-01-01T00:00:00Z')", None),
        ("timestamp('99999-01-01T00:00:00Z') == timestamp('2020-01-01T00:00:00Z')", None),
        ("'a' == 1 + 'b'", None),
        ("facts.a.b == 1", None),
        ("unheard(1)", None),
        ("Unheard{a: 1}.a == 1", None),
        ("1 + 1", "The expression gives int, not true or false."),
        ("'true'", "The expression gives string, not true or false."),
        ("facts", "The expression gives map, not true or false."),
        ("null // true", "The expression gives null, not true or false."),
    ],
)
def test_an_expression_that_fails_on_a_service_says_why(expression: str, sentence: str | None) -> None:
    told = fast(expression)
    assert told == f"error: {sentence}" if sentence else told.startswith("error: ")
    assert told.endswith(".")
    assert "\n" not in told


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "Write an expression."),
        (" \n", "Write an expression."),
        ("1 +", "The expression cannot be read: line 1, column 4: mismatched input '<EOF>'."),
        ("true &&\n && true", "The expression cannot be read: line 2, column 2: extraneous input '&&'."),
        ("true) || (true", "The expression cannot be read: line 1, column 5: mismatched input ')'."),
        ("99999999999999999999 == 1", "The expression cannot be read: line 1, column 1: invalid int literal."),
        ("x" * 2_001, "Shorten the expression to 2000 characters; it has 2001."),
        ("!" * 501 + "true", "Shorten it to 500 names and signs; it has 502."),
        ("'''a''' == 'a'", "Write texts in single or double quotes, not in three."),
        ("'a'.matches('(')", "The pattern of matches cannot be read: unclosed group."),
        ("'a'.matches(facts.s)", "The pattern of matches cannot be read: it is no text in quotes."),
        ("'a'.matches(b'a')", "The pattern of matches cannot be read: it is no text in quotes."),
    ],
)
def test_an_expression_that_cannot_be_read_says_where_or_why(expression: str, sentence: str) -> None:
    assert fast(expression) == f"refused: {sentence}"


def test_the_refusal_names_the_field_in_which_it_was_typed() -> None:
    for wrong in ("1 +", "", "(" * 30):
        with pytest.raises(Refused) as refused:
            cel.read(wrong, "selector")
        assert [each.field for each in refused.value.refusals] == ["selector"]


HOSTILE = {
    "brackets": "(" * 245 + "true" + ")" * 245,
    "lists in lists": "[" * 240 + "]" * 240,
    "maps in maps": "{1:" * 120 + "1" + "}" * 120,
    "conditions": "true?" * 120 + "1" + ":1" * 120,
    "a loop in a loop in a loop": f"{LIST}.all(x, {LIST}.all(y, facts.l.all(z, true)))",
    "a loop behind a space": "[1] . all ( x , [1].all(y,[1].all(z,true)))",
    "a loop behind comments": "[1].all// (\n(x, [1].exists//'\n//\"\n(y, [1].map // \n (z, true).size() > 0))",
    "a loop behind a form feed": "[1].all\x0c(x,[1].all\x0c(y,[1].all\x0c(z,true)))",
    "existsOne": "[1].existsOne(x,[1].existsOne(y,[1].existsOne(z,true)))",
    "a loop behind a comment with a quote": "true // '\n && [1].all(x,[1].all(y,[1].all(z,true))) // '",
    "a loop between raw strings": r"r'\' == '' || [1].all(x,[1].all(y,[1].all(z,true))) || r'\' == ''",
    "a loop between raw bytes": r"bR'\' == b'' || [1].all(x,[1].all(y,[1].all(z,true))) || br'\' == b''",
    "a loop between escaped quotes": r"'\\' == '' || [1].all(x,[1].all(y,[1].all(z,true))) || '\'' == ''",
    "a loop between triple quotes": "''' ' ''' == '' || [1].all(x,[1].all(y,[1].all(z,true))) || ''' ' ''' == ''",
    "texts that double": "['" + "a" * 300 + "'].map(x, x+x+x+x+x+x).map(y, y+y+y+y+y+y)[0] == ''",
    "lists that double": f"[{LIST}].map(x, x+x+x+x).map(y, y+y+y+y)[0].size() > 1",
    "many joins": "'a'" + "+'a'" * 240 + " == ''",
    "many lists joined": "(" + "+".join(["facts.l"] * 120) + ").size() > 1",
    "joined and looped": "(facts.m+facts.m+facts.m).all(x,(facts.m+facts.m+facts.m).all(y,facts==facts))",
    "a result as large as the world": "facts.m.map(x, facts.m.map(y, facts))",
    "copies in lists": "facts.l.map(x, [facts,facts,facts,facts]).exists(y, y == [facts,facts,facts,facts])",
    "all compared with all": "facts.m.all(x, facts.m.all(y, " + "&&".join(["facts == facts"] * 40) + "))",
    "fields copied": "facts.m.all(x, facts.m.all(y, " + "&&".join(["size(facts.m) > 0"] * 40) + "))",
    "a pattern repeated": "'a'.matches('((a{100}){100}){100}')",
    "a pattern of all letters": r"'a'.matches('\\w{1000}')",
    "a pattern hidden by escapes": r"'a'.matches('\x5cw\u007b1000\175')",
    "a pattern with spaces": r"'a'.matches(r'(?x)\w{ 1000 }')",
    "a pattern of folded letters": r"'a'.matches(r'(?i)[a-\u{10ffff}][a-\u{10fffe}][a-\u{10fffd}]')",
    "a pattern in a loop": r"facts.l.all(x, facts.l.all(y, 'a'.matches(r'\w\w\w\w\w') || true))",
    "many patterns": "||".join([r"'a'.matches(r'\w\w\w')"] * 60),
    "brackets in a pattern": "'a'.matches('" + "(" * 900 + ")" * 900 + "')",
    "a lone surrogate": "'\ud800' == ''",
    "a zero byte": "true\0",
    "unicode escapes": r"'\ud800' == '\UFFFFFFFF'",
    "backticks": "facts.`http.timeout_ms` == 800",
}
HARMLESS = {
    "a backtracking pattern": "facts.s.matches('(x+x+)+y')",
    "minus signs": "-" * 490 + "1 == 1",
    "a long chain": "a" + ".a" * 240,
    "a long sum": "1" + "+1" * 240 + " == 1",
    "a long conjunction": "true" + "&&true" * 160,
    "quotes in quotes": "'\"' == '\\'' || \"'\" == \"\\\"\"",
    "a loop in a text": "'[1].all(x,[1].all(y,[1].all(z,true)))' != ''",
    "optional": "optional.of(1).value() == 1",
    "not a number": "0.0 / 0.0 == 0.0 / 0.0",
    "the least number": "-(-9223372036854775807 - 1) == 0",
    "a huge duration": "duration('99999999999999999999h') == duration('1h')",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_is_told_to_be_too_much_within_its_bound(name: str) -> None:
    assert fast(HOSTILE[name]).startswith(("refused: ", "error: The expression takes too long"))


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_hostile_but_is_not_has_an_answer_within_its_bound(name: str) -> None:
    told = fast(HARMLESS[name])
    assert told in ("true", "false") or told.startswith("error: ")
    assert "too long" not in told


def test_no_hostile_expression_kills_the_process() -> None:
    """In a process of its own with a small stack, so that a crash of the library is a failure and not the end."""
    script = """
import json, sys, threading
from app import cel
from app.domain.errors import Refused

def run():
    for expression in cases:
        try:
            cel.read(expression).holds(cel.Values(values))
        except (Refused, cel.ExpressionError):
            pass
    print("alive")

cases, values = json.load(sys.stdin)
threading.stack_size(1024 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""
    deep: Any = 1
    for _ in range(cel.DEPTH_MAX - 2):
        deep = [deep]
    given_to = json.dumps([[*HOSTILE.values(), *HARMLESS.values()], {**ORDINARY, "a": 1, "deep": deep}])
    done = subprocess.run(
        [sys.executable, "-c", script], input=given_to, capture_output=True, text=True, timeout=30, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-500:]


# Facts are written by machines, and may be hostile as well.


def nested(times: int) -> Any:
    value: Any = 1
    for _ in range(times):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"deep": nested(5_000)}, "The facts of this service cannot be read: they are nested more than 32 deep."),
        ({"many": list(range(30_000))}, "The facts of this service are too many to be checked."),
        ({"long": "x" * 1_000_000}, "The facts of this service are too many to be checked."),
        ({"lone": "\ud800"}, "The facts of this service cannot be read: Failed to convert variable 'facts': "),
        ({"\ud800": 1}, "The facts of this service cannot be read: Failed to convert variable 'facts': "),
    ],
)
def test_facts_that_cannot_be_used_fail_every_expression_of_that_service_alone(
    facts: dict[str, Any], sentence: str
) -> None:
    values = cel.Values({"facts": facts})
    with pytest.raises(cel.ExpressionError) as failed:
        cel.read("true").holds(values)
    assert str(failed.value).startswith(sentence)


@pytest.mark.parametrize("value", [None, True, -1, 2**70, 1.5, float("inf"), "text", [], {}, [None, {"a": [{}]}]])
def test_every_value_that_json_knows_can_be_a_fact(value: object) -> None:
    assert fast("has(facts.it)", cel.Values({"facts": {"it": value}})) == "true"


@pytest.mark.parametrize(
    "expression",
    [
        "facts.l.all(x, facts.l.all(y, x <= y || true))",
        "facts.l.filter(x, facts == facts).size() > 1",
        "facts.l.map(x, facts.l).size() > 1",
        "facts.l.all(x, size(facts.l) > 0)",
        "facts.l.all(x, x in facts.l)",
    ],
)
def test_a_loop_that_is_fine_on_ten_is_stopped_on_ten_thousand(expression: str) -> None:
    assert fast(expression, cel.Values({"facts": {"l": list(range(10))}})) == "true"
    told = fast(expression, cel.Values({"facts": {"l": list(range(10_000))}}))
    assert told == "error: The expression takes too long on the facts of this service: it loops over too many."


def test_a_map_to_its_parts_is_fine_where_a_map_to_the_whole_would_copy_too_much() -> None:
    values = cel.Values({"facts": {"l": list(range(300))}})
    assert fast("facts.l.map(x, x).size() == 300", values) == "true"
    assert "takes too long" in fast("facts.l.map(x, facts.l).size() == 300", values)


def test_one_loop_over_a_hundred_facts_is_fine() -> None:
    assert fast("facts.all(k, facts[k] >= 0)", cel.Values({"facts": {f"k{at}": at for at in range(100)}})) == "true"


# Anything at all

PARTS = [
    "'a'", '"b"', "r'\\'", "b'y'", "'''", '"""', "'", '"', "\\", "1", "2u", "1.5", "0x1F", "-", "!", "true", "null",
    "facts", "facts.l", "facts.s", "service", "x", "(", ")", "[", "]", "{", "}", ",", ":", "?", ".", "+", "*", "/", "%",
    "==", "!=", "<", "&&", "||", " in ", ".all(x,", ".exists(x,", ".map(x,", ".filter(x,", ".existsOne(x,", ".size()",
    "has(", "int(", "string(", "type(", "timestamp(", "duration(", ".matches('a')", ".matches(", "//", "\n", "\r", " ",
    "é", "😀", "optional.of(", ".?a", "\0", "\ud800",
]  # fmt: skip


def check(expression: str) -> None:
    told = outcome(expression)
    assert told in ("true", "false") or (told.endswith(".") and "\n" not in told)


@settings(max_examples=400, deadline=None, database=None)
@given(text(max_size=60))
@example("\ud800")
def test_no_text_raises_anything_but_a_refusal_or_an_expression_error(expression: str) -> None:
    check(expression)


@settings(max_examples=800, deadline=None, database=None)
@given(lists(sampled_from(PARTS), max_size=14).map("".join))
def test_no_heap_of_parts_raises_anything_but_a_refusal_or_an_expression_error(expression: str) -> None:
    check(expression)


@settings(max_examples=800, deadline=None, database=None)
@given(lists(sampled_from(["'", '"', "\\", "r", "b", "'a'", "//", "\n", "\r", "+", "==", "[1].all(x,true)", " "])))
def test_no_quote_and_no_comment_hides_a_loop_from_the_counter(pieces: list[str]) -> None:
    expression = "".join(pieces)
    try:
        loops = library.compile(expression).functions().count("@not_strictly_false")
    except ValueError:
        return
    try:
        work = cel.read(expression).work
    except Refused:
        return
    assert work.loops >= loops


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        ('facts["a.b"] <= 3', ("a.b",)),
        ('facts.a.b > 1 && "c" in facts', ("a", "c")),
        ("has(facts.x) ? facts.x : facts[r'y']", ("x", "y")),
        ('!("k" in facts) || service.tier > 2', ("k",)),
        ("service.tier <= 2", ()),
        ("facts.all(k, facts[k] != null)", None),
        ("size(facts) > 3", None),
        ('facts[service.name + ".x"]', None),
    ],
)
def test_which_facts_an_expression_names_is_known_before_it_runs(
    expression: str, facts: tuple[str, ...] | None
) -> None:
    assert cel.read(expression).facts_read == facts
