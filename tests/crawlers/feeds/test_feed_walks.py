"""Where a walk through a feed's pages ends, and what happens when one of them is lost: no post is lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds.remembered import KEPT, in_order, mark_of
from tests.crawlers.feeds.crawling import XML, Crawled, Crawls, comment_entry, entry, rss
from tests.hostile.server import Exchange, Site


class Pages:
    """A feed of pages with ten posts each, newest first; ``broken`` pages answer what they are told, once."""

    def __init__(self, site: Site, posts: int) -> None:
        self.numbers = list(range(posts, 0, -1))
        self.broken: dict[int, tuple[str, int]] = {}
        site.on("/feed/", self._answer)

    def _answer(self, exchange: Exchange) -> None:
        page = int(exchange.query.get("paged", 1))
        here = self.numbers[(page - 1) * 10 : page * 10]
        body, status = self.broken.pop(page, ("", 200))
        if body or status != 200:
            exchange.say(body, status=status)
        else:
            following = f"/feed/?paged={page + 1}" if page * 10 < len(self.numbers) else None
            exchange.say(rss(*(entry(number) for number in here), following=following), kind=XML)


def known(*crawls: Crawled) -> dict[str, Any]:
    """A job that knows what these crawls brought, as the database does."""
    return {"known_posts": [one for crawl in crawls for one in crawl.ids("post")]}


def every(pages: Pages) -> set[str]:
    """The ids of all posts of the feed."""
    return {f"p{number}" for number in pages.numbers}


@pytest.mark.parametrize(("answer", "code"), [(("<p>维护中</p>", 200), "not_feed"), (("", 401), "auth_expired")])
def test_a_page_that_was_lost_once_is_read_by_the_next_crawl(
    crawl: Crawls, site: Site, answer: tuple[str, int], code: str
) -> None:
    """Page 2 is once a maintenance page: the posts of page 1 are known, and still what is behind them is read."""
    pages = Pages(site, 60)
    pages.broken[2] = answer
    first = crawl()
    assert (len(first.ids("post")), first.codes, first.cursor) == (10, [code], None)
    second = crawl(task=known(first))
    assert {*first.ids("post"), *second.ids("post")} == every(pages)
    third = crawl(task=known(first, second))
    assert (third.requests, third.codes) == (1, [])


def test_a_page_lost_among_news_is_read_by_the_next_crawl(crawl: Crawls, site: Site) -> None:
    """A complete crawl, then 25 new posts whose second page is lost once: the next crawl reads down to known ground."""
    pages = Pages(site, 60)
    first = crawl()
    pages.numbers[:0] = range(85, 60, -1)
    pages.broken[2] = ("<p>维护中</p>", 200)
    second = crawl(task=known(first))
    assert (len(second.ids("post")), second.cursor) == (10, None)
    third = crawl(task=known(first, second))
    assert {*first.ids("post"), *third.ids("post")} == every(pages)
    assert third.requests == 3


def test_a_lost_page_is_not_waited_for(crawl: Crawls, site: Site) -> None:
    """Where other addresses wait for the next crawl, a lost page is none of them: the walk begins at the top again."""
    pages = Pages(site, 30)
    pages.broken[2] = ("<p>维护中</p>", 200)
    site.give("/c/30", "busy", status=503)
    site.on("/feed/first", lambda exchange: exchange.say(_naming_comments(pages), kind=XML))
    first = crawl("/feed/first")
    assert sorted(first.codes) == ["not_feed", "server_error"]
    site.give("/c/30", rss(comment_entry(1)), kind=XML)
    second = crawl("/feed/first", task=known(first))
    assert {*first.ids("post"), *second.ids("post")} == every(pages)
    assert second.ids("comment") == ["c1"]


def _naming_comments(pages: Pages) -> str:
    """The first page, whose first post names its comment feed."""
    first, *others = pages.numbers[:10]
    named = entry(first, comments=1, feed="/c/30")
    return rss(named, *(entry(number) for number in others), following="/feed/?paged=2")


def test_a_first_walk_in_parts_reads_every_page_once(crawl: Crawls, site: Site) -> None:
    """With a budget of four requests a crawl goes on at the page where the one before ended."""
    pages = Pages(site, 90)
    parts: list[Crawled] = []
    for _ in range(3):
        parts.append(crawl(max_requests=4, task=known(*parts)))
    found = [one for part in parts for one in part.ids("post")]
    assert (len(found), set(found)) == (90, every(pages))
    assert [part.requests for part in parts] == [4, 4, 1]
    assert crawl.cursor["seen"][:3] == ["p90", "p89", "p88"]
    assert crawl(task=known(*parts)).requests == 1


def test_another_question_has_no_known_ground(crawl: Crawls, site: Site) -> None:
    """A feed whose first page alone was read is read whole when ``paged`` is switched on."""
    pages = Pages(site, 30)
    first = crawl(paged=False)
    assert len(first.ids("post")) == 10
    assert set(crawl(task=known(first)).ids("post")) == every(pages)


def _pieces(order: list[str], size: int) -> Iterator[tuple[int, list[str]]]:
    yield from ((at, order[at : at + size]) for at in range(0, len(order), size))


@given(st.integers(0, 700), st.integers(1, 60))
def test_the_order_of_the_list_is_kept(length: int, size: int) -> None:
    """Page after page, the newest of a list are kept in its order, however long it is."""
    order, seen = [f"p{number}" for number in range(length)], list[str]()
    for at, page in _pieces(order, size):
        seen = in_order(seen, page, at=at)
    assert seen == order[:KEPT]


@given(st.lists(st.text(min_size=1, max_size=1000), unique=True, max_size=5))
def test_any_id_can_be_remembered(ids: list[str]) -> None:
    """Long ids are told apart, and none makes the cursor long."""
    marks = [mark_of(one) for one in ids]
    assert len(set(marks)) == len(ids)
    assert all(len(mark) <= 100 for mark in marks)
