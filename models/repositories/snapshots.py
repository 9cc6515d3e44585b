"""Rows as plain JSON values and back: what a merge must remember of what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from models.base import Base, UtcTime

Row = dict[str, Any]


def table_of(model: type[Base]) -> Table:
    """The table of a model: statements over it touch no loaded objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def rows_where(session: Session, table: Table, *conditions: Any) -> list[Row]:
    """Whole rows of a table in JSON values, in the order of their keys; they stay locked until the transaction ends."""
    query = select(table).where(*conditions).order_by(*table.primary_key.columns).with_for_update()
    return [_as_json(row._mapping) for row in session.execute(query)]


def row_where(session: Session, table: Table, *conditions: Any) -> Row | None:
    """The one row that is so, or None."""
    found = rows_where(session, table, *conditions)
    return found[0] if found else None


def values_of(table: Table, row: Mapping[str, Any]) -> Row:
    """A remembered row as values that the table takes; columns that it no longer has are left out."""
    return {name: _read(table, name, value) for name, value in row.items() if name in table.c}


def add_row(session: Session, table: Table, row: Mapping[str, Any]) -> int:
    """Insert a remembered row; gives its id."""
    done: Any = session.execute(insert(table).values(**values_of(table, row)))
    return int(done.inserted_primary_key[0])


def _as_json(row: Mapping[Any, Any]) -> Row:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _read(table: Table, name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(table.c[name].type, UtcTime) and value is not None else value
