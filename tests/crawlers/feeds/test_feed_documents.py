"""Documents and entries: whatever a feed holds is an item or a problem, and nothing is asked that is no address."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds.documents import joined, read_feed
from crawlers.feeds.entries import comment_feed, figures, parse_post
from crawlers.items import PostItem, to_record
from crawlers.options import is_web_address
from crawlers.problems import CrawlProblem
from tests.crawlers.cases import NOW, SHANGHAI, URL
from tests.crawlers.feeds.crawling import XML, Crawls, entry, rss
from tests.hostile.server import Site
from tests.patience import within

VERSION = "https://jsonfeed.org/version/1.1"
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
MODULES = """stats comments_count media:statistics media:player media:content media:thumbnail thr:total slash:comments
    rsshub:comments wfw:commentRss enclosure itunes:image link guid pubDate"""
NAMES = st.sampled_from(MODULES.split())


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Elements of the modules that are known, nested and closed as chance will have it."""
    pieces = draw(st.lists(st.tuples(NAMES, st.sampled_from(["open", "close", "empty", "attr"]), st.text(max_size=5))))
    forms = {"open": "<{}>", "close": "</{}>", "empty": "<{}/>", "attr": '<{} views="x" rel="replies" type="xml"/>'}
    return "".join(forms[form].format(name) + text for name, form, text in pieces)


@given(markup())
def test_any_markup_of_the_modules_is_read_or_refused(inside: str) -> None:
    """Media RSS, iTunes, Slash, threads, RSSHub: broken in any way, they give posts and counters, or a refusal."""
    with suppress(CrawlProblem):
        for one in read_feed(rss(f"<item><title>t</title>{inside}</item>"), url=URL).entries:
            json.dumps(to_record(parse_post(one, zone=SHANGHAI, now=NOW)), ensure_ascii=False).encode()
            assert all(isinstance(raw, str) and 0 < len(raw) <= 100 for raw in figures(one).values())
            assert isinstance(comment_feed(one), str | None)


@given(ANYTHING, ANYTHING)
def test_any_next_url_is_an_address_or_none(following: Any, link: Any) -> None:
    """A JSON feed may hold anything there."""
    text = json.dumps({"version": VERSION, "next_url": following, "items": [{"id": "1", "url": link}]})
    feed = read_feed(text, url=URL)
    assert feed.following is None or isinstance(following, str)
    assert isinstance(feed.entries[0]["link"], str)


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("/a", "https://club.example/a"),
        (" b ", "https://club.example/b"),
        ("http://[", "http://["),
        ("//x.cn/", "https://x.cn/"),
    ],
)
def test_relative_addresses_are_made_whole(address: str, whole: str) -> None:
    """What cannot be read stays as it is; it is refused where it would be asked."""
    assert joined(URL, address) == whole
    assert is_web_address(whole) is (whole != "http://[")


@pytest.mark.parametrize(
    ("inside", "counters"),
    [
        ("<slash:comments>12</slash:comments>", {"comments": "12"}),
        ("<slash:comments> </slash:comments>", {}),
        ("<slash:comments>1.2万</slash:comments>", {"comments": "1.2万"}),
        ('<media:statistics views="77" favorites="2"/>', {"views": "77", "favorites": "2"}),
        ('<media:starRating count="5" average="4.1"/>', {}),
        (
            "<stats><reposts_count>1</reposts_count><attitudes_count>9</attitudes_count></stats>",
            {"shares": "1", "likes": "9"},
        ),
        ('<atom:link rel="replies" thr:count="4" href="/r"/>', {"comments": "4"}),
    ],
)
def test_the_counters_of_an_entry(inside: str, counters: dict[str, str]) -> None:
    """As they are written; a rating is no count."""
    spaces = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    document = rss(f"<item><title>t</title>{inside}</item>").replace("<rss ", f"<rss {spaces} ")
    assert figures(read_feed(document, url=URL).entries[0]) == counters


def test_ten_thousand_entries_are_read_in_time() -> None:
    """A feed of ten thousand takes seconds, not minutes."""
    with within(30):
        feed = read_feed(rss(*(entry(number) for number in range(10_000))), url=URL)
        posts = [parse_post(one, zone=SHANGHAI, now=NOW) for one in feed.entries]
        assert sum(isinstance(one, PostItem) for one in posts) == 10_000


@pytest.mark.parametrize("date", ["9999-99-99", "Mon, 32 Foo 2026 25:61:61 +9999", "0", "明天", "-1", "9" * 400])
def test_a_nonsense_date_is_no_date(date: str) -> None:
    """The post is kept, its time is unknown."""
    (one,) = read_feed(rss(f"<item><title>t</title><guid>1</guid><pubDate>{date}</pubDate></item>"), url=URL).entries
    post = parse_post(one, zone=SHANGHAI, now=NOW)
    assert isinstance(post, PostItem)
    assert (post.published, post.flaws) == (None, ("bad_timestamp",))


@pytest.mark.parametrize(
    "text",
    [
        '[{"nick":"张伟","text":"我的电话13800138000"}]',
        '{"nick":"张伟","text":"我的电话13800138000"',
        '{"version":"张伟 13800138000","items":[]}',
        '{"version":{"nick":"张伟13800138000"}}',
    ],
)
def test_what_is_no_feed_but_data_is_not_quoted(text: str) -> None:
    """A comment API in place of the feed: its people stay out of the problem."""
    with pytest.raises(CrawlProblem) as caught:
        read_feed(text, url=URL)
    assert "张伟" not in caught.value.detail and "1380" not in caught.value.detail


def test_every_entry_of_a_bad_feed_is_told(crawl: Crawls, site: Site) -> None:
    """No id, no title, an id of another post, a comment feed at a file: one good post, three problems, no crash."""
    good = entry(1, feed="file:///etc/passwd")
    twin = '<item><guid isPermaLink="false">p1</guid><link>/other</link><title>同一编号</title></item>'
    site.give("/feed/", rss(good, "<item/>", twin, entry(1), "<item><title>没有编号</title></item>"), kind=XML)
    found = crawl()
    assert found.ids("post") == ["p1"]
    assert sorted(found.codes) == ["item_incomplete", "item_incomplete", "item_incomplete", "not_html"]
    assert {row["scope"] for row in found.rows["problem"]} == {"item"}
    assert not found.errors


def test_a_bomb_is_refused_in_a_comment_feed_too(crawl: Crawls, site: Site) -> None:
    """Entities are refused wherever they stand, and the post is kept."""
    site.give("/feed/", rss(entry(1, comments=1, feed="/c/1")), kind=XML)
    site.give(
        "/c/1", '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>', kind=XML
    )
    found = crawl()
    assert (found.ids("post"), found.codes) == (["p1"], ["xml_entities_refused"])
