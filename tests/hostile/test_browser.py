"""Pages that misbehave in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.conftest import Gather, comment, list_page, post_page
from tests.hostile.server import Site, serving
from yinliu.bootstrap import find_browser
from yinliu.settings import Settings

BROWSER = find_browser(Settings())
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]


def test_every_broken_page_is_named_and_the_others_are_stored(gather: Gather, site: Site) -> None:
    """Failing pages, downloads, endless scripts and too much text each have a code; none stops the crawl."""
    expected = {
        "/endless": "response_too_slow",
        "/error": "server_error",
        "/grown": "body_too_large",
        "/missing": "not_found",
        "/nothing": "empty_body",
        "/round": "too_many_redirects",
        "/slow": "response_too_slow",
        "/zip": "not_html",
    }
    site.give("/endless", post_page() + "<script>onload = () => setTimeout(() => { while (true) {} }, 1)</script>")
    site.give("/error", "x", status=500)
    site.give("/grown", post_page() + "<script>document.body.append('x'.repeat(3e6))</script>")
    site.give("/nothing", b"", status=204)
    site.move("/round", "/round")
    site.hold("/slow")
    site.give("/zip", b"PK", kind="application/zip")
    written = f"document.querySelector('article').outerHTML = `<article>写入</article>{comment('评论')}`"
    site.give("/good", post_page() + f"<script>alert(1); {written}</script>")
    site.give("/", list_page(*expected, "/good"))
    crawled = gather.crawl(
        "page", render=True, browser=BROWSER, timeout_seconds=4, render_wait_seconds=1, concurrency=4, max_body_mib=2
    )
    outcome = gather.outcome(crawled)
    assert outcome.quarantined == expected
    assert {path: post.body for path, post in outcome.posts.items()} == {"/good": "写入"}
    assert [row.text for row in outcome.comments] == ["评论"]


def test_a_page_may_load_from_beside_it(gather: Gather, site: Site) -> None:
    """A script of the page reads from another port of the source's own host; a page that moves there is refused."""
    with serving() as other:
        other.give("/words", "旁边的话", headers={"Access-Control-Allow-Origin": "*"})
        other.give("/secret", post_page("机密"))
        ask = f"const x = new XMLHttpRequest(); x.open('GET', '{other.base}/words', false); x.send()"
        show = "document.querySelector('h1').textContent = x.responseText"
        site.give("/reads", post_page() + f"<script>{ask}; {show}</script>")
        site.move("/moves", f"{other.base}/secret")
        site.give("/", list_page("/reads", "/moves"))
        outcome = gather("page", render=True, browser=BROWSER, timeout_seconds=60)
    assert [post.title for post in outcome.posts.values()] == ["旁边的话"]
    assert [problem["code"] for problem in outcome.crawled.problems] == ["redirect_forbidden"]


def test_nothing_on_a_page_reaches_another_private_host(gather: Gather, site: Site) -> None:
    """Neither a redirect, nor a script, a frame or a fetch leads the browser to another private host."""
    with serving() as other:
        target = f"{other.base}/secret".replace("127.0.0.1", "localhost")
        other.give("/secret", post_page("机密"))
        site.move("/redirect", target)
        site.give("/script", post_page() + f"<script>location = '{target}'</script>")
        site.give("/frame", post_page() + f"<iframe src='{target}'></iframe><script>fetch('{target}')</script>")
        site.give("/", list_page("/redirect", "/script", "/frame", target))
        outcome = gather("page", render=True, browser=BROWSER, timeout_seconds=60)
        assert not other.asked
    codes = sorted(problem["code"] for problem in outcome.crawled.problems)
    assert codes in (
        ["address_not_allowed", "redirect_forbidden"],
        ["address_not_allowed", "redirect_forbidden", "redirect_forbidden"],
    )
    assert all(post.title == "标题" for post in outcome.posts.values())


def test_a_source_that_cannot_be_rendered_is_told(gather: Gather, site: Site) -> None:
    """A private address, a closed port and a missing browser fail the source, each with its code."""
    site.give("/", list_page("/post"))
    assert gather("page", render=True, browser=BROWSER, allow_private=False).error is not None
    assert not site.asked
    outcome = gather("page", render=True, browser=str(Path("/nowhere/chromium")))
    assert outcome.error is not None
    assert (outcome.error.code, outcome.exit_code) == ("browser_missing", 4)
