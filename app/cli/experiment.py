"""Hand in the journal of a chaos experiment where no token is at hand: `flask --app wsgi experiment …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.problems import in_words
from app.domain.people import RATCHET
from app.intake.chaos_journal import read_text
from app.intake.problem import Unreadable
from app.parts import parts
from app.workflow.experiment import report_journal


@click.command("experiment")
@click.argument("check_id", metavar="CHECK", type=click.IntRange(1, 999_999_999))
@click.argument("service")
@click.argument("journal", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def experiment(check_id: int, service: str, journal: Path) -> None:
    """Take the JOURNAL of Chaos Toolkit as evidence of SERVICE for the check of number CHECK."""
    try:
        told = read_text(journal.read_text(encoding="utf-8"), journal.name)
    except OSError as error:
        raise click.ClickException(f"{journal} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{journal} is not a text in UTF-8.") from None
    except Unreadable as error:
        raise click.ClickException("\n".join(map(str, error.problems))) from None
    with in_words(), parts().begin() as work:
        report_journal(work, check_id, service, told, by=RATCHET, now=parts().clock())
    click.echo(f"{service}: {told.result}. {told.message}")
