"""Comments in bulk: what is new, what changed, whose they are, what they answer, and which claim another's id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.repositories.accounts import READERS, REMEMBERED, Accounts
from models.repositories.bulk import Bulk, found_by_key
from models.repositories.comment_rows import ANONYMOUS, AUTHOR, EXTERNAL, HASH, PARENT, POST, row_reader, two_writers
from models.repositories.gathered import CommentLike, Tally


@dataclass(frozen=True, slots=True)
class Conflict:
    """A comment whose id is already another's: under ``post``, or (where the posts are the same) by another account."""

    position: int
    post: str


@dataclass(slots=True)
class Sorted:
    """The rows of one call by what is to be done with them; a row is what :func:`row_reader` gives.

    ``owners``: the post, the writer and the account of those that may have changed, as known.
    """

    tally: Tally = field(default_factory=Tally)
    fresh: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    owners: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)
    named: list[tuple[int, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    names: dict[str, str | None] = field(default_factory=dict)


_KNOWN = {
    True: (
        "SELECT c.external_id, c.id, c.content_hash, c.gone_at IS NOT NULL, c.platform FROM json_each(:keys) k"
        " CROSS JOIN comment c ON c.source = :source AND c.external_id = k.value"
    ),
    False: (
        "SELECT external_id, id, content_hash, gone_at IS NOT NULL, platform FROM comment"
        " WHERE source = :source AND external_id {keys}"
    ),
}
_OWNERS = (
    "SELECT c.id, c.post_external_id, a.external_id, a.id FROM comment c"
    " JOIN account a ON a.id = c.account_id WHERE c.id {keys}"
)
_COLUMNS = (
    "id, source, platform, external_id, post_external_id, parent_external_id, post_id, parent_id, account_id, url,"
    " text, published_at, published_raw, flaws, content_hash, first_seen_at, changed_at"
)
_CHANGE = (
    "UPDATE comment SET platform = coalesce(?, platform), parent_external_id = ?, parent_id = ?, account_id = ?,"
    " url = ?, text = ?, published_at = ?, published_raw = ?, flaws = ?, content_hash = ?, changed_at = ?,"
    " tagged_version = NULL, gone_at = NULL WHERE id = ?"
)
_NAME = "UPDATE comment SET platform = ?, account_id = ?, qualified_version = NULL WHERE id = ?"
"""Of what is known otherwise: nothing was said anew, but it may be somebody else who said it."""

_CARRY = (
    "INSERT INTO suppression (account_id, comment_id, said, actor, reason, happened_at)"
    " SELECT ?, s.comment_id, s.said, s.actor, s.reason, s.happened_at FROM comment c"
    " JOIN suppression s ON s.account_id = c.account_id AND s.said"
    " WHERE c.id = ? AND coalesce(s.comment_id, c.id) = c.id ON CONFLICT DO NOTHING"
)
"""A comment that is somebody else's brings along that they are not to be contacted: an operator's word, or its own."""

_POSTS = "SELECT external_id, id FROM post WHERE source = :source AND external_id {keys}"
_PARENTS = "SELECT external_id, id FROM comment WHERE source = :source AND external_id {keys}"
_LOOSE = "SELECT 1 FROM comment WHERE source = :source AND parent_id IS NULL AND parent_external_id IS NOT NULL LIMIT 1"
_TIE = (
    "UPDATE comment SET parent_id = (SELECT p.id FROM comment p WHERE p.source = comment.source"
    " AND p.external_id = comment.parent_external_id) WHERE source = :source AND parent_id IS NULL"
    " AND parent_external_id IS NOT NULL AND parent_external_id {keys}"
)


class CommentStore:
    """The comments of one source after another, in one transaction."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._accounts = Accounts(bulk)
        self._source = ""
        self._posts: dict[str, int] = {}

    def store(
        self, items: Sequence[CommentLike], *, source: str, platform: str, now: datetime
    ) -> tuple[Tally, list[Conflict]]:
        """Keep comments by external id, the last of several wins; gives those that may not have the id they claim."""
        found = self._sort(items, source, platform)
        accounts = self._accounts.ids(found.names, source=source, platform=platform)
        self._insert(found.fresh, accounts, source=source, platform=platform, now=now)
        self._update(found, accounts, source=source, platform=platform, now=now)
        self._bulk.write("UPDATE comment SET gone_at = NULL WHERE id = ?", [(key,) for key in found.back])
        return found.tally, found.conflicts

    def _sort(self, items: Sequence[CommentLike], source: str, platform: str) -> Sorted:
        found = Sorted()
        latest = _latest(items, found)
        keys = [items[place].external_id for place in latest]
        rows = self._bulk.find(_KNOWN[self._bulk.sqlite], {"keys": keys}, source=source) if keys else []
        known = {external: rest for external, *rest in rows}
        doubtful: list[tuple[int, int, tuple[Any, ...]]] = []
        body, named = row_reader(sqlite=self._bulk.sqlite), platform not in READERS
        for place in latest:
            item = items[place]
            row = body(item)
            before = known.get(row[EXTERNAL])
            if before is None:
                found.fresh.append(row)
            elif before[1] == row[HASH]:
                found.tally.same += 1
                if before[2]:
                    found.back.append(before[0])
                if named and before[3] != platform:
                    found.named.append((before[0], row[AUTHOR]))
            else:
                doubtful.append((place, before[0], row))
                continue
            if item.author is not None or row[AUTHOR] not in found.names:
                found.names[row[AUTHOR]] = item.author
        found.tally.new = len(found.fresh)
        self._judge(doubtful, items, found)
        return found

    def _judge(
        self, doubtful: list[tuple[int, int, tuple[Any, ...]]], items: Sequence[CommentLike], found: Sorted
    ) -> None:
        """Tell a comment that changed from another one with the same id."""
        rows = self._bulk.find(_OWNERS, {"keys": [key for _, key, _ in doubtful]}) if doubtful else []
        found.owners = {key: (post, author, account) for key, post, author, account in rows}
        for place, key, row in doubtful:
            post, author, _ = found.owners[key]
            if post != row[POST] or two_writers(author, row[AUTHOR]):
                found.conflicts.append(Conflict(place, post))
                continue
            found.changed.append((key, row))
            found.tally.changed += 1
            found.names[row[AUTHOR]] = items[place].author or found.names.get(row[AUTHOR])

    def _insert(
        self, rows: list[tuple[Any, ...]], accounts: dict[str, int], *, source: str, platform: str, now: datetime
    ) -> None:
        if not rows:
            return
        ids = self._bulk.new_ids("comment", len(rows))
        own = {row[EXTERNAL]: key for row, key in zip(rows, ids, strict=True)}
        posts, parents = self.posts({row[POST] for row in rows}, source=source), self._parents(rows, own, source)
        at = self._bulk.stamp(now)
        full = []
        for key, row in zip(ids, rows, strict=True):
            external, post, parent, url, text, published, raw, flaws, author, mark = row
            above = own.get(parent)
            if above is None:
                above = parents.get(parent)
            elif above > key:
                above = None  # it comes later in this piece: tied below
            ties = (posts.get(post), above, accounts[author])
            first = (key, source, platform, external, post, parent)
            full.append((*first, *ties, url, text, published, raw, flaws, mark, at, at))
        self._bulk.insert("comment", _COLUMNS, full)
        if self._bulk.find(_LOOSE, source=source):
            self._bulk.change(_TIE, {"keys": list(own)}, source=source)

    def _update(self, found: Sorted, accounts: dict[str, int], *, source: str, platform: str, now: datetime) -> None:
        """What says no platform leaves a comment the one that is known, and its writer's account."""
        parents = self._parents([row for _, row in found.changed], {}, source)
        at, named = self._bulk.stamp(now), platform not in READERS
        moved = [(accounts[author], key) for key, author in found.named]
        full = []
        for key, (_, _, parent, *said, author, mark) in found.changed:
            _, writer, owner = found.owners[key]
            account = accounts[author] if named or author != writer else owner
            if account != owner:
                moved.append((account, key))
            full.append((platform if named else None, parent, parents.get(parent), account, *said, mark, at, key))
        self._bulk.write(_CARRY, moved)
        self._bulk.write(_CHANGE, full)
        self._bulk.write(_NAME, [(platform, accounts[author], key) for key, author in found.named])

    def _parents(self, rows: Iterable[tuple[Any, ...]], own: dict[str, int], source: str) -> dict[str, int]:
        """The ids of known comments that these answer, beside those that come with them."""
        wanted = {row[PARENT] for row in rows if row[PARENT] is not None} - own.keys()
        return found_by_key(self._bulk, _PARENTS, wanted, source=source)

    def posts(self, keys: set[str], *, source: str) -> dict[str, int]:
        """The ids of known posts by external id."""
        if source != self._source or len(self._posts) > REMEMBERED:
            self._source, self._posts = source, {}
        self._posts |= found_by_key(self._bulk, _POSTS, keys - self._posts.keys(), source=source)
        return self._posts


def _latest(items: Sequence[CommentLike], found: Sorted) -> list[int]:
    """The places of the last item with each id, in order of the first; one that contradicts the first is refused."""
    last: dict[str, int] = {}
    for place, item in enumerate(items):
        before = last.setdefault(item.external_id, place)
        if before == place:
            continue
        first = items[before]
        if first.post_id != item.post_id or two_writers(first.author_id or ANONYMOUS, item.author_id or ANONYMOUS):
            found.conflicts.append(Conflict(place, first.post_id))
        else:
            last[item.external_id] = place
            found.tally.same += 1
    return list(last.values())
