"""The declarative base, the column types, and how a column says that it holds personal data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, DateTime, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

PersonalClass = Literal["none", "public_name", "public_text", "contact", "pseudonym"]
"""What a text column holds of a person: nothing; a name or a text they published; a contact detail; an id of theirs."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC; SQLite, which knows no zone, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; store the others as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time was given: {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {
        datetime: UtcTime(),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def personal(kind: PersonalClass, *, days: int | None = None) -> dict[str, Any]:
    """A column's ``info``: what it holds of a person, and for how many days (None: as long as the row)."""
    return {"personal": kind, "retention_days": days}


PLAIN = personal("none")
"""The ``info`` of a text column that holds nothing of a person."""
