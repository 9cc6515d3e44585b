"""Many rows at once by the driver itself: what SQLAlchemy would do to every value costs more than the database does.

Statements are written once (:mod:`models.repositories.dialects`). What is stored is, byte for byte, what the column
types of :mod:`models.base` would store. What a session has in mind is written before any statement of ours runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from models.kept import Lent, kept
from models.repositories.dialects import spoken, spoken_of_rows

_LAST = """
    SELECT max(coalesce((SELECT max(id) FROM {table}), 0),
               coalesce((SELECT seq FROM sqlite_sequence WHERE name = :name), 0))
"""
"""The highest id a table has or, where it gives none twice, ever had."""


READING = {
    True: ("BEGIN", "PRAGMA query_only=ON"),
    False: ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
}
"""How a transaction begins that only reads: on SQLite (True), on PostgreSQL."""


class Line:
    """One transaction, begun at its first statement: by the driver alone until somebody asks for a session.

    A session costs more than a small transaction's own statements; it joins what the driver has begun. One that is
    ``reading`` changes nothing, sees the database as of one moment, and keeps no writer waiting.
    """

    def __init__(self, engine: Engine, *, reading: bool = False) -> None:
        self._engine, self._kept, self._reading = engine, kept(engine), reading
        self.sqlite = self._kept.sqlite
        self._lent: Lent | None = None
        self._begun: Any = None
        self._joined: Connection | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The transaction's session."""
        if self._session is None:
            if self._reading and self._begun is None:
                self._begun = self._begin()
            if self._lent is not None:
                self._joined = Connection(self._engine, self._lent.pooled)
            if self._joined is not None and self._begun is not None:
                self._joined.begin()
            self._session = Session(self._joined or self._engine, expire_on_commit=False)
        return self._session

    @property
    def driver(self) -> Any:
        """The driver's connection, within the transaction."""
        if self._session is not None:
            return _below(self._session)
        if self._begun is None:
            self._begun = self._begin()
        return self._begun

    def _begin(self) -> Any:
        if self._lent is None:
            self._lent = self._kept.take(self._engine)
        driver = self._lent.driver
        if self._reading:
            for statement in READING[self.sqlite]:
                driver.execute(statement)
        elif self.sqlite:  # psycopg begins by itself
            driver.execute("BEGIN IMMEDIATE")
        return driver

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
        if self._reading and self.sqlite and self._lent is not None:
            self._lent.driver.execute("PRAGMA query_only=OFF")
        session, joined, lent = self._session, self._joined, self._lent
        self._begun = self._session = self._joined = self._lent = None
        try:
            if session is not None:
                session.close()
        finally:
            if joined is not None:
                joined.close()
            elif lent is not None:
                self._kept.give_back(lent)


class Bulk:
    """The driver's connection below a session or a line, for both databases alike."""

    def __init__(self, session: Session | Line) -> None:
        self._session = session
        self.sqlite = session.sqlite if isinstance(session, Line) else session.get_bind().dialect.name == "sqlite"

    @property
    def _driver(self) -> Any:
        session = self._session
        return session.driver if isinstance(session, Line) else _below(session)

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
        return self._driver.execute(spoken(sql, self.sqlite), values)

    def write(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run one statement for every row of values; gives the number of rows it changed."""
        if not rows:
            return 0
        told = spoken_of_rows(sql, self.sqlite)
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

    def clock(self) -> datetime:
        """The database's time."""
        ((found,),) = self.find("SELECT @clock")
        return known_moment(found)

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


def known_moment(value: Any) -> datetime:
    """A time of a column that is never NULL."""
    found = moment_of(value)
    if found is None:
        raise ValueError("a time is missing")
    return found


def as_json(value: Any) -> str:
    """Plain values as compact JSON, as SQLite's ``json_each`` reads them."""
    return msgspec.json.encode(value).decode()


def found_by_key(bulk: Bulk, sql: str, keys: Iterable[str], **values: Any) -> dict[Any, Any]:
    """The second column by the first, of a query with ``{keys}``."""
    wanted = list(keys)
    return dict(bulk.find(sql, {"keys": wanted}, **values)) if wanted else {}


def _below(session: Session) -> Any:
    session.flush()
    return session.connection().connection.driver_connection
