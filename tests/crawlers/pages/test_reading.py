"""Posts and comments as they are read from one page, and what a source may say about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawlers.items import CommentItem, PostItem, ProblemItem
from crawlers.pages.options import CommentSelectors, PageOptions
from crawlers.pages.reading import is_same_site
from crawlers.pages.selectors import parse_root
from crawlers.pages.threads import CommentPage, parse_comment_page, reaches_back_to
from crawlers.platforms.page import parse_post
from crawlers.problems import CrawlProblem
from tests.crawlers.pages.conftest import BODY, COMMENTS, article, comment
from tests.patience import within

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
URL = "https://club.example/post/1"
SOURCE: dict[str, Any] = {"name": "x", "platform": "page", "url": "https://club.example/", "sitemap": "auto"}
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))


def options(**changed: Any) -> PageOptions:
    """A source's options."""
    return PageOptions.model_validate({**SOURCE, **changed})


def first(text: str, **changed: Any) -> PostItem | ProblemItem:
    """What a page is read as."""
    found = next(parse_post(text, url=URL, options=options(**changed), now=NOW))
    assert isinstance(found, PostItem | ProblemItem)
    return found


def comments(markup: str, *, now: datetime = NOW, **changed: Any) -> CommentPage:
    """The comments of a page."""
    selectors = CommentSelectors.model_validate({**COMMENTS, **changed})
    root, zone = parse_root(f"<html><body>{markup}</body></html>"), ZoneInfo("Asia/Shanghai")
    return parse_comment_page(root, post=URL, url=f"{URL}?page=2", selectors=selectors, zone=zone, now=now)


def test_a_post_needs_no_selectors() -> None:
    """Title, text, time and author come from what articles have in common."""
    head = '<meta property="og:published_time" content="2026-11-02T08:00:00+08:00"><meta name="author" content="阿飞">'
    post = first(article("周末骑行").replace("<head>", f"<head>{head}"))
    assert isinstance(post, PostItem)
    assert (post.title, post.author, post.published) == ("周末骑行", "阿飞", datetime(2026, 11, 2, tzinfo=UTC))
    assert post.body.endswith(f"{BODY}\n{BODY}")


def test_selectors_come_before_what_is_found() -> None:
    """A field with a selector is read by it, also to nothing; the others are found."""
    text = article("周末骑行").replace(
        "<h1>", '<span class="date">2026-11-02</span><em>栏目</em><b class="who"></b><h1>'
    )
    post = first(text, post={"title": "em", "author": ".who"})
    assert isinstance(post, PostItem)
    assert (post.title, post.author, post.published) == ("栏目", None, datetime(2026, 11, 1, 16, tzinfo=UTC))
    assert BODY in post.body


@pytest.mark.parametrize(
    ("given_", "named"),
    [({}, "post.title and post.body"), ({"title": "h1"}, "post.body"), ({"body": "p"}, "post.title")],
    ids=["none", "title", "body"],
)
def test_a_page_without_an_article_says_which_selectors_to_give(given_: dict[str, str], named: str) -> None:
    """No article: one problem with the page's address and the next step."""
    problem = first("<h1>目录</h1><p>短</p>", post=given_)
    assert isinstance(problem, ProblemItem)
    assert (problem.code, problem.url) == ("item_incomplete", URL)
    assert problem.detail.startswith(f"no article was found; give {named} ")


def test_comments_do_not_lend_their_time_and_author_to_the_post() -> None:
    """The first time on the page is a comment's: the post has none."""
    shown = '<div class="c"><time datetime="2026-11-05">5 日</time><span class="author">路人</span><p>好</p></div>'
    post = first(article("周末骑行", comments=shown), comments=COMMENTS)
    assert isinstance(post, PostItem)
    assert (post.author, post.published_raw) == (None, None)


def test_a_control_character_behind_a_comment_spoils_nothing() -> None:
    """lxml reads what ``&#1;`` stands for, and refuses to write it again."""
    page = article("周末骑行").replace(
        "</article>", f"</article>前&#1;{comment('想买')}后&#1;<p class='share'>x</p>&#2;"
    )
    post = first(page, post={"title": "h1", "body": "article"}, comments=COMMENTS)
    assert isinstance(post, PostItem)
    assert isinstance(first(page, comments=COMMENTS), PostItem)


def test_a_comment_without_an_id_keeps_its_name() -> None:
    """A time that counts from now is no part of a comment's name: it is another at every visit."""
    before = comments(comment("a", time="3分钟前"), id=None)
    after = comments(comment("a", time="2小时前"), id=None, now=NOW + timedelta(hours=2))
    assert before.ids == after.ids
    dated = comments(comment("a", time="2026-11-02 08:00") + comment("a", time="2026-11-03 08:00"), id=None)
    assert len(set(dated.ids)) == 2


def test_a_removed_comment_is_not_counted() -> None:
    """A comment whose text is gone is a problem, not one of the page's comments; its replies are."""
    page = comments(f'<div class="c" id="1">已删除{comment(2)}</div>', parent="nested")
    assert page.ids == (f"{URL}|2",)
    assert [item.code for item in page.items if isinstance(item, ProblemItem)] == ["item_incomplete"]


def test_the_link_to_more_comments_is_absolute() -> None:
    """It is read from the page that shows it."""
    assert comments('<a class="more" href="?page=3">更多</a>').next == f"{URL}?page=3"
    assert comments("").next is None


@given(st.lists(MOMENTS, min_size=2), st.lists(MOMENTS, max_size=3))
def test_a_page_reaches_back_to_its_last_comment(times: list[datetime], pinned: list[datetime]) -> None:
    """Newest first, up to three pinned ones on top: the last time is the oldest that the page surely reaches."""
    ordered = sorted(times, reverse=True)
    assert reaches_back_to([*pinned, *ordered]) in (ordered[-1],)


@given(st.lists(MOMENTS, min_size=9, unique=True))
def test_an_order_that_is_not_by_date_proves_nothing(times: list[datetime]) -> None:
    """Oldest first, or by anything else: nothing is concluded."""
    assert reaches_back_to(sorted(times)) is None


def test_replies_do_not_move_how_far_a_page_reaches() -> None:
    """A late reply below an old comment says nothing about the comments between."""
    markup = comment(3, time="2026-11-09 08:00") + comment(
        1, time="2026-11-02 08:00", inner=comment(2, time="2026-11-10 08:00")
    )
    page = comments(markup, parent="nested")
    assert page.oldest == datetime(2026, 11, 2, tzinfo=UTC)
    assert all(isinstance(item, CommentItem) for item in page.items)


@pytest.mark.parametrize(
    ("change", "place", "kind"),
    [
        ({"sitemap": None}, "", "list_or_sitemap"),
        ({"sitemap": "yes"}, "sitemap", "sitemap_address"),
        ({"sitemap": "https://me:secret@club.example/map.xml"}, "sitemap", "web_address_secret"),
        ({"match": "("}, "match", "regex"),
        ({"list": {"links": "a", "order": "oldest"}}, "list.order", "literal_error"),
        ({"list": {"links": "a", "overlap": 501}}, "list.overlap", "less_than_equal"),
        ({"comments": {"item": "li", "text": "p", "order": "any"}}, "comments.order", "literal_error"),
        ({"comments": {"item": "li", "text": "p", "overlap": 101}}, "comments.overlap", "less_than_equal"),
        ({"comments": {"item": "li", "text": "p", "next": "a["}}, "comments.next.css", "css_selector"),
    ],
)
def test_a_mistake_is_named(change: dict[str, Any], place: str, kind: str) -> None:
    """Each has its place and its kind, from which the complaint is written."""
    with pytest.raises(ValidationError) as caught:
        options(**change)
    (error,) = caught.value.errors()
    assert (".".join(map(str, error["loc"])), error["type"]) == (place, kind)


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://club.example/a", True),
        ("http://www.club.example/a", True),
        ("https://CLUB.example:8443/", True),
        ("https://shop.club.example/", False),
        ("https://club.example.evil.cn/", False),
        ("https://club.example@evil.cn/", False),
        ("http://[bad/", False),
        ("javascript:x", False),
    ],
)
def test_a_site_is_its_host(address: str, same: bool) -> None:
    """``www.`` makes no difference, anything else does."""
    assert is_same_site(address, "https://club.example/blog/") is same


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="c">' + "".join(f"<p>{'长' * 180}<span><p>" for _ in range(1000)),
        "".join(f'<div class="c"><div class="t">{"长" * 180}' for _ in range(900)),
        '<div class="c">' + "<div>" * 1000 + '<i class="t">a</i>' * 10_000,
        '<div class="c">' + '<div class="t">' * 1900 + "<i></i>" * 10_000,
    ],
    ids=["siblings", "comments in texts", "leaves in depth", "nothing in depth"],
)
def test_the_time_for_a_page_of_comments_grows_with_its_size(markup: str) -> None:
    """Deep and wide pages of a few hundred kilobytes take no seconds, each text is read once."""
    with within(5):
        comments(markup, text=".t, p", parent="nested")


def test_a_text_that_holds_replies_is_read_without_them() -> None:
    """Replies inside the text of what they answer are comments of their own."""
    reply = '<div class="c" id="2"><div class="t">二</div></div>'
    page = comments(f'<div class="c" id="1"><p>问</p><div class="t">一{reply}三</div></div>', text=".t")
    assert [item.text for item in page.items if isinstance(item, CommentItem)] == ["一\n三", "二"]


@pytest.mark.parametrize("text", ["", "<!-- 张伟 13800138000 -->"])
def test_a_page_that_cannot_be_parsed_is_not_quoted(text: str) -> None:
    """What it says may be somebody's name or number: its length is told."""
    with pytest.raises(CrawlProblem) as caught:
        parse_root(text)
    assert caught.value.detail == f"Document is empty; {len(text)} characters without an element"
