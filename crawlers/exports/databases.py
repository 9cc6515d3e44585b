"""SQLite files, opened to be read only and never changed, whatever they hold."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from crawlers.exports.tables import Line, Table
from crawlers.problems import CrawlProblem

_BATCH = 500
_LONGEST_VALUE = 16 * 1024 * 1024


def database_tables(path: Path) -> Iterator[Table]:
    """The tables of a database that are no views and no virtual ones; ``file_unreadable`` where it is damaged."""
    try:
        with closing(_open(path)) as database:
            for name in _names(database):
                yield Table(name, _lines(database, name), grid=False)
    except sqlite3.Error as error:
        raise _damaged(error) from error


def _damaged(error: sqlite3.Error) -> CrawlProblem:
    return CrawlProblem("file_unreadable", f"SQLite: {str(error)[:120]}")


def _open(path: Path) -> sqlite3.Connection:
    """Immutable, so that nothing is written beside it; a journal that is there already is read with it."""
    journal = path.with_name(f"{path.name}-wal")
    fixed = "" if journal.is_file() else "&immutable=1"
    database = sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=ro{fixed}", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema=OFF")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)  # a computed column can make gigabytes of nothing
    return database


def _names(database: sqlite3.Connection) -> list[str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    found = [(str(name), str(sql or "")) for name, sql in database.execute(query)]
    return [name for name, sql in found if not sql.upper().startswith("CREATE VIRTUAL")]


def _lines(database: sqlite3.Connection, table: str) -> Iterator[Line]:
    try:
        rows = _select(database, '"' + table.replace('"', '""') + '"')
        names = [str(column[0]) for column in rows.description][1:]
        position = 0
        while batch := rows.fetchmany(_BATCH):
            for number, *cells in batch:
                position += 1
                yield Line(int(number or position), dict(zip(names, cells, strict=True)))
    except sqlite3.Error as error:
        raise _damaged(error) from error


def _select(database: sqlite3.Connection, quoted: str) -> sqlite3.Cursor:
    """All rows, each after its number; a table WITHOUT ROWID has none."""
    try:
        return database.execute(f"SELECT rowid, * FROM {quoted}")  # noqa: S608
    except sqlite3.OperationalError:
        return database.execute(f"SELECT 0, * FROM {quoted}")  # noqa: S608
