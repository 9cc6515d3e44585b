"""The article on any page, without selectors: readability-lxml finds it after what is no part of any has been cut.

Title, time and author are taken from what publishers write for machines (schema.org JSON-LD, OpenGraph, ``meta``), and
only then from where pages usually show them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import lxml.etree
from readability import Document  # type: ignore[import-untyped]

from crawlers.text import clean, element_text, parse_html

LONGEST_PAGE = 16_000_000
"""Characters of a page; a longer one is not read."""
LONGEST_MARKUP = 1_000_000
"""Characters of markup that are left to be searched without scripts, styles and attributes."""
MOST_NODES = 60_000
"""Elements of a page; one with more is not read."""
DEEPEST, MOST_ELEMENTS = 120, 15_000
"""Levels and elements of what is searched: the search compares elements with each other."""
SHORTEST_BODY = 40
"""Characters; less is a caption, not an article."""

CONTAINERS = (
    "//*[@id='js_content']",  # WeChat official accounts
    "//*[contains(concat(' ', normalize-space(@itemprop), ' '), ' articleBody ')]",  # schema.org
    "//*[@id='artibody']",  # Sina and pages made like it
)
"""Where an article stands by common agreement; taken where exactly one holds text that is not mostly links."""

_ARTICLES = frozenset(("Article", "NewsArticle", "BlogPosting", "Report", "ReportageNewsArticle", "SocialMediaPosting"))
_SILENT = ("script", "style", "noscript", "template", "iframe", "svg", "nav", "footer", "aside")
_CONTROLS = ("form", "button", "select", "textarea", "object")
_NOISE = frozenset(
    ("share", "sharing", "copyright", "disclaimer", "recommend", "recommended", "related", "breadcrumb", "breadcrumbs")
).union(
    ("comment", "comments", "sidebar", "advertisement", "ads", "toolbar", "pager", "pagination", "popup", "modal"),
    ("footer", "subscribe", "reward"),
)
"""Words of a class or id that name what stands around an article."""
_LISTS = frozenset(("div", "ul", "ol", "dl", "section", "table", "li"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINKED, _FEWEST_LINKS = 0.5, 2
_MOST_NOISE = 0.4
_LONGEST_ALT, _LONGEST_NAME, _LONGEST_FIELD = 8, 100, 300
_LONGEST_AUTHOR = 20
_WORDS = re.compile(r"[-_\s]+")
_DATE = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:[T\s]{0,3}\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
_WECHAT_TIME = re.compile(r"\bvar\s+ct\s{0,3}=\s{0,3}[\"'](\d{10})[\"']")
_SITE = re.compile(r"\s*[_|｜]\s*|\s+[-–—]\s+|(?<=[\u4e00-\u9fff！？”])[-–—]+(?=[\u4e00-\u9fff])")
_TITLES = ("og:title", "twitter:title")
_TIMES = ("article:published_time", "og:published_time", "datePublished", "pubdate", "publishdate", "publish_time")
_AUTHORS = ("article:author", "author", "byl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page publishes; ``body`` has its paragraphs as lines, ``time`` and ``author`` are as they were written."""

    title: str
    body: str
    time: str | None = None
    author: str | None = None


def extract(html: str, *, url: str) -> Article | None:
    """The article of a page at ``url``; None where there is none to be found within the limits above. Never fails."""
    if len(html) > LONGEST_PAGE:
        return None
    try:
        root = parse_html(re.sub(r"^\s*<\?xml[^>]*\?>", "", clean(html)[0]))
    except (lxml.etree.LxmlError, ValueError):
        return None
    if root is None or root.xpath("count(//*)") > MOST_NODES:
        return None
    facts = _Facts(root, url=url)
    title, time, author = facts.title(), facts.time(), facts.author()
    body = _body(root) or facts.structured("articleBody")
    if not body or not title:
        return None
    return Article(title=title, body=_without_title(body, title), time=time, author=author)


def _body(root: Any) -> str:
    """The text of the article; the tree is cut on the way."""
    _cut(root)
    for path in CONTAINERS:
        bodies = [body for body in map(_text, root.xpath(path)[:20]) if body]
        if len(bodies) == 1:
            return bodies[0]
    if not _is_searchable(root):
        return ""
    try:
        summary = Document(lxml.etree.tostring(root, encoding="unicode", method="html")).summary()
        found = parse_html(summary)
    except Exception:  # the library documents no errors, and a page may be anything
        return ""
    return _text(found) if found is not None else ""


def _text(element: Any) -> str:
    """What is read there; nothing where it is short, or mostly links."""
    size, linked, _ = _sizes(element)[element]
    text = clean(element_text(element))[0]
    return text if len(text) >= SHORTEST_BODY and linked <= _LINKED * size else ""


def _without_title(body: str, title: str) -> str:
    first, _, rest = body.partition("\n")
    return rest if first == title and rest else body


def _is_searchable(root: Any) -> bool:
    """Whether the page is small enough to be searched in bounded time."""
    depth = deepest = count = size = 0
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest, count = max(depth, deepest), count + 1
        size += len(element.text or "") + len(element.tail or "") if event == "start" else 0
    return deepest <= DEEPEST and count <= 2 * MOST_ELEMENTS and size <= LONGEST_MARKUP


def _cut(root: Any) -> None:
    """Take out what no article consists of: scripts, hidden things, lists of links, what is named after its purpose."""
    lxml.etree.strip_elements(
        root, lxml.etree.Comment, lxml.etree.ProcessingInstruction, *_SILENT, *_CONTROLS, with_tail=False
    )
    sizes = _sizes(root)
    whole, of_links, _ = sizes[root]
    for element, (text, linked, links) in sizes.items():
        is_list = element.tag in _LISTS and links >= _FEWEST_LINKS and linked > _LINKED * text
        if (is_list or _is_noise(element)) and text - linked <= _MOST_NOISE * (whole - of_links):
            _drop(element)
    for element in root.iter(lxml.etree.Element):
        _bare(element)


def _sizes(root: Any) -> dict[Any, tuple[int, int, int]]:
    """Of every element, in document order: characters of text, of these in links, and number of links."""
    sizes = dict.fromkeys(root.iter(lxml.etree.Element), (0, 0, 0))
    for element in reversed(sizes):
        text, linked, links = sizes[element]
        text += len((element.text or "").strip())
        if element.tag == "a":
            linked, links = text, links + 1
        sizes[element] = text, linked, links
        above = element.getparent()
        if above is not None and element is not root:
            outer = sizes[above]
            sizes[above] = outer[0] + text + len((element.tail or "").strip()), outer[1] + linked, outer[2] + links
    return sizes


def _is_noise(element: Any) -> bool:
    if element.tag in ("html", "body", "article", "main"):
        return False
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_FIELD].lower()
    return not _NOISE.isdisjoint(_WORDS.split(names))


def _drop(element: Any) -> None:
    """Out of the tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def _bare(element: Any) -> None:
    """Only the attributes that name an element, and the pictures that are characters (emoji) as their text."""
    kept = {name: element.get(name)[:_LONGEST_NAME] for name in ("class", "id", "itemprop") if element.get(name)}
    alt = element.get("alt") or ""
    element.attrib.clear()
    element.attrib.update(kept)
    if 0 < len(alt) <= _LONGEST_ALT:
        element.set("alt", alt)


class _Facts:
    """What a page says about its article, the most explicit place first."""

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
        """The headline."""
        whole = self._first("//title")
        headings = [text for text in map(_line, self._root.xpath("//h1")[:5]) if text]
        shown = next((text for text in headings if text in whole), headings[0] if len(headings) == 1 else "")
        given = self.structured("headline") or self._meta(_TITLES)
        return (given or shown or next((part for part in _SITE.split(whole) if part.strip()), "")).strip()

    def time(self) -> str | None:
        """When it was published, as written."""
        return self.structured("datePublished") or self._meta(_TIMES) or self._shown_time() or self._time_below_title()

    def author(self) -> str | None:
        """Who published it, as written."""
        given = self.structured("author") or self._meta(_AUTHORS)
        places = self._root.xpath(f"//*[@id='js_name'] | //*[@rel='author'] | {_near('author')}")[:20]
        shown = [text for text in map(_line, places) if 0 < len(text) <= _LONGEST_AUTHOR]
        found = [text for text in (given, *shown) if text and "@" not in text]
        return found[0] if found else None

    def _shown_time(self) -> str | None:
        for place in self._root.xpath("//time[@datetime]/@datetime")[:1]:
            return str(place).strip()[:_LONGEST_NAME]
        for place in self._root.xpath(f"{_near('time')} | {_near('date')} | {_near('info')}")[:50]:
            found = _DATE.search(_line(place))
            if found:
                return found[0]
        scripts = (found for text in self._root.xpath("//script/text()") if (found := _WECHAT_TIME.search(text)))
        return next((found[1] for found in scripts), None)

    def _time_below_title(self) -> str | None:
        text = element_text(next(iter(self._root.xpath("//body")), self._root))
        title = next(iter(self._root.xpath("//h1")), None)
        start = max(text.find(_line(title)), 0) if title is not None else 0
        found = _DATE.search(text, start, start + _LONGEST_FIELD)
        return found[0] if found else None

    def _meta(self, names: tuple[str, ...]) -> str:
        path = "//meta[@property=$name or @name=$name or @itemprop=$name]/@content"
        found = (str(value).strip() for name in names for value in self._root.xpath(path, name=name))
        return next((value[:_LONGEST_FIELD] for value in found if value and not value.startswith("http")), "")

    def _first(self, path: str) -> str:
        return next((text for text in map(_line, self._root.xpath(path)[:5]) if text), "")


def _near(word: str) -> str:
    return f"//*[self::span or self::div or self::p or self::em or self::a][contains(@class, '{word}') or @id='{word}']"


def _line(element: Any) -> str:
    """The text of a short element as one line; nothing of a long one."""
    text = " ".join(element_text(element).split())
    return text if len(text) <= _LONGEST_FIELD else ""


def _structured(root: Any, url: str) -> dict[str, Any]:
    """The article among the page's JSON-LD: the one of this address, else the first."""
    found = [
        each for script in root.xpath("//script[@type='application/ld+json']/text()")[:20] for each in _nodes(script)
    ]
    path = urlsplit(url).path
    return next((each for each in found if path.strip("/") and path in str(each.get("url"))), found[0] if found else {})


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
