"""A site that asks for patience, or refuses us: its whole host is left alone, as long as it said."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from threading import Event, Lock
from zoneinfo import ZoneInfo

import pytest

from tests.hostile.conftest import Gather, list_page, post_page
from tests.hostile.server import Exchange, Site
from tests.patience import PATIENCE

ZONE = ZoneInfo("Asia/Shanghai")
"""That of a source that names none."""


def post_times(site: Site) -> list[float]:
    """When each post was asked for, in order."""
    return [moment for path, moment in site.times if path.startswith("/post")]


def test_retry_after_holds_for_the_whole_host(gather: Gather, site: Site) -> None:
    """One post says 429 with two seconds: no other post is asked meanwhile, and afterwards all are."""
    site.give("/", list_page(*(f"/post-{n}" for n in range(6))))
    told: list[float] = []

    def busy_once(exchange: Exchange) -> None:
        if not told:
            told.append(time.monotonic())
            exchange.say("x", status=429, headers={"Retry-After": "2"})
        else:
            exchange.say(post_page())

    for number in range(6):
        site.on(f"/post-{number}", busy_once)
    outcome = gather("page", max_wait_seconds=10, concurrency=1)
    assert len(outcome.posts) == 6
    after = [moment - told[0] for moment in post_times(site) if moment > told[0] + 0.05]
    assert 2.0 <= min(after) < PATIENCE


def test_no_more_requests_at_once_than_allowed(gather: Gather, site: Site) -> None:
    """``concurrency`` holds for the whole crawl: three are on their way, and while they are no fourth is."""
    lock, now, most, three = Lock(), 0, 0, Event()

    def slow(exchange: Exchange) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if most >= 3:
            three.set()
        three.wait(30)
        time.sleep(0.05)
        with lock:
            now -= 1
        exchange.say(post_page())

    site.give("/", list_page(*(f"/post-{n}" for n in range(20))))
    for number in range(20):
        site.on(f"/post-{number}", slow)
    assert len(gather("page", concurrency=3, timeout_seconds=60).posts) == 20
    assert most == 3


def test_requests_keep_their_distance(gather: Gather, site: Site) -> None:
    """``delay_seconds`` holds between two requests of a host, give or take the half that Scrapy varies it by.

    Told by how long after the list the n-th came: a busy machine may notice any of them late, but none early.
    """
    site.give("/", list_page(*(f"/post-{n}" for n in range(5))))
    for number in range(5):
        site.give(f"/post-{number}", post_page())
    gather("page", delay_seconds=1, concurrency=8)
    (listed,) = (moment for path, moment in site.times if path == "/")
    waited = [moment - listed for moment in sorted(post_times(site))]
    assert len(waited) == 5
    assert all(seconds > 0.45 * number for number, seconds in enumerate(waited))


def test_a_site_that_refuses_the_list_is_left_alone(gather: Gather, site: Site) -> None:
    """403 on what the crawl hangs on: nothing more is asked, never again in this crawl, and somebody must act."""
    site.give("/", "no", status=403)
    outcome = gather("page")
    assert (outcome.exit_code, site.asked["/"]) == (4, 1)
    assert outcome.error is not None
    assert outcome.error.code == "blocked_by_site"


def test_a_few_refused_posts_in_a_row_stop_the_crawl(gather: Gather, site: Site) -> None:
    """Three refusals in a row are the site's, not the page's: the rest is left to a crawl after somebody acted."""
    site.give("/", list_page(*(f"/post-{n}" for n in range(30))))
    for number in range(30):
        site.give(f"/post-{number}", "no", status=403)
    outcome = gather("page", concurrency=1)
    assert sum(count for path, count in site.asked.items() if path.startswith("/post")) <= 4  # one is on its way
    assert Counter(outcome.quarantined.values())["blocked_by_site"] >= 3
    assert outcome.exit_code == 4


def test_one_refused_post_stops_nothing(gather: Gather, site: Site) -> None:
    """A post for members only is one problem; the others are stored."""
    site.give("/", list_page("/post-1", "/members", "/post-2"))
    for path in ("/post-1", "/post-2"):
        site.give(path, post_page())
    site.give("/members", "no", status=403)
    outcome = gather("page")
    assert (set(outcome.posts), outcome.quarantined) == ({"/post-1", "/post-2"}, {"/members": "blocked_by_site"})
    assert outcome.exit_code == 0


def test_the_daily_budget_holds_over_crawls(gather: Gather, site: Site) -> None:
    """What is left of the site waits for tomorrow; a crawl without budget asks nothing and fails nobody."""
    today = datetime.now(ZONE).date()
    site.give("/", list_page(*(f"/post-{n}" for n in range(9))))
    for number in range(9):
        site.give(f"/post-{number}", post_page())
    first = gather("page", daily_requests=5)
    assert (len(first.posts), first.exit_code) == (4, 0)
    asked = sum(site.asked.values())
    again = gather("page", daily_requests=5)
    if datetime.now(ZONE).date() != today:
        pytest.skip("midnight came between: it is tomorrow")
    assert (sum(site.asked.values()), again.exit_code) == (asked, 0)
    (problem,) = again.crawled.problems
    assert problem["code"] == "crawl_budget_exhausted"
    assert "daily_requests 5; 6 addresses" in problem["detail"]
    assert len(gather("page", daily_requests=100).posts) == 9
