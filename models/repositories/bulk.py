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
from sqlalchemy.orm import Session

_NAMED = re.compile(r"(?<!:):([a-z_]+)")
_LAST = """
    SELECT max(coalesce((SELECT max(id) FROM {table}), 0),
               coalesce((SELECT seq FROM sqlite_sequence WHERE name = :name), 0))
"""
"""The highest id a table has or, where it gives none twice, ever had."""
_KEYS = re.compile(r"\{([a-z_]+)\}")


class Bulk:
    """The driver's connection below a session, for both databases alike."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.sqlite = session.get_bind().dialect.name == "sqlite"

    @property
    def _driver(self) -> Any:
        return self._session.connection().connection.driver_connection

    def find(self, sql: str, keys: dict[str, Sequence[Any]] | None = None, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; ``keys`` are the lists that its ``{name}`` stand for."""
        return list(self._run(sql, keys or {}, values).fetchall())

    def change(self, sql: str, keys: dict[str, Sequence[Any]] | None = None, **values: Any) -> int:
        """Run one statement; gives the number of rows it changed."""
        return int(self._run(sql, keys or {}, values).rowcount)

    def _run(self, sql: str, keys: dict[str, Sequence[Any]], values: dict[str, Any]) -> Any:
        lists = {name: as_json(list(each)) if self.sqlite else list(each) for name, each in keys.items()}
        return self._driver.execute(_statement(sql, self.sqlite), {**values, **lists})

    def write(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run one statement for every row of values; gives the number of rows it changed."""
        if not rows:
            return 0
        cursor = self._driver.cursor()
        cursor.executemany(sql if self.sqlite else sql.replace("?", "%s"), rows)
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


def found_by_key(bulk: Bulk, sql: str, keys: Iterable[str], **values: Any) -> dict[Any, Any]:
    """The second column by the first, of a query with ``{keys}``."""
    wanted = list(keys)
    return dict(bulk.find(sql, {"keys": wanted}, **values)) if wanted else {}
