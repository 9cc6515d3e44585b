"""A source that fails as a whole: the exit code, and a message with the address, the value and the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.hostile.conftest import Gather, Outcome, list_page, post_page
from tests.hostile.server import Exchange, Site
from tests.patience import PATIENCE
from tests.ports import closed_port
from yinliu.problems import next_step, what

BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
FEED = '<rss version="2.0"><channel><item><guid>1</guid><title>一</title></item></channel></rss>'


def check(outcome: Outcome, *, code: str, exit_code: int, url: str) -> str:
    """The message of a failed source, known to say what, where and what next; what it met is in quarantine."""
    assert outcome.error is not None
    assert (outcome.error.code, outcome.exit_code) == (code, exit_code)
    message = str(outcome.error.message.en)
    assert url in message
    assert what(code).en in message
    assert next_step(code).en in message
    assert code in outcome.quarantined.values()
    return message


def answer(body: bytes | str, **options: Any) -> Callable[[Exchange], None]:
    """An answer of the list page."""
    return lambda exchange: exchange.say(body, **options)


def hours_away(exchange: Exchange) -> None:
    """Ask for an hour's patience, as a date."""
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    exchange.say("x", status=503, headers={"Retry-After": moment})


CASES: dict[str, tuple[str, Callable[[Exchange], None], str, int]] = {
    "gone": ("page", answer("x", status=404), "not_found", 4),
    "server error": ("page", answer("x", status=500), "server_error", 3),
    "refused": ("page", answer("x", status=403), "blocked_by_site", 4),
    "login": ("wordpress", answer("{}", status=401), "auth_expired", 4),
    "redirect without a target": ("page", answer("x", status=302), "bad_http", 4),
    "cut": ("page", lambda exchange: exchange.cut(b"<a", promised=99), "truncated", 3),
    "an hour": ("page", answer("x", status=429, headers={"Retry-After": "3600"}), "rate_limited", 3),
    "an hour as a date": ("page", hours_away, "rate_limited", 3),
    "a superscript": ("page", answer("x", status=429, headers={"Retry-After": "\xb2"}), "rate_limited", 3),
    "empty": ("feed", answer(" "), "empty_body", 4),
    "web page for JSON": ("wordpress", answer(list_page("/x")), "not_json", 4),
    "object for a list": ("wordpress", answer('{"code": "x"}'), "not_json", 4),
    "endless JSON": ("wordpress", answer("[" * 100_000), "not_json", 4),
    "web page for a feed": ("feed", answer(list_page("/x")), "not_feed", 4),
    "no feed": ("feed", answer('{"items": 1}'), "not_feed", 4),
    "endless JSON feed": ("feed", answer('{"a":' * 100_000), "not_json", 4),
    "entities": ("feed", answer(BOMB, kind="application/xml"), "xml_entities_refused", 4),
    "picture": ("page", answer(b"\x89PNG", kind="image/png"), "not_html", 4),
    "no links": ("page", answer("<p>nothing"), "item_incomplete", 4),
}


@pytest.mark.parametrize("case", CASES)
def test_a_list_that_cannot_be_read_fails_the_source(gather: Gather, site: Site, case: str) -> None:
    """Each failure has its code and exit code, and the message says where and what next."""
    platform, handler, code, exit_code = CASES[case]
    site.on("/", handler)
    site.on("/wp-json/wp/v2/posts", handler)
    check(gather(platform), code=code, exit_code=exit_code, url=site.base)
    assert site.asked["/" if platform != "wordpress" else "/wp-json/wp/v2/posts"] <= 3


def test_a_list_that_does_not_come_fails_the_source(gather: Gather, site: Site) -> None:
    """A server that takes the request and says nothing is asked three times, each time for ``timeout_seconds``."""
    site.hold("/")
    check(gather("page", timeout_seconds=1), code="response_too_slow", exit_code=3, url=site.base)
    assert site.asked["/"] == 3


def test_a_closed_port_is_a_matter_of_time(gather: Gather) -> None:
    """Nobody listens: exit code 3."""
    with closed_port() as port:
        url = f"http://127.0.0.1:{port}/"
        check(gather("page", url=url), code="site_unreachable", exit_code=3, url=url)


def test_a_busy_server_is_asked_three_times(gather: Gather, site: Site) -> None:
    """500 is asked again twice, 404 is not."""
    site.on("/", answer("x", status=500))
    gather("page")
    assert site.asked["/"] == 3


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_retry_after_is_waited_for(gather: Gather, site: Site, as_date: bool) -> None:
    """A second of patience that the site asks for is given, no less and no minutes more."""

    def busy_once(exchange: Exchange) -> None:
        if exchange.number > 1:
            exchange.say(list_page("/post"))
            return
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        exchange.say("x", status=429, headers={"Retry-After": moment if as_date else "1"})

    site.on("/", busy_once)
    site.give("/post", post_page())
    outcome = gather("page", max_wait_seconds=5)
    first, second = (moment for path, moment in site.times if path == "/")
    assert 0.9 <= second - first < PATIENCE
    assert outcome.exit_code == 0
    assert set(outcome.posts) == {"/post"}


def test_too_long_a_wait_is_not_begun(gather: Gather, site: Site) -> None:
    """Retry-After of an hour ends the crawl at once and says both numbers."""
    site.on("/", answer("x", status=429, headers={"Retry-After": "3600"}))
    message = check(gather("page"), code="rate_limited", exit_code=3, url=site.base)
    assert "3600 s > 0.1 s" in message
    assert site.asked["/"] == 1


PRIVATE = ("127.0.0.1", "2130706433", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "①②⑦.⓪.⓪.①")


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_not_asked(gather: Gather, site: Site, host: str) -> None:
    """However loopback is written, nothing is asked there unless the source says allow_private."""
    site.give("/", list_page("/post"))
    url = f"http://{host}:{site.base.rpartition(':')[2]}/"
    outcome = gather("page", url=url, allow_private=False)
    assert not site.asked
    assert outcome.error is not None
    assert (outcome.error.code, outcome.exit_code) == ("address_not_allowed", 4)
    assert "allow_private" in str(outcome.error)


def test_robots_txt_is_obeyed(gather: Gather, site: Site) -> None:
    """What robots.txt forbids is not asked; a forbidden list fails the source, a forbidden post does not."""
    site.give("/robots.txt", "User-agent: *\nDisallow: /private", kind="text/plain")
    site.give("/", list_page("/private/post", "/post"))
    site.give("/post", post_page())
    outcome = gather("page")
    assert (outcome.exit_code, outcome.quarantined) == (0, {"/private/post": "robots_disallowed"})
    site.give("/robots.txt", "User-agent: *\nDisallow: /", kind="text/plain")
    check(gather("page"), code="robots_disallowed", exit_code=4, url=site.base)
    assert site.asked["/private/post"] == 0


@pytest.mark.parametrize(
    "handler",
    [
        answer("x", status=500),
        answer("x", status=429, headers={"Retry-After": "3600"}),
        answer("x", status=429),
    ],
    ids=["500", "patience", "429"],
)
def test_a_robots_txt_that_the_server_fails_to_give_means_not_now(
    gather: Gather, site: Site, handler: Callable[[Exchange], None]
) -> None:
    """While robots.txt cannot be read nothing else is asked (RFC 9309), and the message says so."""
    site.on("/robots.txt", handler)
    site.give("/", list_page("/post"))
    message = check(gather("page"), code="robots_unavailable", exit_code=3, url=site.base)
    assert "robots.txt" in message
    assert site.asked["/"] == 0


def test_a_robots_txt_that_does_not_come_means_not_now(gather: Gather, site: Site) -> None:
    """The same where the server takes the request and says nothing."""
    site.hold("/robots.txt")
    site.give("/", list_page("/post"))
    message = check(gather("page", timeout_seconds=1), code="robots_unavailable", exit_code=3, url=site.base)
    assert "robots.txt" in message
    assert site.asked["/"] == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_forbids_nothing(gather: Gather, site: Site, status: int) -> None:
    """An error page in its place is not read as rules."""
    site.give("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    site.give("/", FEED, kind="application/xml")
    assert gather("feed").exit_code == 0


def test_a_robots_txt_that_leads_round_forbids_nothing(gather: Gather, site: Site) -> None:
    """A redirect loop at robots.txt is the site's fault, not a rule."""
    site.move("/robots.txt", "/robots.txt")
    site.give("/", FEED, kind="application/xml")
    assert gather("feed").exit_code == 0
