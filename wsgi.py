"""For web servers: `gunicorn wsgi:app`; for the command line: `flask --app wsgi …`."""

import click

from app import create_app
from config import ConfigError

try:
    app = create_app()
except ConfigError as error:  # the command line says it in words; a web server ends with it as the last line
    told = "\n".join(f"  {each}" for each in error.problems)
    raise click.ClickException(f"Ratchet does not start, because of its settings:\n{told}") from error
except OSError as error:  # var/ or the folder of the database
    raise click.ClickException(f"Ratchet does not start: {error}. Ask: python -m app.cli.doctor") from error
