"""Feeds: RSS, Atom and JSON Feed, with the comment feed of a post where the post names one.

RSS names it by ``wfw:commentRss``, Atom by a link ``rel="replies"``; a reply says what it answers by
``thr:in-reply-to`` (RFC 4685).
"""

from __future__ import annotations

import calendar
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import feedparser
from scrapy.http import Response

from crawlers.items import CommentItem, MetricItem, PostItem, ProblemItem
from crawlers.options import SourceOptions
from crawlers.problems import CrawlProblem
from crawlers.spider import PlatformSpider, Yield, response_text
from crawlers.text import clean, parse_count, parse_time, read_html

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_HEAD = 1000
_XML_ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")


class FeedOptions(SourceOptions):
    """A feed; ``url`` is the feed itself."""

    platform: Literal["feed"]
    comments: bool = True


def parse_feed(text: str, *, url: str) -> list[dict[str, Any]]:
    """The entries of an RSS, Atom or JSON feed, in feedparser's vocabulary.

    Declared entities are refused unread (``xml_entities_refused``); anything else than a feed is ``not_feed``.
    """
    if text.lstrip().startswith("{"):
        return _json_entries(text)
    if _ENTITY.search(text):
        raise CrawlProblem("xml_entities_refused", "<!ENTITY … is declared; a feed needs none")
    head, rest = text[:_HEAD], text[_HEAD:]
    document = (_XML_ENCODING.sub(r"\1", head, count=1) + rest).encode("utf-8", "replace")
    headers = {"content-location": url, "content-type": _XML_TYPE}
    # The HTML inside is read by crawlers.text; feedparser's own cleaning takes hours over 1 MB of "<!--".
    feed = feedparser.parse(
        io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not feed.get("version") and not feed.get("entries"):
        raise CrawlProblem("not_feed", f"{feed.get('bozo_exception') or 'no feed'}; begins {text[:60]!r}")
    return list(feed.entries)


_XML_TYPE = "application/xml; charset=utf-8"


def _json_entries(text: str) -> list[dict[str, Any]]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CrawlProblem("not_json", f"{error}; begins {text[:60]!r}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise CrawlProblem("not_feed", f"version {feed.get('version')!r}")
    return [_json_entry(item) for item in feed["items"] if isinstance(item, dict)]


def _json_entry(item: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "title", "date_published", "content_html", "content_text", "summary", "url")
    given = {name: str(item[name]) for name in names if isinstance(item.get(name), str | int | float)}
    authors = [one for one in (*_listed(item.get("authors")), item.get("author")) if isinstance(one, dict)]
    return {
        "id": given.get("id", ""),
        "link": given.get("url", ""),
        "title": given.get("title", ""),
        "summary": given.get("content_html") or given.get("summary", ""),
        "plain": given.get("content_text"),
        "published": given.get("date_published"),
        "author": next((one["name"] for one in authors if one.get("name")), None),
        "tags": [{"term": tag} for tag in _listed(item.get("tags")) if isinstance(tag, str)],
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def parse_post(entry: dict[str, Any], *, zone: ZoneInfo, now: datetime) -> PostItem | ProblemItem:
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


def parse_comment(entry: dict[str, Any], *, post: str, zone: ZoneInfo, now: datetime) -> CommentItem | ProblemItem:
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


def comment_feed(entry: dict[str, Any]) -> str | None:
    """The address of the entry's comment feed, where it names one."""
    if entry.get("wfw_commentrss"):
        return str(entry["wfw_commentrss"])
    replies = (link for link in entry.get("links") or [] if link.get("rel") == "replies")
    return next((str(link["href"]) for link in replies if "xml" in str(link.get("type"))), None)


def _answered(entry: dict[str, Any], *, post: str) -> str | None:
    found = entry.get("thr_in-reply-to")
    parent = str(found.get("ref") or "") if isinstance(found, dict) else ""
    return parent if parent and parent != post else None


def _body(entry: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    if entry.get("plain"):
        return clean(str(entry["plain"]))
    contents = entry.get("content") or []
    return read_html(str(contents[0].get("value") if contents else entry.get("summary") or ""))


def _time(entry: dict[str, Any], *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    raw = entry.get("published") or entry.get("updated")
    moment, flaws = parse_time(str(raw) if raw else None, zone=zone, now=now)
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if moment or not parsed:
        return moment, flaws
    guess = datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC).isoformat()
    return parse_time(guess, zone=zone, now=now)


def _digest(*parts: str | None) -> str:
    return hashlib.sha256("\x00".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:24]


class FeedSpider(PlatformSpider):
    """One feed and the comment feeds that its entries name."""

    name = "feed"
    Options: ClassVar[type[SourceOptions]] = FeedOptions
    options: FeedOptions

    def first_requests(self) -> Yield:
        """The feed."""
        yield from self.ask(self.options.url, self.read_posts, scope="source")

    def read_posts(self, response: Response) -> Yield:
        """Every entry as a post, its comment count, and its comment feed."""
        text, flaws = response_text(response)
        for entry in parse_feed(text, url=response.url):
            post = parse_post(entry, zone=self.zone, now=self.now)
            if isinstance(post, PostItem) and self.since and post.published and post.published < self.since:
                continue
            yield post
            if isinstance(post, PostItem):
                yield from self._reactions(entry, post=post, base=response.url)
        yield from (ProblemItem(code=flaw, url=response.url, detail="the feed was read all the same") for flaw in flaws)

    def _reactions(self, entry: dict[str, Any], *, post: PostItem, base: str) -> Yield:
        count = entry.get("slash_comments")
        if count is not None:
            yield MetricItem(post_id=post.external_id, name="comments", value=parse_count(str(count)), raw=str(count))
        address = comment_feed(entry)
        if address and self.options.comments:
            yield from self.ask(urljoin(base, address), self.read_comments, kwargs={"post": post.external_id})

    def read_comments(self, response: Response, *, post: str) -> Iterator[CommentItem | ProblemItem]:
        """Every entry of a comment feed."""
        text, _ = response_text(response)
        for entry in parse_feed(text, url=response.url):
            yield parse_comment(entry, post=post, zone=self.zone, now=self.now)
