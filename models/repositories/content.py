"""Posts, comments, counters and what could not be read: stored once, changed when they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from models.content import Account, Comment, MetricSnapshot, Post, Quarantine
from models.repositories.upsert import chunks, upsert

Row = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed, or there already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def stored(self) -> int:
        """All rows that are in the database now."""
        return self.new + self.changed + self.same


def digest(*values: Any) -> str:
    """A short digest of plain values, equal for equal ones."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, default=str).encode()).hexdigest()[:32]


class ContentRepository:
    """Everything gathered, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def store_posts(self, rows: Sequence[Row], *, now: datetime) -> Tally:
        """Upsert posts by (source, external_id); a changed one is tagged anew."""
        return self._store(Post, rows, now=now, refresh=("url", "title", "body", "author", "labels", *_SHARED))

    def store_comments(self, rows: Sequence[Row], *, now: datetime) -> Tally:
        """Upsert comments by (source, external_id), with their accounts; a changed one is tagged anew."""
        accounts = self._accounts(rows)
        kept = [self._comment(row, accounts) for row in rows]
        return self._store(
            Comment, kept, now=now, refresh=("text", "url", "account_id", *_SHARED, "parent_external_id")
        )

    @staticmethod
    def _comment(row: Row, accounts: dict[str, int]) -> Row:
        known = {name: value for name, value in row.items() if name not in ("author", "author_id")}
        return {
            **known,
            "account_id": accounts[row["author_id"]],
            "post_id": None,
            "parent_id": None,
            "qualified_version": None,
        }

    def _store(self, table: type[Any], rows: Sequence[Row], *, now: datetime, refresh: Sequence[str]) -> Tally:
        tally = Tally()
        latest = {(row["source"], row["external_id"]): row for row in rows}
        tally.same += len(rows) - len(latest)
        fresh: list[Row] = []
        known = self._hashes(table, list(latest))
        for key, given in latest.items():
            row = {**given, "content_hash": digest(*(given.get(name) for name in sorted(given)))}
            before = known.get(key)
            tally.new += before is None
            tally.changed += before is not None and before != row["content_hash"]
            tally.same += before == row["content_hash"]
            if before != row["content_hash"]:
                fresh.append({**row, "first_seen_at": now, "changed_at": now, "tagged_version": None})
        upsert(self._session, table, fresh, key=("source", "external_id"), update=refresh)
        return tally

    def _hashes(self, table: type[Any], keys: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for part in chunks(keys):
            query = select(table.source, table.external_id, table.content_hash)
            for source, identity, value in self._session.execute(
                query.where(tuple_(table.source, table.external_id).in_(part))
            ):
                found[source, identity] = value
        return found

    def _accounts(self, rows: Sequence[Row]) -> dict[str, int]:
        """The accounts' ids by external id; all rows are of one source."""
        if not rows:
            return {}
        source = rows[0]["source"]
        wanted = {row["author_id"]: row for row in rows}
        new = [
            {"source": source, "platform": row["platform"], "external_id": identity, "name": row["author"]}
            for identity, row in wanted.items()
        ]
        upsert(self._session, Account, new, key=("source", "external_id"), update=("name",))
        query = select(Account.external_id, Account.id).where(Account.source == source)
        found: dict[str, int] = {}
        for part in chunks(list(wanted)):
            found.update(self._session.execute(query.where(Account.external_id.in_(part))).all())
        return found

    def link(self, source: str) -> None:
        """Tie comments to their posts and parents, wherever those are known by now; a post's topics count anew."""
        parent = aliased(Comment)
        posts = select(Post.id).where(Post.source == Comment.source, Post.external_id == Comment.post_external_id)
        parents = select(parent.id).where(
            parent.source == Comment.source, parent.external_id == Comment.parent_external_id
        )
        here = update(Comment).where(Comment.source == source).execution_options(synchronize_session=False)
        untied = (Comment.post_id.is_(None), posts.exists())
        self._session.execute(here.where(*untied).values(post_id=posts.scalar_subquery(), qualified_version=None))
        loose = (Comment.parent_id.is_(None), parents.exists())
        self._session.execute(here.where(*loose).values(parent_id=parents.scalar_subquery()))

    def untied(self, source: str) -> int:
        """How many comments of a source name a post or a parent that is not known."""
        lost = (Comment.post_id.is_(None)) | (Comment.parent_id.is_(None) & Comment.parent_external_id.is_not(None))
        query = select(func.count()).select_from(Comment).where(Comment.source == source, lost)
        return self._session.scalar(query) or 0

    def store_metrics(self, rows: Sequence[Row], *, taken_at: datetime) -> tuple[Tally, list[Row]]:
        """Append a snapshot for every counter that changed; gives back the rows whose post is not known."""
        tally, orphans = Tally(), []
        posts = self._post_ids(rows)
        last = self._last_values(list(posts.values()))
        for row in rows:
            post = posts.get((row["source"], row["post_external_id"]))
            if post is None:
                orphans.append(row)
            elif last.get((post, row["name"])) == row["raw"]:
                tally.same += 1
            else:
                tally.new += 1
                last[post, row["name"]] = row["raw"]
                snapshot = {
                    "post_id": post,
                    "name": row["name"],
                    "value": row["value"],
                    "raw": row["raw"],
                    "taken_at": taken_at,
                }
                upsert(self._session, MetricSnapshot, [snapshot], key=("post_id", "name", "taken_at"), update=())
        return tally, orphans

    def _post_ids(self, rows: Sequence[Row]) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for part in chunks(list({(row["source"], row["post_external_id"]) for row in rows})):
            query = select(Post.source, Post.external_id, Post.id).where(
                tuple_(Post.source, Post.external_id).in_(part)
            )
            found.update({(source, identity): key for source, identity, key in self._session.execute(query)})
        return found

    def _last_values(self, posts: Sequence[int]) -> dict[tuple[int, str], str]:
        found: dict[tuple[int, str], str] = {}
        for part in chunks(posts):
            newest = (
                select(MetricSnapshot.post_id, MetricSnapshot.name, func.max(MetricSnapshot.taken_at).label("at"))
                .where(MetricSnapshot.post_id.in_(part))
                .group_by(MetricSnapshot.post_id, MetricSnapshot.name)
                .subquery()
            )
            same = (
                (MetricSnapshot.post_id == newest.c.post_id)
                & (MetricSnapshot.name == newest.c.name)
                & (MetricSnapshot.taken_at == newest.c.at)
            )
            query = select(MetricSnapshot.post_id, MetricSnapshot.name, MetricSnapshot.raw).join(newest, same)
            found.update({(post, name): raw for post, name, raw in self._session.execute(query)})
        return found

    def posts(self) -> list[Row]:
        """Every post with the number of its comments, newest first."""
        count = select(func.count()).where(Comment.post_id == Post.id).scalar_subquery().label("comments")
        columns = (Post.id, Post.source, Post.external_id, Post.url, Post.title, Post.author, Post.published_at)
        rows = self._session.execute(select(*columns, count).order_by(Post.published_at.desc(), Post.id))
        return [dict(row._mapping) for row in rows]

    def quarantine(self, rows: Sequence[Row], *, now: datetime) -> None:
        """Keep what could not be read, with its reason; what was there already is only counted up."""
        for row in rows:
            mark = digest(row.get("payload"), row["detail"])
            fresh = {
                "scope": "item",
                **row,
                "digest": mark,
                "seen": 0,
                "first_seen_at": now,
                "last_seen_at": now,
                "resolved_at": None,
            }
            key = ("source", "code", "locator", "digest")
            upsert(self._session, Quarantine, [fresh], key=key, update=())
            again = update(Quarantine).where(*(getattr(Quarantine, name) == fresh[name] for name in key))
            self._session.execute(again.values(seen=Quarantine.seen + 1, last_seen_at=now, resolved_at=None))

    def settle(self, source: str, *, now: datetime) -> None:
        """A source was gathered whole: what had kept it from that is over."""
        over = (Quarantine.source == source, Quarantine.scope == "source", Quarantine.resolved_at.is_(None))
        self._session.execute(update(Quarantine).where(*over).values(resolved_at=now))


_SHARED = ("published_at", "published_raw", "flaws", "content_hash", "changed_at", "tagged_version")
