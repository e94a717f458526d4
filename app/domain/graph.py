"""Who needs whom: circles, layers and neighbours of a graph, without recursion, for as many services as there are.

A graph is a mapping from each node to the nodes that it needs. Nodes are compared, so that every answer is the same
however the graph was put together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar


class Comparable(Protocol):
    """What can be sorted, as every node can."""

    def __lt__(self, other: Any, /) -> bool: ...


Node = TypeVar("Node", bound=Comparable)
Needs = Mapping[Node, Collection[Node]]


def knots(needs: Needs[Node]) -> list[list[Node]]:
    """The groups of nodes that all need each other, sorted; a node that needs itself is one too. Tarjan's algorithm."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    waiting: dict[Node, None] = {}
    found: list[list[Node]] = []
    for start in sorted(needs):
        if start in index:
            continue
        path: list[tuple[Node, Iterator[Node]]] = [(start, iter(sorted(needs[start])))]
        index[start] = low[start] = len(index)
        waiting[start] = None
        while path:
            node, rest = path[-1]
            child = next(rest, None)
            if child is not None:
                if child not in index:
                    index[child] = low[child] = len(index)
                    waiting[child] = None
                    path.append((child, iter(sorted(needs.get(child, ())))))
                elif child in waiting:
                    low[node] = min(low[node], index[child])
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == index[node]:
                found += _close(node, waiting, needs)
    return sorted(found)


def _close(root: Node, waiting: dict[Node, None], needs: Needs[Node]) -> list[list[Node]]:
    """Take what has waited since `root`; alone it is a knot only if it needs itself."""
    group: list[Node] = []
    while not group or group[-1] != root:
        group.append(waiting.popitem()[0])
    return [sorted(group)] if len(group) > 1 or root in needs.get(root, ()) else []


def circle(needs: Needs[Node], start: Node) -> list[Node]:
    """The shortest way from a node back to itself, with the node at both ends; empty if there is none."""
    came: dict[Node, Node] = {}
    edge = [start]
    while edge:
        following: list[Node] = []
        for node in edge:
            for child in sorted(needs.get(node, ())):
                if child == start:
                    return _way_back(came, start, node)
                if child not in came:
                    came[child] = node
                    following.append(child)
        edge = following
    return []


def _way_back(came: Mapping[Node, Node], start: Node, node: Node) -> list[Node]:
    way = [start]
    while node != start:
        way.append(node)
        node = came[node]
    return [start, *reversed(way[1:]), start]


def circles(needs: Needs[Node], knot: Sequence[Node], most: int) -> list[list[Node]]:
    """Shortest circles of one knot, until each of its nodes is on one of them, or there are `most`."""
    within = set(knot)
    inner = {node: [each for each in needs.get(node, ()) if each in within] for node in knot}
    found: list[list[Node]] = []
    seen: set[Node] = set()
    for node in sorted(knot):
        if node in seen or len(found) == most:
            continue
        found.append(circle(inner, node))
        seen |= set(found[-1])
    return found


def layers(needs: Needs[Node]) -> list[list[Node]]:
    """Columns of nodes: each stands behind all that need it; the nodes of a knot stand together."""
    nodes = sorted({*needs, *(each for some in needs.values() for each in some)})
    of = {node: node for node in nodes}
    of |= {node: knot[0] for knot in knots(needs) for node in knot}
    below: dict[Node, set[Node]] = {of[node]: set() for node in nodes}
    for node, some in needs.items():
        below[of[node]] |= {of[each] for each in some} - {of[node]}
    waits = dict.fromkeys(below, 0)
    for some in below.values():
        for each in some:
            waits[each] += 1
    depth = dict.fromkeys(below, 0)
    ready = [node for node, count in waits.items() if not count]
    while ready:
        node = ready.pop()
        for each in below[node]:
            depth[each] = max(depth[each], depth[node] + 1)
            waits[each] -= 1
            if not waits[each]:
                ready.append(each)
    columns: list[list[Node]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        columns[depth[of[node]]].append(node)
    return columns
