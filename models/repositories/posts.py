"""Posts in bulk: what is new and what changed; a new one gets its comments that came before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from models.repositories.accounts import READERS
from models.repositories.bulk import Bulk
from models.repositories.gathered import RELATIVE, PostLike, Tally


@dataclass(slots=True)
class StoredPosts:
    """What became of posts: the tally, and (id, when published) of those that have no visit yet."""

    tally: Tally = field(default_factory=Tally)
    unvisited: list[tuple[int, datetime | None]] = field(default_factory=list)


_KNOWN = (
    "SELECT external_id, id, content_hash, gone_at IS NOT NULL, platform FROM post"
    " WHERE source = :source AND external_id {keys}"
)
_VALUES = "url, title, body, author, labels, published_at, published_raw, flaws, content_hash, changed_at"
_COLUMNS = f"id, source, platform, external_id, first_seen_at, {_VALUES}"
_SET = ", ".join(f"{name} = ?" for name in _VALUES.split(", "))
_CHANGE = f"UPDATE post SET {_SET}, tagged_version = NULL, gone_at = NULL WHERE id = ?"  # noqa: S608 - our own names
_LOOSE = "SELECT 1 FROM comment WHERE source = :source AND post_id IS NULL LIMIT 1"
_TIE = (
    "UPDATE comment SET qualified_version = NULL, post_id = (SELECT p.id FROM post p WHERE p.source = comment.source"
    " AND p.external_id = comment.post_external_id) WHERE source = :source AND post_id IS NULL"
    " AND post_external_id {keys}"
)


class PostStore:
    """The posts of one source after another, in one transaction."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    def store(self, items: Sequence[PostLike], *, source: str, platform: str, now: datetime) -> StoredPosts:
        """Keep posts by external id, the last of several wins; a changed one is tagged anew."""
        latest = {item.external_id: item for item in items}
        found = StoredPosts(Tally(same=len(items) - len(latest)))
        rows = self._bulk.find(_KNOWN, {"keys": list(latest)}, source=source) if latest else []
        known = {external: rest for external, *rest in rows}
        fresh: list[tuple[PostLike, tuple[Any, ...]]] = []
        changed: list[tuple[Any, ...]] = []
        named: list[tuple[str, int]] = []
        for key, item in latest.items():
            values = self._values(item, now)
            if key not in known:
                fresh.append((item, values))
            else:
                identity, *_, known_on = known[key]
                if known_on != platform not in READERS:
                    named.append((platform, identity))
                self._meet(known[key], item, values, changed, found)
        self._bulk.write(_CHANGE, changed)
        self._bulk.write("UPDATE post SET platform = ? WHERE id = ?", named)
        self._insert(fresh, found, source=source, platform=platform)
        return found

    def _meet(
        self,
        known: Sequence[Any],
        item: PostLike,
        values: tuple[Any, ...],
        changed: list[tuple[Any, ...]],
        found: StoredPosts,
    ) -> None:
        """A post that is known: the same, changed, or back after it was gone."""
        identity, mark, gone, _ = known
        same = mark == values[_HASH]
        found.tally.same += same
        found.tally.changed += not same
        if not same:
            changed.append((*values, identity))
        if gone:
            self._bulk.change("UPDATE post SET gone_at = NULL WHERE id = :post", post=identity)
            found.unvisited.append((identity, item.published))

    def _insert(
        self, fresh: list[tuple[PostLike, tuple[Any, ...]]], found: StoredPosts, *, source: str, platform: str
    ) -> None:
        if not fresh:
            return
        found.tally.new = len(fresh)
        ids = self._bulk.new_ids("post", len(fresh))
        rows = [
            (key, source, platform, item.external_id, values[-1], *values)
            for key, (item, values) in zip(ids, fresh, strict=True)
        ]
        self._bulk.insert("post", _COLUMNS, rows)
        found.unvisited.extend((key, item.published) for key, (item, _) in zip(ids, fresh, strict=True))
        if self._bulk.find(_LOOSE, source=source):
            self._bulk.change(_TIE, {"keys": [item.external_id for item, _ in fresh]}, source=source)

    def _values(self, item: PostLike, now: datetime) -> tuple[Any, ...]:
        values = (
            item.url,
            item.title,
            item.body,
            item.author,
            json.dumps(list(item.labels)),
            self._bulk.stamp(item.published),
            item.published_raw,
            json.dumps(list(item.flaws)),
        )
        meant = (*values[:5], None if RELATIVE in item.flaws else values[5], values[7])
        mark = blake2b(msgspec.msgpack.encode(meant), digest_size=16).hexdigest()
        return (*values, mark, self._bulk.stamp(now))


_HASH = 8
"""The place of the digest in a post's values."""
