"""WordPress that fails half way, or answers with values that nobody expects."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.hostile.conftest import Gather
from tests.hostile.server import Exchange, Site

POSTS, COMMENTS = "/wp-json/wp/v2/posts", "/wp-json/wp/v2/comments"


def post_row(number: int, **changed: Any) -> dict[str, Any]:
    """A post as the REST API gives it."""
    row = {"id": number, "link": f"http://x/{number}", "title": {"rendered": f"文章 {number}"}}
    row |= {"content": {"rendered": "<p>正文</p>"}, "date_gmt": "2026-11-01T08:00:00", "author": 1}
    return {**row, "modified_gmt": "2026-11-01T08:00:00", **changed}


def comment_row(number: int, **changed: Any) -> dict[str, Any]:
    """A comment as the REST API gives it."""
    row = {"id": number, "post": 1, "parent": 0, "author": 0, "author_name": f"访客 {number}"}
    row |= {"content": {"rendered": f"<p>评论 {number}</p>"}, "date_gmt": "2026-11-02T08:00:00"}
    return {**row, "link": f"http://x/1#{number}", **changed}


def test_what_came_before_a_failure_is_kept_and_nothing_is_skipped_after_it(gather: Gather, site: Site) -> None:
    """Page 2 of the comments answers 500: page 1 is stored, the cursor stays, the next crawl gets everything."""
    failing = True
    site.rows(POSTS, [post_row(1)], headers={"X-WP-TotalPages": "1"})
    pages = {"1": [comment_row(n) for n in range(1, 101)], "2": [comment_row(n) for n in range(101, 131)]}

    def comments(exchange: Exchange) -> None:
        page = exchange.query["page"]
        if failing and page == "2":
            exchange.say("x", status=500)
        else:
            exchange.rows(pages[page], headers={"X-WP-TotalPages": "2"})

    site.on(COMMENTS, comments)
    first = gather("wordpress")
    assert (first.exit_code, len(first.comments), first.quarantined.popitem()[1]) == (3, 100, "server_error")
    with gather.begin() as work:
        assert work.runs.cursor("hostile") == {}
    failing = False
    second = gather("wordpress")
    assert (second.exit_code, len(second.comments)) == (0, 130)
    with gather.begin() as work:
        assert work.runs.cursor("hostile")["comments"]["newest"] == "2026-11-02T08:00:00Z"


@pytest.mark.parametrize("pages", ["0", "1", "x", "9" * 30, "-1"])
def test_the_number_of_pages_is_not_believed_blindly(gather: Gather, site: Site, pages: str) -> None:
    """Whatever X-WP-TotalPages says, a short crawl ends."""
    site.rows(POSTS, [post_row(1)], headers={"X-WP-TotalPages": pages})
    site.rows(COMMENTS, [], headers={"X-WP-TotalPages": pages})
    assert gather("wordpress").exit_code == 0
    assert (site.asked[POSTS], site.asked[COMMENTS]) == (1, 1)


def test_pages_without_an_end_are_stopped_by_the_budget(gather: Gather, site: Site) -> None:
    """A site that promises a hundred thousand pages is asked ``max_requests`` times; the next crawl goes on."""
    numbers = count(1)
    promise = {"X-WP-TotalPages": "99999"}
    site.on(POSTS, lambda exchange: exchange.rows([post_row(next(numbers))], headers=promise))
    outcome = gather("wordpress", max_requests=5)
    assert (outcome.exit_code, site.asked[POSTS], len(outcome.posts)) == (0, 5, 5)
    (problem,) = outcome.crawled.problems
    assert (problem["code"], "max_requests 5" in problem["detail"]) == ("crawl_budget_exhausted", True)
    assert outcome.quarantined == {"/": "crawl_budget_exhausted"}
    gather("wordpress", max_requests=3)
    assert site.asked[POSTS] == 8


def test_a_page_that_repeats_the_last_one_ends_the_walk(gather: Gather, site: Site) -> None:
    """Whatever number of pages it promises; it is told, and the cursor stays."""
    site.rows(POSTS, [post_row(1)], headers={"X-WP-TotalPages": "99999"})
    outcome = gather("wordpress")
    assert (outcome.exit_code, site.asked[POSTS]) == (4, 2)
    assert "page 2 repeats page 1" in str(outcome.error)


def test_strange_values_spoil_only_their_own_row(gather: Gather, site: Site) -> None:
    """Wrong types, lone surrogates, huge numbers and an unreadable date are stored or quarantined, each for itself."""
    strange: list[dict[str, Any]] = [
        post_row(1, date_gmt=5, modified_gmt={"a": 1}, link=7),
        post_row(2, date_gmt="zzz", modified_gmt="zzz", title={"rendered": "坏\ud800字\x00"}),
        post_row(3, content={"rendered": "<div>" * 5000 + "深" + "&#1;"}),
        post_row(4, author={"a": 1}, _embedded={"author": None, "wp:term": [None, [{"name": "标\x00签"}]]}),
        post_row(10**2000),
        {"id": 5},
    ]
    site.rows(POSTS, [*strange, 7, None, "x"], headers={"X-WP-TotalPages": "1", "Date": "no date"})
    rows = [
        comment_row(1, parent={"a": 1}, date_gmt=[1], author_name=None, author_avatar_urls="x"),
        comment_row(2, content={"rendered": "一\ud83d二 😀👨‍👩‍👧"}, author_name="\ud800"),
        comment_row(3, post="x"),
        comment_row(4, content=None),
    ]
    site.rows(COMMENTS, rows, headers={"X-WP-TotalPages": "1"})
    outcome = gather("wordpress")
    assert outcome.exit_code == 0
    assert {post.external_id: post.title for post in outcome.posts.values()}.get("2") == "坏?字"
    assert [row.text for row in outcome.comments] == ["评论 1", "一?二 😀👨‍👩‍👧", ""]
    assert outcome.counts["quarantined"] == 6
    assert set(outcome.quarantined.values()) == {"bad_record", "item_incomplete"}
    assert set(outcome.notes) == {"bad_timestamp", "invalid_text"}


def test_an_unbelievable_change_date_does_not_become_the_cursor(gather: Gather, site: Site) -> None:
    """A post changed "in 2999", or at no time at all, does not keep the next crawl from asking."""
    site.rows(POSTS, [post_row(1, modified_gmt="2999-01-01T00:00:00"), post_row(2, modified_gmt="!")])
    site.rows(COMMENTS, [])
    gather("wordpress")
    with gather.begin() as work:
        assert work.runs.cursor("hostile")["posts"] == ""
