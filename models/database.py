"""Opening a database: SQLite (WAL, immediate transactions) or PostgreSQL, and bringing its tables up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from importlib.resources import files
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, func, inspect, select
from sqlalchemy.exc import IntegrityError, InvalidatePoolError

from models.tables import metadata

BUSY_SECONDS = 30
"""How long SQLite waits for another writer."""

CACHE_KIB = 32 * 1024
"""Memory for SQLite's pages, at most: with its own 2 MiB every row of a large load goes to the disk and back."""

IDLE_SECONDS = 1.0
"""How long a connection to PostgreSQL may lie unused before it is asked whether it is still there."""

_USED = "used"
_UPGRADING = 0x79696E6C6975
"""The number of PostgreSQL's advisory lock (SQLite locks the file by itself)."""


class Schema(Enum):
    """How a database's tables stand to this code."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``; nothing is connected yet."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_check_idle, engine.dialect))
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _check_idle(dialect: Dialect, connection: Any, record: Any, _lent: Any) -> None:
    # pool_pre_ping asks every time, which costs as much as a statement
    used = record.info.get(_USED)
    if used is None:
        return
    if connection.closed or (time.monotonic() - used > IDLE_SECONDS and not _answers(dialect, connection)):
        raise InvalidatePoolError


def _answers(dialect: Dialect, connection: Any) -> bool:
    try:
        return dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        return False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # SQLAlchemy emits BEGIN itself (below): sqlite3's own guess would begin too late and read before it locks.
    connection.isolation_level = None
    cache = f"cache_size=-{CACHE_KIB}"
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL", "foreign_keys=ON", cache):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Switch to WAL; of processes that open a new file at once, SQLite tells all but one "locked" without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _begin_immediate(connection: Any) -> None:
    # the driver itself: a statement through SQLAlchemy costs as much as the queue's own ones
    driver = connection.connection.driver_connection
    if not driver.in_transaction:  # a session joined what the driver began
        driver.execute("BEGIN IMMEDIATE")


def schema_state(engine: Engine) -> tuple[Schema, str | None]:
    """How the database's tables stand to this code, and the revision they are at."""
    script = ScriptDirectory.from_config(_config(engine))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]  # waits for no writer
        # tables first: another process that makes them meanwhile is then seen with its revision, or not at all
        tables = inspect(connection).get_table_names()
        revision = MigrationContext.configure(connection).get_current_revision()
    ours = any(table in metadata.tables for table in tables)
    if revision is None:
        return (Schema.FOREIGN if ours else Schema.EMPTY), None
    known = {step.revision for step in script.walk_revisions()}
    if revision not in known:
        return (Schema.NEWER if ours else Schema.FOREIGN), revision
    return (Schema.CURRENT if revision == script.get_current_head() else Schema.OLDER), revision


def upgrade(engine: Engine) -> None:
    """Bring the tables to this code's revision in one transaction; a second process waits and finds it done."""
    with changing_tables(engine) as connection:
        config = _config(engine)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def changing_tables(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be made anew, as SQLite must to change them, while others refer to them.

    What refers to nothing afterwards undoes it all (:class:`~sqlalchemy.exc.IntegrityError`).
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=OFF")  # has no effect within a transaction
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
                yield connection
                if engine.dialect.name == "sqlite" and (lost := driver.execute("PRAGMA foreign_key_check").fetchall()):
                    raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"{len(lost)} rows, {lost[:3]}"))
        finally:
            if engine.dialect.name == "sqlite":
                driver.execute("PRAGMA foreign_keys=ON")


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("models") / "migrations"))
    config.attributes["url"] = engine.url
    return config
