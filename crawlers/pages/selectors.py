"""CSS selectors: how they are written in ``sources.yaml``, checked, and applied to a page.

A selector is CSS, with ``::attr(name)`` for an attribute; ``{css: …, regex: …}`` keeps a part of what is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urldefrag, urljoin

import lxml.etree
from cssselect import HTMLTranslator, SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from crawlers.problems import CrawlProblem
from crawlers.text import element_text, parse_html

_ATTRIBUTE = re.compile(r"^(.*?)::attr\(([\w:-]+)\)$", re.DOTALL)


def _valid_css(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(split(value)[0] or "*")
    except SelectorError as error:
        raise PydanticCustomError("css_selector", "not a CSS selector: {reason}", {"reason": str(error)}) from error
    return value


def _valid_regex(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("regex", "not a regular expression: {reason}", {"reason": str(error)}) from error
    return value


Css = Annotated[str, AfterValidator(_valid_css)]
Regex = Annotated[str, AfterValidator(_valid_regex)]


class Pick(BaseModel):
    """A selector and, where only a part is wanted, an expression whose first group (or whole match) is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    css: Css
    regex: Regex | None = None


Selector = Annotated[Pick, BeforeValidator(lambda value: {"css": value} if isinstance(value, str) else value)]


def split(css: str) -> tuple[str, str | None]:
    """The CSS of a selector and the attribute it names; None where it means the text."""
    found = _ATTRIBUTE.match(css)
    return (found[1].strip(), found[2]) if found else (css, None)


def pick_all(element: Any, selector: Pick | None) -> list[str]:
    """Every value that a selector finds below (or on) an element, in document order."""
    return [value for _, value in find(element, selector)]


def pick_first(element: Any, selector: Pick | None) -> str | None:
    """The first value that a selector finds; None without one."""
    return next((value for _, value in find(element, selector)), None)


def find(element: Any, selector: Pick | None) -> Iterator[tuple[Any, str]]:
    """Every place that a selector finds, with its value; places without one are passed over."""
    if selector is None:
        return
    for node in places(element, selector):
        kept = value_at(node, selector)
        if kept:
            yield node, kept


def places(element: Any, selector: Pick) -> list[Any]:
    """The elements that a selector finds below an element, in document order; the element for a bare attribute."""
    css, _ = split(selector.css)
    return list(matcher(css)(element)) if css else [element]


def value_at(node: Any, selector: Pick) -> str:
    """A selector's value at one of its places; empty where there is none."""
    _, attribute = split(selector.css)
    value = str(node.get(attribute) or "").strip() if attribute else element_text(node)
    return _narrowed(value, selector.regex)


@lru_cache
def matcher(css: str) -> Any:
    """What finds the elements of a valid selector below an element."""
    return CSSSelector(css, translator="html")


def _narrowed(value: str, regex: str | None) -> str:
    if regex is None:
        return value
    found = re.search(regex, value)
    return (found[1] if found.re.groups else found[0]) or "" if found else ""


def pick_addresses(element: Any, selector: Pick | None, *, base: str) -> list[str]:
    """The absolute addresses of what a link selector finds: the attribute it names, ``href`` when it names none."""
    if selector is None:
        return []
    plain = selector if split(selector.css)[1] else Pick(css=f"{selector.css}::attr(href)", regex=selector.regex)
    return [_absolute(base, href) for href in pick_all(element, plain)]


def _absolute(base: str, href: str) -> str:
    """A fragment is kept only where it is a route (``#/…``, ``#!…``) of a script's site."""
    try:
        whole, fragment = urldefrag(urljoin(base, href))
    except ValueError:
        return href
    return f"{whole}#{fragment}" if fragment.startswith(("/", "!")) else whole


def parse_root(text: str) -> Any:
    """The root element of a page; ``not_html`` or ``unreadable`` where there is none."""
    # lxml refuses a text with an encoding declaration; the text is decoded already.
    document = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = parse_html(document)
    except (lxml.etree.ParserError, ValueError) as error:
        raise CrawlProblem("not_html", f"{error}; {len(text):,} characters without an element") from error
    if root is None:
        raise CrawlProblem("unreadable", "elements are nested more than 2048 levels deep")
    return root
