"""Bring in what was written elsewhere: `flask --app wsgi import postmortems DIR`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DataError, IntegrityError

from app.cli.import_catalogue import catalogue
from app.domain.errors import RatchetError
from app.domain.people import RATCHET
from app.intake.postmortems import file_name, find, read_file
from app.intake.problem import Problem, Unreadable
from app.parts import parts
from app.workflow.postmortems import CHANGED, NEW, REFUSED, UNCHANGED, Outcome, take_in
from app.workflow.unit_of_work import UnitOfWork, Work

import_ = AppGroup("import", help="Bring in what was written elsewhere.")


@import_.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would become of each file.")
def postmortems(folder: Path, dry_run: bool) -> None:
    """Take in every postmortem of DIR: Markdown files with YAML front matter.

    Each becomes an incident at stage 1, with the text as its review; nobody is told. What cannot be used is reported
    by file, field and reason. Importing again changes nothing. Exit code 1: at least one file was refused.
    """
    try:
        files, others = find(folder)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be read: {error.strerror}.") from None
    if not files:
        raise click.ClickException(f"There is no Markdown file (*.md) in {folder}.")
    made = parts()
    with click.progressbar(files, label=f"Reading {len(files)} files", file=sys.stderr) as bar:
        outcomes = list((_try_all if dry_run else _take_all)(made.begin, bar, made.clock))
    _report(outcomes, others, dry_run=dry_run)
    if any(each.result == REFUSED for each in outcomes):
        raise SystemExit(1)


def _take_all(begin: UnitOfWork, files: Iterable[Path], clock: Callable[[], datetime]) -> Iterator[Outcome]:
    """One transaction for each file: what is in stays in, whatever happens to the next."""

    def take(path: Path) -> Outcome:
        with begin() as work:
            return _take(work, path, clock())

    return (_settled(path, take) for path in files)


class _Undo(Exception):
    """Leaves a dry run before it is committed."""


def _try_all(begin: UnitOfWork, files: Iterable[Path], clock: Callable[[], datetime]) -> Iterator[Outcome]:
    """All files in one transaction that is never committed, so that each meets those before it."""
    outcomes: list[Outcome] = []
    with suppress(_Undo), begin() as work:

        def take(path: Path) -> Outcome:
            with work.session.begin_nested():
                return _take(work, path, clock())

        outcomes += [_settled(path, take) for path in files]
        raise _Undo
    return iter(outcomes)


def _take(work: Work, path: Path, now: datetime) -> Outcome:
    return take_in(work, read_file(path), by=RATCHET, now=now)


def _settled(path: Path, take: Callable[[Path], Outcome]) -> Outcome:
    """What became of the file; a file that cannot be taken in stops no other."""
    try:
        try:
            return take(path)
        except IntegrityError:  # another import made the same incident, team or service at this moment: find it
            return take(path)
    except Unreadable as error:
        return Outcome(REFUSED, None, error.problems)
    except RatchetError as error:
        return Outcome(REFUSED, None, (Problem(file_name(path), "file", str(error)),))
    except DataError as error:
        reason = f"the database cannot keep it: {str(error.orig).splitlines()[0]}"
        return Outcome(REFUSED, None, (Problem(file_name(path), "file", reason),))


def _report(outcomes: list[Outcome], others: list[Path], *, dry_run: bool) -> None:
    for result, title in (
        (REFUSED, "Not imported:"), (CHANGED, "Changed since they were imported:"),
        (NEW, "Imported, but look at:"), (UNCHANGED, "Imported before, but look at:"),
    ):  # fmt: skip
        problems = [str(note) for each in outcomes if each.result == result for note in each.notes]
        if problems:
            click.echo("\n".join([title, *problems, ""]))
    if others:
        click.echo(f"Not Markdown, left out: {', '.join(file_name(each) for each in others)}\n")
    count = {result: sum(each.result == result for each in outcomes) for result in (NEW, UNCHANGED, CHANGED, REFUSED)}
    noted = sum(each.result == NEW and bool(each.notes) for each in outcomes)
    click.echo(
        f"{len(outcomes)} files: {count[NEW]} new ({noted} with notes), {count[UNCHANGED]} unchanged, "
        f"{count[CHANGED]} changed on disk and left alone, {count[REFUSED]} refused."
    )
    if dry_run:
        click.echo("This was a dry run: nothing was kept.")


import_.add_command(catalogue)
