"""Crawls of a site that stands in a dictionary, without network or process: what is asked, read, and left behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import HtmlResponse, Request

from crawlers.ask import Ask
from crawlers.items import Item, PostItem, ProblemItem, VisitItem
from crawlers.pages.options import PageOptions
from crawlers.platforms.page import PageSpider
from crawlers.problems import CrawlProblem
from crawlers.task import Visit

BASE = "https://club.example"


@dataclass(frozen=True)
class Moved:
    """A redirect to another path."""

    to: str


Answer = str | Moved | CrawlProblem
"""A page, a redirect to one, or why there is none."""


@dataclass
class Read:
    """What one crawl asked and read."""

    asked: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    cursor: dict[str, Any] | None = None

    @property
    def posts(self) -> list[str]:
        """The posts' paths."""
        return [item.url.removeprefix(BASE) for item in self.items if isinstance(item, PostItem)]

    @property
    def visits(self) -> list[VisitItem]:
        """What was told of comments."""
        return [item for item in self.items if isinstance(item, VisitItem)]

    @property
    def codes(self) -> list[str]:
        """The problems' codes."""
        return [item.code for item in self.items if isinstance(item, ProblemItem)]


def due(*paths: str) -> tuple[Visit, ...]:
    """Posts to be read again."""
    return tuple(Visit(post_id=BASE + path, url=BASE + path, known=()) for path in paths)


def crawl(pages: dict[str, Answer], source: dict[str, Any], *, cursor: dict[str, Any], **told: Any) -> Read:
    """One crawl in which every failure is final; the cursor is None after a source-wide problem."""
    options = PageOptions.model_validate({"name": "site", "platform": "page", "url": f"{BASE}/", **source})
    spider = PageSpider(options=options, cursor=cursor, since=None, **told)
    read, waiting, met = Read(), deque[Ask](), set[str]()
    _sort(spider.first_requests(), read, waiting, met)
    while waiting:
        ask = waiting.popleft()
        read.asked.append(ask.url.removeprefix(BASE))
        try:
            _sort(list(spider._read(_answer(pages, ask), ask)), read, waiting, met)
        except CrawlProblem as problem:
            if pages.get(read.asked[-1]) is problem:
                spider.given_up(ask, problem.code)
            read.items.append(ProblemItem(code=problem.code, url=ask.url, detail=problem.detail, scope=ask.scope))
    wide = any(isinstance(item, ProblemItem) and item.scope == "source" for item in read.items)
    read.cursor = None if wide else spider.next_cursor()
    return read


def _sort(output: Iterable[Item | Ask], read: Read, waiting: deque[Ask], met: set[str]) -> None:
    for one in output:
        if not isinstance(one, Ask):
            read.items.append(one)
        elif not one.once or one.url not in met:
            met.add(one.url)
            waiting.append(one)


def _answer(pages: dict[str, Answer], ask: Ask) -> HtmlResponse:
    path = ask.url.removeprefix(BASE)
    found = pages[path]
    while isinstance(found, Moved):
        path = found.to
        found = pages[path.partition("?")[0]]
    if isinstance(found, CrawlProblem):
        raise found
    request = Request(ask.url, meta={"ask": ask})
    return HtmlResponse(BASE + path, body=found, encoding="utf-8", request=request)
