"""The catalogue from Backstage files: `flask --app wsgi import catalogue PATH...`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DataError, IntegrityError

from app.cli.problems import in_words
from app.domain.people import RATCHET
from app.intake.backstage import read_paths
from app.intake.backstage_records import Read
from app.parts import parts
from app.words import plural
from app.workflow.catalogue_files import Entry, Report, take_in

LINES_MAX = 200  # of a kind; problems are all told


class _Undo(Exception):
    """Leaves a dry run before it is committed."""


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would become of each entity.")
@click.option("--retire-missing", is_flag=True, help="Retire what came from PATH before and is not there any more.")
@click.option("--origin", metavar="NAME", help="The name of PATH from now on, where its folder is not always the same.")
@with_appcontext
def catalogue(paths: tuple[Path, ...], dry_run: bool, retire_missing: bool, origin: str | None) -> None:
    """Take in teams and services from Backstage files (catalog-info.yaml), from folders or one by one.

    In a folder, every catalog-info.yaml is read and every other YAML file with an apiVersion of backstage.io. What
    cannot be used is reported by file, entity and field; the rest goes in. Importing again changes nothing. Exit code
    1: at least one entity was refused.
    """
    if origin and len(paths) > 1:
        raise click.UsageError("--origin names one PATH: import the others with a command of their own.")
    places = [(path.resolve(), origin or path.resolve().as_posix()) for path in paths]
    read = read_paths(places)
    if not read.entities and not read.problems:
        names = ", ".join(str(each) for each in paths)
        raise click.ClickException(f"There is no team and no service in {names}: no catalog-info.yaml was found.")
    with in_words():
        report = _take(read, [name for _, name in places], dry_run=dry_run, retire_missing=retire_missing)
    _say(report, read, dry_run=dry_run)
    if report.refused:
        raise SystemExit(1)


def _take(read: Read, origins: Sequence[str], *, dry_run: bool, retire_missing: bool) -> Report:
    def once() -> Report:
        report = Report()
        with suppress(_Undo), parts().begin() as work:
            now = parts().clock()
            report = take_in(work, read, origin=origins, by=RATCHET, now=now, retire_missing=retire_missing)
            if dry_run:
                raise _Undo
        return report

    try:
        try:
            return once()
        except IntegrityError:  # somebody made the same team or service by hand at this moment: find it
            return once()
    except DataError as error:
        raise click.ClickException(f"The database cannot keep it: {str(error.orig).splitlines()[0]}") from None


def _say(report: Report, read: Read, *, dry_run: bool) -> None:
    for title, lines in (
        ("Not taken in:", [str(each) for each in report.refused]),
        ("Look at:", [str(each) for each in report.notes]),
        ("New:", _lines(report.new)), ("Changed:", _lines(report.changed)), ("Renamed:", _lines(report.renamed)),
        ("Retired:", _lines(report.retired)),
        ("Left out:", [f"{count:,} × {kind}" for kind, count in sorted(report.skipped.items())]),
    ):  # fmt: skip
        if lines:
            click.echo("\n".join([title, *(f"  {each}" for each in lines), ""]))
    click.echo(f"{plural(read.files, 'file')} read: {report.summary()}")
    if dry_run:
        click.echo("This was a dry run: nothing was kept.")


def _lines(entries: Sequence[Entry]) -> list[str]:
    lines = [f"{each.kind} {each.name}{f': {each.detail}' if each.detail else ''}" for each in sorted(entries)]
    rest = len(lines) - LINES_MAX
    return lines if rest <= 0 else [*lines[:LINES_MAX], f"… and {rest:,} more"]
