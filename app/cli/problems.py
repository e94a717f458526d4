"""What is expected to go wrong is said in a sentence, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.domain.errors import RatchetError, Refused


@contextmanager
def in_words() -> Iterator[None]:
    """Refusals, missing rows, a database that does not answer or was never migrated: a sentence and exit code 1."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException("\n".join(each.sentence for each in refused.refusals)) from None
    except RatchetError as error:
        raise click.ClickException(str(error)) from None
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(of_database(error)) from None


def of_database(error: OperationalError | ProgrammingError) -> str:
    """The driver's first line, and what to do."""
    first = str(error.orig).strip().splitlines()[0]
    if "no such table" in first or ("does not exist" in first and "relation" in first):
        return "The database has no tables yet. Run: flask --app wsgi migrate"
    return f"The database does not answer: {first}"
