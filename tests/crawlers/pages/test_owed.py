"""Posts that a failure kept away are owed: they are tried again until they are there, one by one, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from crawlers.ask import Ask
from crawlers.pages.ledger import MOST_OWED, Ledger
from crawlers.problems import CrawlProblem
from tests.crawlers.pages.conftest import LISTED, Reader, article, list_pages, listing
from tests.crawlers.pages.site_in_memory import Answer, crawl
from tests.hostile.server import Site

PATHS = [f"/post-{number}" for number in range(6)]
FRESH = [f"/new-{number}" for number in range(3)]
SITE: dict[str, Answer] = {"/": listing([*FRESH, *PATHS]), **{path: article(path) for path in (*PATHS, *FRESH)}}


def down(code: str, *paths: str) -> dict[str, Answer]:
    """The site, on which some posts cannot be had."""
    return {**SITE, **{path: CrawlProblem(code, "") for path in paths}}


@pytest.mark.parametrize("code", ["server_error", "blocked_by_site", "auth_expired", "robots_unavailable"])
def test_posts_that_were_given_up_are_read_when_the_site_is_back(code: str) -> None:
    """All posts failed for good while the list was read; the next crawl has all of them, old ones below known ones."""
    first = crawl(down(code, *PATHS), LISTED, cursor={})
    assert (first.posts, len(first.codes)) == (FRESH, 6)
    second = crawl(SITE, LISTED, cursor=first.cursor or {})
    assert sorted(second.posts) == PATHS
    third = crawl(SITE, LISTED, cursor=second.cursor or {})
    assert (third.asked, third.posts) == (["/"], [])


def test_posts_that_failed_for_five_crawls_are_read_when_the_site_is_back(read: Reader, site: Site) -> None:
    """The whole way: given up by real crawls, owed by the cursor that the fifth one leaves, read by the sixth."""
    listed = [*FRESH]
    list_pages(site, lambda: listed)
    for path in FRESH:
        site.give(path, article(path))
    read(LISTED)
    listed[:0] = PATHS
    for path in PATHS:
        site.give(path, "x", status=503)
    for _ in range(5):
        landed = read(LISTED)
    assert landed.cursor is not None
    for path in PATHS:
        site.give(path, article(path))
    assert sorted(read(LISTED).posts) == PATHS


def test_posts_that_stay_away_cost_one_request_a_crawl() -> None:
    """Six posts for members only: each crawl tries the next of them, and one that is opened is read in the end."""
    cursor = crawl(down("blocked_by_site", *PATHS), LISTED, cursor={}).cursor or {}
    tried, closed = [], down("blocked_by_site", *PATHS[:5])
    for _ in range(6):
        read = crawl(closed, LISTED, cursor=cursor)
        cursor = read.cursor or {}
        tried.append(read.asked[1:])
    assert max(map(len, tried)) == 2
    assert {path for paths in tried for path in paths} == set(PATHS)


@pytest.mark.parametrize("code", ["not_found", "not_html", "body_too_large", "item_incomplete"])
def test_what_is_no_post_is_asked_once(code: str) -> None:
    """A failure of the page's own is told, and the page is not asked again."""
    first = crawl(down(code, *PATHS), LISTED, cursor={})
    assert crawl(SITE, LISTED, cursor=first.cursor or {}).asked == ["/"]


def test_an_owed_page_that_is_gone_does_not_hold_up_the_others() -> None:
    """404, or a page that is no web page, and the next one follows."""
    first = crawl(down("server_error", *PATHS), LISTED, cursor={})
    second = crawl({**SITE, PATHS[5]: "<p>x</p>"}, LISTED, cursor=first.cursor or {})
    assert sorted(second.posts) == PATHS[:5]


def test_what_is_owed_is_bounded() -> None:
    """Five hundred addresses; those that failed last are kept, those that failed again go behind the others."""
    memory: dict[str, Any] = {}
    book = Ledger({}, memory, reading={}, now=None)  # type: ignore[arg-type]
    for number in range(MOST_OWED + 20):
        book.owe(f"/{number}", "server_error", again=False)
    assert len(memory["owed"]) == MOST_OWED
    assert book.collect() == (f"/{MOST_OWED + 19}", "server_error")
    book.owe("/again", "server_error", again=True)
    assert memory["owed"][-1] == ["/again", "server_error"]


def test_an_ask_of_another_kind_is_not_owed() -> None:
    """A page of comments that failed comes again with the next visit."""
    from crawlers.pages.options import PageOptions
    from crawlers.platforms.page import PageSpider

    options = PageOptions.model_validate({"name": "x", "platform": "page", "url": "https://club.example/", **LISTED})
    spider = PageSpider(options=options, cursor={}, since=None)
    spider.given_up(Ask(url="https://club.example/c", callback="read_comments"), "server_error")
    assert spider.memory["owed"] == []
