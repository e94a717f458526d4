"""Facts about services from files: `flask --app wsgi facts kubernetes DIR` and `flask --app wsgi facts file PATH`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.facts_taken import REFUSED, UNKNOWN, Outcome, Telling, take_all
from app.cli.problems import in_words
from app.intake import facts_file, kubernetes
from app.intake.instants import NoInstant, read_instant
from app.intake.kubernetes_facts import FACTS
from app.intake.problem import Problem, Unreadable, printable
from app.parts import parts
from app.words import plural

facts = AppGroup("facts", help="Facts about services, from what describes or measures them.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be new or different.")
SOURCE = click.option("--source", help="Who says so, as the page of a service shows it.")
SHOWN = 4  # changes of one service in its line of the report


@facts.command("kubernetes")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@DRY_RUN
@click.option("--add-missing", is_flag=True, help="Add services that are not in the catalogue, at tier 3.")
@SOURCE
def from_kubernetes(folder: Path, dry_run: bool, add_missing: bool, source: str | None) -> None:
    """Report what the manifests in DIR, and below it, say about services.

    The folder is taken as the whole truth: no PodDisruptionBudget in it means that there is none. Run it again
    whenever the manifests change. Exit code 1: something could not be read, or a service is unknown.
    """
    try:
        reading = kubernetes.read(folder)
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    if not reading.files:
        raise click.ClickException(f"There is no YAML file (*.yaml, *.yml) in {folder}.")
    told = [
        Telling(
            each.service, each.facts, source or "kubernetes", may_add=add_missing,
            kind="stateful" if each.is_stateful else "stateless", withdraws=FACTS.keys() - each.facts.keys(),
        )
        for each in reading.reported
    ]  # fmt: skip
    with in_words():
        outcomes = take_all(parts().begin, told, parts().clock, dry_run=dry_run)
    _report(outcomes, reading.problems, reading.notes, can_add=True)
    if reading.skipped:
        left = ", ".join(f"{count} {kind}" for kind, count in sorted(reading.skipped.items()))
        click.echo(f"Objects that tell no facts: {left}.")
    _end(outcomes, reading.problems, plural(reading.files, "file"), dry_run=dry_run)


@facts.command("file")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DRY_RUN
@SOURCE
@click.option("--at", metavar="ISO", help="When it was observed, where the file does not say: 2026-03-02T09:00Z.")
def from_file(path: Path, dry_run: bool, source: str | None, at: str | None) -> None:
    """Report the facts in PATH: JSON or YAML, as docs/facts.md describes. Exit code 1: something was refused."""
    try:
        observed_at = read_instant(at)[0] if at else None
        reading = facts_file.read(path)
    except NoInstant as error:
        raise click.ClickException(f"--at {at} {error}.") from None
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    told = [
        Telling(each.service, each.facts, source or each.source or f"file {path.name}", at=each.at or observed_at)
        for each in reading.told
    ]
    with in_words():
        outcomes = take_all(parts().begin, told, parts().clock, dry_run=dry_run)
    _report(outcomes, reading.problems, reading.notes, can_add=False)
    _end(outcomes, reading.problems, "the file", dry_run=dry_run)


def _report(
    outcomes: Sequence[Outcome], problems: Sequence[Problem], notes: Sequence[Problem], *, can_add: bool
) -> None:
    for title, lines in (("Not used:", problems), ("Look at:", notes)):
        if lines:
            click.echo("\n".join([title, *(f"  {each}" for each in lines), ""]))
    if not outcomes:
        click.echo("No service was found.")
        return
    wide = max(len("service"), *(len(printable(each.service)) for each in outcomes))
    click.echo(f"{'service':<{wide}}    new  changed   same   gone")
    for each in outcomes:
        counts = f"{len(each.new):>6} {len(each.changed):>8} {each.same:>6} {len(each.gone):>6}"
        if each.result in (UNKNOWN, REFUSED):
            counts = f"{'-':>6} {'-':>8} {'-':>6} {'-':>6}"
        click.echo(f"{printable(each.service):<{wide}} {counts}  {_words(each)}".rstrip())
    if any(each.result == UNKNOWN for each in outcomes):
        how = "run this again with --add-missing, or add" if can_add else "add"
        click.echo(f"For those that are not in the catalogue: {how} them on the page of services, and run this again.")


def _words(outcome: Outcome) -> str:
    if outcome.result == UNKNOWN:
        return "not in the catalogue"
    if outcome.result == REFUSED:
        return f"refused: {outcome.why}"
    words = [f"added as {outcome.added_as}, tier 3: give it a team and its tier"] if outcome.added_as else []
    changes = [*outcome.changed, *(f"{key} is no longer known" for key in outcome.gone)]
    words += changes[:SHOWN]
    if len(changes) > SHOWN:
        words.append(f"and {len(changes) - SHOWN} more")
    return "; ".join(words)


def _end(outcomes: Sequence[Outcome], problems: Sequence[Problem], of: str, *, dry_run: bool) -> None:
    unknown, refused = (sum(each.result == result for each in outcomes) for result in (UNKNOWN, REFUSED))
    new, changed, gone = (sum(len(getattr(each, name)) for each in outcomes) for name in ("new", "changed", "gone"))
    same, reported = sum(each.same for each in outcomes), len(outcomes) - unknown - refused
    click.echo(
        f"{plural(len(outcomes), 'service')} in {of}: {reported} reported, {unknown} unknown, {refused} refused; "
        f"{new} facts new, {changed} changed, {gone} gone, {same} as before."
    )
    if dry_run:
        click.echo("This was a dry run: nothing was kept.")
    if problems or unknown or refused:
        raise SystemExit(1)
