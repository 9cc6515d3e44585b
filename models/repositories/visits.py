"""Reading posts' comments again: which are due, which rest, what a walk through a post's comments found gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.content import Comment, Post, Visit
from models.repositories.bulk import Bulk, as_json, moment_of
from models.repositories.upsert import chunks

KNOWN_COMMENTS = 100
"""How many of a post's newest comments a visit is told, so that it can stop at them."""

SUSPICIOUS = 5
"""A walk that finds nothing where so many comments are known has met a broken site, not an empty one."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A post to be read again: its external id, its address, and the external ids of its newest known comments.

    ``known`` is empty where no walk through the comments came to its end: what is older than a known one may be unread.
    """

    post: str
    url: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """All pages of one post's comments: their ids, the oldest time among them, and whether the last one was reached.

    ``grounded`` is False where the walk stopped neither at the oldest comment nor at one: what follows is not known.
    """

    post: str
    ids: frozenset[str]
    whole: bool
    oldest: datetime | None
    grounded: bool = True


@dataclass(frozen=True, slots=True)
class Visited:
    """What a walk told: the comments that are gone by it, whether it is to be doubted, and the pace of comments.

    ``lately`` is comments a day, the faster of the last day's and the last week's; ``seen`` how many the walk met,
    None where it is not known to have come to its end. ``resting``: the post is gone, nobody waits for it.
    """

    post_id: int
    url: str
    published: datetime | None
    first_seen: datetime
    gone: int
    doubtful: bool
    newest: datetime | None
    lately: float
    seen: int | None
    resting: bool = False


_POSTS = (
    "SELECT external_id, id, url, published_at, first_seen_at, gone_at IS NOT NULL FROM post"
    " WHERE source = :source AND external_id {keys}"
)
_GO_POSTS = "UPDATE post SET gone_at = :now WHERE source = :source AND gone_at IS NULL AND external_id {keys}"
_THERE_AGAIN = "UPDATE post SET gone_at = NULL WHERE source = :source AND gone_at IS NOT NULL AND external_id {keys}"
_THEIRS = " WHERE post_id IN (SELECT id FROM post WHERE source = :source AND external_id {keys})"
_REST = "UPDATE visit SET due_at = NULL, visited_at = :now" + _THEIRS  # noqa: S608 - our own names
_STEP_BACK = "UPDATE visit SET visited_at = :now" + _THEIRS + " AND due_at IS NULL"  # noqa: S608 - our own names
_UNREAD = "UPDATE visit SET comments_seen = NULL" + _THEIRS  # noqa: S608 - our own names
_BACK = "UPDATE comment SET gone_at = NULL WHERE source = :source AND gone_at IS NOT NULL AND external_id {keys}"
_COMMENTS = "SELECT k.post, c.id, c.external_id, c.parent_external_id FROM {asked} CROSS JOIN comment c"
_ALL = " WHERE c.post_id = k.post AND c.gone_at IS NULL AND c.first_seen_at < :began"
_NEWER = _ALL + " AND c.published_at > k.at"
_PACE = (
    "SELECT k.post, (SELECT max(c.published_at) FROM comment c WHERE c.post_id = k.post),"
    " (SELECT count(*) FROM comment c WHERE c.post_id = k.post AND c.published_at > :day),"
    " (SELECT count(*) FROM comment c WHERE c.post_id = k.post AND c.published_at > :week) FROM {asked}"
)
_ASKED = {
    True: "(SELECT value ->> 0 AS post, value ->> 1 AS at FROM json_each(:asked)) k",
    False: "(SELECT (e ->> 0)::int AS post, (e ->> 1)::timestamptz AS at"
    " FROM jsonb_array_elements((:asked)::jsonb) e) k",
}
_PLAN = (
    "INSERT INTO visit (post_id, source, visited_at, due_at, newest_comment_at, comments_seen)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET"
    " visited_at = excluded.visited_at, due_at = excluded.due_at,"
    " newest_comment_at = excluded.newest_comment_at, comments_seen = excluded.comments_seen"
)
_PUT_OFF = "UPDATE visit SET visited_at = ?, due_at = ? WHERE post_id = ?"


class VisitRepository:
    """Visits to posts, in one session; no question costs more when more history is known."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bulk = Bulk(session)

    def due(self, source: str, now: datetime, limit: int) -> list[DueVisit]:
        """Posts whose visit is due, the most overdue first."""
        query = _visits(source).where(Visit.due_at <= now).order_by(Visit.due_at, Visit.post_id)
        return self._due(query.limit(limit))

    def resting(self, source: str, limit: int) -> list[DueVisit]:
        """Posts that rest, those nobody looked at for longest first."""
        query = _visits(source).where(Visit.due_at.is_(None)).order_by(Visit.visited_at, Visit.post_id)
        return self._due(query.limit(limit))

    def _due(self, query: Any) -> list[DueVisit]:
        rows = list(self._session.execute(query))
        return [DueVisit(external, url, tuple(self._known(key) if read else ())) for key, external, url, read in rows]

    def _known(self, post: int) -> list[str]:
        query = select(Comment.external_id).where(Comment.post_id == post, Comment.gone_at.is_(None))
        return self._newest(query, Comment.published_at, Comment.id, KNOWN_COMMENTS)

    def known_posts(self, source: str, limit: int = 500) -> list[str]:
        """The external ids of a source's newest posts; those without a time after those with one."""
        query = select(Post.external_id).where(Post.source == source)
        return self._newest(query, Post.published_at, Post.id, limit)

    def _newest(self, query: Select[Any], at: Any, key: Any, limit: int) -> list[str]:
        # in two steps: the databases disagree about where NULL stands, and an index serves each step
        dated = query.where(at.is_not(None)).order_by(at.desc()).limit(limit)
        found = list(self._session.scalars(dated))
        undated = query.where(at.is_(None)).order_by(key.desc()).limit(limit - len(found))
        return found + list(self._session.scalars(undated))

    def next_due(self, source: str) -> datetime | None:
        """When the next visit of a source is due, None where all its posts rest."""
        return self._session.scalar(select(func.min(Visit.due_at)).where(Visit.source == source))

    def plan(
        self, rows: Sequence[tuple[int, datetime, datetime | None, datetime | None, int | None]], *, source: str
    ) -> None:
        """Keep (post, visited at, due at, its newest comment's time, comments seen) of posts."""
        stamp = self._bulk.stamp
        full = [
            (post, source, stamp(visited), stamp(due), stamp(newest), seen) for post, visited, due, newest, seen in rows
        ]
        self._bulk.write(_PLAN, full)

    def put_off(self, rows: Sequence[tuple[int, datetime | None]], *, now: datetime) -> None:
        """Keep (post, due at) of posts that could not be visited; what is known of their comments stays."""
        stamp = self._bulk.stamp
        self._bulk.write(_PUT_OFF, [(stamp(now), stamp(due), post) for post, due in rows])

    def born(self, posts: Sequence[str], *, source: str) -> list[tuple[int, datetime | None, datetime, bool]]:
        """(id, when published, when first seen, whether it is gone) of those posts that are known."""
        query = select(Post.id, Post.published_at, Post.first_seen_at, Post.gone_at).where(Post.source == source)
        return [
            (row.id, row.published_at, row.first_seen_at, row.gone_at is not None)
            for part in chunks(posts)
            for row in self._session.execute(query.where(Post.external_id.in_(part)))
        ]

    def step_back(self, posts: Sequence[str], *, source: str, now: datetime) -> None:
        """Those of these posts that rest go behind the others that do: they must not hold up the sweep."""
        if posts:
            self._bulk.change(_STEP_BACK, {"keys": posts}, source=source, now=self._bulk.stamp(now))

    def leave(self, posts: Sequence[str], *, source: str, now: datetime) -> int:
        """These posts are gone: they rest, and the sweep looks again; gives how many were not known to be gone."""
        if not posts:
            return 0
        self._bulk.change(_REST, {"keys": posts}, source=source, now=self._bulk.stamp(now))
        return self._bulk.change(_GO_POSTS, {"keys": posts}, source=source, now=self._bulk.stamp(now))

    def bring_back(self, posts: Sequence[str], *, source: str) -> None:
        """People are heard below these posts: they are not gone (any more)."""
        if posts:
            self._bulk.change(_THERE_AGAIN, {"keys": posts}, source=source)

    def distrust(self, posts: Sequence[str], *, source: str) -> None:
        """The walks through these posts' comments did not come to their end: the next ones stop at nothing known."""
        if posts:
            self._bulk.change(_UNREAD, {"keys": posts}, source=source)

    def finish(self, walks: Sequence[Walked], *, source: str, now: datetime) -> list[Visited]:
        """Mark what these walks did not find any more as gone since ``now``; walks of unknown posts are left out."""
        if not walks:
            return []
        rows = self._bulk.find(_POSTS, {"keys": [walk.post for walk in walks]}, source=source)
        posts = {external: rest for external, *rest in rows}
        mine = {posts[walk.post][0]: walk for walk in walks if walk.post in posts}
        self._bulk.change(_BACK, {"keys": [key for walk in mine.values() for key in walk.ids]}, source=source)
        missing, doubtful = self._missing(mine, began=now)
        marks = [(self._bulk.stamp(now), key) for gone in missing.values() for key in gone]
        self._bulk.write("UPDATE comment SET gone_at = ? WHERE id = ?", marks)
        pace = self._pace(list(mine), now)
        return [
            Visited(
                post_id=post,
                url=posts[walk.post][1],
                published=moment_of(posts[walk.post][2]),
                first_seen=moment_of(posts[walk.post][3]) or now,
                gone=len(missing.get(post, ())),
                doubtful=post in doubtful,
                newest=pace[post][0],
                lately=pace[post][1],
                seen=len(walk.ids) if walk.grounded and post not in doubtful else None,
                resting=bool(posts[walk.post][4]),
            )
            for post, walk in mine.items()
        ]

    def _missing(self, walks: dict[int, Walked], *, began: datetime) -> tuple[dict[int, list[int]], set[int]]:
        """The known comments that each walk should have met and did not, and the walks that cannot be believed.

        A comment that was first seen in this crawl (at ``began``) may have been written after the walk.
        """
        before = self._bulk.stamp(began)
        whole = [(post, None) for post, walk in walks.items() if walk.whole or not walk.ids]
        part = [
            (post, self._bulk.stamp(walk.oldest))
            for post, walk in walks.items()
            if walk.ids and not walk.whole and walk.oldest is not None
        ]
        known: dict[int, int] = {}
        missing: dict[int, list[int]] = {}
        rows = self._ask(_COMMENTS + _ALL, whole, began=before) + self._ask(_COMMENTS + _NEWER, part, began=before)
        for post, key, external, parent in rows:
            walk = walks[post]
            known[post] = known.get(post, 0) + 1
            expected = walk.whole or (bool(walk.ids) and (parent is None or parent in walk.ids))
            if expected and external not in walk.ids:
                missing.setdefault(post, []).append(key)
        doubtful = {post for post, number in known.items() if number >= SUSPICIOUS and not walks[post].ids}
        return {post: keys for post, keys in missing.items() if post not in doubtful}, doubtful

    def _pace(self, posts: Sequence[int], now: datetime) -> dict[int, tuple[datetime | None, float]]:
        since = {"day": self._bulk.stamp(now - timedelta(days=1)), "week": self._bulk.stamp(now - timedelta(days=7))}
        rows = self._ask(_PACE, [(post, None) for post in posts], **since)
        return {post: (moment_of(newest), max(float(day), week / 7)) for post, newest, day, week in rows}

    def _ask(self, sql: str, asked: Sequence[tuple[int, Any]], **values: Any) -> list[tuple[Any, ...]]:
        if not asked:
            return []
        return self._bulk.find(sql.replace("{asked}", _ASKED[self._bulk.sqlite]), asked=as_json(asked), **values)


def _visits(source: str) -> Any:
    read = Visit.comments_seen.is_not(None)
    query = select(Post.id, Post.external_id, Post.url, read).join(Visit, Visit.post_id == Post.id)
    return query.where(Visit.source == source)
