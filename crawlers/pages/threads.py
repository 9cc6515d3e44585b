"""The comments on a page: each read without the replies nested in it, and how far back in time the page reaches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.items import CommentItem, ProblemItem
from crawlers.pages.options import CommentSelectors
from crawlers.pages.selectors import Pick, matcher, pick_addresses, places, split, value_at
from crawlers.text import clean, empty, parse_time

_PINNED = 3
"""So many comments may stand above newer ones without making the order doubtful."""

_PLACES = 20
"""So many places of a comment are looked at for one of its values; each may hold the whole comment."""

_LATER = timedelta(days=37)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage:
    """What one page holds: comments and problems, where the next page is, and the oldest time it surely reaches.

    ``oldest`` is None where the comments are not newest first: nothing can be said about those on later pages then.
    """

    items: tuple[CommentItem | ProblemItem, ...]
    next: str | None
    oldest: datetime | None

    @property
    def ids(self) -> tuple[str, ...]:
        """The comments' ids in the order of the page."""
        return tuple(item.external_id for item in self.items if isinstance(item, CommentItem))


def parse_comment_page(
    root: Any, *, post: str, url: str, selectors: CommentSelectors, zone: ZoneInfo, now: datetime
) -> CommentPage:
    """The comments that the page at ``url`` shows below ``post``, replies after what they answer."""
    items = tuple(_comments(root, post=post, selectors=selectors, zone=zone, now=now))
    roots = [item.published for item in items if isinstance(item, CommentItem) and item.parent_id is None]
    following = pick_addresses(root, selectors.next, base=url)
    return CommentPage(items=items, next=next(iter(following), None), oldest=reaches_back_to(roots))


def reaches_back_to(times: Sequence[datetime | None]) -> datetime | None:
    """The last time of a list that is newest first, a few pinned ones at its top apart; None for any other order."""
    known = [time for time in times if time is not None]
    for pinned in range(_PINNED + 1):
        rest = known[pinned:]
        if len(rest) > 1 and all(earlier >= later for earlier, later in pairwise(rest)):
            return rest[-1]
    return None


def _comments(
    root: Any, *, post: str, selectors: CommentSelectors, zone: ZoneInfo, now: datetime
) -> Iterator[CommentItem | ProblemItem]:
    thread = _Thread(root, selectors, post=post, zone=zone, now=now)
    for node in thread.nodes:
        text, spoilt = clean(thread.own(node, selectors.text) or "")
        if not text:
            detail = f"nothing at comments.text {selectors.text.css!r}"
            yield ProblemItem(code="item_incomplete", url=post, detail=detail)
            continue
        published, late = thread.time(node)
        yield CommentItem(
            external_id=thread.identity(node),
            post_id=post,
            parent_id=thread.parent(node),
            author=thread.own(node, selectors.author),
            author_id=thread.own(node, selectors.author_id),
            text=text,
            published=published,
            published_raw=thread.own(node, selectors.time),
            flaws=tuple(dict.fromkeys((*spoilt, *late))),
        )


class _Thread:
    """The comments of a page; each value is read once, without what is nested in the comment."""

    def __init__(self, root: Any, selectors: CommentSelectors, *, post: str, zone: ZoneInfo, now: datetime) -> None:
        self._selectors, self._post, self._zone, self._now = selectors, post, zone, now
        root = deepcopy(root)
        self.nodes = matcher(split(selectors.item.css)[0])(root)
        self._owners: dict[Any, Any] = {node: node for node in self.nodes}
        self._around = {node: self._comment_of(node.getparent()) for node in self.nodes}
        parent = selectors.parent if isinstance(selectors.parent, Pick) else None
        wanted = (selectors.id, parent, selectors.author, selectors.author_id, selectors.time, selectors.text)
        found = {selector: self._by_comment(root, selector) for selector in wanted if selector}
        self._values: dict[Any, dict[Pick, str]] = {}
        for node in reversed(self.nodes):  # what is nested comes first, and leaves the comment around it
            self._values[node] = {selector: _first(found[selector].get(node, ()), selector) for selector in found}
            empty(node)

    def own(self, node: Any, selector: Pick | None) -> str | None:
        """The first value that belongs to this comment itself."""
        return (self._values[node][selector] or None) if selector else None

    def time(self, node: Any) -> tuple[datetime | None, tuple[str, ...]]:
        """When it was written, and the flaws of that."""
        return parse_time(self.own(node, self._selectors.time), zone=self._zone, now=self._now)

    def identity(self, node: Any) -> str:
        """The site's own id within its post; without one, a digest of who wrote what when."""
        given = self.own(node, self._selectors.id)
        return f"{self._post}|{given or self._digest(node)}"

    def parent(self, node: Any) -> str | None:
        """The identity of the comment that this one answers."""
        wanted, around = self._selectors.parent, self._around[node]
        if wanted == "nested":
            return self.identity(around) if around is not None else None
        given = self.own(node, wanted) if isinstance(wanted, Pick) else None
        return f"{self._post}|{given}" if given else None

    def _by_comment(self, root: Any, selector: Pick) -> dict[Any, list[Any]]:
        """Each comment's first places; a bare ``::attr()`` is read from the comment's own element."""
        if not split(selector.css)[0]:
            return {node: [node] for node in self.nodes}
        found: dict[Any, list[Any]] = {}
        for place in places(root, selector):
            mine = found.setdefault(self._comment_of(place), [])
            if len(mine) < _PLACES:
                mine.append(place)
        return found

    def _comment_of(self, node: Any) -> Any:
        """The comment around (or at) an element; every element is passed once, however many ask."""
        passed = []
        while node is not None and node not in self._owners:
            passed.append(node)
            node = node.getparent()
        owner = None if node is None else self._owners[node]
        self._owners.update(dict.fromkeys(passed, owner))
        return owner

    def _fixed(self, node: Any) -> str | None:
        """The time as it is written, where it means the same at every visit; not "3 分钟前"."""
        raw = self.own(node, self._selectors.time)
        now, later = (parse_time(raw, zone=self._zone, now=now)[0] for now in (self._now, self._now + _LATER))
        return raw if now is not None and now == later else None

    def _digest(self, node: Any) -> str:
        parts = (self.own(node, self._selectors.author), self._fixed(node), self.own(node, self._selectors.text))
        return hashlib.sha256("\x00".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:24]


def _first(nodes: Sequence[Any], selector: Pick) -> str:
    return next(filter(None, (value_at(node, selector) for node in nodes)), "")
