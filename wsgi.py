"""For web servers: `gunicorn wsgi:app`; for the command line: `flask --app wsgi …`."""

from app import create_app

app = create_app()
