"""The article on a page, without selectors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.article import LONGEST_PAGE, Article, extract
from crawlers.text import parse_time
from tests.patience import within

URL = "https://site.test/post/1"
TITLE = "怎样挑选一台适合自己的咖啡机"
PARAGRAPHS = [
    "很多人第一次买咖啡机时，都会被各种参数弄得眼花缭乱，其实真正要看的，只有水温、压力和研磨这三件事。",
    "先说水温。稳定的水温比更高的水温重要得多，差两三度，味道就会完全不同，这一点常常被忽视。",
    "再说压力。家用机器标称的压力往往很高，但到达粉饼的只有九个左右，超过它并没有什么好处。",
    "最后是研磨。一台好的磨豆机，可能比咖啡机本身更值得投入预算，因为均匀的颗粒决定了萃取。",
]
BODY = "\n".join(PARAGRAPHS)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
LINKS = "".join(
    f'<li><a href="/{number}">十个你不知道的生活小窍门，第{number}个最有用</a></li>' for number in range(30)
)


def page(article: str, *, head: str = "", around: str = "") -> str:
    """A page with navigation, a list of other posts, comments and a footer around an article."""
    return (
        f"<!DOCTYPE html><html><head><title>{TITLE}_生活频道</title>{head}<style>p{{}}</style></head><body>"
        f"<nav><a href='/'>首页</a><a href='/news'>新闻</a></nav><div class='top'><ul>{LINKS}</ul></div>"
        f"<div class='wrap'><h1>{TITLE}</h1>{around}{article}"
        "<div class='share'>分享到：微信，微博，空间，朋友圈</div></div>"
        f"<div class='recommend'><h3>猜你喜欢，这些文章也不错</h3><ul>{LINKS}</ul></div>"
        "<div class='comment-list'><p>写得真好，学到了，谢谢作者的分享，期待下一篇！</p></div>"
        "<footer>版权所有，未经许可，不得转载。联系电话，邮箱，地址。</footer><script>var a = 1;</script></body></html>"
    )


@pytest.mark.parametrize(
    "article",
    [
        f"<div class='content'>{TEXT}</div>",
        f"<div class='x7f3a'>{TEXT}</div>",
        f"<article>{TEXT}</article>",
        f"<section><div><div>{TEXT}</div></div></section>",
        f"<div id='js_content' class='rich_media_content' style='visibility: hidden'>{TEXT}</div>",
        f"<form action='/'><div class='content'>{TEXT}</div></form>",
        f"<div>{TEXT}<form>姓名，电话，地址，留言：<input><button>提交，马上联系您</button></form></div>",
        f"<div itemprop='description articleBody'>{TEXT}</div>",
        f"<div>{'<br><br>'.join(PARAGRAPHS)}</div>",
        f"<div>{TEXT}<div style='display: none'>看不见的字，看不见的字，看不见的字，看不见的字。</div></div>",
        f"<div>{TEXT}<ul class='related'>{LINKS}</ul></div>",
        f"<div>{TEXT}<!-- 注释 --><script>var text = '脚本，脚本，脚本';</script></div>",
        f"<div><p>{'</p><p><img src=a.jpg alt=一台放在木桌上的银色咖啡机></p><p>'.join(PARAGRAPHS)}</p></div>",
    ],
)
def test_the_article_is_found_without_what_stands_around_it(article: str) -> None:
    """Whatever its container is called; paragraphs are lines, no links, comments, footer or scripts."""
    found = extract(page(article), url=URL)
    assert found is not None
    assert (found.title, found.body) == (TITLE, BODY)


@pytest.mark.parametrize(
    ("head", "around", "when", "author"),
    [
        ("", "", None, None),
        ('<meta property="article:published_time" content="2026-11-20T08:00Z">', "", "2026-11-20T08:00Z", None),
        (
            '<meta name="author" content=" 小林 "><meta name="publishdate" content="2026-11-20">',
            "",
            "2026-11-20",
            "小林",
        ),
        ("", "<time datetime='2026-11-20T08:00'>昨天</time><a rel='author'>小林</a>", "2026-11-20T08:00", "小林"),
        ("", "<div class='info'><span>2026年11月20日 08:00</span> <b>频道</b></div>", "2026年11月20日 08:00", None),
        ("", "<p><span>小林</span> <span>2026-11-20 08:00:01</span></p>", "2026-11-20 08:00:01", None),
        ('<script>var ct = "1795132800";</script>', "<b id='js_name'>咖啡笔记</b>", "1795132800", "咖啡笔记"),
        ('<meta name="author" content="n, mail@site.test">', "<span class='author-name'>小林</span>", None, "小林"),
        ('<meta property="article:author" content="https://site.test/lin">', "", None, None),
    ],
)
def test_time_and_author_are_what_the_page_says(head: str, around: str, when: str | None, author: str | None) -> None:
    """What is written for machines first, then what is shown; as it was written, None where nothing is."""
    found = extract(page(f"<div>{TEXT}</div>", head=head, around=around), url=URL)
    assert found is not None
    assert (found.time, found.author) == (when, author)


def structured(data: object) -> str:
    """A JSON-LD script."""
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


def test_structured_data_says_most() -> None:
    """Headline, time and author of the node that is this page's."""
    other = {
        "@type": "NewsArticle",
        "url": "https://site.test/post/2",
        "headline": "另一篇",
        "author": {"name": "别人"},
    }
    own = {
        "@type": ["Thing", "Article"],
        "url": URL,
        "headline": "标题来自数据",
        "datePublished": "2026-11-20T01:00:00Z",
    }
    head = structured([other, {**own, "author": [{"@type": "Person", "name": "小林"}]}, {"@type": "WebSite"}])
    found = extract(page(f"<div>{TEXT}</div>", head=head), url=URL)
    assert found == Article(title="标题来自数据", body=BODY, time="2026-11-20T01:00:00Z", author="小林")


def test_a_page_whose_script_draws_the_text_gives_it_in_its_data() -> None:
    """An empty page with an articleBody in JSON-LD has that body."""
    head = structured({"@graph": [{"@type": "BlogPosting", "headline": TITLE, "articleBody": BODY}]})
    found = extract(f"<html><head>{head}</head><body><div id='app'></div></body></html>", url=URL)
    assert found == Article(title=TITLE, body=BODY)


@pytest.mark.parametrize(
    "broken", ["", "{", "[1, null]", '{"@type": 5, "@graph": 7}', '{"@type": "Article", "author": [[]]}', "[" * 9000]
)
def test_broken_structured_data_is_passed_over(broken: str) -> None:
    """The page itself is read all the same."""
    found = extract(page(f"<div>{TEXT}</div>", head=f"<script type='application/ld+json'>{broken}</script>"), url=URL)
    assert found is not None
    assert (found.title, found.body, found.author) == (TITLE, BODY, None)


@pytest.mark.parametrize("title", [f"{TITLE} - 生活频道", f"{TITLE}_频道_网", f"{TITLE} | 网", TITLE, f"{TITLE}——生活"])
def test_a_title_is_read_without_the_name_of_the_site(title: str) -> None:
    """Where there is no heading."""
    found = extract(f"<html><head><title>{title}</title></head><body><div>{TEXT}</div></body></html>", url=URL)
    assert found is not None
    assert found.title == TITLE


def test_a_title_for_machines_is_cut_to_the_heading() -> None:
    """Where it is the heading and more; the heading of another thing does not count."""
    head = f'<meta property="og:title" content="{TITLE}_生活频道_站">'
    found = extract(page(f"<div>{TEXT}</div>", head=head), url=URL)
    assert found is not None
    assert found.title == TITLE


@pytest.mark.parametrize("url", ["", "http://[", "::", "\ud800"])
def test_a_strange_address_does_no_harm(url: str) -> None:
    """It only chooses among structured data."""
    head = structured({"@type": "Article", "headline": "标题来自数据"})
    found = extract(page(f"<div>{TEXT}</div>", head=head), url=url)
    assert found is not None
    assert found.title == "标题来自数据"


def test_what_it_finds_can_be_read_as_a_time() -> None:
    """The raw time is one that crawlers.text reads."""
    found = extract(page(f"<div>{TEXT}</div>", around="<p>2026年11月20日 08:00 来源：生活频道</p>"), url=URL)
    assert found is not None
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert parse_time(found.time, zone=ZoneInfo("Asia/Shanghai"), now=now) == (datetime(2026, 11, 20, tzinfo=UTC), ())


@pytest.mark.parametrize(
    "html",
    ["", " ", "<html></html>", "<p>短</p>", "\x00", "<", "{}", f"<div>{TEXT}</div>", f"<title>无</title>{LINKS}"],
)
def test_a_page_without_an_article_or_title_has_none(html: str) -> None:
    """Nothing is made up."""
    assert extract(html, url=URL) is None


@pytest.mark.parametrize(
    "body",
    [
        *("<div>" * 2_000 + TEXT, "<div>" * 50_000 + TEXT, TEXT * 30_000, "长" * (LONGEST_PAGE + 1), "<" * 1_000_000),
        "<p " + " ".join(f"a{number}='x'" for number in range(100_000)) + ">" + TEXT,
        *(("<div>" * 110 + TEXT + "</div>" * 110) * 60, TEXT + "<div></div>" * 20_000, "<a href=x>正文，" * 14_000),
        *("<p>" + " \n" * 500_000 + TEXT, '<a "' * 500_000, "<title>" + "- _" * 300_000 + "</title>" + TEXT),
    ],
    ids=lambda body: f"{body[:4]}-{len(body)}",
)
def test_a_hostile_page_is_read_or_given_up_in_time(body: str) -> None:
    """Depth, size, attributes and white space cost bounded time, and never fail."""
    with within(15):
        extract(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>", url=URL)


@given(
    st.text(st.characters(codec=None, exclude_categories=[]), max_size=200)
    | st.from_regex(r"(<(div|p|ul|a|script|title|h1|time|meta)( (class|id|style|content)=[a-z]*)?>|正文，|</[a-z]>)+"),
    st.text(max_size=20),
)
def test_any_markup_is_an_article_or_none(html: str, url: str) -> None:
    """Nothing is raised, and an article has a title and a text."""
    found = extract(html, url=url)
    assert found is None or (found.title and found.body)
