"""One hostile post among many: it is named in quarantine, the others are stored."""

from __future__ import annotations

import gzip
import os
import socket
import time
import zlib
from datetime import UTC, datetime, timedelta

from tests.hostile.conftest import Gather, comment, list_page, post_page
from tests.hostile.server import Exchange, Site, serving

MEBIBYTE = 1024 * 1024
FAMILY = "👨‍👩‍👧‍👦"


def hang_up(exchange: Exchange) -> None:
    """Close the connection without a word."""
    exchange.connection.shutdown(socket.SHUT_RDWR)


def drip(exchange: Exchange) -> None:
    """Send a byte now and then, for a minute."""
    exchange.send_response(200)
    exchange.send_header("Content-Length", "9999")
    exchange.end_headers()
    for _ in range(300):
        time.sleep(0.2)
        exchange.wfile.write(b"x")
        exchange.wfile.flush()


def test_every_broken_post_is_named_and_the_others_are_stored(gather: Gather, site: Site) -> None:
    """Each failure has its own code, none of them fails the source, and what can be read is stored."""
    expected = {
        "/cut": "truncated",
        "/deep": "unreadable",
        "/deflate-bomb": "decompressed_too_large",
        "/double-gzip-bomb": "decompressed_too_large",
        "/empty": "empty_body",
        "/gzip-bomb": "decompressed_too_large",
        "/hang-up": "site_unreachable",
        "/large": "body_too_large",
        "/login": "auth_expired",
        "/long-chain-0": "too_many_redirects",
        "/missing": "not_found",
        "/no-gzip": "bad_http",
        "/odd": "bad_http",
        "/pdf": "not_html",
        "/refused": "blocked_by_site",
        "/round-a": "redirect_loop",
        "/self": "redirect_loop",
        "/server-error": "server_error",
        "/spaces": "empty_body",
        "/streamed": "body_too_large",
        "/to-file": "redirect_forbidden",
        "/to-nowhere": "redirect_forbidden",
        "/untitled": "item_incomplete",
    }
    zeros = bytes(100_000_000)
    site.on("/cut", lambda exchange: exchange.cut(b"<h1>half", promised=5000))
    site.give("/deep", "<h1>t</h1>" + "<div>" * 50_000 + "x")
    site.give("/deflate-bomb", zlib.compress(zeros), headers={"Content-Encoding": "deflate"})
    site.give("/double-gzip-bomb", gzip.compress(gzip.compress(zeros)), headers={"Content-Encoding": "gzip, gzip"})
    site.give("/empty", b"")
    site.zip("/gzip-bomb", zeros)
    site.on("/hang-up", hang_up)
    site.give("/large", bytes(11 * MEBIBYTE))
    site.give("/login", "x", status=401)
    for step in range(7):
        site.move(f"/long-chain-{step}", f"/long-chain-{step + 1}")
    site.give("/no-gzip", post_page(), headers={"Content-Encoding": "gzip"})
    site.give("/odd", "x", status=418)
    site.give("/pdf", b"%PDF-1.7", kind="application/pdf")
    site.give("/refused", "x", status=403)
    site.move("/round-a", "/round-b")
    site.move("/round-b", "/round-a")
    site.move("/self", "/self")
    site.give("/server-error", "x", status=500)
    site.give("/spaces", " \n ")
    site.on("/streamed", lambda exchange: exchange.stream(bytes(65_536), times=200))
    site.move("/to-file", "file:///etc/passwd")
    site.move("/to-nowhere", "http://[nowhere/")
    site.give("/untitled", "<p>no title")
    site.move("/short-chain", "/short-chain-2")
    site.move("/short-chain-2", "/good-2")
    site.give("/good", post_page())
    site.give("/good-2", post_page())
    site.give("/", list_page(*expected, "/good", "/short-chain"))
    crawled = gather.crawl("page")
    outcome = gather.outcome(crawled)
    assert outcome.exit_code == 0
    assert outcome.quarantined == expected
    assert set(outcome.posts) == {"/good", "/short-chain"}  # a post is known by the address that leads to it
    assert site.asked["/refused"] == 1


def test_a_problem_names_the_value_and_its_limit(gather: Gather, site: Site) -> None:
    """The detail of a refused page says which limit of sources.yaml was passed; bytes that drip are too slow too."""
    site.give("/large", bytes(2 * MEBIBYTE))
    site.hold("/slow")
    site.on("/drip", drip)
    site.move("/away", "/large")
    site.give("/", list_page("/large", "/slow", "/drip", "/away"))
    outcome = gather("page", max_body_mib=1, timeout_seconds=2)
    details = {problem["url"].removeprefix(site.base): problem["detail"] for problem in outcome.crawled.problems}
    assert details == {
        "/large": "> max_body_mib 1",
        "/slow": "> timeout_seconds 2",
        "/drip": "> timeout_seconds 2",
        "/away": f"-> {site.base}/large: > max_body_mib 1",
    }
    assert {outcome.quarantined[path] for path in ("/slow", "/drip")} == {"response_too_slow"}


def test_text_is_stored_as_it_was_meant(gather: Gather, site: Site) -> None:
    """Wrong charsets, controls, joiners, long comments and bad times are stored, each with its flaw."""
    sentence = "这是一条关于课程价格的评论，请问多少钱？"
    broken = post_page(body=sentence * 3).encode().replace("价".encode(), b"\xe4\xbb", 1)
    site.give("/gbk", post_page("国标页面", body=sentence).encode("gbk"))
    site.give("/broken-utf8", broken)
    site.give("/nul", post_page("控制", comments=comment("前\x00后&#1;")))
    site.give("/emoji", post_page("表情", comments=comment(f"一家{FAMILY}都喜欢")))
    site.give("/long", post_page("长", comments=comment("长" * 20_000)))
    site.give("/no-time", post_page("无时间", time=""))
    site.give("/future", post_page("未来", time="2999-01-01T00:00:00Z"))
    site.give("/year-one", post_page("元年", time="0001-01-01"))
    site.give("/namespaced", '<?xml version="1.0" encoding="gbk"?>' + post_page("命名", body="<o:p>空间</o:p>"))
    site.give("/plaintext", post_page("纯文本", body="<plaintext>a<b>c"))
    paths = ("/gbk", "/broken-utf8", "/nul", "/emoji", "/long", "/no-time", "/future", "/year-one", "/namespaced")
    site.give("/", list_page(*paths, "/plaintext"))
    outcome = gather("page")
    assert (outcome.posts["/gbk"].body, outcome.posts["/gbk"].flaws) == (sentence, ["charset_mismatch"])
    assert outcome.posts["/broken-utf8"].body.endswith(sentence * 2)
    assert outcome.posts["/broken-utf8"].flaws == ["invalid_text"]
    for path in ("/no-time", "/future", "/year-one"):
        assert (outcome.posts[path].published_at, outcome.posts[path].flaws) == (None, ["bad_timestamp"])
    assert outcome.posts["/namespaced"].body == "空间"
    assert outcome.posts["/plaintext"].body.startswith("a<b>c")
    texts = {row.text: row.flaws for row in outcome.comments}
    assert texts == {"前\ufffd后": ["invalid_text"], f"一家{FAMILY}都喜欢": [], "长" * 20_000: []}
    assert outcome.quarantined == {}


def test_links_to_other_things_than_web_pages_are_refused_one_by_one(gather: Gather, site: Site) -> None:
    """A link to a file, to a script or to no address at all neither is followed nor spoils the list."""
    wrong = ("file:///etc/passwd", "javascript:void(0)", "mailto:a@b.cn", "http://[bad/", "http://127.0.0.1:99999/")
    others = ("data:text/html,<h1>x</h1>", "ftp://127.0.0.1/x", "http://a b/", f"http://{'a' * 70}.cn/")
    site.give("/good", post_page())
    site.give("/", list_page(*wrong, *others, "/good"))
    outcome = gather("page")
    assert [problem["code"] for problem in outcome.crawled.problems] == ["not_html"] * len((*wrong, *others))
    assert set(outcome.posts) == {"/good"}


def test_nothing_leads_to_another_private_port(gather: Gather, site: Site) -> None:
    """Where a source may be private, neither a link nor a redirect reaches another service of that machine."""
    with serving() as other:
        other.give("/secret", post_page("机密"))
        port = other.base.rpartition(":")[2]
        site.move("/redirect", f"{other.base}/secret")
        site.give("/", list_page("/redirect", f"{other.base}/secret", f"http://localhost:{port}/secret"))
        outcome = gather("page")
        assert not other.asked
    codes = sorted(problem["code"] for problem in outcome.crawled.problems)
    assert codes == ["address_not_allowed", "address_not_allowed", "redirect_forbidden"]
    assert outcome.posts == {}


def test_list_pages_that_lead_to_each_other_end(gather: Gather, site: Site) -> None:
    """Two list pages that are each other's next page are read once each, and a post on both is read once."""
    site.give("/post", post_page())
    site.give("/", list_page("/post", following="/page-2"))
    site.give("/page-2", list_page("/post", following="/"))
    outcome = gather("page")
    assert (site.asked["/"], site.asked["/page-2"], site.asked["/post"]) == (1, 1, 1)
    assert set(outcome.posts) == {"/post"}


def test_endless_list_pages_end_at_max_pages(gather: Gather, site: Site) -> None:
    """A calendar without an end is followed for ``max_pages`` pages."""

    def page(exchange: Exchange) -> None:
        exchange.say(list_page(f"/post-{exchange.number}", following=f"/?n={exchange.number}"))

    site.on("/", page)
    for number in range(10):
        site.give(f"/post-{number}", post_page())
    outcome = gather("page", list={"links": "a.post", "next": "a.next", "max_pages": 5})
    assert site.asked["/"] == 5
    assert set(outcome.posts) == {f"/post-{number}" for number in range(1, 6)}


def test_old_posts_that_rest_do_not_keep_a_small_budget_from_the_others(gather: Gather, site: Site) -> None:
    """A site of old posts is read whole by crawls of five requests, though what was read is looked at again."""
    old = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    paths = [f"/post-{number}" for number in range(12)]
    for path in paths:
        site.give(path, post_page(time=old))
    site.give("/", list_page(*paths))
    for _ in range(8):
        outcome = gather("page", max_requests=5)
    assert set(outcome.posts) == set(paths)


def test_a_spent_budget_is_told_once_and_the_next_crawls_go_on(gather: Gather, site: Site) -> None:
    """``max_requests`` ends a crawl with one problem that says which option to raise; nothing is lost or read twice."""
    paths = [f"/post-{number}" for number in range(20)]
    for path in paths:
        site.give(path, post_page())
    site.give("/", list_page(*paths))
    outcome = gather("page", max_requests=5)
    (problem,) = outcome.crawled.problems
    assert (problem["code"], problem["scope"]) == ("crawl_budget_exhausted", "source")
    assert ("max_requests 5" in problem["detail"], outcome.exit_code) == (True, 0)
    assert len(outcome.posts) == 4
    for _ in range(4):
        outcome = gather("page", max_requests=5)
    assert set(outcome.posts) == set(paths)
    assert {site.asked[path] for path in paths} == {1}


def test_a_source_wide_problem_is_told_after_many_small_ones(gather: Gather, site: Site) -> None:
    """Sixty missing posts do not hide that the second list page failed."""
    site.give("/", list_page(*(f"/gone-{number}" for number in range(60)), following="/page-2"))
    site.on("/page-2", lambda exchange: (time.sleep(0.5), exchange.say("x", status=500))[0])
    outcome = gather("page")
    assert outcome.exit_code == 3
    assert outcome.error is not None and outcome.error.code == "server_error"
    assert outcome.counts["quarantined"] == 61


def test_thousands_of_comments_on_one_page_are_stored(gather: Gather, site: Site) -> None:
    """Five thousand comments, twice the same one among them, and a reply nested a thousand deep, in no minutes."""
    flat = "".join(comment(f"评论 {number}") for number in range(5000)) + comment("评论 0")
    nested = "".join(f'<div class="comment"><p class="text">第 {number} 层</p>' for number in range(1000))
    site.give("/flat", post_page("平", comments=flat))
    site.give("/nested", post_page("深", comments=nested))
    site.give("/", list_page("/flat", "/nested"))
    began = _spent()
    comments = {**gather.options("page").model_dump()["comments"], "parent": "nested"}
    outcome = gather("page", comments=comments)
    assert _spent() - began < 90
    assert len(outcome.comments) == 6000
    assert outcome.counts["inputs"] == 6005  # two posts, 6,001 comments, and what was told of both visits


def _spent() -> float:
    """Processor time of this process and of the crawls that have ended, in seconds."""
    return sum(os.times()[:4])
