"""What could not be read, row by row: for the people who must do something about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.content import Quarantine

_COLUMNS = (Quarantine.id, Quarantine.source, Quarantine.code, Quarantine.locator, Quarantine.detail, Quarantine.scope)
_WHEN = (Quarantine.seen, Quarantine.first_seen_at, Quarantine.last_seen_at)


class QuarantineRepository:
    """The open rows of the quarantine, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest(self, *, source: str | None, code: str | None, limit: int) -> list[dict[str, Any]]:
        """Open rows, the last seen first: id, source, code, locator, detail, scope, seen, first and last time."""
        query = select(*_COLUMNS, *_WHEN).where(Quarantine.resolved_at.is_(None))
        if source is not None:
            query = query.where(Quarantine.source == source)
        if code is not None:
            query = query.where(Quarantine.code == code)
        rows = self._session.execute(query.order_by(Quarantine.last_seen_at.desc(), Quarantine.id).limit(limit))
        return [dict(row._mapping) for row in rows]
