"""Visits: posts that are due are read again, whether they are still in the feed or not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawlers.feeds.crawling import XML, Crawled, Crawls, Resource, comment_entry, entry, rss
from tests.hostile.server import Site


@pytest.fixture
def feed(crawl: Crawls, site: Site) -> Resource:
    """A feed with one post of two comments, crawled once."""
    feed = Resource(site, "/feed/", rss(entry(1, comments=2, feed="/c/1")))
    site.give("/c/1", rss(comment_entry(2), comment_entry(1)), kind=XML)
    crawl()
    return feed


def due(site: Site, *known: str) -> dict[str, Any]:
    """A job in which post p1 is due."""
    return {"visits": [{"post_id": "p1", "url": f"{site.base}/p/1", "known": known}]}


def visit(found: Crawled) -> dict[str, Any]:
    """The one visit of a crawl."""
    (row,) = found.rows["visit"]
    return row


def test_a_count_that_equals_what_was_read_makes_it_whole(crawl: Crawls, site: Site) -> None:
    """Two counted, two read: whole. Three counted, two shown: the rest is older than the feed shows."""
    feed = Resource(site, "/feed/", rss(entry(1, comments=2, feed="/c/1")))
    site.give("/c/1", rss(comment_entry(2), comment_entry(1)), kind=XML)
    first = visit(crawl())
    assert (first["whole"], first["ids"]) == (True, ["c2", "c1"])
    feed.change(rss(entry(1, comments=3, feed="/c/1")))
    second = visit(crawl())
    assert (second["whole"], second["oldest"]) == (False, "2026-11-02T00:01:00+00:00")


def test_a_visit_reads_what_the_count_does_not_tell(crawl: Crawls, site: Site, feed: Resource) -> None:
    """A comment was deleted and another came: the feed is unchanged, the visit shows it."""
    site.give("/c/1", rss(comment_entry(3), comment_entry(1)), kind=XML)
    found = crawl(task=due(site, "c2", "c1"))
    assert (feed.statuses, visit(found)["ids"], visit(found)["whole"]) == ([200, 304], ["c3", "c1"], False)


def test_a_visited_post_that_left_the_feed_is_found(crawl: Crawls, site: Site, feed: Resource) -> None:
    """The cursor knows where its comments are."""
    feed.change(rss(entry(9)))
    assert visit(crawl(task=due(site)))["ids"] == ["c2", "c1"]


def test_a_post_that_is_due_and_changed_is_read_once(crawl: Crawls, site: Site, feed: Resource) -> None:
    """A visit and a new count are one request, and the visit knows the count."""
    feed.change(rss(entry(1, comments=3, feed="/c/1")))
    site.give("/c/1", rss(*(comment_entry(number) for number in (3, 2, 1))), kind=XML)
    found = crawl(task=due(site))
    assert (found.requests, visit(found)["whole"]) == (2, True)
    feed.change(rss(entry(1, comments=3, feed="/c/1"), "<item/>"))
    assert crawl().requests == 1


def test_a_comment_feed_that_did_not_change(crawl: Crawls, site: Site) -> None:
    """304 for a visit: no comment is read, and none of the known ones is missed."""
    Resource(site, "/feed/", rss(entry(1, comments=2, feed="/c/1")))
    comments = Resource(site, "/c/1", rss(comment_entry(2), comment_entry(1)))
    crawl()
    found = crawl(task=due(site, "c2", "c1"))
    assert comments.statuses == [200, 304]
    assert (visit(found)["ids"], visit(found)["whole"], visit(found)["oldest"]) == (["c1", "c2"], False, None)
    assert "comment" not in found.rows


def test_a_visit_to_wordpress_is_read_whole(crawl: Crawls, site: Site) -> None:
    """Its comment feed has the same stamps after a deletion."""
    Resource(site, "/feed/", rss(entry(1, comments=2, feed="/c/1")))
    comments = Resource(site, "/c/1", rss(comment_entry(1), generator="https://wordpress.org/?v=6.8"))
    crawl()
    crawl(task=due(site, "c1"))
    assert comments.statuses == [200, 200]


@pytest.mark.parametrize("status", [404, 410])
def test_a_post_whose_page_is_gone_too_is_gone(crawl: Crawls, site: Site, feed: Resource, status: int) -> None:
    """Neither comment feed nor post: the visit says so, and nothing is a problem."""
    site.give("/c/1", "gone", status=status)
    site.give("/p/1", "gone", status=status)
    found = crawl(task=due(site))
    assert (visit(found)["gone"], found.codes) == (True, [])


def test_a_post_that_only_lost_its_comment_feed_is_there(crawl: Crawls, site: Site, feed: Resource) -> None:
    """The post answers: it is not gone, and the missing feed is a problem with its address."""
    site.give("/c/1", "gone", status=404)
    site.give("/p/1", "<p>here")
    found = crawl(task=due(site, "c1"))
    assert (visit(found)["gone"], visit(found)["ids"], visit(found)["whole"]) == (False, ["c1"], False)
    assert [(row["code"], row["url"]) for row in found.rows["problem"]] == [("not_found", f"{site.base}/c/1")]


def test_a_post_without_a_comment_feed_is_not_visited(crawl: Crawls, site: Site) -> None:
    """Nothing can be asked about it; its page, maybe on another site, is left alone."""
    site.give("/feed/", rss(entry(1)), kind=XML)
    found = crawl(task=due(site))
    assert (found.requests, site.asked["/p/1"], "visit" in found.rows) == (1, 0, False)


def test_without_comments_nothing_is_visited(crawl: Crawls, site: Site, feed: Resource) -> None:
    """``comments: false`` asks for the feed alone."""
    assert crawl(comments=False, task=due(site)).requests == 1
