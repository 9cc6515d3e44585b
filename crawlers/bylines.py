"""Title, time and author of an article: from what publishers write for machines, then from where pages show them.

For machines: schema.org JSON-LD, OpenGraph and ``meta`` (names as schema.org and ogp.me have them, and older ones).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawlers.text import clean, element_text

_ARTICLES = frozenset(("Article", "NewsArticle", "BlogPosting", "Report", "ReportageNewsArticle", "SocialMediaPosting"))
_DATE = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:[T\s]{0,3}\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
_WECHAT_TIME = re.compile(r"\bvar\s+ct\s{0,3}=\s{0,3}[\"'](\d{10})[\"']")
_SITE = re.compile(r"\s*[_|｜]\s*|\s+[-–—]\s+|(?<=[\u4e00-\u9fff！？”])[-–—]+(?=[\u4e00-\u9fff])")
_TITLES = ("og:title", "twitter:title")
_TIMES = ("article:published_time", "og:published_time", "datePublished", "pubdate", "publishdate", "publish_time")
_AUTHORS = ("article:author", "author", "byl")
_LONGEST_AUTHOR = 20
_LONGEST_TIME, _LONGEST_FIELD = 100, 300


class Byline:
    """What the page whose root element this is says about its article; read it before the tree is cut."""

    def __init__(self, root: Any, *, url: str) -> None:
        self._root = root
        self._structured = _structured(root, url)

    def structured(self, name: str) -> str:
        """A field of the page's JSON-LD; of a person or organization its name."""
        value = self._structured.get(name)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        return clean(value)[0] if isinstance(value, str) else ""

    def title(self) -> str:
        """The headline; the heading that readers see where it is a part of what machines are told."""
        given = self.structured("headline") or self._meta(_TITLES)
        shown = self._heading()
        named = next((part for part in _SITE.split(self._first("//title")) if part.strip()), "")
        return (shown if shown and shown in given else given or shown or named)[:_LONGEST_FIELD].strip()

    def time(self) -> str | None:
        """When it was published, as written."""
        given = self.structured("datePublished") or self._meta(_TIMES)
        marked = next((clean(str(found))[0] for found in self._root.xpath("//time[@datetime]/@datetime")[:1]), "")
        return (given or marked)[:_LONGEST_TIME] or self._time_below_title() or self._time_nearby()

    def author(self) -> str | None:
        """Who published it, as written."""
        given = self.structured("author") or self._meta(_AUTHORS)
        places = self._root.xpath(f"//*[@id='js_name'] | //*[@rel='author'] | {_near('author')}")[:20]
        shown = [text for text in map(_line, places) if 0 < len(text) <= _LONGEST_AUTHOR]
        found = [text for text in (given, *shown) if text and "@" not in text]
        return found[0] if found else None

    def _heading(self) -> str:
        """The first-level heading that the page's title repeats, or its only one; a logo may be one too."""
        headings = [text for text in map(_line, self._root.xpath("//h1")[:5]) if text]
        whole = self._first("//title")
        found = [heading for heading in headings if heading in whole] or headings[:1] * (len(headings) == 1)
        return found[0] if found else ""

    def _time_below_title(self) -> str | None:
        heading = self._heading()
        if not heading:
            return None
        text = element_text(next(iter(self._root.xpath("//body")), self._root))
        start = max(text.find(heading), 0)
        found = _DATE.search(text, start, start + _LONGEST_FIELD)
        return found[0] if found else None

    def _time_nearby(self) -> str | None:
        for place in self._root.xpath(f"{_near('time')} | {_near('date')} | {_near('info')}")[:50]:
            found = _DATE.search(_line(place))
            if found:
                return found[0]
        scripts = (found for text in self._root.xpath("//script/text()") if (found := _WECHAT_TIME.search(text)))
        return next((found[1] for found in scripts), None)

    def _meta(self, names: tuple[str, ...]) -> str:
        path = "//meta[@property=$name or @name=$name or @itemprop=$name]/@content"
        found = (clean(str(value))[0] for name in names for value in self._root.xpath(path, name=name))
        return next((value[:_LONGEST_FIELD] for value in found if value and not value.startswith("http")), "")

    def _first(self, path: str) -> str:
        return next((text for text in map(_line, self._root.xpath(path)[:5]) if text), "")


def _near(word: str) -> str:
    return f"//*[self::span or self::div or self::p or self::em or self::a][contains(@class, '{word}') or @id='{word}']"


def _line(element: Any) -> str:
    """The text of a short element as one line; nothing of a long one."""
    text = " ".join(clean(element_text(element))[0].split())
    return text if len(text) <= _LONGEST_FIELD else ""


def _structured(root: Any, url: str) -> dict[str, Any]:
    """The article among the page's JSON-LD: the one of this address, else the first."""
    found = [
        each for script in root.xpath("//script[@type='application/ld+json']/text()")[:20] for each in _nodes(script)
    ]
    path = _path(url)
    return next((each for each in found if path and path in str(each.get("url"))), found[0] if found else {})


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.strip("/")
    except ValueError:
        return ""


def _nodes(script: str) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    graph = data.get("@graph") if isinstance(data, dict) else None
    for node in graph if isinstance(graph, list) else data if isinstance(data, list) else [data]:
        kinds = node.get("@type") if isinstance(node, dict) else None
        if not _ARTICLES.isdisjoint(map(str, kinds if isinstance(kinds, list) else [kinds])):
            yield node
