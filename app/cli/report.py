"""Weekly reports by hand: read, previewed, made up for, corrected: `flask --app wsgi report …`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.problems import in_words
from app.domain.people import RATCHET
from app.domain.week import Week
from app.faces import words
from app.faces.csv import BOM, csv_of
from app.faces.json import json_of
from app.faces.markdown import markdown
from app.faces.meta import Meta
from app.faces.text import text
from app.parts import parts
from app.queries import reports
from app.queries.known import PUBLIC
from app.queries.reports import Kept
from app.queries.weekly.preview import preview
from app.words import plural
from app.workflow import report as workflow

report = AppGroup("report", help="Weekly reports: read them, make those that are due, correct one.")
FACES = {"text": text, "md": markdown, "csv": csv_of, "json": json_of}
ABOUT = click.option("--about", default="all", show_default=True, help="all, or a team as team:shop.")
FORMAT = click.option("--format", "form", type=click.Choice(list(FACES)), default="text", show_default=True)


@report.command("list")
@ABOUT
@click.option("--words", "sought", default="", help="Only those that name these words.")
def list_(about: str, sought: str) -> None:
    """Every week, the newest first: adoption, loops closed, preventable recurrences, slips."""
    with in_words(), parts().read() as session:
        page, total = 1, 1
        while (page - 1) * reports.PAGE < total:
            rows, total = reports.listing(session, PUBLIC, about, sought, page, zone=parts().settings.time_zone)
            for each in rows:
                remark = [f"revision {each.revision}"] * (each.revision > 1) + ["late"] * each.is_late
                line = (
                    each.week.name, words.share(each.adoption), f"{plural(each.closed, 'loop')} closed",
                    f"{each.preventable:,} preventable", plural(each.slips, "slip"), ", ".join(remark),
                )  # fmt: skip
                click.echo("\t".join(line).rstrip())
            page += 1
    if not total:
        found = "No report names these words." if sought else "No report is made yet: flask --app wsgi report make"
        click.echo(found, err=True)


@report.command("show")
@click.argument("week")
@ABOUT
@click.option("--revision", type=click.IntRange(1, 9_999), help="Left out: the latest one.")
@FORMAT
def show(week: str, about: str, revision: int | None, form: str) -> None:
    """The report of WEEK, such as 2026-W47, or "latest". It names no incident that is private now."""
    with in_words(), parts().read() as session:
        named = None if week.lower() == "latest" else Week.parse(week)
        kept = reports.find(session, PUBLIC, about, named, revision, zone=parts().settings.time_zone)
    _echo(kept, form)


@report.command("next")
@ABOUT
@FORMAT
def next_(about: str, form: str) -> None:
    """Next Monday's report as it would look now."""
    with in_words(), parts().read() as session:
        kept = preview(
            session, PUBLIC, about, now=parts().clock(), zone=parts().settings.time_zone, policy=parts().begin.policy
        )
    _echo(kept, form)


@report.command("make")
def make() -> None:
    """Make the reports that are due and not there. The worker does so by itself; twice does no harm."""
    with in_words():
        made = workflow.make_due(
            parts().begin, parts().read, now=parts().clock(), zone=parts().settings.time_zone
        )  # fmt: skip
    click.echo(f"{plural(made, 'report')} made." if made else "Nothing is due: every report is there.")


@report.command("correct")
@click.argument("week")
@ABOUT
@click.option("--why", required=True, help="The reason, which everybody will read.")
def correct(week: str, about: str, why: str) -> None:
    """Make the report of WEEK once more, by what is known now, as a further revision. The old one stays."""
    zone = parts().settings.time_zone
    with in_words():
        named = Week.parse(week)
        workflow.correct(parts().begin, parts().read, about, named, why=why, by=RATCHET, now=parts().clock(), zone=zone)
        with parts().read() as session:
            kept = reports.find(session, PUBLIC, about, named, zone=zone)
    click.echo(f"{named.name} has revision {kept.revision} now. Changed:")
    for each in kept.changed:
        click.echo(f"  {each}")


def _echo(kept: Kept, form: str) -> None:
    """On a terminal a byte order mark is of no use; in a file it comes back with an editor or not at all."""
    said = FACES[form](kept.figures, Meta.of(kept), parts().settings.base_url)
    click.echo(said.removeprefix(BOM), nl=False)
