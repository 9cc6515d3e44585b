"""HTML to text, and text as a database keeps it: pure functions, each saying what was wrong with its input.

Bytes become text in :mod:`crawlers.charsets`, times and numbers are read in :mod:`crawlers.times` and
:mod:`crawlers.counts`; all of them can be imported from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import lxml.etree
import lxml.html

from crawlers.charsets import decode
from crawlers.counts import parse_count
from crawlers.times import FUTURE_TOLERANCE, parse_time

__all__ = [
    "FUTURE_TOLERANCE",
    "clean",
    "decode",
    "element_text",
    "html_text",
    "parse_count",
    "parse_html",
    "parse_time",
    "read_html",
]

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "li")
).union(("ol", "p", "pre", "section", "table", "tr", "ul"))
_SILENT = frozenset(("script", "style", "template", "noscript"))
_LONG_TAG = re.compile(r"<[a-zA-Z][\w:-]*\s(?:[^<>\"']|\"[^\"]*+\"|'[^']*+'){20000,}+")
_MOST_ATTRIBUTES = 5_000
_TABS = re.compile(r"\t+")
_TAG = re.compile(r"<[^<>]*>")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without control characters and lone surrogates, which no database keeps; joiners of emoji stay."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8") if _SURROGATE.search(text) else text
    kept = _CONTROLS.sub("", whole)
    return kept.strip(), ("invalid_text",) if kept != text else ()


def read_html(markup: str) -> tuple[str, tuple[str, ...]]:
    """What a reader sees of a piece of HTML, as a database keeps it, and the flaws of it."""
    bare, spoilt = clean(markup)
    text, also = clean(html_text(bare))
    return text, spoilt or also


def html_text(markup: str) -> str:
    """What a reader sees of a piece of HTML: paragraphs as lines, emoji pictures as their alternative text."""
    bare = clean(markup)[0]
    if not bare:
        return ""
    root = parse_html(f"<html><body>{bare}")
    return element_text(root) if root is not None else unescape(_TAG.sub(" ", bare)).strip()


def parse_html(document: str) -> Any:
    """The root element of an HTML document; None when it cannot be read: nested more than 2,048 levels deep, or an
    element with more than 5,000 attributes, of which libxml2 compares each with each (100,000 take a minute)."""
    if any(len(found[0].split()) > _MOST_ATTRIBUTES for found in _LONG_TAG.finditer(document)):
        return None
    parser = lxml.html.HTMLParser(huge_tree=True)
    root = lxml.html.document_fromstring(document, parser=parser)
    return None if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log) else root


def empty(element: Any) -> None:
    """Take an element's content away and leave what follows it.

    lxml's ``drop_tree`` moves that text, and refuses to where a reference (``&#1;``) put a control character into it.
    """
    element.clear(keep_tail=True)


def element_text(element: Any) -> str:
    """What a reader sees of an lxml element."""
    lines = (line.replace("\u00a0", " ").strip() for line in "".join(_pieces(element)).split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _pieces(element: Any) -> Iterator[str]:
    """The texts below an element in document order, without recursion: a page may be nested as deep as it likes."""
    walk = lxml.etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        edge = "\n" if node.tag in _BLOCKS else ""
        if event == "start":
            if node.tag in _SILENT:
                walk.skip_subtree()
            else:
                yield edge + _own_text(node)
            continue
        yield edge
        if node is not element:
            yield _unwrapped(node.tail)


def _own_text(element: Any) -> str:
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return str(element.get("alt") or "")
    return _unwrapped(element.text)


def _unwrapped(text: str | None) -> str:
    """A line break in the source is a space to a reader; spaces that somebody typed within a line stay."""
    first, *rest = (text or "").split("\n")
    if rest:
        last = rest.pop()
        middle = (line.strip() for line in rest)
        first = " ".join((first.rstrip(" \t\r\f"), *(line for line in middle if line), last.lstrip()))
    return _TABS.sub(" ", first)
