"""One web process by gunicorn: `flask --app wsgi serve`. Run as many as you need, each with a port of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped] # it has no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped] # it has no types either

from app import create_app
from app.cli.migrate import require_current
from app.parts import parts
from config import Settings

HOST, PORT = "127.0.0.1", 8000
GRACE_SECONDS = 30  # for requests under way when it is told to end


@click.command()
@click.option("--host", default=HOST, show_default=True, help="0.0.0.0 for every address of this machine.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535))
@with_appcontext
def serve(host: str, port: int) -> None:
    """Answer requests until told to end (Ctrl-C, SIGTERM)."""
    require_free(host, port)
    settings = parts().settings
    require_current(parts().engine)
    click.echo(f"Ratchet answers at {address(host, port)}", err=True)
    Server(settings, host, port).run()


class QuietLogger(Logger):
    """gunicorn's own lines in the form of all others (see app.log); each request has its line already."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):
    """One worker process of gunicorn. The application is made in it, after the fork: no connection is shared."""

    def __init__(
        self, settings: Settings, host: str, port: int, *, make: Callable[[], Flask] = create_app,
        grace_seconds: int = GRACE_SECONDS, **more: Any,
    ) -> None:  # fmt: skip
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.make = make
        self.options = {
            "bind": bind, "workers": 1, "worker_class": "gthread", "threads": settings.web_threads, "accesslog": None,
            "loglevel": settings.log_level, "logger_class": QuietLogger, "graceful_timeout": grace_seconds,
            "control_socket_disable": True, "proc_name": "ratchet", **more,
        }  # fmt: skip
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.make()


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"


def require_free(host: str, port: int) -> None:
    """A sentence at once, where gunicorn would try five times: the port is taken, or not ours to take."""
    try:
        family, kind, _, _, at = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with closing(socket.socket(family, kind)) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(at)
    except PermissionError:
        raise click.ClickException(f"Port {port} may not be used by this user. Choose another: --port 8080") from None
    except OSError as error:
        if isinstance(error, socket.gaierror):
            raise click.ClickException(f"There is no address {host} on this machine.") from None
        advice = f"Another program uses port {port} of {host} ({error.strerror}). End it, or choose another: --port"
        raise click.ClickException(f"{advice} {port + 1 if port < 65_535 else 8080}") from None
