"""What the cursor remembers: bounded, the newest first, and never a reason to ask twice."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from crawlers.feeds.remembered import KEPT, Met, Posts, conditions, is_news, mark_read, remember, stamps_of

NUMBERS = st.lists(st.integers(0, 900), max_size=400, unique=True)


def met(number: int, count: str | None = "1") -> Met:
    """A post published ``number`` minutes after a day began."""
    return Met(f"p{number}", f"https://club.example/c/{number}", f"2026-11-{1 + number // 1440:02}T{number:04}", count)


@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_the_newest_are_kept(pages: list[list[int]]) -> None:
    """Whatever pages come in whatever order, the newest of all that were met stay."""
    posts: Posts = {}
    for page in pages:
        remember(posts, [met(number) for number in page])
    newest = sorted({number for page in pages for number in page}, reverse=True)[:KEPT]
    assert list(posts) == [f"p{number}" for number in newest]


@given(NUMBERS, st.booleans())
def test_what_was_read_is_no_news(numbers: list[int], beginning: bool) -> None:
    """After one reading of a feed nothing in it is asked for again, be it as long as it likes."""
    posts: Posts = {}
    page = [met(number) for number in numbers]
    for began in (beginning, False):
        remember(posts, page)
        news = [one for one in page if is_news(posts, one, beginning=began)]
        for one in news:
            mark_read(posts, one.post, count=one.count)
    assert news == []


def test_undated_posts_keep_their_order() -> None:
    """Posts of one moment stay in the order of the feed; a later one comes before them."""
    posts: Posts = {}
    remember(posts, [Met(f"p{number}", "https://club.example/", "2026-11-01", None) for number in range(KEPT + 5)])
    assert list(posts) == [f"p{number}" for number in range(KEPT)]
    remember(posts, [Met("new", "https://club.example/", "2026-11-02", None)])
    assert list(posts)[:2] == ["new", "p0"]
    assert f"p{KEPT - 1}" not in posts


@pytest.mark.parametrize(
    ("read", "now", "news"),
    [("1", "2", True), ("2", "1", True), ("1", "1", False), ("1", None, False), ("", "0", True), (None, None, True)],
)
def test_another_count_is_news(read: str | None, now: str | None, news: bool) -> None:
    """A count that is unknown now says nothing; a post never read is news."""
    posts: Posts = {}
    remember(posts, [met(1, now)])
    if read is not None:
        mark_read(posts, "p1", count=read)
    assert is_news(posts, met(1, now), beginning=False) is news


def test_long_names_are_not_remembered() -> None:
    """A hostile feed cannot blow the cursor up: its size is bounded whatever it holds."""
    posts: Posts = {}
    remember(posts, [Met(f"{number:0300}", "x" * 500, "2026", None) for number in range(500)])
    remember(posts, [Met("y" * 301, "x", "2027", None), Met("z", "x" * 501, "2027", None)])
    assert {"y" * 301, "z"}.isdisjoint(posts)
    assert len(json.dumps(posts)) < 300_000


def test_stamps_go_back_as_they_came() -> None:
    """ETag and Last-Modified become conditions; what is too long or unprintable is left."""
    headers = {"ETag": 'W/"a"', "Last-Modified": "Sun, 01 Nov 2026 09:00:00 GMT"}
    stamps = stamps_of(Response("https://club.example/", headers=headers))
    assert conditions(stamps) == {"If-None-Match": 'W/"a"', "If-Modified-Since": "Sun, 01 Nov 2026 09:00:00 GMT"}
    assert stamps_of(Response("https://club.example/", headers={"ETag": "a" * 201, "Last-Modified": "a\x01"})) == {}


def test_no_stamps_take_the_old_ones_away() -> None:
    """An answer without them must not leave those of an older body."""
    posts: Posts = {}
    remember(posts, [met(1)])
    mark_read(posts, "p1", count="1", stamps={"etag": "a"})
    mark_read(posts, "p1", count="2")
    assert posts["p1"]["etag"] == "a"
    mark_read(posts, "p1", count=None, stamps={})
    assert ("etag" in posts["p1"], posts["p1"]["read"]) == (False, "2")
