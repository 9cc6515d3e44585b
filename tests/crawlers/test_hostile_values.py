"""Whatever stands in an answer, a parser gives items or problems that a landing line can hold, and in time."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from crawlers.items import CommentItem, Item, PostItem, ProblemItem, from_line, to_record
from crawlers.platforms import feed, wordpress
from crawlers.platforms.page import PageOptions
from crawlers.platforms.page import parse_post as parse_page_post
from crawlers.problems import REMEDIES, CrawlProblem
from tests.crawlers.cases import NOW, SHANGHAI, URL
from tests.patience import check_growth, within

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.just("2026-11-01T00:00:00")
KEYS = st.sampled_from(["rendered", "name", "author", "wp:term", "24", "x"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def rows(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Rows in which some of these fields hold anything."""
    return st.dictionaries(st.sampled_from(names), VALUES, max_size=len(names))


WORDPRESS = rows(
    *("id", "post", "parent", "link", "title", "content", "date_gmt", "author", "author_name"),
    *("author_avatar_urls", "_embedded", "modified_gmt"),
)
JSON_FEED = rows(
    *("id", "url", "title", "content_html", "content_text", "summary", "date_published", "authors", "author", "tags")
)
SHAPED = {"id": 1, "post": 2, "title": {"rendered": "t"}, "content": {"rendered": "c"}}
HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><item><guid>1</guid><title>t</title><description>'


def lands(item: Item) -> bool:
    """Whether its line in a landing file gives the item back; a payload loses the characters that no database keeps."""
    back = from_line(json.dumps(to_record(item), ensure_ascii=False).encode())
    return item == (replace(back, payload=item.payload) if isinstance(item, ProblemItem) else back)


@given(WORDPRESS, st.booleans())
def test_any_wordpress_row_is_an_item_or_a_problem(row: dict[str, Any], shaped: bool) -> None:
    """No type in any field fails the page around it."""
    (read,) = wordpress.parse_page(json.dumps([{**SHAPED, **row} if shaped else row]))
    for parse, kind in ((wordpress.parse_post, PostItem), (wordpress.parse_comment, CommentItem)):
        item = parse(read, now=NOW)
        assert isinstance(item, kind | ProblemItem)
        assert lands(item)


@given(JSON_FEED)
def test_any_json_feed_entry_is_a_post_or_a_problem(item: dict[str, Any]) -> None:
    """No type in any field fails the feed around it."""
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (entry,) = feed.parse_feed(text, url=URL)
    post = feed.parse_post(entry, zone=SHANGHAI, now=NOW)
    assert isinstance(post, PostItem | ProblemItem)
    assert lands(post)


@given(st.text(max_size=60) | st.from_regex(r"<(rss|feed|item|entry|!\[CDATA\[|\?xml)[^>]{0,20}>.{0,40}"))
def test_any_text_is_a_feed_or_refused(text: str) -> None:
    """A feed that cannot be read is a named problem, never a fault; one that can gives posts or problems."""
    code = None
    try:
        found = [feed.parse_post(entry, zone=SHANGHAI, now=NOW) for entry in feed.parse_feed(text, url=URL)]
    except CrawlProblem as problem:
        code, found = problem.code, []
    assert code is None or code in REMEDIES
    assert all(isinstance(item, PostItem | ProblemItem) for item in found)


@pytest.mark.parametrize("piece", ["<", "<a ", "<b>", "&", "<!--", "<!", "<a b='", "]]>"])
@pytest.mark.parametrize(
    "head", [HEAD, f"{HEAD}<![CDATA[", "<?xml" + " " * 100_000, ""], ids=["body", "cdata", "xml", "bare"]
)
def test_a_feed_that_repeats_itself_is_read_in_time(head: str, piece: str) -> None:
    """Fifty thousand times the same broken markup costs no more than four times a quarter of it."""

    def read(times: int) -> None:
        with suppress(CrawlProblem):
            for entry in feed.parse_feed(head + piece * times, url=URL):
                feed.parse_post(entry, zone=SHANGHAI, now=NOW)

    with within(60):
        check_growth(read, size=50_000)


def test_a_chain_of_replies_is_read_in_time() -> None:
    """A thousand comments, each in the one before, take seconds at most: not the square of their number."""
    selectors = {"item": ".c", "text": "p", "author": "b", "time": "time", "parent": "nested"}
    given = {"name": "x", "platform": "page", "url": URL, "list": {"links": "a"}, "post": {"title": "h1", "body": "p"}}
    options = PageOptions.model_validate({**given, "comments": selectors})
    chain = "".join(f'<div class="c"><b>{n}</b><time>2026-11-01</time><p>{n}</p>' for n in range(1000))
    with within(5):
        found = list(parse_page_post(f"<h1>t</h1>{chain}", url=URL, options=options, now=NOW))
    assert len(found) == 1001
