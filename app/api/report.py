"""Weekly reports: as they were made, and the next one as it would look now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import Field

from app import links
from app.api import asking, bodies, paging, shapes
from app.api.v1 import operation
from app.domain.week import Week
from app.faces import json
from app.faces.csv import csv_of
from app.faces.markdown import markdown
from app.faces.meta import Meta
from app.parts import parts
from app.queries import reports
from app.queries.reports import Kept
from app.queries.weekly.preview import preview

ABOUT = "all, a team as team:shop, or mine: the report of the person as whom the token acts."
LATEST = "latest"


class About(bodies.Asked):
    about: bodies.Line = Field("all", description=ABOUT)


class OfReports(About):
    q: bodies.Line = Field("", description="Words that are named in a report.")
    cursor: bodies.Text = ""


class OfNext(About):
    format: Literal["json", "md", "csv"] = "json"


class OfReport(OfNext):
    revision: int | None = Field(None, ge=1, le=9_999, description="Left out: the latest one.")


class Adopted(shapes.Shape):
    """Cells of services and practices; exempt ones count neither way."""

    adopted: int
    not_adopted: int
    unknown: int
    exempt: int


class ReportShort(shapes.Shape):
    """One week, by its latest revision. `adoption` is null where nothing was measured."""

    week: str
    revision: int
    made_at: datetime
    is_late: bool
    adoption: Adopted | None
    loops_closed: int
    preventable: int
    slips: int
    url: str


class Reports(shapes.Part):
    items: list[ReportShort]


class Report(json.Told, shapes.Shape):
    """A weekly report. Instants are in UTC, minutes are customer minutes, and null is what nobody knows, never zero.
    `figures` keeps its shape for as long as `version` does."""


@operation("GET", "/reports", query=OfReports, gives=Reports)
def index(query: OfReports) -> Reports:
    """List the weekly reports about everyone, a team or yourself, newest first."""
    after = paging.after(query.cursor, int)
    page = max(after[0], 1) if after else 1
    zone = parts().settings.time_zone
    rows, total = reports.listing(asking.reading(), asking.by(), query.about, query.q, page, zone=zone)
    has_more = page * reports.PAGE < total
    return Reports(
        items=[_short(each, query.about) for each in rows],
        next=paging.next_url(paging.cursor(page + 1)) if has_more else None,
    )


@operation("GET", "/reports/<week>", query=OfReport, gives=Report)
def show(week: str, query: OfReport) -> Report | Response:
    """Read the report of a week such as 2026-W47, or the latest one: as JSON, Markdown or CSV."""
    named = None if week.lower() == LATEST else Week.parse(week)
    zone = parts().settings.time_zone
    kept = reports.find(asking.reading(), asking.by(), query.about, named, query.revision, zone=zone)
    return _answer(kept, query.format)


@operation("GET", "/reports/next", query=OfNext, gives=Report)
def next_(query: OfNext) -> Report | Response:
    """Read next Monday's report as it would look now."""
    kept = preview(
        asking.reading(), asking.by(), query.about, now=asking.now(), zone=parts().settings.time_zone,
        policy=parts().begin.policy,
    )  # fmt: skip
    return _answer(kept, query.format)


def _answer(kept: Kept, form: str) -> Report | Response:
    meta, base_url = Meta.of(kept), parts().settings.base_url
    if form == "md":
        return Response(markdown(kept.figures, meta, base_url), mimetype="text/markdown")
    if form == "csv":
        return Response(csv_of(kept.figures, meta, base_url), mimetype="text/csv")
    return Report(**dict(json.told(kept.figures, meta, base_url)))


def _short(of: reports.Row, about: str) -> ReportShort:
    count = of.adoption
    audience = "/mine" if about == "mine" else f"/teams/{about.removeprefix('team:')}" if about != "all" else ""
    return ReportShort(
        week=of.week.name, revision=of.revision, made_at=of.made_at, is_late=of.is_late,
        adoption=None if count is None else Adopted(**asdict(count)),
        loops_closed=of.closed, preventable=of.preventable, slips=of.slips,
        url=paging.url(links.report(of.week.name, audience)),
    )  # fmt: skip
