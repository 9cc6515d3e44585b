"""RSSHub: routes, keys, and error pages that say whose fault it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from pydantic import ValidationError

from crawlers.platforms.feed import FeedOptions
from tests.crawlers.feeds.crawling import XML, Crawls, entry, rss
from tests.hostile.server import Exchange, Site

PAGES = Path(__file__).parent / "rsshub"
SOURCE: dict[str, Any] = {"name": "video", "platform": "feed", "url": "https://hub.example/"}
ROUTE = "/bilibili/user/video/7001"


def mistake(**given: Any) -> str:
    """The kind of the one mistake."""
    with pytest.raises(ValidationError) as caught:
        FeedOptions.model_validate({**SOURCE, **given})
    (error,) = caught.value.errors()
    return error["type"]


@pytest.mark.parametrize(
    ("url", "route", "address"),
    [
        ("https://hub.example/", ROUTE, f"https://hub.example{ROUTE}"),
        (
            "https://hub.example",
            f"{ROUTE}?limit=20&filter_time=86400",
            f"https://hub.example{ROUTE}?limit=20&filter_time=86400",
        ),
        ("http://10.0.0.8:1200/hub", f"rsshub:/{ROUTE}", f"http://10.0.0.8:1200/hub{ROUTE}"),
        ("https://hub.example/", "/微博/关键词/徒步", "https://hub.example/微博/关键词/徒步"),
    ],
)
def test_a_route_stands_at_an_instance(url: str, route: str, address: str) -> None:
    """``url`` is the instance, ``route`` what RSSHub's documentation gives, or ``rsshub://`` as Radar copies it."""
    assert FeedOptions.model_validate({**SOURCE, "url": url, "route": route}).address == address


@pytest.mark.parametrize(
    "route",
    ["bilibili/user", "/", "//evil.example/x", "https://hub.example/x", "/a b", "/a#b", "/a\nb", "\\a", "rsshub://"],
)
def test_what_is_no_route_is_refused(route: str) -> None:
    """A mistake is found when the workspace is read."""
    assert mistake(route=route) == "rsshub_route"


@pytest.mark.parametrize("field", ["key", "code"])
def test_a_key_in_the_route_is_refused(field: str) -> None:
    """It would stand in the log and in the journal."""
    assert mistake(route=f"{ROUTE}?limit=1&{field}=abc") == "rsshub_route_key"


def test_keys_come_from_the_environment() -> None:
    """A bare key, a variable of ours, a key without a route, an instance with a query: each is a mistake."""
    assert mistake(route=ROUTE, key="abc") == "rsshub_key"
    assert mistake(route=ROUTE, key="${YINLIU_DATABASE_URL}") == "secret_name"
    assert mistake(key="${YINLIU_RSSHUB_KEY}") == "rsshub_without_route"
    assert mistake(route=ROUTE, url="https://hub.example/?x=1") == "rsshub_instance"
    assert mistake(url="rsshub://bilibili/user/video/7001") == "web_address"


@pytest.mark.parametrize(
    ("page", "code", "part"),
    [
        ("config", "rsshub_refused", "HTTP 503, ConfigNotFoundError: 缺少对应 uid"),
        ("empty", "rsshub_failed", "HTTP 503, Error: this route is empty, please check the original site or <a href="),
        ("missing", "rsshub_refused", "HTTP 404, NotFoundError: wrong path"),
        ("key", "rsshub_refused", "HTTP 403, RejectError: Authentication failed"),
    ],
)
def test_an_error_page_is_told_in_its_own_words(crawl: Crawls, site: Site, page: str, code: str, part: str) -> None:
    """The problem names the instance, the route and RSSHub's reason; the cursor stays."""
    site.give(ROUTE, (PAGES / f"{page}.html").read_bytes(), status=int(part[5:8]))
    found = crawl("/", route=ROUTE)
    (problem,) = found.rows["problem"]
    assert (problem["code"], problem["scope"], found.cursor) == (code, "source", None)
    assert problem["detail"].startswith(f"RSSHub {site.base.removeprefix('http://')}, route {ROUTE}: ")
    assert part in problem["detail"]
    assert "/app/lib" not in problem["detail"]


@pytest.mark.parametrize(("status", "code"), [(502, "server_error"), (403, "blocked_by_site"), (404, "not_found")])
def test_a_proxy_before_it_has_the_usual_codes(crawl: Crawls, site: Site, status: int, code: str) -> None:
    """An error page that RSSHub did not write is not taken for its own, but the route is named."""
    site.give(ROUTE, "<center><h1>nginx</h1></center>" + "<code>" * 50_000, status=status)
    (problem,) = crawl("/", route=ROUTE).rows["problem"]
    assert problem["code"] == code
    assert f"route {ROUTE}: HTTP {status}" in problem["detail"]


def test_the_key_is_sent_and_nowhere_kept(
    crawl: Crawls, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``?key=`` goes to the instance; landing file, journal and problem are without it, even if a page repeats it."""
    monkeypatch.setenv("YINLIU_RSSHUB_KEY", "geheim-77")
    keys: list[str] = []

    def answer(exchange: Exchange) -> None:
        keys.append(exchange.query["key"])
        if len(keys) == 1:
            exchange.say(rss(entry(1)), kind=XML)
        else:
            exchange.say('Error Message:<br/><code class="details">Error: geheim-77 fails</code>', status=503)

    site.on(ROUTE, answer)
    site.give("/robots.txt", "User-agent: *\nDisallow: /")
    options: dict[str, Any] = {"route": f"{ROUTE}?limit=5", "key": "${YINLIU_RSSHUB_KEY}"}
    assert crawl("/", **options).ids("post") == ["p1"]
    (problem,) = crawl("/", **options).rows["problem"]
    assert "Error: *** fails" in problem["detail"]
    assert set(keys) == {"geheim-77"}
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"geheim" in path.read_bytes()]
    assert "geheim" not in json.dumps(crawl.cursor)


def test_a_key_that_a_feed_repeats_is_in_no_file(
    crawl: Crawls, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a title, an address, an error page; as it is and as an address writes it."""
    key = "geh/eim +77"
    monkeypatch.setenv("YINLIU_RSSHUB_KEY", key)
    item = f"<item><guid>g1</guid><link>/p/1?key={quote(key, safe='')}</link><title>mit {key}</title></item>"
    site.give(ROUTE, rss(item), kind=XML)
    options: dict[str, Any] = {"route": ROUTE, "key": "${YINLIU_RSSHUB_KEY}"}
    (post,) = crawl("/", **options).rows["post"]
    assert (post["title"], post["url"]) == ("mit ***", f"{site.base}/p/1?key=***")
    said = f'Error Message:<br/><code class="details">Error: {quote_plus(key)} and {key} fail</code>'
    site.give(ROUTE, said, status=503)
    (problem,) = crawl("/", **options).rows["problem"]
    assert "Error: *** and *** fail" in problem["detail"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"eim" in path.read_bytes()]


def test_without_the_key_nothing_is_asked(crawl: Crawls, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not set is named, and no request is made without it."""
    monkeypatch.delenv("YINLIU_RSSHUB_KEY", raising=False)
    found = crawl("/", route=ROUTE, key="${YINLIU_RSSHUB_KEY}")
    assert (found.codes, found.requests) == (["secret_missing"], 0)


def test_rsshub_answers_304_too(crawl: Crawls, site: Site) -> None:
    """Its ETag is of the feed's content; asked again it costs one request and yields nothing."""

    def answer(exchange: Exchange) -> None:
        same = exchange.headers.get("If-None-Match") == 'W/"5f-x"'
        body = b"" if same else (PAGES.parents[1] / "fixtures/feed/posts-rsshub-rss/page.xml").read_bytes()
        exchange.say(body, status=304 if same else 200, kind=XML, headers={"ETag": 'W/"5f-x"'})

    site.on(ROUTE, answer)
    first = crawl("/", route=ROUTE)
    found = {(row["name"], row["value"]) for row in first.rows["metric"]}
    assert found == {("comments", 28), ("likes", 156), ("shares", 3)}
    assert set(crawl("/", route=ROUTE).rows) == {"run", "end"}
