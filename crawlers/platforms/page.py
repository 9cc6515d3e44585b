"""Any site: its posts by list pages (CSS selectors) or by its sitemap, ``render: true`` through a real browser.

How a page is read stands in :mod:`crawlers.pages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from scrapy.http import Response

from crawlers.items import Item, PostItem, ProblemItem
from crawlers.options import SourceOptions
from crawlers.pages.lists import parse_links
from crawlers.pages.options import ListSelectors, PageOptions
from crawlers.pages.posts import parse_post_page
from crawlers.pages.reading import asked, page_text
from crawlers.pages.selectors import parse_root
from crawlers.pages.sitemaps import SitemapReader
from crawlers.pages.threads import parse_comment_page
from crawlers.problems import CrawlProblem
from crawlers.spider import Cursor, Yield
from crawlers.walk import Walk

__all__ = ["PageOptions", "PageSpider", "parse_links", "parse_post"]


def parse_post(
    text: str, *, url: str, options: PageOptions, now: datetime, flaws: tuple[str, ...] = ()
) -> Iterator[Item]:
    """A post's page: the post, its counters, its comments; or why it cannot be read."""
    root = parse_root(text)
    items = list(parse_post_page(root, text=text, url=url, options=options, now=now, flaws=flaws))
    yield from items
    if isinstance(items[0], PostItem) and options.comments:
        zone = ZoneInfo(options.timezone)
        yield from parse_comment_page(root, post=url, url=url, selectors=options.comments, zone=zone, now=now).items


class PageSpider(SitemapReader):
    """List pages, sitemaps, the posts they lead to, and the comments on each post's pages.

    A walk through a list that ``max_posts`` cut short is continued by the next crawl where it stopped (``backlog``),
    after the news.
    """

    name = "page"
    Options: ClassVar[type[SourceOptions]] = PageOptions

    def first_requests(self) -> Yield:
        """The first list page, the sitemaps, and the posts that are due again."""
        self.begin()
        if self.options.list:
            yield from self._list(self.options.url, Walk())
        yield from self.ask_sitemaps()
        for visit in self.visits:
            yield from self.ask_post(visit.url)
        yield from self.ask_owed()

    @property
    def _selectors(self) -> ListSelectors:
        assert self.options.list
        return self.options.list

    def _list(self, url: str, walk: Walk, *, older: bool = False) -> Yield:
        meta, carried = self.shown(self._selectors.wait_for), {"walk": walk.plain(), "older": older}
        yield from self.ask(url, self.read_list, scope="source", once=not older, kwargs=carried, meta=meta)

    def read_list(self, response: Response, *, walk: dict[str, Any], older: bool = False) -> Yield:
        """A list page: the posts on it that are new, then the next list page, until known ground."""
        url, here = asked(response), Walk.of(walk)
        found, following = self._links(response)
        if not found and here.page == 1:
            detail = f"nothing at list.links {self._selectors.links.css!r}"
            yield ProblemItem(code="item_incomplete", url=url, detail=detail, scope="source")
        links = [link for link in found if self.matches(link)]
        fresh = [link for link in links if link not in self.known_posts and link not in self.ledger]
        cut = len(fresh) > self.room
        yield from self.ask_new(fresh, where=url)
        known, overlap = (frozenset(), 0) if self._reads_all(older) else (self._ground(links), self._selectors.overlap)
        step = here.step(links or found, known=known, overlap=overlap, more=following is not None)
        if cut or (not found and self._is_doubtful(url, here, older=older)):
            self._remember(url, here, older=older)
        elif following and step.go_on and self._goes_on(here):
            yield from self._list(following, step.walk, older=older)
        else:
            yield from self._ended(url, here, older=older, known=step.go_on)

    def _links(self, response: Response) -> tuple[list[str], str | None]:
        """The links on a list page; one that is no web page tears the walk."""
        try:
            return parse_links(page_text(response)[0], url=asked(response), selectors=self._selectors)
        except CrawlProblem:
            self.ledger.tear()
            raise

    def _is_doubtful(self, url: str, here: Walk, *, older: bool) -> bool:
        """Whether a page without posts, which another page promised, is looked at once more by the next crawl."""
        again = older and self._backlog is not None and self._backlog["url"] == url
        return here.page > 1 and not again

    def _reads_all(self, older: bool) -> bool:
        """Whether known posts do not end a walk."""
        return older or self._selectors.order == "any"

    def _ground(self, links: list[str]) -> frozenset[str]:
        """The links behind which everything was read; that the database knows a post says nothing of older ones."""
        for link in self.known_posts.intersection(links):
            self.ledger.note(link)
        return frozenset(link for link in links if self.ledger.knew(link))

    def _goes_on(self, here: Walk) -> bool:
        """Whether another list page may be read: within ``max_pages``, and not far behind ``since``."""
        behind = self._selectors.order == "newest" and self.memory["before"] >= self._selectors.overlap
        return here.page < self._selectors.max_pages and not behind

    def _remember(self, url: str, here: Walk, *, older: bool) -> None:
        """Where ``max_posts`` ended a walk; the page nearest to the news counts, the others lie behind it."""
        if self._selectors.order == "any" or (older and self.memory.get("gap")):
            return
        self.memory |= {"backlog": {"url": url, "walk": here.plain()}, "gap": not older, "resumed": False}

    def _ended(self, url: str, here: Walk, *, older: bool, known: bool) -> Yield:
        """A walk is over: what an earlier crawl left of the list comes next."""
        if older:
            self.memory |= {"resumed": False} if self.memory.get("gap") else {"resumed": False, "backlog": None}
            return
        if known and self.ledger.has_ground and not self._reads_all(older) and self.tells("max_pages"):
            detail = (
                f"list.max_pages {self._selectors.max_pages} is reached before {self._selectors.overlap} known posts"
            )
            yield ProblemItem(code="walk_cut_short", url=url, detail=f"{detail}; those between may be missing")
        backlog = None if self.since else self._backlog
        if backlog and self.room and not self.memory.get("resumed"):
            self.memory |= {"backlog": backlog, "gap": False, "resumed": True}
            yield from self._list(backlog["url"], Walk.of(backlog["walk"]), older=True)

    @property
    def _backlog(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.memory.get("backlog", self.cursor.get("backlog"))
        return found

    def next_cursor(self) -> Cursor:
        """Which addresses were asked, and where ``max_posts`` ended a walk; a window (``since``) changes nothing."""
        if self.since:
            return self.cursor
        return {**self.ledger.cursor(), **({"backlog": self._backlog} if self._backlog else {})}
