"""Any site by CSS selectors written in ``sources.yaml``; ``render: true`` reads it through a real browser.

A selector is CSS, with ``::attr(name)`` for an attribute; ``{css: …, regex: …}`` keeps a part of what is found.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urldefrag, urljoin
from zoneinfo import ZoneInfo

import lxml.etree
from cssselect import HTMLTranslator, SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.page import PageMethod

from crawlers.ask import Ask
from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem, VisitItem
from crawlers.options import SourceOptions
from crawlers.problems import CrawlProblem
from crawlers.spider import PlatformSpider, Yield, response_text
from crawlers.text import clean, element_text, parse_count, parse_html, parse_time
from crawlers.walk import Walk

_ATTRIBUTE = re.compile(r"^(.*?)::attr\(([\w:-]+)\)$", re.DOTALL)


def _valid_css(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(_split(value)[0] or "*")
    except SelectorError as error:
        raise PydanticCustomError("css_selector", "not a CSS selector: {reason}", {"reason": str(error)}) from error
    return value


def _valid_regex(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("regex", "not a regular expression: {reason}", {"reason": str(error)}) from error
    return value


class Pick(BaseModel):
    """A selector and, where only a part is wanted, an expression whose first group (or whole match) is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    css: Annotated[str, AfterValidator(_valid_css)]
    regex: Annotated[str, AfterValidator(_valid_regex)] | None = None


Selector = Annotated[Pick, BeforeValidator(lambda value: {"css": value} if isinstance(value, str) else value)]


class ListSelectors(BaseModel):
    """How the pages that list posts are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    links: Selector
    next: Selector | None = None
    max_pages: int = Field(default=20, ge=1, le=1000)
    overlap: int = Field(default=10, ge=1, le=1000)
    wait_for: Annotated[str, AfterValidator(_valid_css)] | None = None


class PostSelectors(BaseModel):
    """How a post's own page is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Selector
    body: Selector
    time: Selector | None = None
    author: Selector | None = None
    labels: Selector | None = None
    metrics: dict[str, Selector] = {}
    wait_for: Annotated[str, AfterValidator(_valid_css)] | None = None


class CommentSelectors(BaseModel):
    """How the comments below a post are read; ``parent: nested`` takes the comment around a comment as its parent."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: Selector
    text: Selector
    id: Selector | None = None
    parent: Literal["nested"] | Selector | None = None
    author: Selector | None = None
    author_id: Selector | None = None
    time: Selector | None = None


class PageOptions(SourceOptions):
    """A site read by selectors; ``url`` is its (first) list of posts."""

    platform: Literal["page"]
    render: bool = False
    render_wait_seconds: float = Field(default=8, gt=0, le=120)
    max_posts: int = Field(default=200, ge=1, le=100_000)
    list: ListSelectors
    post: PostSelectors
    comments: CommentSelectors | None = None


def _split(css: str) -> tuple[str, str | None]:
    found = _ATTRIBUTE.match(css)
    return (found[1].strip(), found[2]) if found else (css, None)


def pick_all(element: Any, selector: Pick | None) -> list[str]:
    """Every value that a selector finds below (or on) an element, in document order."""
    return [value for _, value in _found(element, selector)]


def _found(element: Any, selector: Pick | None) -> Iterator[tuple[Any, str]]:
    if selector is None:
        return
    css, attribute = _split(selector.css)
    for node in _matcher(css)(element) if css else [element]:
        value = str(node.get(attribute) or "").strip() if attribute else element_text(node)
        kept = _narrowed(value, selector.regex)
        if kept:
            yield node, kept


@lru_cache
def _matcher(css: str) -> Any:
    return CSSSelector(css, translator="html")


def _narrowed(value: str, regex: str | None) -> str:
    if regex is None:
        return value
    found = re.search(regex, value)
    return (found[1] if found.re.groups else found[0]) or "" if found else ""


def parse_links(text: str, *, url: str, selectors: ListSelectors) -> tuple[list[str], str | None]:
    """The posts' addresses on a list page, each once, and the next list page's address."""
    root = _root(text)
    links = [_address(url, href) for href in _hrefs(root, selectors.links)]
    following = next(iter(_hrefs(root, selectors.next)), None)
    return list(dict.fromkeys(links)), _address(url, following) if following else None


def _hrefs(root: Any, selector: Pick | None) -> list[str]:
    """What a link selector finds: the attribute it names, ``href`` when it names none."""
    if selector is None:
        return []
    plain = selector if _split(selector.css)[1] else Pick(css=f"{selector.css}::attr(href)", regex=selector.regex)
    return pick_all(root, plain)


def _address(base: str, href: str) -> str:
    """The absolute address; a fragment is kept only where it is a route (``#/…``, ``#!…``) of a script's site."""
    try:
        whole, fragment = urldefrag(urljoin(base, href))
    except ValueError:
        return href
    return f"{whole}#{fragment}" if fragment.startswith(("/", "!")) else whole


def parse_post(
    text: str, *, url: str, options: PageOptions, now: datetime, flaws: tuple[str, ...] = ()
) -> Iterator[Item]:
    """A post's page: the post, its counters, its comments; or why it cannot be read."""
    root = _root(text)
    title, spoilt = clean(" ".join(pick_all(root, options.post.title)[:1]))
    if not title:
        yield ProblemItem(code="item_incomplete", url=url, detail=f"nothing at post.title {options.post.title.css!r}")
        return
    yield _post(root, title=title, url=url, options=options, now=now, flaws=(*flaws, *spoilt))
    for name, selector in options.post.metrics.items():
        for raw in pick_all(root, selector)[:1]:
            yield MetricItem(post_id=url, name=name, value=parse_count(raw), raw=raw[:100])
    if options.comments:
        yield from _comments(root, url=url, selectors=options.comments, zone=ZoneInfo(options.timezone), now=now)


def _post(root: Any, *, title: str, url: str, options: PageOptions, now: datetime, flaws: tuple[str, ...]) -> PostItem:
    body, spoilt = clean("\n".join(pick_all(root, options.post.body)))
    raw = _first(root, options.post.time)
    published, late = parse_time(raw, zone=ZoneInfo(options.timezone), now=now)
    return PostItem(
        external_id=url,
        url=url,
        title=title,
        body=body,
        author=_first(root, options.post.author),
        published=published,
        published_raw=raw,
        labels=tuple(pick_all(root, options.post.labels)),
        flaws=tuple(dict.fromkeys((*flaws, *spoilt, *late))),
    )


def _first(root: Any, selector: Pick | None) -> str | None:
    return next(iter(pick_all(root, selector)), None)


def _comments(
    root: Any, *, url: str, selectors: CommentSelectors, zone: ZoneInfo, now: datetime
) -> Iterator[CommentItem | ProblemItem]:
    thread = _Thread(root, selectors, url=url)
    for node in thread.nodes:
        text, spoilt = clean(thread.own(node, selectors.text) or "")
        if not text:
            yield ProblemItem(
                code="item_incomplete", url=url, detail=f"nothing at comments.text {selectors.text.css!r}"
            )
            continue
        raw = thread.own(node, selectors.time)
        published, late = parse_time(raw, zone=zone, now=now)
        yield CommentItem(
            external_id=thread.identity(node),
            post_id=url,
            parent_id=thread.parent(node),
            author=thread.own(node, selectors.author),
            author_id=thread.own(node, selectors.author_id),
            text=text,
            published=published,
            published_raw=raw,
            flaws=tuple(dict.fromkeys((*spoilt, *late))),
        )


class _Thread:
    """The comments of a page, each read without the replies nested in it; every selector is searched once."""

    def __init__(self, root: Any, selectors: CommentSelectors, *, url: str) -> None:
        self._root, self._selectors, self._url = root, selectors, url
        self.nodes = _matcher(_split(selectors.item.css)[0])(root)
        self._known = set(self.nodes)
        self._values: dict[Pick, dict[Any, str]] = {}

    def own(self, node: Any, selector: Pick | None) -> str | None:
        """The first value that belongs to this comment itself."""
        if selector is None:
            return None
        if selector not in self._values:
            self._values[selector] = self._by_comment(selector)
        return self._values[selector].get(node)

    def identity(self, node: Any) -> str:
        """The site's own id within its post; without one, a digest of who wrote what when."""
        given = self.own(node, self._selectors.id)
        return f"{self._url}|{given or self._digest(node)}"

    def parent(self, node: Any) -> str | None:
        """The identity of the comment that this one answers."""
        wanted = self._selectors.parent
        if wanted == "nested":
            around = self._comment_of(node.getparent())
            return self.identity(around) if around is not None else None
        given = self.own(node, wanted) if isinstance(wanted, Pick) else None
        return f"{self._url}|{given}" if given else None

    def _by_comment(self, selector: Pick) -> dict[Any, str]:
        """The first value of each comment; a bare ``::attr()`` is read from the comment's own element."""
        places = [self._root] if _split(selector.css)[0] else self.nodes
        values: dict[Any, str] = {}
        for found, value in (pair for place in places for pair in _found(place, selector)):
            values.setdefault(self._comment_of(found), value)
        return values

    def _comment_of(self, node: Any) -> Any:
        while node is not None and node not in self._known:
            node = node.getparent()
        return node

    def _digest(self, node: Any) -> str:
        parts = (self.own(node, pick) for pick in (self._selectors.author, self._selectors.time, self._selectors.text))
        return hashlib.sha256("\x00".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:24]


def _root(text: str) -> Any:
    # lxml refuses a text with an encoding declaration; the text is decoded already.
    document = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = parse_html(document)
    except (lxml.etree.ParserError, ValueError) as error:
        raise CrawlProblem("not_html", f"{error}; begins {text[:60]!r}") from error
    if root is None:
        raise CrawlProblem("unreadable", "elements are nested more than 2048 levels deep")
    return root


class PageSpider(PlatformSpider):
    """List pages, the posts they link to, and the comments on each post's page."""

    name = "page"
    Options: ClassVar[type[SourceOptions]] = PageOptions
    options: PageOptions

    def first_requests(self) -> Yield:
        """The first list page, and the posts that are due again."""
        yield from self._list(self.options.url, Walk())
        for visit in self.visits:
            yield from self._post(visit.url)

    def _list(self, url: str, walk: Walk) -> Yield:
        meta = self._meta(self.options.list.wait_for)
        yield from self.ask(url, self.read_list, scope="source", once=True, kwargs={"walk": walk.plain()}, meta=meta)

    def _post(self, url: str) -> Yield:
        meta = self._meta(self.options.post.wait_for)
        yield from self.ask(url, self.read_post, once=True, on_missing="lose_post", meta=meta)

    def read_list(self, response: Response, *, walk: dict[str, Any]) -> Yield:
        """A list page: the posts on it that are new, then the next list page, until known ground."""
        url, here, selectors = _asked(response), Walk.of(walk), self.options.list
        links, following = parse_links(_html(response), url=url, selectors=selectors)
        if not links and here.page == 1:
            detail = f"nothing at list.links {selectors.links.css!r}"
            yield ProblemItem(code="item_incomplete", url=url, detail=detail, scope="source")
        step = here.step(links, known=self.known_posts, overlap=selectors.overlap, more=following is not None)
        fresh = [link for link in links if link not in self.known_posts]
        for link in fresh[: max(0, self.options.max_posts - self.memory.get("posts", 0))]:
            self.memory["posts"] = self.memory.get("posts", 0) + 1
            yield from self._post(link)
        if following and step.go_on and here.page < selectors.max_pages:
            yield from self._list(following, step.walk)

    def lose_post(self, url: str) -> Yield:
        """A post that is not there: gone if it was known, else a link that leads nowhere."""
        if any(visit.url == url for visit in self.visits):
            yield VisitItem(post_id=url, gone=True)
        else:
            yield ProblemItem(code="not_found", url=url, detail="HTTP 404")

    def read_post(self, response: Response) -> Yield:
        """One post's page."""
        url = _asked(response)
        _refuse_other_kinds(response)
        text, flaws = response_text(response)
        for method in response.meta.get("playwright_page_methods") or []:
            if method.result is False:
                detail = f"{self.options.post.wait_for!r} was not seen in {self.options.render_wait_seconds:g} s"
                yield ProblemItem(code="item_incomplete", url=url, detail=detail)
        for item in parse_post(text, url=url, options=self.options, now=self.now, flaws=flaws):
            if isinstance(item, PostItem) and self.since and item.published and item.published < self.since:
                return
            yield item

    def _meta(self, wait_for: str | None) -> dict[str, Any]:
        return {"playwright": True, "wait_for": wait_for} if self.options.render else {}

    def dress(self, request: Request, ask: Ask) -> None:
        """Let the browser wait for what ``wait_for`` names."""
        wait_for = ask.meta.get("wait_for")
        if wait_for:
            settled = PageMethod(_settle, wait_for, self.options.render_wait_seconds * 1000)
            request.meta["playwright_page_methods"] = [settled]


def _asked(response: Response) -> str:
    """The address that was asked for: a post is known by it, wherever it leads."""
    return str(response.meta["ask"].url)


async def _settle(page: Any, selector: str, timeout: float) -> bool:
    """Wait until a selector is there; False when it never came, so that what is there is read all the same."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    try:
        await page.wait_for_selector(selector, timeout=timeout, state="attached")
    except PlaywrightTimeout:
        return False
    return True


def _html(response: Response) -> str:
    _refuse_other_kinds(response)
    return response_text(response)[0]


def _refuse_other_kinds(response: Response) -> None:
    kind = (response.headers.get("Content-Type") or b"text/html").decode("latin-1").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", "text/plain"):
        raise CrawlProblem("not_html", f"Content-Type {kind}")
