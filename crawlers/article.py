"""The article on any page, without selectors: readability-lxml finds it after what is no part of any has been cut.

Its title, time and author are read by :mod:`crawlers.bylines`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import lxml.etree
from readability import Document

from crawlers.bylines import Byline
from crawlers.text import clean, element_text, empty, parse_html

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

_SILENT = ("script", "style", "noscript", "template", "iframe", "svg", "nav", "footer", "aside")
_CONTROLS = ("button", "select", "textarea", "object")
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
_LONGEST_ALT, _LONGEST_NAME, _LONGEST_NAMES = 8, 100, 300
_WORDS = re.compile(r"[-_\s]+")


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
    byline = Byline(root, url=url)
    title, time, author = byline.title(), byline.time(), byline.author()
    body = _body(root) or byline.structured("articleBody")
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
    if element.tag == "form" or element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_NAMES].lower()
    return not _NOISE.isdisjoint(_WORDS.split(names))


def _drop(element: Any) -> None:
    """Out of the tree; the text behind it stays."""
    if element.getparent() is not None:
        empty(element)


def _bare(element: Any) -> None:
    """Only the attributes that name an element, and the pictures that are characters (emoji) as their text."""
    kept = {name: element.get(name)[:_LONGEST_NAME] for name in ("class", "id", "itemprop") if element.get(name)}
    alt = element.get("alt") or ""
    element.attrib.clear()
    element.attrib.update(kept)
    if 0 < len(alt) <= _LONGEST_ALT:
        element.set("alt", alt)
