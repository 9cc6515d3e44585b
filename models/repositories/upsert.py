"""INSERT … ON CONFLICT for both databases, as executemany: the fastest way that keeps their semantics alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

CHUNK = 500
"""Rows, or keys in an IN list, handled at once."""

T = TypeVar("T")


def chunks(rows: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The rows in pieces of at most ``size``."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def upsert(
    session: Session, table: Any, rows: Sequence[dict[str, Any]], *, key: Sequence[str], update: Sequence[str]
) -> int:
    """Insert the rows; where ``key`` is taken, set the columns of ``update`` (none: leave the row as it is).

    Gives the number of rows that were written.
    """
    if not rows:
        return 0
    target: Table = table.__table__
    insert = sqlite.insert(target) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(target)
    if update:
        changes = {name: insert.excluded[name] for name in update}
        statement: Any = insert.on_conflict_do_update(index_elements=list(key), set_=changes)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=list(key))
    counted = statement.execution_options(preserve_rowcount=True)
    return session.connection().execute(counted, list(rows)).rowcount
