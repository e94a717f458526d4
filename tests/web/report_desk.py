"""What tests of the report's pages share: reports that are kept, by the step that keeps them, and who reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.domain.report import EVERYONE, Figures
from app.domain.report_sections import Count, Heat, HeatCell, LoopLine, TeamLine
from app.domain.week import Week
from app.models.incident import Incident
from app.models.person import Person
from app.queries import audience as audiences
from app.web import (
    report,
    report_archive,
    report_compare,
    report_correction,
    report_rows,
    report_subscription,
)
from app.workflow import report as steps
from tests.cast import Cast
from tests.faces import sample

TOLD = sample.figures().incidents
ZONE = "UTC"  # of the company, in tests
PAGES = (report, report_archive, report_compare, report_correction, report_rows, report_subscription)


@dataclass
class ReportDesk:
    """The company of `Cast`, whose weekly reports say what tests want them to say."""

    cast: Cast
    client_of: Callable[[Person], FlaskClient]

    def __post_init__(self) -> None:
        """The incidents that the sample tells of: nobody is told of one that is not there."""
        numbers = {self.cast.declare(title=f"Incident {number}"): number for number in sorted(TOLD)}
        with self.cast.begin() as work:
            for made, number in reversed(numbers.items()):
                work.session.execute(update(Incident).where(Incident.number == made).values(number=number))

    def as_(self, name: str) -> FlaskClient:
        return self.client_of(self.cast.look(lambda session: session.get_one(Person, self.cast.id(name))))

    def keep(
        self, figures: Figures | None = None, *, about: str = EVERYONE, week: Week = sample.WEEK, reader: str = "Ana",
        minutes_after: int = 1, **how: Any,
    ) -> None:  # fmt: skip
        """A report as the worker makes it, so many minutes after it was due."""
        of = self.cast.look(lambda session: audiences.named(session, self.cast[reader], about, ZONE))
        told = replace(
            figures or sample.figures(), week=week.name, audience=of.key, title=of.title, teams=of.teams, zone=of.zone,
            since=week.begins(of.zone), as_of=week.ends(of.zone),
        )  # fmt: skip
        now = week.due(of.zone) + timedelta(minutes=minutes_after)
        with self.cast.begin() as work:
            assert steps.keep(work, of, week, told, now=now, **how) is not None

    def subscribe(self, name: str, about: Sequence[str] = (EVERYONE,), version: int = 0) -> None:
        with self.cast.begin() as work:
            steps.subscribe(
                work, about=about, by_slack=False, by_mail=False, version=version, by=self.cast[name], now=self.cast.now
            )


def register(app: Flask) -> None:
    """The pages, as long as the wiring does not name them."""
    for room in PAGES:
        if room.page.name not in app.blueprints:
            app.register_blueprint(room.page)


def text_of(answer: TestResponse) -> str:
    """What stands on the page, without its tags and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def crowded(teams: int = 400, practices: int = 200, rows: int = 200) -> Figures:
    """A large company: as much of everything as a report keeps."""
    base = sample.figures()
    lines = [replace(base.practices[0], number=at, movers=base.practices[0].movers) for at in range(1, practices + 1)]
    loops = [LoopLine(at, f"Incident {at}", "SEV2", sample.AT) for at in range(1, rows + 1)]
    names = [(f"team-{at:03}", f"Team {at:03}") for at in range(teams)]
    numbers = range(1, 21)
    cells = [HeatCell(name, number, Count(at % 7, 3, 1, 0)) for at, (name, _) in enumerate(names[:20])
             for number in numbers]  # fmt: skip
    return replace(
        base, practices=lines, loops=replace(base.loops, opened=loops, opened_count=rows * 3),
        team_lines=[TeamLine(name, title, Count(12, 8, 1, 0), None, None) for name, title in names],
        heat=Heat(names[:20], list(numbers), cells, teams, practices),
    )  # fmt: skip
