"""One history of the schema for SQLite and PostgreSQL, equal to the models; what is recorded cannot be changed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, insert, inspect, literal_column, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import migrate
from app.models import Base
from app.models.adoption import PastStanding
from app.models.base import Instant
from app.models.history import Move
from app.models.incident import Incident


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


def test_the_models_equal_the_migrations(connection: Connection) -> None:
    assert _differences(connection) == [], "make migration m='what changes' writes the missing one"


def _said(found: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        each["name"]: {**each, "dialect_options": {k: str(v) for k, v in each.get("dialect_options", {}).items()}}
        for each in found
    }


def test_checks_and_indexes_equal_those_of_the_models(fresh_engine: Engine, bare_engine: Engine) -> None:
    # Alembic compares neither checks nor the conditions of partial indexes.
    Base.metadata.create_all(bare_engine)
    migrated, modelled = inspect(fresh_engine), inspect(bare_engine)
    for table in Base.metadata.tables:
        assert _said(migrated.get_check_constraints(table)) == _said(modelled.get_check_constraints(table))
        assert _said(migrated.get_indexes(table)) == _said(modelled.get_indexes(table))


def test_there_is_one_head() -> None:
    assert migrate.head()  # raises when there are several


def test_a_new_database_is_empty_and_then_current(bare_engine: Engine) -> None:
    assert migrate.current(bare_engine) is None
    assert not migrate.is_current(bare_engine)
    migrate.upgrade(bare_engine)
    assert migrate.is_current(bare_engine)


def test_every_migration_goes_up_down_and_up_again(bare_engine: Engine) -> None:
    for script in migrate.history():
        migrate.upgrade(bare_engine, script.revision)
        after = _tables(bare_engine)
        migrate.downgrade(bare_engine, f"{script.revision}-1" if script.down_revision else "base")
        migrate.upgrade(bare_engine, script.revision)
        assert _tables(bare_engine) == after
    assert _tables(bare_engine) == set(Base.metadata.tables)
    migrate.downgrade(bare_engine, "base")
    assert _tables(bare_engine) == set()
    migrate.upgrade(bare_engine)
    with bare_engine.connect() as connection:
        assert _differences(connection) == []


def test_a_second_upgrade_changes_nothing(fresh_engine: Engine) -> None:
    migrate.upgrade(fresh_engine)
    assert migrate.is_current(fresh_engine)


def test_processes_that_start_at_once_upgrade_once(bare_engine: Engine) -> None:
    program = "import sys; from app import db, migrate; migrate.upgrade(db.connect(sys.argv[1]))"
    command = [sys.executable, "-c", program, bare_engine.url.render_as_string(hide_password=False)]
    processes = [subprocess.Popen(command, cwd=migrate.SCRIPTS.parent) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert migrate.is_current(bare_engine)


def test_a_failed_upgrade_leaves_nothing_behind(bare_engine: Engine) -> None:
    with bare_engine.begin() as connection:
        connection.execute(text("create table standing (id integer)"))  # the migration wants this name itself
    with pytest.raises(DBAPIError):
        migrate.upgrade(bare_engine)
    assert _tables(bare_engine) == {"standing"}
    assert migrate.current(bare_engine) is None


def test_every_name_follows_the_convention(connection: Connection) -> None:
    found = inspect(connection)
    for table in Base.metadata.tables:
        names = [found.get_pk_constraint(table)["name"]]
        names += [each["name"] for each in found.get_foreign_keys(table)]
        names += [each["name"] for each in found.get_unique_constraints(table)]
        names += [each["name"] for each in found.get_check_constraints(table)]
        names += [each["name"] for each in found.get_indexes(table)]
        assert all(re.fullmatch(rf"(pk|fk|uq|ck|ix)_{table}(_\w+)?", str(name)) for name in names), names


def _a_move(session: Session) -> Move:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    incident = Incident(
        number=1, title="Checkout is down", stage="incident", state="active", stage_entered_at=now, declared_at=now
    )
    session.add(incident)
    session.flush()
    move = Move(incident_id=incident.id, verb="declare", to_stage="incident", to_state="active", at=now)
    session.add(move)
    session.commit()
    return move


def test_a_move_can_be_added_but_not_changed(session: Session) -> None:
    move = _a_move(session)
    with pytest.raises(DBAPIError, match="Moves are append-only"):
        session.execute(update(Move).where(Move.id == move.id).values(why="It never happened."))
    session.rollback()
    assert session.execute(select(Move.why)).scalar_one() == ""


def test_a_move_cannot_be_removed(session: Session) -> None:
    _a_move(session)
    with pytest.raises(DBAPIError, match="Moves are append-only"):
        session.execute(delete(Move))
    session.rollback()
    assert session.execute(select(Move.verb)).scalar_one() == "declare"


def test_a_move_is_not_removed_with_its_incident(session: Session) -> None:
    move = _a_move(session)
    with pytest.raises(DBAPIError):
        session.execute(delete(Incident).where(Incident.id == move.incident_id))
    session.rollback()
    assert session.execute(select(Move.verb)).scalar_one() == "declare"


def test_moves_cannot_be_truncated(session: Session, database: str) -> None:
    if database == "sqlite":
        return  # it has no TRUNCATE: it is a DELETE there
    _a_move(session)
    with pytest.raises(DBAPIError, match="Moves are append-only"):
        session.execute(text("truncate move cascade"))
    session.rollback()
    assert session.execute(select(Move.verb)).scalar_one() == "declare"


def test_instants_of_standings_survive_the_change_of_their_storage(bare_engine: Engine) -> None:
    since, until = datetime(2026, 3, 2, 9, 0, 0, 7, tzinfo=UTC), datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    row = {"practice_id": 1, "service_id": 2, "since": since, "until": until, "standing": "adopted", "message": "x"}
    migrate.upgrade(bare_engine)
    with bare_engine.begin() as connection:
        connection.execute(insert(PastStanding), [row])
    migrate.downgrade(bare_engine, "0002")
    with bare_engine.connect() as connection:
        kept = [literal_column(name, Instant) for name in ("since", "until")]
        told = connection.execute(select(*kept).select_from(text("past_standing"))).one()
    assert tuple(told) == (since, until)
    migrate.upgrade(bare_engine)
    with bare_engine.connect() as connection:
        assert connection.execute(select(PastStanding.since, PastStanding.until)).one() == (since, until)
