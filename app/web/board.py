"""The board: incidents by stage."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from app import links
from app.domain.lifecycle import KEYS, SEVERITIES, STAGES
from app.queries import board, catalogue
from app.queries.board import CLOSED, EVERYTHING, OPEN, Filters
from app.web import current

page = Blueprint("board", __name__)


@page.get("/")
def show() -> str:
    filters = _filters()
    session, by = current.reading(), current.actor()
    counts = board.stage_counts(session, by)
    found = board.page(session, by, filters, request.args.get("at", ""))
    strip = [
        {"key": key, "title": title, "number": number, "count": _at_most(counts[key]),
         "url": _url(replace(filters, stage=key)), "is_selected": filters.stage == key}
        for key, title, number in [
            (OPEN, "All open", None), *((s.key, s.title, s.number) for s in STAGES), (CLOSED, "Loop closed", None),
        ]
    ]  # fmt: skip
    return render_template(
        "board/board.html", strip=strip, page=found, filters=filters, counts=counts, severities=SEVERITIES,
        links=links, teams=catalogue.team_names(session), is_filtered=_is_filtered(filters),
        older_url=_url(filters, found.older) if found.older else None,
        newer_url=_url(filters, found.newer) if found.newer else None,
        clear_url=_url(Filters(stage=filters.stage)),
    )  # fmt: skip


def _at_most(count: int) -> str:
    return f"{count:,}" if count < board.CLOSED_COUNTED_MAX else f"{board.CLOSED_COUNTED_MAX:,}+"


def _filters() -> Filters:
    asked = {name: value.replace("\x00", "") for name, value in request.args.items()}
    stage = asked.get("stage", OPEN)
    severity = asked.get("severity", "")
    return Filters(
        stage=stage if stage in (*KEYS, OPEN, CLOSED, EVERYTHING) else OPEN,
        severity=severity if severity in SEVERITIES else "",
        team=asked.get("team", "")[:100],
        service=asked.get("service", "")[:100],
        words=asked.get("q", "")[:200],
        mine=asked.get("mine") == "1",
    )


def _is_filtered(filters: Filters) -> bool:
    return replace(filters, stage=OPEN) != Filters()


def _url(filters: Filters, at: str = "") -> str:
    asked = {
        "stage": filters.stage if filters.stage != OPEN else "", "severity": filters.severity, "team": filters.team,
        "service": filters.service, "q": filters.words, "mine": "1" if filters.mine else "", "at": at,
    }  # fmt: skip
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"/?{query}" if query else "/"
