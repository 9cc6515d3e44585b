"""How a post's counters went over time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.content import MetricSnapshot, Post


class CurveRepository:
    """Snapshots of one post, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, number: int) -> dict[str, Any] | None:
        """A post's id, source, title, address and time; None when there is none."""
        columns = (Post.id, Post.source, Post.title, Post.url, Post.published_at, Post.first_seen_at, Post.gone_at)
        found = self._session.execute(select(*columns).where(Post.id == number)).one_or_none()
        return dict(found._mapping) if found else None

    def snapshots(self, number: int) -> list[dict[str, Any]]:
        """Each snapshot, the oldest first: name, value (None: unknown), raw, taken_at, window, regressed."""
        columns = (MetricSnapshot.name, MetricSnapshot.value, MetricSnapshot.raw, MetricSnapshot.taken_at)
        marks = (MetricSnapshot.window, MetricSnapshot.regressed)
        query = select(*columns, *marks).where(MetricSnapshot.post_id == number)
        rows = self._session.execute(query.order_by(MetricSnapshot.name, MetricSnapshot.taken_at))
        return [dict(row._mapping) for row in rows]
