"""Bring the database to this version: `flask --app wsgi migrate`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import Engine

from app import migrate as migrations
from app.cli.problems import in_words
from app.parts import parts


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to this version. Safe to run twice, and on several machines at once."""
    with in_words():
        click.echo(bring_up(parts().engine))


def bring_up(engine: Engine) -> str:
    """Migrate, and say from which revision to which."""
    before, head = migrations.current(engine), migrations.head()
    known = {each.revision for each in migrations.history()}
    if before is not None and before not in known:
        raise click.ClickException(
            f"The database is at {before}, which this version does not know: it was migrated by a newer one. "
            "Start that version, or restore a backup."
        )
    if before == head:
        return f"The database is at {head}, the newest revision; nothing to do."
    migrations.upgrade(engine)
    return f"The database is migrated: {before or 'empty'} → {head}."


def require_current(engine: Engine) -> None:
    """A sentence at the start, where every page and every message would fail: the tables are of another version."""
    with in_words():
        at, needed = migrations.current(engine), migrations.head()
    if at != needed:
        raise click.ClickException(
            f"The database is {at or 'empty'}; this version needs {needed}. Run: flask --app wsgi migrate"
        )
