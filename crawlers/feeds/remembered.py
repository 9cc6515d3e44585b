"""What a feed's cursor keeps: how to ask only for what changed, which posts a complete crawl has read, and where the
comments of the newest ones are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scrapy.http import Response

KEPT = 300
"""Posts that are remembered, the newest first."""

_LONGEST_ID, _LONGEST_ADDRESS, _LONGEST_STAMP, _LONGEST_MARK = 300, 500, 200, 100
"""A cursor is saved with every answer: what is longer is read, but not remembered."""

Posts = dict[str, dict[str, str]]
"""By post: ``feed`` (its comment feed), ``at`` (when it was published or first met), ``read`` (the count that its
comments were last read at; missing: never read), ``etag`` and ``modified`` of that answer."""


def mark_of(post: str) -> str:
    """What stands for a post's id in a cursor: itself, or a digest of a long one."""
    digest = hashlib.sha256(post.encode("utf-8", "replace")).hexdigest()[:32]
    return post if len(post) <= _LONGEST_MARK else f"#{digest}"


def in_order(before: Sequence[str], page: Sequence[str], *, at: int) -> list[str]:
    """The newest :data:`KEPT` posts in the order of the list, after a page that begins at place ``at`` of it."""
    here = set(page)
    others = [one for one in before if one not in here]
    return list(dict.fromkeys([*others[:at], *page, *others[at:]]))[:KEPT]


@dataclass(frozen=True, slots=True)
class Met:
    """A post with a comment feed as it stands in the feed now; ``count`` None is unknown."""

    post: str
    feed: str
    at: str
    count: str | None


def remember(posts: Posts, page: Sequence[Met]) -> None:
    """Take note of a page's posts, in place; the :data:`KEPT` newest stay. What was known of a post stays known."""
    fresh = {}
    for one in page:
        if len(one.post) <= _LONGEST_ID and len(one.feed) <= _LONGEST_ADDRESS:
            fresh[one.post] = {"at": one.at, **posts.get(one.post, {}), "feed": one.feed}
    merged = sorted({**fresh, **{key: one for key, one in posts.items() if key not in fresh}}.items(), key=_age)
    posts.clear()
    posts.update(merged[:KEPT])


def _age(row: tuple[str, dict[str, str]]) -> tuple[int, ...]:
    """Newest first; ISO 8601 in UTC sorts as text, here turned round."""
    return tuple(-ord(char) for char in row[1]["at"])


def is_news(posts: Posts, one: Met, *, beginning: bool) -> bool:
    """Whether the comments are to be read: never read yet, or counted otherwise than then.

    A post older than all that are remembered is read only by the first crawl of a source (``beginning``).
    """
    known = posts.get(one.post)
    if known is None:
        return beginning
    return "read" not in known or (one.count is not None and one.count != known["read"])


def mark_read(posts: Posts, post: str, *, count: str | None, stamps: dict[str, str] | None = None) -> None:
    """The comments of a post were read while the feed counted ``count``; ``stamps`` None keeps the old ones."""
    known = posts.get(post)
    if known is None:
        return
    known["read"] = count if count is not None else known.get("read", "")
    if stamps is not None:
        for name in ("etag", "modified"):
            known.pop(name, None)
        known.update(stamps)


def stamps_of(response: Response) -> dict[str, str]:
    """``etag`` and ``modified`` as the answer gave them, for the next request (RFC 9110, section 13.1)."""
    names = {"etag": "ETag", "modified": "Last-Modified"}
    found = {name: (response.headers.get(header) or b"").decode("latin-1") for name, header in names.items()}
    return {name: text for name, text in found.items() if 0 < len(text) <= _LONGEST_STAMP and text.isprintable()}


def conditions(stamps: dict[str, Any]) -> dict[str, str]:
    """The headers that ask for a 304 where nothing changed."""
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: str(stamps[name]) for name, header in names.items() if stamps.get(name)}
