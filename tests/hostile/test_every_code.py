"""A gallery: every code of a gathering problem, met in a real crawl, told with source, place, limit and next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crawlers.problems import REMEDIES
from tests.hostile.conftest import SELECTORS, Gather, Outcome, list_page, post_page
from tests.hostile.server import Exchange, Site
from tests.hostile.test_wordpress import COMMENTS, POSTS, comment_row, post_row
from yinliu.problems import describe, known_codes, next_step

Arrange = Callable[[Site], None]
FEED = "<rss version='2.0'><channel><item><guid>1</guid><title>题</title><link>http://x/1</link></item></channel></rss>"
LONG_AGO = "2026-01-01T08:00:00+08:00"
BOMB = f"<!DOCTYPE x [<!ENTITY a 'b'>]>{FEED}"


def post(answer: Callable[[Exchange], None]) -> Arrange:
    """A list with one post that answers so."""

    def arrange(site: Site) -> None:
        site.give("/", list_page("/post"))
        site.on("/post", answer)

    return arrange


def says(body: str | bytes, **options: Any) -> Callable[[Exchange], None]:
    """Answer with a body."""
    return lambda exchange: exchange.say(body, **options)


def moves(target: str) -> Callable[[Exchange], None]:
    """Answer with a redirect."""
    return says("", status=302, headers={"Location": target})


def bomb(site: Site) -> None:
    """A post of 3 MB in 3 kB."""
    site.give("/", list_page("/post"))
    site.zip("/post", bytes(3_000_000))


def ladder(site: Site) -> None:
    """A post behind ten redirects."""
    site.give("/", list_page("/0"))
    for step in range(10):
        site.move(f"/{step}", f"/{step + 1}")


def robots(body: str, status: int = 200) -> Arrange:
    """A site with these rules for robots."""

    def arrange(site: Site) -> None:
        site.give("/robots.txt", body, status=status, kind="text/plain")
        site.give("/", list_page("/post"))
        site.give("/post", post_page())

    return arrange


def silent(site: Site) -> None:
    """A list with one post that never answers."""
    site.give("/", list_page("/post"))
    site.hold("/post")


WEB: dict[str, tuple[Arrange, dict[str, Any], str]] = {
    "body_too_large": (post(says("长" * 600_000)), {"max_body_mib": 1}, "max_body_mib 1"),
    "decompressed_too_large": (bomb, {"max_body_mib": 1}, "max_body_mib 1"),
    "redirect_loop": (post(moves("/post")), {}, "/post"),
    "too_many_redirects": (ladder, {}, "5 redirects"),
    "redirect_forbidden": (post(moves("file:///etc/passwd")), {}, "file:///etc/passwd"),
    "crawl_budget_exhausted": (post(says(post_page())), {"max_requests": 1}, "max_requests 1"),
    "response_too_slow": (silent, {"timeout_seconds": 1}, "timeout_seconds 1"),
    "truncated": (post(lambda exchange: exchange.cut(b"<h1>", promised=9000)), {}, ""),
    "bad_http": (post(says("x", headers={"Content-Encoding": "gzip"})), {}, ""),
    "charset_mismatch": (post(says(post_page().encode("gb18030"))), {}, ""),
    "invalid_text": (post(says(post_page(body="坏\x07字"))), {}, ""),
    "item_incomplete": (post(says("<p>没有标题</p>")), {}, "h1"),
    "not_html": (post(says(b"%PDF-1.7", kind="application/pdf")), {}, "application/pdf"),
    "empty_body": (post(says(" ")), {}, "0 B"),
    "blocked_by_site": (post(says("no", status=403)), {}, "403"),
    "robots_disallowed": (robots("User-agent: *\nDisallow: /post"), {}, "robots.txt"),
    "robots_unavailable": (robots("x", 500), {}, "500"),
    "rate_limited": (post(says("x", status=429, headers={"Retry-After": "90"})), {}, "90 s > 0.1 s"),
    "address_not_allowed": (robots(""), {"allow_private": False}, "127.0.0.1"),
    "bad_timestamp": (post(says(post_page(time="昨晚"))), {}, "昨晚"),
    "auth_expired": (post(says("x", status=401)), {}, "401"),
}


def told(outcome: Outcome, code: str) -> str:
    """What is said of a code: a row of the quarantine in words."""
    rows = [row for row in outcome.rows_of_quarantine if row.code == code]
    assert rows, [(row.code, row.locator, row.detail) for row in outcome.rows_of_quarantine]
    return describe(source=rows[0].source, code=code, place=rows[0].locator, detail=rows[0].detail).zh


@pytest.mark.parametrize("code", WEB)
def test_a_page_that_gives_a_code(gather: Gather, site: Site, code: str) -> None:
    """It is met, kept, and told with its source, address, value and limit, and what to do."""
    arrange, options, limit = WEB[code]
    arrange(site)
    message = told(gather("page", **options), code)
    for part in ("来源 hostile", site.base, limit, next_step(code).zh, f"[{code}]"):
        assert part in message


def test_entities_in_a_feed(gather: Gather, site: Site) -> None:
    """``xml_entities_refused``: told with the address and the declaration it was refused for."""
    site.give("/", BOMB, kind="application/xml")
    message = told(gather("feed"), "xml_entities_refused")
    assert site.base in message
    assert "ENTITY" in message


def test_a_counter_that_falls(gather: Gather, site: Site) -> None:
    """``metric_regressed``: kept, flagged, and told with both numbers."""
    rows = {"likes": "100"}
    site.give("/", list_page("/post"))
    page = "<b class='likes'>{}</b>"
    site.on("/post", lambda exchange: exchange.say(post_page(body=page.format(rows["likes"]), time=LONG_AGO)))
    post_selectors = {**SELECTORS["post"], "metrics": {"likes": ".likes"}}
    gather("page", post=post_selectors)
    rows["likes"] = "60"
    message = told(gather("page", post=post_selectors), "metric_regressed")
    assert "100" in message
    assert "60" in message


def test_a_comment_that_changes_its_post(gather: Gather, site: Site) -> None:
    """``identity_conflict``: the first stays, the second is told."""
    site.rows(POSTS, [post_row(1), post_row(2)])
    site.rows(COMMENTS, [comment_row(7, post=1)])
    gather("wordpress")
    site.rows(COMMENTS, [comment_row(7, post=2)])
    outcome = gather("wordpress")
    assert "http://x/1#7" in told(outcome, "identity_conflict")
    assert [row.post_external_id for row in outcome.comments] == ["1"]


def test_every_code_is_explained_and_in_the_gallery() -> None:
    """The codes of the issue are all here, and every code there is has words and a next step."""
    here = {*WEB, "xml_entities_refused", "metric_regressed", "identity_conflict"}
    assert here <= set(REMEDIES)
    assert set(REMEDIES) <= known_codes()
    assert all(next_step(code).zh and next_step(code).en for code in REMEDIES)
