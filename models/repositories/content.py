"""Posts, comments, counters and what could not be read: stored once, changed when they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models.content import Comment, Post, Quarantine
from models.repositories.bulk import Bulk
from models.repositories.comments import CommentStore, Conflict
from models.repositories.gathered import CommentLike, MetricLike, PostLike, Tally
from models.repositories.metrics import Measured, MetricStore
from models.repositories.posts import PostStore, StoredPosts

Row = dict[str, Any]

NOTES_LAST = timedelta(days=7)
"""A note that was not made again for so long is over."""

_PUT_ASIDE = (
    "INSERT INTO quarantine (source, code, locator, digest, detail, scope, payload, seen, first_seen_at, last_seen_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, code, locator, digest) DO UPDATE SET"
    " seen = quarantine.seen + excluded.seen, last_seen_at = excluded.last_seen_at, resolved_at = NULL"
)


def digest(*values: Any) -> str:
    """A short digest of plain values, equal for equal ones."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, default=str).encode()).hexdigest()[:32]


class ContentRepository:
    """Everything gathered, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bulk = Bulk(session)
        self._posts = PostStore(self._bulk)
        self._comments = CommentStore(self._bulk)
        self._metrics = MetricStore(self._bulk)

    def store_posts(self, items: Sequence[PostLike], *, source: str, platform: str, now: datetime) -> StoredPosts:
        """Upsert posts by (source, external_id); a changed one is tagged anew, one that was gone is back."""
        return self._posts.store(items, source=source, platform=platform, now=now)

    def store_comments(
        self, items: Sequence[CommentLike], *, source: str, platform: str, now: datetime
    ) -> tuple[Tally, list[Conflict]]:
        """Upsert comments by (source, external_id), accounts by platform too; a changed one is tagged anew.

        One of another platform than was known is its account's there, and qualified anew.

        Replies and comments are tied to their parents and posts, whichever comes first. Gives those that were not
        stored because their id belongs to a comment under another post or by another account.
        """
        return self._comments.store(items, source=source, platform=platform, now=now)

    def store_metrics(self, items: Sequence[MetricLike], *, source: str, now: datetime) -> Measured:
        """Append a snapshot of every counter that changed or that is the first in a window of its post's age."""
        return self._metrics.store(items, source=source, now=now)

    def untied(self, source: str) -> int:
        """How many comments of a source name a post or a parent that is not known."""
        lost = (Comment.parent_id.is_(None), Comment.parent_external_id.is_not(None), Comment.post_id.is_not(None))
        found = 0
        for where in ((Comment.post_id.is_(None),), lost):
            query = select(func.count()).select_from(Comment).where(Comment.source == source, *where)
            found += self._session.scalar(query) or 0
        return found

    def posts(self) -> list[Row]:
        """Every post with the number of its comments, newest first."""
        count = select(func.count()).where(Comment.post_id == Post.id).scalar_subquery().label("comments")
        columns = (Post.id, Post.source, Post.external_id, Post.url, Post.title, Post.author, Post.published_at)
        rows = self._session.execute(select(*columns, count).order_by(Post.published_at.desc(), Post.id))
        return [dict(row._mapping) for row in rows]

    def quarantine(self, rows: Sequence[Row], *, now: datetime) -> None:
        """Keep what could not be read, with its reason; what was there already is only counted up.

        A row has source, code, locator, detail and may have a payload and a scope ("item" without one).
        """
        at, seen = self._bulk.stamp(now), dict[tuple[str, ...], int]()
        fresh: dict[tuple[str, ...], tuple[Any, ...]] = {}
        for row in rows:
            key = (row["source"], row["code"], row["locator"], digest(row.get("payload"), row["detail"]))
            fresh.setdefault(key, (row["detail"], row.get("scope", "item"), row.get("payload")))
            seen[key] = seen.get(key, 0) + 1
        self._bulk.write(_PUT_ASIDE, [(*key, *rest, seen[key], at, at) for key, rest in fresh.items()])

    def forget_bad_lines(self, source: str, *, file: str, now: datetime) -> None:
        """A landing file is loaded anew: the lines that could not be read are over, unless they are bad again."""
        here = (Quarantine.source == source, Quarantine.code == "bad_record", Quarantine.resolved_at.is_(None))
        place = Quarantine.locator.startswith(f"{source}/{file}:", autoescape=True)
        self._session.execute(update(Quarantine).where(*here, place).values(resolved_at=now))

    def settle(self, source: str, *, now: datetime) -> None:
        """A source was gathered whole: what had kept it from that is over, and so are old notes."""
        over = or_(
            Quarantine.scope == "source", (Quarantine.scope == "note") & (Quarantine.last_seen_at < now - NOTES_LAST)
        )
        here = (Quarantine.source == source, Quarantine.scope.in_(("source", "note")), Quarantine.resolved_at.is_(None))
        self._session.execute(update(Quarantine).where(*here, over).values(resolved_at=now))
