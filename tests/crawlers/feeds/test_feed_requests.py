"""What a feed costs: requests grow with what is new, never with what is known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawlers.feeds.crawling import XML, Crawls, Resource, comment_entry, entry, rss
from tests.hostile.server import Site


def comments_of(site: Site) -> int:
    """How often any comment feed was asked for."""
    return sum(count for path, count in site.asked.items() if path.startswith("/c/"))


def with_comments(number: int, count: int | None) -> str:
    """An item that names its comment feed."""
    return entry(number, comments=count, feed=f"/c/{number}")


def test_a_feed_that_did_not_change_costs_one_request(crawl: Crawls, site: Site) -> None:
    """The second crawl sends the ETag, gets a 304, yields nothing and keeps the cursor."""
    feed = Resource(site, "/feed/", rss(entry(1)))
    assert crawl().ids("post") == ["p1"]
    before = crawl.cursor
    again = crawl()
    assert (feed.statuses, again.requests) == ([200, 304], 1)
    assert set(again.rows) == {"run", "end"}
    assert crawl.cursor == before
    feed.change(rss(entry(2), entry(1)))
    assert crawl().ids("post") == ["p2", "p1"]


@pytest.mark.parametrize("change", [{"comments": False}, {"paged": False}, {"task": {"since": "2026-01-01T00:00:00Z"}}])
def test_stamps_of_another_question_are_not_sent(crawl: Crawls, site: Site, change: dict[str, Any]) -> None:
    """After an option changed, or for a window, the feed is read whole."""
    feed = Resource(site, "/feed/", rss(entry(1)))
    crawl()
    assert crawl(**change).ids("post") == ["p1"]
    assert feed.statuses == [200, 200]


def test_a_304_of_wordpress_is_not_asked_for(crawl: Crawls, site: Site) -> None:
    """WordPress does not change its stamps when a comment comes, so its feed is read and the new count is seen."""
    feed = Resource(site, "/feed/", rss(with_comments(1, 1), generator="https://wordpress.org/?v=6.8"))
    comments = Resource(site, "/c/1", rss(comment_entry(1)))
    crawl()
    feed.body = rss(with_comments(1, 2), generator="https://wordpress.org/?v=6.8")
    comments.change(rss(comment_entry(2), comment_entry(1)))
    assert crawl().ids("comment") == ["c2", "c1"]
    assert feed.statuses == [200, 200]


def test_comment_feeds_are_asked_for_news_only(crawl: Crawls, site: Site) -> None:
    """Forty posts: forty comment feeds once, then one for a new count, one for a new post, none for nothing."""
    feed = Resource(site, "/feed/", rss(*(with_comments(number, 1) for number in range(40))))
    for number in range(41):
        site.give(f"/c/{number}", rss(comment_entry(number)), kind=XML)
    assert len(crawl().ids("comment")) == 40
    for body, more in (
        (rss(*(with_comments(number, 1) for number in range(40)), "<item/>"), 0),
        (rss(*(with_comments(number, 1 + (number == 7)) for number in range(40))), 1),
        (rss(*(with_comments(number, 1 + (number == 7)) for number in range(41))), 1),
        (rss(*(with_comments(number, 1 + (number == 7)) for number in range(41)), "<item/>"), 0),
    ):
        before = comments_of(site)
        feed.change(body)
        assert crawl().requests == 1 + more
        assert comments_of(site) - before == more


def test_a_post_that_drops_out_of_the_remembered_is_not_asked_for_again(crawl: Crawls, site: Site) -> None:
    """More posts than are remembered: all are read by the first crawl, and none of them by the next."""
    items = [with_comments(number, 1) for number in range(320)]
    feed = Resource(site, "/feed/", rss(*items))
    for number in range(321):
        site.give(f"/c/{number}", rss(comment_entry(number)), kind=XML)
    assert len(crawl(concurrency=16).ids("comment")) == 320
    assert len(crawl.cursor["posts"]) == 300
    feed.change(rss(*items, with_comments(320, 1)))
    assert crawl().ids("comment") == ["c320"]
    feed.change(rss(*reversed(items)))
    assert crawl().requests == 1


def test_a_first_crawl_in_parts_reads_everything_once(crawl: Crawls, site: Site) -> None:
    """With a budget of ten requests the first crawl goes on where the one before ended."""
    Resource(site, "/feed/", rss(*(with_comments(number, 1) for number in range(22))))
    for number in range(22):
        site.give(f"/c/{number}", rss(comment_entry(number)), kind=XML)
    met = [one for _ in range(4) for one in crawl(max_requests=10).ids("comment")]
    assert sorted(met) == sorted(f"c{number}" for number in range(22))
    assert crawl.cursor["posts"]["p3"]["read"] == "1"


def test_a_new_post_without_comments_is_not_asked_for_them(crawl: Crawls, site: Site) -> None:
    """A count of 0 needs no request; the first comment then does."""
    feed = Resource(site, "/feed/", rss(with_comments(1, 0)))
    site.give("/c/1", rss(comment_entry(1)), kind=XML)
    assert crawl().requests == 1
    feed.change(rss(with_comments(1, 1)))
    assert crawl().ids("comment") == ["c1"]


@pytest.mark.parametrize("count", [None, 3])
def test_a_comment_feed_that_cannot_be_read_is_a_problem_once(crawl: Crawls, site: Site, count: int | None) -> None:
    """A web page in its place is told and not asked for again until the count changes."""
    feed = Resource(site, "/feed/", rss(with_comments(1, count), with_comments(2, count)))
    site.give("/c/1", "<p>Sorry")
    assert sorted(crawl().codes) == ["not_feed", "not_found"]
    feed.change(rss(with_comments(1, count), with_comments(2, count), "<item/>"))
    assert crawl().requests == 1


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_older_pages_are_read_until_known_ground(crawl: Crawls, site: Site, rel: str) -> None:
    """RFC 5005: a first crawl reads every page, the next one only as far as there are unknown posts."""
    pages = [[entry(100 - 10 * page - index) for index in range(10)] for page in range(4)]
    for page in range(1, 4):
        following = f"/feed/{page + 1}" if page < 3 else None
        site.give(f"/feed/{page}", rss(*pages[page], following=following, rel=rel), kind=XML)
    feed = Resource(site, "/feed/", rss(*pages[0], following="/feed/1", rel=rel))
    known = crawl().ids("post")
    assert len(known) == 40
    assert [site.asked[f"/feed/{page}"] for page in range(1, 4)] == [1, 1, 1]
    feed.change(rss(entry(101), *pages[0], following="/feed/1", rel=rel))
    assert crawl(task={"known_posts": known}).requests == 1
    assert crawl.cursor["seen"] == ["p101", *known]
    feed.change(rss(*(entry(120 - index) for index in range(8)), following="/feed/1", rel=rel))
    assert crawl(task={"known_posts": known}).requests == 2


def test_wordpress_pages_are_counted(crawl: Crawls, site: Site) -> None:
    """``paged: true`` asks for ?paged=2 and so on; the page that is not there was the end, and no problem."""

    def answer(exchange: Any) -> None:
        page = int(exchange.query.get("paged", 1))
        assert exchange.query["cat"] == "3"
        if page > 3:
            exchange.say("nothing here", status=404)
        else:
            exchange.say(rss(*(entry(100 - 10 * page - index) for index in range(10))), kind=XML)

    site.on("/feed/", answer)
    found = crawl("/feed/?cat=3", paged=True)
    assert (len(found.ids("post")), found.requests, found.codes) == (30, 4, [])
    assert crawl("/feed/?cat=3", paged=True, task={"known_posts": found.ids("post")}).requests == 1


def test_a_page_that_repeats_itself_ends_the_walk(crawl: Crawls, site: Site) -> None:
    """A site that knows no pages gives the first one for ever: it is read once."""
    site.give("/feed/", rss(entry(2), entry(1)), kind=XML)
    found = crawl(paged=True)
    assert (found.ids("post"), found.requests) == (["p2", "p1"], 2)


def test_pages_that_lead_round_are_asked_once(crawl: Crawls, site: Site) -> None:
    """A feed whose second page names the first as its next ends there; without following it ends at once."""
    site.give("/feed/", rss(entry(9), following="/feed/2"), kind=XML)
    site.give("/feed/2", rss(entry(8), following="/feed/"), kind=XML)
    assert crawl().ids("post") == ["p9", "p8"]
    assert crawl(paged=False).ids("post") == ["p9"]


def test_json_feed_names_its_next_page(crawl: Crawls, site: Site) -> None:
    """JSON Feed 1.1: ``next_url``, here a relative one."""
    version = "https://jsonfeed.org/version/1.1"
    site.rows("/feed/", {"version": version, "next_url": "older.json", "items": [{"id": "2", "title": "二"}]})
    site.rows("/feed/older.json", {"version": version, "items": [{"id": "1", "title": "一"}]})
    assert crawl().ids("post") == ["2", "1"]


def test_a_window_stops_at_its_edge(crawl: Crawls, site: Site) -> None:
    """``since`` reads page by page until all of a page is older, takes all comments, and leaves the cursor alone."""
    crawl.cursor = {"feed": {}, "posts": {}}
    site.give("/feed/", rss(with_comments(30, 1), entry(20), following="/feed/2"), kind=XML)
    site.give("/feed/2", rss(entry(9), following="/feed/3"), kind=XML)
    site.give("/c/30", rss(comment_entry(1)), kind=XML)
    found = crawl(task={"since": "2026-11-01T00:15:00Z"})
    assert (found.ids("post"), found.ids("comment"), found.requests) == (["p30", "p20"], ["c1"], 3)
    assert found.cursor is not None
    assert {name: found.cursor[name] for name in crawl.cursor if name != "of"} == {"feed": {}, "posts": {}}
    assert "seen" not in found.cursor
