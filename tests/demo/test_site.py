"""The demo site over loopback: each part speaks its own protocol and says what was composed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import feedparser
import httpx
import pytest
from lxml import html

from tests.patience import PATIENCE
from yinliu.demo.composition import DemoContent
from yinliu.demo.pages import address

POSTS = "/wp-json/wp/v2/posts"
COMMENTS = "/wp-json/wp/v2/comments"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def get(site: str, path: str, **query: Any) -> httpx.Response:
    """What the site answers."""
    return httpx.get(site + path, params=query or None)


def by_xpath(text: str, path: str) -> list[Any]:
    """What the path finds in a page."""
    found: list[Any] = html.fromstring(text.encode()).xpath(path)
    return found


def test_the_home_page_leads_to_every_section(site: str) -> None:
    """Blog, shop, club and the API are linked."""
    links = by_xpath(get(site, "/").text, "//a/@href")
    assert {"/blog/", "/shop/", "/club/", POSTS} <= set(links)


def test_robots_forbids_only_the_private_folder(site: str) -> None:
    """Crawlers may read everything else."""
    assert re.findall(r"Disallow: (\S+)", get(site, "/robots.txt").text) == ["/private/"]


@pytest.mark.parametrize("path", ["/nope", "/shop/nope.html", "/shop/?page=9", "/shop/?page=x", "/blog/nope/feed/"])
def test_what_is_not_there_is_404(site: str, path: str) -> None:
    """Unknown addresses are not found."""
    assert get(site, path).status_code == 404


def test_head_has_the_length_and_no_body(site: str) -> None:
    """HEAD answers as GET does, without the body."""
    head, whole = httpx.head(f"{site}/shop/"), get(site, "/shop/")
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))


def test_the_site_is_quiet(site: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Requests leave nothing on standard error."""
    get(site, "/")
    assert capfd.readouterr() == ("", "")


def test_wordpress_pages_count_up_to_the_total(site: str, content: DemoContent) -> None:
    """Paging until the last page gives every post once, and the headers say how many."""
    first = get(site, POSTS, per_page=7)
    pages = [get(site, POSTS, per_page=7, page=page).json() for page in (1, 2, 3)]
    ids = [post["id"] for page in pages for post in page]
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("16", "3")
    assert sorted(ids) == [post.id for post in content.in_section("wordpress")]


def test_wordpress_links_to_its_neighbours(site: str) -> None:
    """The Link header names the previous and the next page."""
    middle = get(site, POSTS, per_page=7, page=2)
    assert middle.links["prev"]["url"] == f"{site}{POSTS}?per_page=7&page=1"
    assert middle.links["next"]["url"] == f"{site}{POSTS}?per_page=7&page=3"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("per_page", "0"),
        ("per_page", "101"),
        ("per_page", "many"),
        ("page", "0"),
        ("after", "yesterday"),
        ("before", "2026-11-01"),
        ("modified_after", "2026-13-01T00:00:00"),
        ("order", "up"),
        ("orderby", "karma"),
        ("exclude", "1,x"),
    ],
)
def test_wordpress_refuses_what_it_does_not_accept(site: str, name: str, value: str) -> None:
    """A wrong parameter is 400, named in the answer."""
    answer = get(site, POSTS, **{name: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")
    assert list(answer.json()["data"]["params"]) == [name]


def test_wordpress_posts_end_with_400_and_comments_with_nothing(site: str) -> None:
    """Beyond the last page posts are an error and comments an empty list, as in WordPress."""
    posts, comments = get(site, POSTS, page=9), get(site, COMMENTS, page=99)
    assert (posts.status_code, posts.json()["code"]) == (400, "rest_post_invalid_page_number")
    assert (comments.status_code, comments.json()) == (200, [])


def test_wordpress_modified_after_is_site_time_and_exclusive(site: str) -> None:
    """Without an offset the moment is Shanghai time; the moment itself is left out."""
    newest = get(site, POSTS, orderby="modified", per_page=2).json()
    moment = newest[1]["modified"]
    assert [post["id"] for post in get(site, POSTS, modified_after=moment).json()] == [newest[0]["id"]]
    in_utc = f"{newest[1]['modified_gmt']}Z"
    assert [post["id"] for post in get(site, POSTS, modified_after=in_utc).json()] == [newest[0]["id"]]


def test_wordpress_after_and_before_close_a_window(site: str, content: DemoContent) -> None:
    """The two together select what lies between."""
    expected = [c for p in content.in_section("wordpress") for c in content.under(p.id) if c.created.day in (12, 13)]
    window = {"after": "2026-11-11T23:59:59", "before": "2026-11-14T00:00:00", "per_page": 100}
    found = get(site, COMMENTS, **window).json()
    assert {comment["id"] for comment in found} == {comment.id for comment in expected}


def test_wordpress_exclude_leaves_out(site: str) -> None:
    """Excluded ids do not come and are not counted, given as comma list or as array."""
    first, second = (post["id"] for post in get(site, POSTS, per_page=2).json())
    listed = get(site, POSTS, exclude=f"{first},{second}")
    array = httpx.get(f"{site}{POSTS}?exclude[]={first}&exclude[]={second}")
    assert listed.headers["X-WP-Total"] == array.headers["X-WP-Total"] == "14"
    assert first not in {post["id"] for post in listed.json()}


def test_wordpress_orders(site: str) -> None:
    """The newest come first unless asked otherwise."""
    dates = [post["date"] for post in get(site, POSTS, per_page=100).json()]
    ids = [post["id"] for post in get(site, POSTS, per_page=100, orderby="id", order="asc").json()]
    assert dates == sorted(dates, reverse=True)
    assert ids == sorted(ids)


def test_wordpress_fields_trim_the_answer(site: str) -> None:
    """Only the fields asked for come, parts of objects too."""
    post = get(site, POSTS, per_page=1, _fields="id,title.rendered").json()[0]
    assert set(post) == {"id", "title"}
    assert set(post["title"]) == {"rendered"}


def test_wordpress_embeds_author_and_terms_when_asked(site: str, content: DemoContent) -> None:
    """``_embed`` brings names along; without it nothing is embedded."""
    post = get(site, POSTS, per_page=1, _embed="author,wp:term").json()[0]
    truth = next(known for known in content.posts if known.id == post["id"])
    embedded = post["_embedded"]
    assert [user["name"] for user in embedded["author"]] == [truth.author]
    assert [[term["name"] for term in terms] for terms in embedded["wp:term"]] == [[truth.category], list(truth.tags)]
    assert "_embedded" not in get(site, POSTS, per_page=1).json()[0]


def test_wordpress_comments_equal_the_composition(site: str, content: DemoContent) -> None:
    """The comments of a post have the composed texts, parents, names and times."""
    post = content.in_section("wordpress")[0]
    found = get(site, COMMENTS, post=post.id, per_page=100, order="asc", orderby="id").json()
    said = [(c["id"], c["parent"] or None, c["author_name"], c["date"], c["content"]["rendered"]) for c in found]
    assert said == [
        (c.id, c.parent_id, c.author, c.created.strftime("%Y-%m-%dT%H:%M:%S"), f"<p>{c.text}</p>\n")
        for c in content.under(post.id)
    ]


def test_wordpress_guests_are_told_apart_by_their_avatar(site: str, content: DemoContent) -> None:
    """Guests have the author number 0 and a hash of 32 digits that is stable for each of them."""
    found = [comment for page in (1, 2, 3) for comment in get(site, COMMENTS, per_page=100, page=page).json()]
    staff = {comment.author for comment in content.comments if comment.by_staff}
    assert all((comment["author"] == 0) == (comment["author_name"] not in staff) for comment in found)
    pairs = {
        (c["author_name"], re.findall(r"/avatar/([0-9a-f]{32})\?", c["author_avatar_urls"]["96"])[0]) for c in found
    }
    assert len(pairs) == len({name for name, _ in pairs}) == len({digest for _, digest in pairs})


def test_wordpress_has_single_items(site: str, content: DemoContent) -> None:
    """One post and one comment by id; an unknown id is 404."""
    post = content.in_section("wordpress")[0]
    comment = content.under(post.id)[0]
    assert get(site, f"{POSTS}/{post.id}").json()["slug"] == post.slug
    assert get(site, f"{COMMENTS}/{comment.id}").json()["post"] == post.id
    assert get(site, f"{POSTS}/1").json()["code"] == "rest_post_invalid_id"
    assert get(site, "/wp-json/wp/v2/nope").json()["code"] == "rest_no_route"


def test_wordpress_links_open(site: str) -> None:
    """The link of a post is a page with its title."""
    post = get(site, POSTS, per_page=1).json()[0]
    assert by_xpath(httpx.get(post["link"]).text, "string(//article/h1)") == post["title"]["rendered"]


def test_the_feed_parses(site: str, content: DemoContent) -> None:
    """Eight entries, the newest first, with author, categories, body and the number of comments."""
    feed = feedparser.parse(get(site, "/blog/feed/").content)
    newest = content.in_section("feed")[-1]
    entry = feed.entries[0]
    assert (feed.bozo, len(feed.entries)) == (False, 8)
    assert (entry.title, entry.author) == (newest.title, newest.author)
    assert [tag.term for tag in entry.tags] == [newest.category, *newest.tags]
    assert entry.slash_comments == str(len(content.under(newest.id)))
    assert all(text in entry.content[0].value for text in newest.paragraphs)


def test_comment_feeds_name_what_a_reply_answers(site: str, content: DemoContent) -> None:
    """Every entry of a comment feed is a composed comment; replies refer to the guid of their parent."""
    for post in content.in_section("feed"):
        feed = feedparser.parse(get(site, f"{address(post)}feed/").content)
        numbers = {entry.id: int(entry.id.rpartition("-")[2]) for entry in feed.entries}
        parents = {
            numbers[entry.id]: numbers[entry["thr_in-reply-to"]["ref"]] if "thr_in-reply-to" in entry else None
            for entry in feed.entries
        }
        assert not feed.bozo
        assert parents == {comment.id: comment.parent_id for comment in content.under(post.id)}


def test_the_feed_names_the_comment_feeds(site: str) -> None:
    """``wfw:commentRss`` opens and holds as many entries as ``slash:comments`` says."""
    for entry in feedparser.parse(get(site, "/blog/feed/").content).entries:
        comments = feedparser.parse(httpx.get(entry.wfw_commentrss).content)
        assert len(comments.entries) == int(entry.slash_comments)


def test_shop_lists_lead_to_every_post(site: str, content: DemoContent) -> None:
    """Following rel=next from the first page finds all eight posts."""
    path, found = "/shop/", list[str]()
    while path:
        page = get(site, path).text
        found += by_xpath(page, "//li[@class='card']/h2/a/@href")
        path = "".join(by_xpath(page, "//a[@rel='next']/@href"))
    assert found == [address(post) for post in reversed(content.in_section("page"))]


def test_shop_posts_equal_the_composition(site: str, content: DemoContent) -> None:
    """Title, author, time, body and numbers of the page are the composed ones."""
    for post in content.in_section("page"):
        page = html.fromstring(get(site, address(post)).content)
        assert page.xpath("string(//article/h1)") == post.title
        assert page.xpath("string(//*[@class='byline'])") == post.author
        assert page.xpath("//article//time/@datetime") == [post.published.isoformat()]
        assert page.xpath("//*[@class='article-body']/p/text()") == list(post.paragraphs)
        assert page.xpath("//*[@class='stats']/*[@class='views' or @class='likes']/text()") == [
            str(post.views),
            str(post.likes),
        ]


def test_shop_comments_equal_the_composition(site: str, content: DemoContent) -> None:
    """Every comment of the composition is in the page once, under its parent, and nothing else is."""
    for post in content.in_section("page"):
        page = html.fromstring(get(site, address(post)).content)
        found = {
            (
                int(item.get("id").removeprefix("comment-")),
                "".join(item.xpath("../parent::li/@id")).removeprefix("comment-"),
                item.get("data-author-id"),
                item.xpath("string(*[@class='comment-author'])"),
                item.xpath("string(*[@class='comment-text'])"),
                item.xpath("string(time/@datetime)"),
            )
            for item in page.xpath("//li[contains(@class, 'comment')]")
        }
        assert found == {
            (c.id, str(c.parent_id or ""), c.author_id, c.author, c.text, c.created.isoformat())
            for c in content.under(post.id)
        }


def test_times_of_pages_carry_their_offset(site: str) -> None:
    """Every time element says +08:00."""
    moments = by_xpath(get(site, "/shop/").text, "//time/@datetime")
    assert moments
    assert all(moment.endswith("+08:00") for moment in moments)


def test_club_pages_say_nothing_without_javascript(site: str, content: DemoContent) -> None:
    """Neither list nor post pages hold a title, a paragraph or a comment in their source."""
    for post in content.in_section("club"):
        source = get(site, "/club/").text + get(site, "/club/p.html", slug=post.slug).text
        said = [post.title, *post.paragraphs, *(comment.text for comment in content.under(post.id))]
        assert [text for text in said if text in source] == []


def test_club_api_equals_the_composition(site: str, content: DemoContent) -> None:
    """What the shell fetches is the composition."""
    listed = get(site, "/club/api/posts.json").json()["posts"]
    assert [card["slug"] for card in listed] == [post.slug for post in reversed(content.in_section("club"))]
    for post in content.in_section("club"):
        whole = json.loads(get(site, f"/club/api/posts/{post.slug}.json").text)
        assert whole["post"]["paragraphs"] == list(post.paragraphs)
        assert {(r["id"], r["parent"], r["user"], r["what"]) for r in whole["replies"]} == {
            (c.id, c.parent_id, c.author_id, c.text) for c in content.under(post.id)
        }


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_club_posts_appear_in_a_browser(site: str, content: DemoContent) -> None:
    """With JavaScript the post, every reply and its parent are in the document."""
    post = content.in_section("club")[0]
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", "--dump-dom"]
    command = [str(CHROMIUM), *flags, site + address(post)]
    page = html.fromstring(subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout)
    assert page.xpath("string(//article[contains(@class, 'post')]/h1)") == post.title
    found = {
        (
            reply.get("data-id"),
            reply.get("data-parent"),
            reply.get("data-user"),
            reply.xpath("string(*[@class='what'])"),
        )
        for reply in page.xpath("//article[contains(@class, 'reply')]")
    }
    assert found == {(str(c.id), str(c.parent_id or ""), c.author_id, c.text) for c in content.under(post.id)}
