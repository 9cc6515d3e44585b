"""A crawl that was killed goes on where it was; one that could not get everything leaves the rest to the next."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.hostile.conftest import Gather, list_page, post_page
from tests.hostile.server import Exchange, Site
from tests.hostile.test_process import Start, landing, start
from tests.hostile.test_wordpress import post_row
from tests.patience import PATIENCE, wait_until
from yinliu.errors import ActionNeeded
from yinliu.stages.crawl import crawl

__all__ = ["landing", "start"]


def posts_of(site: Site, count: int) -> None:
    """A list with so many posts."""
    site.give("/", list_page(*(f"/post-{n}" for n in range(count))))
    for number in range(count):
        site.give(f"/post-{number}", post_page(title=f"题 {number}"))


def test_after_a_kill_only_what_was_in_flight_is_fetched_again(start: Start, site: Site, landing: Path) -> None:
    """Answers that were journaled stay; the landing file holds each post once."""
    posts_of(site, 12)
    gate = threading.Event()

    def held(exchange: Exchange) -> None:
        gate.wait(PATIENCE)
        exchange.say(post_page())

    site.on("/post-9", held)
    process = start(concurrency=1, delay_seconds=0)
    wait_until(lambda: site.asked["/post-9"] == 1)
    process.kill()
    process.wait()
    gate.set()
    before = dict(site.asked)
    resumed = start(concurrency=1, delay_seconds=0)
    assert resumed.wait(timeout=PATIENCE) == 0
    twice = {path for path, count in site.asked.items() if count > 1 and path != "/robots.txt"}
    assert twice == {"/post-9"}
    assert before["/post-8"] == 1
    lines = [line for line in landing.read_text(encoding="utf-8").splitlines() if '"kind":"post"' in line]
    assert len(lines) == 12


def test_what_failed_for_now_is_asked_again_by_the_next_crawl(gather: Gather, site: Site) -> None:
    """A post that answers 500 today is not forgotten, although the list does not show it any more tomorrow."""
    posts_of(site, 2)
    site.give("/post-1", "x", status=500)
    first = gather("page")
    assert (set(first.posts), first.quarantined["/post-1"]) == ({"/post-0"}, "server_error")
    site.give("/", list_page("/post-0"))
    site.give("/post-1", post_page())
    assert set(gather("page").posts) == {"/post-0", "/post-1"}


def test_an_address_that_never_works_costs_little(gather: Gather, site: Site) -> None:
    """After five crawls it is given up, and asked for once a crawl (with its two retries); it stays in quarantine."""
    posts_of(site, 2)
    site.give("/post-1", "x", status=500)
    for _ in range(5):
        gather("page")
    site.give("/", list_page("/post-0"))
    asked = site.asked["/post-1"]
    outcome = gather("page")
    assert site.asked["/post-1"] - asked <= 3
    assert outcome.quarantined["/post-1"] == "server_error"


def test_news_comes_before_what_was_left(gather: Gather, site: Site) -> None:
    """A long backlog does not keep today's post waiting."""
    posts_of(site, 20)
    gather("page", max_requests=6, concurrency=1)
    site.give("/", list_page("/new", *(f"/post-{n}" for n in range(20))))
    site.give("/new", post_page())
    outcome = gather("page", max_requests=3, concurrency=1)
    assert "/new" in outcome.posts


def test_a_crawl_of_a_window_leaves_the_backlog_alone(gather: Gather, site: Site) -> None:
    """``--since`` has a frontier of its own."""
    posts_of(site, 6)
    gather("page", max_requests=3, concurrency=1)
    crawl(
        gather.begin,
        source=gather.options("page", max_requests=2),
        landing=gather.landing,
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert len(gather("page").posts) == 6


def test_a_long_outage_loses_no_post(gather: Gather, site: Site) -> None:
    """The list was read and then the whole site was down for many crawls: its posts are read when it is back."""
    posts_of(site, 3)
    for number in range(3):
        site.give(f"/post-{number}", "down", status=503)
    assert gather("page", max_wait_seconds=0).exit_code == 0
    site.give("/", "down", status=503)
    for _ in range(6):
        gather("page", max_wait_seconds=0)
    posts_of(site, 3)
    assert len(gather("page", max_wait_seconds=0).posts) == 3


def test_what_a_site_refused_is_asked_again_when_somebody_has_acted(gather: Gather, site: Site) -> None:
    """Three refusals stop the crawl; none of the refused posts is forgotten."""
    posts_of(site, 5)
    for number in range(5):
        site.give(f"/post-{number}", "no", status=403)
    assert gather("page", concurrency=1).exit_code == 4
    posts_of(site, 5)
    assert len(gather("page", concurrency=1).posts) == 5


def test_another_site_under_the_same_name_is_refused(gather: Gather, site: Site) -> None:
    """Both count their posts from 1: the second would overwrite the first."""
    site.rows("/wp-json/wp/v2/posts", [post_row(1)], headers={"X-WP-TotalPages": "1"})
    site.rows("/wp-json/wp/v2/comments", [], headers={"X-WP-TotalPages": "1"})
    assert gather("wordpress").exit_code == 0
    with pytest.raises(ActionNeeded, match="另起一个 name") as caught:
        gather("wordpress", path="/other/")
    assert caught.value.code == "source_changed"


def test_a_first_crawl_that_reads_nothing_is_not_good(gather: Gather, site: Site) -> None:
    """Every row refused: somebody must look at the configuration, the source is not well."""
    site.rows("/wp-json/wp/v2/posts", [{"id": "x"}, {"id": None}], headers={"X-WP-TotalPages": "1"})
    site.rows("/wp-json/wp/v2/comments", [], headers={"X-WP-TotalPages": "1"})
    outcome = gather("wordpress")
    assert (outcome.exit_code, outcome.crawled.problems[0]["code"]) == (4, "nothing_read")


def test_a_counter_that_a_resumed_run_reads_has_the_time_of_reading(start: Start, site: Site, landing: Path) -> None:
    """Not the time at which the killed run had begun, which may be days ago; and no counter is below 0."""
    gate = threading.Event()

    def held(exchange: Exchange) -> None:
        gate.wait(PATIENCE)
        exchange.say(post_page(body="<b class='likes'>7</b>"))

    site.give("/", list_page("/post"))
    site.on("/post", held)
    selectors = {"title": "h1", "body": "article", "time": "time::attr(datetime)", "metrics": {"likes": ".likes"}}
    process = start(post=selectors)
    wait_until(lambda: site.asked["/post"] == 1)
    process.kill()
    process.wait()
    gate.set()
    before = datetime.now(UTC)
    assert start(post=selectors).wait(timeout=PATIENCE) == 0
    rows = [json.loads(line) for line in landing.read_text(encoding="utf-8").splitlines()]
    (metric,) = (row for row in rows if row["kind"] == "metric")
    assert datetime.fromisoformat(metric["taken"]) > before
