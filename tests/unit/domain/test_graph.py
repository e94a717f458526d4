"""Circles, layers and ways of a graph: the same for every order, and for ten thousand services in one chain."""

from __future__ import annotations

import sys
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain import graph

Needs = dict[str, list[str]]
GRAPHS = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=8)


def whole(needs: Needs) -> Needs:
    """The same graph with every node as a key."""
    return {**{each: [] for some in needs.values() for each in some}, **needs}


def reached(needs: Needs, start: str) -> set[str]:
    """Everything that a node needs, directly or by way of others; the plain way."""
    found: set[str] = set()
    rest = list(needs.get(start, []))
    while rest:
        node = rest.pop()
        if node not in found:
            found.add(node)
            rest += needs.get(node, [])
    return found


def test_a_graph_without_a_circle_has_none() -> None:
    needs = {"a": ["b", "c"], "b": ["c"], "c": []}
    assert graph.knots(needs) == []
    assert graph.circle(needs, "a") == []
    assert graph.layers(needs) == [["a"], ["b"], ["c"]]


def test_a_circle_is_shown_as_the_way_back() -> None:
    needs = {"checkout": ["cart", "mail"], "cart": ["checkout"], "mail": []}
    assert graph.knots(needs) == [["cart", "checkout"]]
    assert graph.circle(needs, "checkout") == ["checkout", "cart", "checkout"]
    assert graph.layers(needs) == [["cart", "checkout"], ["mail"]]


def test_a_node_that_needs_itself_is_a_circle() -> None:
    assert graph.knots({"a": ["a"], "b": []}) == [["a"]]
    assert graph.circle({"a": ["a"]}, "a") == ["a", "a"]


def test_every_node_of_a_knot_is_on_a_circle_that_is_shown_while_there_is_room() -> None:
    needs = {"a": ["b", "c"], "b": ["a"], "c": ["d"], "d": ["a"]}
    [knot] = graph.knots(needs)
    assert graph.circles(needs, knot, 5) == [["a", "b", "a"], ["c", "d", "a", "c"]]
    assert graph.circles(needs, knot, 1) == [["a", "b", "a"]]


def test_nothing_at_all_is_a_graph_too() -> None:
    assert graph.knots({}) == []
    assert graph.layers({}) == []


@given(GRAPHS)
def test_two_nodes_are_in_one_knot_exactly_when_they_need_each_other(needs: Needs) -> None:
    needs = whole(needs)
    knots = graph.knots(needs)
    for one in needs:
        for other in needs:
            is_mutual = other in reached(needs, one) and one in reached(needs, other)
            assert is_mutual == any(one in knot and other in knot for knot in knots)


@given(GRAPHS)
def test_a_circle_is_made_of_links_that_there_are_and_is_found_where_there_is_one(needs: Needs) -> None:
    needs = whole(needs)
    for node in needs:
        way = graph.circle(needs, node)
        assert bool(way) == (node in reached(needs, node))
        assert all(other in needs[one] for one, other in pairwise(way))
        assert not way or (way[0], way[-1], len(set(way))) == (node, node, len(way) - 1)


@given(GRAPHS)
def test_every_node_stands_behind_what_needs_it_unless_they_are_in_one_knot(needs: Needs) -> None:
    needs = whole(needs)
    column = {node: number for number, nodes in enumerate(graph.layers(needs)) for node in nodes}
    knot_of = {node: knot[0] for knot in graph.knots(needs) for node in knot}
    assert column.keys() == needs.keys()
    for one, some in needs.items():
        for other in some:
            is_one_knot = one in knot_of and knot_of[one] == knot_of.get(other)
            assert column[one] == column[other] if is_one_knot else column[one] < column[other]


@given(GRAPHS)
def test_the_order_in_which_a_graph_was_put_together_decides_nothing(needs: Needs) -> None:
    turned = {node: list(reversed(needs[node])) for node in reversed(needs)}
    assert graph.knots(turned) == graph.knots(needs)
    assert graph.layers(turned) == graph.layers(needs)


def test_ten_thousand_services_in_one_chain_or_one_circle_are_no_trouble() -> None:
    count = 10_000
    assert count > sys.getrecursionlimit()
    chain: dict[int, list[int]] = {number: [number + 1] for number in range(count - 1)} | {count - 1: []}
    started = time.perf_counter()
    assert graph.knots(chain) == []
    assert len(graph.layers(chain)) == count
    ring = {**chain, count - 1: [0]}
    [knot] = graph.knots(ring)
    assert len(knot) == count
    assert len(graph.circles(ring, knot, 5)[0]) == count + 1
    assert len(graph.layers(ring)) == 1
    assert time.perf_counter() - started < 10
