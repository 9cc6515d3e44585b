"""Where a walk through a list may stop: at what a complete crawl met, not at what the database happens to know."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawlers.ask import Ask
from crawlers.pages.options import PageOptions
from crawlers.platforms.page import PageSpider
from crawlers.problems import CrawlProblem
from tests.crawlers.pages.conftest import LISTED, Reader, article, list_pages, listing
from tests.crawlers.pages.site_in_memory import BASE, Answer, crawl
from tests.hostile.server import Site

PATHS = [f"/post-{number}" for number in range(20, 0, -1)]


def listed(paths: list[str], *, size: int = 5) -> dict[str, Answer]:
    """A site with its list pages at ``/``, ``/2``, ``/3`` and on."""
    pages: dict[str, Answer] = {path: article(path) for path in paths}
    for start in range(0, len(paths), size):
        following = f"/{start // size + 2}" if start + size < len(paths) else None
        pages[f"/{start // size + 1}" if start else "/"] = listing(paths[start : start + size], following=following)
    return pages


def known(paths: list[str]) -> tuple[str, ...]:
    """Posts in the database."""
    return tuple(BASE + path for path in paths)


def lists(asked: list[str]) -> list[str]:
    """The list pages among what was asked."""
    return [path for path in asked if not path.startswith("/post")]


def test_a_list_page_that_broke_is_read_by_the_next_crawl() -> None:
    """Page 3 fails once; page 1 and 2 are in the database then, and the rest of the list is read all the same."""
    broken = crawl({**listed(PATHS), "/3": CrawlProblem("not_html", "")}, LISTED, cursor={})
    assert (broken.posts, broken.cursor) == (PATHS[:10], None)
    second = crawl(listed(PATHS), LISTED, cursor={}, known_posts=known(PATHS[:10]))
    assert second.posts == PATHS[10:]
    third = crawl(listed(PATHS), LISTED, cursor=second.cursor or {}, known_posts=known(PATHS))
    assert third.asked == ["/"]


@pytest.mark.parametrize("gives_up", [False, True], ids=["no web page", "given up"])
def test_a_broken_list_page_tears_the_walk(gives_up: bool) -> None:
    """What was asked before it is no ground for the next crawl, also where other addresses are left to that one."""
    options = PageOptions.model_validate({"name": "site", "platform": "page", "url": f"{BASE}/", **LISTED})
    spider = PageSpider(options=options, cursor={}, since=None)
    (ask,) = [one for one in spider.first_requests() if isinstance(one, Ask)]
    if gives_up:
        spider.given_up(ask, "server_error")
    else:
        answer = TextResponse(ask.url, body=b"{}", headers={"Content-Type": "application/json"}, request=None)
        answer.request = Request(ask.url, meta={"ask": ask})
        with pytest.raises(CrawlProblem, match="not_html"):
            list(spider.read_list(answer, **ask.kwargs))
    spider.ledger.note(BASE + PATHS[0])
    spider.begin()
    assert not spider.ledger.knew(BASE + PATHS[0])


def test_a_walk_anew_costs_list_pages_and_no_posts() -> None:
    """Without a cursor a list whose posts are all known is walked once; then one page is enough."""
    first = crawl(listed(PATHS), LISTED, cursor={}, known_posts=known(PATHS))
    assert first.asked == ["/", "/2", "/3", "/4"]
    assert crawl(listed(PATHS), LISTED, cursor=first.cursor or {}, known_posts=known(PATHS)).asked == ["/"]


def test_a_list_page_without_posts_is_looked_at_once_more() -> None:
    """A maintenance page (200, no links) in place of page 2 ends the walk; the next crawl goes on from there."""
    first = crawl({**listed(PATHS), "/2": "<h1>维护中</h1>"}, LISTED, cursor={})
    assert (first.posts, first.cursor is None) == (PATHS[:5], False)
    second = crawl(listed(PATHS), LISTED, cursor=first.cursor or {}, known_posts=known(PATHS[:5]))
    assert second.posts == PATHS[5:]


def test_a_list_that_ends_in_an_empty_page_ends() -> None:
    """The last page promises one that holds nothing: it is asked twice in all."""
    pages = {**listed(PATHS[:15]), "/3": listing(PATHS[10:15], following="/4"), "/4": "<ul></ul>"}
    first = crawl(pages, LISTED, cursor={})
    second = crawl(pages, LISTED, cursor=first.cursor or {})
    third = crawl(pages, LISTED, cursor=second.cursor or {})
    assert [lists(one.asked) for one in (first, second, third)] == [["/", "/2", "/3", "/4"], ["/", "/4"], ["/"]]


def test_a_changed_configuration_loses_nothing_of_a_first_walk(read: Reader, site: Site) -> None:
    """A spent budget, then other comment selectors: what was left is dropped, and the list is walked again."""
    list_pages(site, lambda: PATHS)
    for path in PATHS:
        site.give(path, article(f"文章 {path}"))
    source: dict[str, Any] = {**LISTED, "max_requests": 10, "concurrency": 1}
    first = read(source, digest="one")
    told = tuple(site.base + path for path in first.posts)
    second = read({**source, "max_requests": 100}, digest="other", known_posts=told)
    assert sorted([*first.posts, *second.posts]) == sorted(PATHS)
    assert second.cursor is not None


def test_a_small_budget_is_not_spent_on_list_pages(read: Reader, site: Site) -> None:
    """Six requests a crawl: list pages that were read before are not read again before the walk is done."""
    list_pages(site, lambda: PATHS, size=2)
    for path in PATHS:
        site.give(path, article(f"文章 {path}"))
    found: list[str] = []
    for _ in range(8):
        told = tuple(site.base + path for path in found)
        found += read({**LISTED, "max_requests": 6, "concurrency": 1}, digest="same", known_posts=told).posts
    assert sorted(found) == sorted(PATHS)
