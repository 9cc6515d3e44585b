"""Posts and their comments, read page by page: what every way to find posts shares."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.page import PageMethod

from crawlers.ask import Ask
from crawlers.items import PostItem, ProblemItem, VisitItem
from crawlers.pages.ledger import Ledger
from crawlers.pages.options import PageOptions
from crawlers.pages.posts import parse_post_page
from crawlers.pages.selectors import parse_root
from crawlers.pages.threads import parse_comment_page
from crawlers.pages.walls import has_moved, is_wall, place
from crawlers.problems import REMEDIES, CrawlProblem
from crawlers.spider import PlatformSpider, Yield, response_text
from crawlers.walk import Walk


class PostReader(PlatformSpider):
    """Asks for posts, at most ``max_posts`` a crawl, and walks through the comments below them."""

    options: PageOptions

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        cursor = {} if self.since else self.cursor
        self.ledger = Ledger(cursor, self.memory, reading=self.options.reading, now=self.now)
        self._visited = frozenset(visit.url for visit in self.visits)
        self._ends: dict[str, str] = {}

    def begin(self) -> None:
        """A new crawl: what an earlier one left goes on, but it counts and tells anew."""
        self.memory |= {"posts": 0, "told": [], "before": 0}
        self.ledger.begin()

    def given_up(self, ask: Ask, code: str) -> None:
        """A post that a failure of the site, not its own, kept away is owed; a broken list ends no later walk."""
        own = code == "not_found" or REMEDIES.get(code) == "skip"
        if ask.callback == "read_list":
            self.ledger.tear()
        elif ask.callback == "read_post" and ask.url not in self._visited and not own:
            self.ledger.owe(ask.url, code, again=bool(ask.kwargs.get("owed")))

    def tells(self, topic: str) -> bool:
        """Whether something has not been told in this crawl yet; it is from now on."""
        fresh = topic not in self.memory["told"]
        self.memory["told"] += [topic] if fresh else []
        return fresh

    def matches(self, address: str) -> bool:
        """Whether an address is one of a post, by ``match``."""
        return self.options.match is None or re.search(self.options.match, address) is not None

    @property
    def room(self) -> int:
        """How many new posts this crawl may still ask for."""
        return max(0, self.options.max_posts - int(self.memory["posts"]))

    def ask_post(self, url: str, **carried: Any) -> Yield:
        """One post's page."""
        meta = self.shown(self.options.post.wait_for)
        yield from self.ask(url, self.read_post, once=True, on_missing="lose_post", meta=meta, kwargs=carried)

    def ask_owed(self) -> Yield:
        """One post that earlier crawls could not get; where it is there (again), the next of them follows."""
        owed = self.ledger.collect()
        if owed:
            yield from self.ask_post(owed[0], owed=owed[1])

    def ask_new(self, addresses: list[str], *, where: str) -> Yield:
        """As many of some new posts as there is room for; that others are left to the next crawl is told."""
        taken = addresses[: self.room]
        for address in taken:
            self.ledger.note(address)
            yield from self.ask_post(address)
        self.memory["posts"] += len(taken)
        if len(taken) < len(addresses) and self.tells("max_posts"):
            rest = "what is left of this window is not read" if self.since else "the next crawl goes on from here"
            detail = f"max_posts {self.options.max_posts} is reached; {rest}"
            yield ProblemItem(code="crawl_budget_exhausted", url=where, detail=detail)

    def lose_post(self, url: str, *, owed: str = "") -> Yield:
        """A post that is not there: gone if it was known, else a link that leads nowhere."""
        yield from self.ask_owed() if owed else ()
        if url in self._visited:
            yield VisitItem(post_id=url, gone=True)
        else:
            yield ProblemItem(code="not_found", url=url, detail="HTTP 404")

    def read_post(self, response: Response, *, owed: str = "") -> Yield:
        """One post's page, with the first page of its comments; ``owed``: why an earlier crawl could not get it."""
        self._refuse_wall(response)
        yield from self.ask_owed() if owed else ()
        url = asked(response)
        text, flaws = page_text(response)
        root = parse_root(text)
        unsettled = list(self._unsettled(response))
        items = list(parse_post_page(root, text=text, url=url, options=self.options, now=self.now, flaws=flaws))
        if self._is_before_since(items[0], url):
            return
        yield from unsettled
        yield from items
        if isinstance(items[0], PostItem) and self.options.comments:
            settled = not unsettled and not (url in self._visited and has_moved(url, response.url))
            yield from self._comments(root, response, post=url, walk=Walk(), settled=settled)
        elif url in self._visited:
            yield VisitItem(post_id=url, whole=False)  # it was read; about its comments nothing was learnt

    def _refuse_wall(self, response: Response) -> None:
        """A redirect to a login, or to where another post's address led: the post stays as it is known."""
        ask: Ask = response.meta["ask"]
        if not has_moved(ask.url, response.url):
            return
        first = self._ends.setdefault(place(ask.url, response.url), ask.url)
        walled = ask.kwargs.get("owed") == "auth_expired"
        if walled or first != ask.url or (is_wall(response.url) and not is_wall(ask.url)):
            self.given_up(ask, "auth_expired")
            why = "which looks like a login" if first == ask.url else f"as {first} was"
            raise CrawlProblem("auth_expired", f"led to {response.url.partition('?')[0]}, {why}; not read as the post")

    def _is_before_since(self, item: object, url: str) -> bool:
        """Whether a post is older than the window; posts in a row that are end the walk through a list."""
        published = item.published if isinstance(item, PostItem) else None
        if self.since is None or published is None or url in self._visited:
            return False
        old = published < self.since
        self.memory["before"] = self.memory["before"] + 1 if old else 0
        return old

    def _unsettled(self, response: Response) -> Yield:
        """A rendered page on which what was waited for never came."""
        for method in response.meta.get("playwright_page_methods") or []:
            if method.result is False:
                detail = f"{self.options.post.wait_for!r} was not seen in {self.options.render_wait_seconds:g} s"
                yield ProblemItem(code="item_incomplete", url=asked(response), detail=detail)

    def read_comments(self, response: Response, *, post: str, walk: dict[str, Any], settled: bool) -> Yield:
        """A further page of a post's comments."""
        text, _ = page_text(response)
        unsettled = list(self._unsettled(response))
        yield from unsettled
        root = parse_root(text)
        yield from self._comments(root, response, post=post, walk=Walk.of(walk), settled=settled and not unsettled)

    def lose_comments(self, url: str, *, post: str, walk: dict[str, Any], settled: bool) -> Yield:
        """A link to more comments that leads nowhere: what was read before it counts, what follows is not known."""
        yield ProblemItem(code="not_found", url=url, detail="HTTP 404, at comments.next")
        yield VisitItem(post_id=post, page=Walk.of(walk).page, whole=False)

    def _comments(self, root: Any, response: Response, *, post: str, walk: Walk, settled: bool) -> Yield:
        """The comments on a page, and the next page until known ground; ``settled``: nothing was missing so far."""
        selectors = self.options.comments
        assert selectors
        page = parse_comment_page(root, post=post, url=response.url, selectors=selectors, zone=self.zone, now=self.now)
        yield from page.items
        newest = selectors.order == "newest"
        known = self.known_comments(post) if newest else frozenset()
        step = walk.step(page.ids, known=known, overlap=selectors.overlap * newest, more=page.next is not None)
        settled = settled and (walk.page == 1 or bool(page.ids))  # a page was promised; an empty one may be a wall
        whole, oldest = step.whole and settled, page.oldest if newest else None
        yield VisitItem(post_id=post, page=walk.page, last=not step.go_on, whole=whole, ids=page.ids, oldest=oldest)
        if page.next and step.go_on:
            yield from self.ask(
                page.next,
                self.read_comments,
                kwargs={"post": post, "walk": step.walk.plain(), "settled": settled},
                on_missing="lose_comments",
                meta=self.shown(self.options.post.wait_for),
            )

    def shown(self, wait_for: str | None) -> dict[str, Any]:
        """What asks for a page through the browser, where the source wants that."""
        return {"playwright": True, "wait_for": wait_for} if self.options.render else {}

    def dress(self, request: Request, ask: Ask) -> None:
        """Let the browser wait for what ``wait_for`` names."""
        wait_for = ask.meta.get("wait_for")
        if wait_for:
            settled = PageMethod(_settle, wait_for, self.options.render_wait_seconds * 1000)
            request.meta["playwright_page_methods"] = [settled]


def asked(response: Response) -> str:
    """The address that was asked for: a post is known by it, wherever it leads."""
    return str(response.meta["ask"].url)


def page_text(response: Response) -> tuple[str, tuple[str, ...]]:
    """The text of a web page and its flaws; anything else is ``not_html``."""
    kind = (response.headers.get("Content-Type") or b"text/html").decode("latin-1").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", "text/plain"):
        raise CrawlProblem("not_html", f"Content-Type {kind}")
    return response_text(response)


def is_same_site(address: str, home: str) -> bool:
    """Whether an address is on the host of another; ``www.`` makes no difference."""
    return _site(address) == _site(home) != ""


def _site(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


async def _settle(page: Any, selector: str, timeout: float) -> bool:
    """Wait until a selector is there; False when it never came, so that what is there is read all the same."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    try:
        await page.wait_for_selector(selector, timeout=timeout, state="attached")
    except PlaywrightTimeout:
        return False
    return True
