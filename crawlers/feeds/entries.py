"""One entry of a feed: as a post, as a comment, and the counters it carries.

A comment feed is named by ``wfw:commentRss`` in RSS and by a link ``rel="replies"`` in Atom; a reply says what it
answers by ``thr:in-reply-to`` (RFC 4685).
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.feeds.documents import Entry
from crawlers.items import CommentItem, PostItem, ProblemItem
from crawlers.text import clean, parse_time, read_html

_FIGURES: dict[str, tuple[str, ...]] = {
    "comments": ("slash_comments", "thr_total", "rsshub_comments", "comments_count"),
    "likes": ("rsshub_upvotes", "attitudes_count"),
    "dislikes": ("rsshub_downvotes",),
    "shares": ("reposts_count",),
}
"""Slash and thread modules; RSSHub's own namespace in Atom and its ``<stats>`` in RSS (lib/views of DIYgod/RSSHub)."""

_LONGEST_FIGURE = 100


def parse_post(entry: Entry, *, zone: ZoneInfo, now: datetime) -> PostItem | ProblemItem:
    """One entry as a post, or why it cannot be one."""
    link = str(entry.get("link") or "")
    identity = str(entry.get("id") or link)
    title, spoilt_title = read_html(str(entry.get("title") or ""))
    body, spoilt_body = _body(entry)
    if not identity or not (title or body):
        return ProblemItem(code="item_incomplete", url=link, detail="without id and link, or without title and text")
    published, late = _time(entry, zone=zone, now=now)
    return PostItem(
        external_id=identity,
        url=link,
        title=title or body.partition("\n")[0][:60],
        body=body,
        author=str(entry["author"]) if entry.get("author") else None,
        published=published,
        published_raw=entry.get("published") or entry.get("updated"),
        labels=tuple(str(tag["term"]) for tag in entry.get("tags") or [] if tag.get("term")),
        flaws=tuple(dict.fromkeys((*spoilt_title, *spoilt_body, *late))),
    )


def parse_comment(entry: Entry, *, post: str, zone: ZoneInfo, now: datetime) -> CommentItem | ProblemItem:
    """One entry of a comment feed, or why it cannot be a comment."""
    text, spoilt = _body(entry)
    link = str(entry.get("link") or "")
    if not text:
        return ProblemItem(code="item_incomplete", url=link, detail="without text")
    published, late = _time(entry, zone=zone, now=now)
    author = str(entry["author"]) if entry.get("author") else None
    return CommentItem(
        external_id=str(entry.get("id") or link) or _digest(post, author, entry.get("published"), text),
        post_id=post,
        parent_id=_answered(entry, post=post),
        url=link or None,
        author=author,
        text=text,
        published=published,
        published_raw=entry.get("published") or entry.get("updated"),
        flaws=tuple(dict.fromkeys((*spoilt, *late))),
    )


def comment_feed(entry: Entry) -> str | None:
    """The address of the entry's comment feed, where it names one."""
    if entry.get("wfw_commentrss"):
        return str(entry["wfw_commentrss"])
    replies = (link for link in _links(entry) if link.get("rel") == "replies" and link.get("href"))
    return next((str(link["href"]) for link in replies if "xml" in str(link.get("type"))), None)


def figures(entry: Entry) -> dict[str, str]:
    """The counters an entry carries, as they are written, by the names of metrics."""
    found = {name: next(_texts(entry, keys), "") for name, keys in _FIGURES.items()}
    counted = (link.get("thr:count") for link in _links(entry) if link.get("rel") == "replies")
    found["comments"] = found["comments"] or next((str(count) for count in counted if count), "")
    media = entry.get("media_statistics")
    for name in ("views", "favorites"):
        found[name] = str(media.get(name) or "") if isinstance(media, dict) else ""
    return {name: text.strip()[:_LONGEST_FIGURE] for name, text in found.items() if text.strip()}


def _texts(entry: Entry, keys: tuple[str, ...]) -> Iterator[str]:
    yield from (entry[key] for key in keys if isinstance(entry.get(key), str) and entry[key].strip())


def _links(entry: Entry) -> list[dict[str, Any]]:
    return [link for link in entry.get("links") or [] if isinstance(link, dict)]


def _answered(entry: Entry, *, post: str) -> str | None:
    found = entry.get("thr_in-reply-to")
    parent = str(found.get("ref") or "") if isinstance(found, dict) else ""
    return parent if parent and parent != post else None


def _body(entry: Entry) -> tuple[str, tuple[str, ...]]:
    if entry.get("plain"):
        return clean(str(entry["plain"]))
    contents = entry.get("content") or []
    return read_html(str(contents[0].get("value") if contents else entry.get("summary") or ""))


def _time(entry: Entry, *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    raw = entry.get("published") or entry.get("updated")
    moment, flaws = parse_time(str(raw) if raw else None, zone=zone, now=now)
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if moment or not parsed:
        return moment, flaws
    try:
        guess = datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return moment, flaws
    return parse_time(guess, zone=zone, now=now)


def _digest(*parts: str | None) -> str:
    return hashlib.sha256("\x00".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:24]
