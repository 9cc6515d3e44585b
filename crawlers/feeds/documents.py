"""A feed as text, and what is in it: RSS, Atom (both by feedparser) and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawlers.problems import CrawlProblem
from crawlers.quoting import beginning, shape

Entry = dict[str, Any]
"""One entry in feedparser's vocabulary."""

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_HEAD = 1000
_XML_ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")
_XML_TYPE = "application/xml; charset=utf-8"
_FOLLOWING = ("next", "prev-archive")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's entries in its own order, the address of its next older page (RFC 5005 ``next`` or ``prev-archive``,
    JSON Feed's ``next_url``), and what it says it was made by."""

    entries: list[Entry] = field(default_factory=list)
    following: str | None = None
    generator: str = ""

    @property
    def tells_changes(self) -> bool:
        """Whether a 304 may be believed. WordPress stamps its feed with the last change of a post, and a comment feed
        with the newest comment (``WP::send_headers``): neither new counts nor deleted comments change the stamp."""
        return "wordpress" not in self.generator.lower()


def read_feed(text: str, *, url: str) -> Feed:
    """The feed in a text that came from ``url``; addresses in it are made whole.

    Declared entities are refused unread (``xml_entities_refused``); anything else than a feed is ``not_feed``, or
    ``not_json`` where it begins like JSON.
    """
    if text.lstrip().startswith("{"):
        return _read_json(text, url)
    if _ENTITY.search(text):
        raise CrawlProblem("xml_entities_refused", "<!ENTITY … is declared; a feed needs none")
    head, rest = text[:_HEAD], text[_HEAD:]
    document = (_XML_ENCODING.sub(r"\1", head, count=1) + rest).encode("utf-8", "replace")
    feed = _parsed(document, url)
    if not feed.get("version") and not feed.get("entries"):
        raise CrawlProblem("not_feed", f"{feed.get('bozo_exception') or 'no feed'}; {beginning(text)}")
    about = feed.get("feed") or {}
    return Feed(list(feed.entries), _following(about), str(about.get("generator") or "")[:200])


def parse_feed(text: str, *, url: str) -> list[Entry]:
    """The entries of a feed; refusals as :func:`read_feed`."""
    return read_feed(text, url=url).entries


def _parsed(document: bytes, url: str) -> Any:
    # The HTML inside is read by crawlers.text; feedparser's own cleaning takes hours over 1 MB of "<!--".
    headers = {"content-location": url, "content-type": _XML_TYPE}
    try:
        return feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise CrawlProblem("not_feed", f"{type(error).__name__}; {len(document)} B") from error


def _following(about: dict[str, Any]) -> str | None:
    links = [link for link in about.get("links") or [] if link.get("href")]
    found = {str(link.get("rel")): str(link["href"]) for link in reversed(links)}
    return next((found[rel] for rel in _FOLLOWING if rel in found), None)


def _read_json(text: str, url: str) -> Feed:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CrawlProblem("not_json", f"{reason}; {beginning(text)}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise CrawlProblem("not_feed", f"no JSON Feed, but {shape(feed)}")
    following = feed.get("next_url")
    entries = [_json_entry(item, url) for item in feed["items"] if isinstance(item, dict)]
    return Feed(entries, joined(url, following) if isinstance(following, str) and following else None)


def _json_entry(item: dict[str, Any], url: str) -> Entry:
    names = ("id", "title", "date_published", "date_modified", "content_html", "content_text", "summary", "url")
    given = {name: str(item[name]) for name in names if isinstance(item.get(name), str | int | float)}
    authors = [one for one in (*_listed(item.get("authors")), item.get("author")) if isinstance(one, dict)]
    return {
        "id": given.get("id", ""),
        "link": joined(url, given["url"]) if given.get("url") else "",
        "title": given.get("title", ""),
        "summary": given.get("content_html") or given.get("summary", ""),
        "plain": given.get("content_text"),
        "published": given.get("date_published"),
        "updated": given.get("date_modified"),
        "author": next((one["name"] for one in authors if one.get("name")), None),
        "tags": [{"term": tag} for tag in _listed(item.get("tags")) if isinstance(tag, str)],
    }


def joined(base: str, address: str) -> str:
    """An address as it stands on the page ``base``; one that cannot be read is left as it is."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
