"""Which services need which: the circles first, then the whole graph, or what stands around one service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request

from app.domain import graph
from app.queries import catalogue, dependencies
from app.web import current, paging
from app.web.graph_drawing import Drawing, draw

page = Blueprint("dependencies", __name__)
DRAWN_MAX = 60  # services: more of them nobody can read in a drawing
CIRCLES_MAX, PER_KNOT = 50, 5
LIST_PAGE = 25
MOST_NEEDED = 10


@page.get("/services/dependencies")
def index() -> str:
    asked = " ".join(request.args.get("service", "").replace("\x00", "").split())[:200]
    session = current.reading()
    found = dependencies.find(session, asked.lower()) if asked else None
    if found is not None:
        return _around(asked.lower(), found)
    needs = dependencies.everything(session)
    connected = _connected(needs)
    knots = graph.knots(needs)
    shown = [_circles(needs, knot) for knot in knots[:CIRCLES_MAX]]
    return render_template(
        "catalog/dependencies.html", asked=asked, names=catalogue.service_names(session),
        matches=dependencies.search(session, asked) if asked else [], knots=shown, knots_total=len(knots),
        total=len(needs), connected=len(connected), drawing=_drawing(connected), needs=connected,
        needed_by=_turned(connected), most_needed=_most_needed(connected), drawn_max=DRAWN_MAX,
    )  # fmt: skip


def _around(name: str, service_id: int) -> str:
    session = current.reading()
    near = dependencies.around(session, service_id)
    drawn = {name, *near.names}
    needs = dependencies.among(session, drawn) if len(drawn) <= DRAWN_MAX else {}
    lists = [
        _list("needs", "Needs", near.needs), _list("further", "Needs, two steps away", near.needs_further),
        _list("by", "Needed by", near.needed_by),
        _list("before", "Needed by, two steps away", near.needed_by_further),
    ]  # fmt: skip
    return render_template(
        "catalog/dependencies_around.html", name=name, lists=lists, names=catalogue.service_names(session),
        circle=dependencies.circle_through(session, service_id), drawing=_drawing(_connected(needs)),
    )  # fmt: skip


def _list(key: str, title: str, names: Sequence[str]) -> Mapping[str, Any]:
    """One page of names; each list of the page has pages of its own."""
    at = paging.asked(key)
    return {
        "key": key, "title": title, "total": len(names), "names": names[(at - 1) * LIST_PAGE : at * LIST_PAGE],
        "pager": paging.pager(at, LIST_PAGE, len(names), key, f"#{key}"),
    }  # fmt: skip


def _circles(needs: Mapping[str, Sequence[str]], knot: Sequence[str]) -> Mapping[str, Any]:
    return {"size": len(knot), "circles": graph.circles(needs, knot, PER_KNOT)}


def _connected(needs: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The services that need another one, or are needed."""
    needed = {each for some in needs.values() for each in some}
    return {name: some for name, some in sorted(needs.items()) if some or name in needed}


def _drawing(connected: Mapping[str, Sequence[str]]) -> Drawing | None:
    return draw(connected) if 0 < len(connected) <= DRAWN_MAX else None


def _turned(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(needs):
        for each in needs[name]:
            found.setdefault(each, []).append(name)
    return found


def _most_needed(needs: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    counts = [(name, len(by)) for name, by in _turned(needs).items()]
    return sorted(counts, key=lambda row: (-row[1], row[0]))[:MOST_NEEDED]
