"""Many rows at once by the driver itself: what SQLAlchemy would do to every value costs more than the database does.

Statements are written once: ``:name`` for one value, ``?`` for the values of a row, ``{name}`` after a column for "is
one of these keys". What is stored is, byte for byte, what the column types of :mod:`models.base` would store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.orm import Session

_NAMED = re.compile(r"(?<!:):([a-z_]+)")
_LAST = """
    SELECT max(coalesce((SELECT max(id) FROM {table}), 0),
               coalesce((SELECT seq FROM sqlite_sequence WHERE name = :name), 0))
"""
"""The highest id a table has or, where it gives none twice, ever had."""
_KEYS = re.compile(r"\{([a-z_]+)\}")


class Line:
    """One transaction, begun at its first statement: by the driver alone until somebody asks for a session.

    A session costs more than a small transaction's own statements; it joins what the driver has begun.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lent: PoolProxiedConnection | None = None
        self._begun: Any = None
        self._joined: Connection | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The transaction's session."""
        if self._session is None:
            if self._lent is not None:
                self._joined = Connection(self._engine, self._lent)
            if self._joined is not None and self._begun is not None:
                self._joined.begin()
            self._session = Session(self._joined or self._engine, expire_on_commit=False)
        return self._session

    @property
    def driver(self) -> Any:
        """The driver's connection, within the transaction."""
        if self._session is not None:
            return self._session.connection().connection.driver_connection
        if self._begun is None:
            self._begun = self._begin()
        return self._begun

    def _begin(self) -> Any:
        if self._lent is None:
            self._lent = self._engine.raw_connection()
        driver: Any = self._lent.driver_connection
        if self._engine.dialect.name == "sqlite":  # psycopg begins by itself
            driver.execute("BEGIN IMMEDIATE")
        return driver

    def get_bind(self) -> Engine:
        """The engine."""
        return self._engine

    def flush(self) -> None:
        """Write what the session has in mind, where there is one."""
        if self._session is not None:
            self._session.flush()

    def commit(self) -> None:
        """Keep what was done; the next statement begins anew."""
        begun, self._begun = self._begun, None
        if self._session is not None:
            self._session.commit()
            if self._joined is not None and self._joined.in_transaction():
                self._joined.commit()
        elif begun is not None:
            begun.commit()

    def close(self) -> None:
        """Roll back what is not kept, and give the connection back."""
        session, lent = self._session, self._joined or self._lent
        self._begun = self._session = self._joined = self._lent = None
        try:
            if session is not None:
                session.close()
        finally:
            if lent is not None:
                lent.close()


class Bulk:
    """The driver's connection below a session or a line, for both databases alike."""

    def __init__(self, session: Session | Line) -> None:
        self._session = session
        self.sqlite = session.get_bind().dialect.name == "sqlite"

    @property
    def _driver(self) -> Any:
        if isinstance(self._session, Line):
            return self._session.driver
        return self._session.connection().connection.driver_connection

    def find(self, sql: str, keys: dict[str, Sequence[Any]] | None = None, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; ``keys`` are the lists that its ``{name}`` stand for."""
        found: list[tuple[Any, ...]] = self._run(sql, keys or {}, values).fetchall()
        return found

    def change(self, sql: str, keys: dict[str, Sequence[Any]] | None = None, **values: Any) -> int:
        """Run one statement; gives the number of rows it changed."""
        return int(self._run(sql, keys or {}, values).rowcount)

    def _run(self, sql: str, keys: dict[str, Sequence[Any]], values: dict[str, Any]) -> Any:
        for name, each in keys.items():
            values[name] = as_json(list(each)) if self.sqlite else list(each)
        return self._driver.execute(_statement(sql, self.sqlite), values)

    def write(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run one statement for every row of values; gives the number of rows it changed."""
        if not rows:
            return 0
        told = sql if self.sqlite else _marked(sql)
        if len(rows) == 1:  # executemany costs PostgreSQL a pipeline
            return int(self._driver.execute(told, rows[0]).rowcount)
        cursor = self._driver.cursor()
        cursor.executemany(told, rows)
        return int(cursor.rowcount)

    def insert(self, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows that are known to be new; ``columns`` as in SQL."""
        if self.sqlite:
            marks = ", ".join("?" * (columns.count(",") + 1))
            self.write(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names
        elif rows:
            with self._driver.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def new_ids(self, table: str, number: int) -> Sequence[int]:
        """Ids that no row of a table has or will get; SQLite has one writer at a time, PostgreSQL a sequence."""
        if self.sqlite:
            ((last,),) = self.find(_LAST.format(table=table), name=table)
            return range(last + 1, last + 1 + number)
        query = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :number)"
        return [key for (key,) in self.find(query, name=table, number=number)]

    def stamp(self, moment: datetime | None) -> str | None:
        """A UTC time as the database is given it."""
        if moment is None:
            return None
        text = moment.astimezone(UTC).isoformat(" ", "microseconds")
        return text[:26] if self.sqlite else text


def moment_of(value: Any) -> datetime | None:
    """A time as the driver gives it, in UTC."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def as_json(value: Any) -> str:
    """Plain values as compact JSON, as SQLite's ``json_each`` reads them."""
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=256)
def _statement(sql: str, sqlite: bool) -> str:
    if sqlite:
        return _KEYS.sub(r" IN (SELECT value FROM json_each(:\1))", sql)
    return _NAMED.sub(r"%(\1)s", _KEYS.sub(r" = ANY(:\1)", sql))


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    return sql.replace("?", "%s")


def found_by_key(bulk: Bulk, sql: str, keys: Iterable[str], **values: Any) -> dict[Any, Any]:
    """The second column by the first, of a query with ``{keys}``."""
    wanted = list(keys)
    return dict(bulk.find(sql, {"keys": wanted}, **values)) if wanted else {}
