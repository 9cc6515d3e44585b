"""The four examples of ``docs/json.md``, as they stand there, each gathering a whole API over real requests."""

from __future__ import annotations

from typing import Any

from tests.crawlers.jsonapi.conftest import Crawling
from tests.crawlers.jsonapi.examples import example, ghost_page, isso, paged, saved, waline_page, wordpress
from tests.hostile.server import Exchange, Site

KEY = "22444f78447824223cefc48062"


def due(post: str, url: str = "", known: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """One visit."""
    return [{"post_id": post, "url": url, "known": known}]


def test_wordpress(crawling: Crawling, site: Site) -> None:
    """Posts by page number, all comments by links; a second crawl reads one page of each; a visit one post."""
    wordpress(site, saved("posts-wordpress"), saved("stream-wordpress"))
    source = example("blog", base=site.base)
    first = crawling(source)
    assert (first.ids("post"), first.ids("comment"), first.codes) == (["2", "1"], ["9", "8", "7"], {})
    assert first.requests == 3
    again = crawling(source, cursor=first.cursor, known_posts=["2", "1"])
    assert again.requests == 3 and again.cursor == first.cursor
    site.rows("/wp-json/wp/v2/posts/2", saved("posts-wordpress")[0])
    visited = crawling(source, cursor=first.cursor, known_posts=["2", "1"], visits=due("2") + due("1"))
    assert {one["post_id"] for one in visited.of("visit") if one["gone"]} == {"1"}
    assert {tuple(one["ids"]) for one in visited.of("visit") if one["last"]} == {("7",), ()}


def _ghost(site: Site) -> list[str]:
    """A Ghost that wants its key; gives the keys it was given."""
    keys: list[str] = []
    posts, comments = saved("posts-ghost")["posts"], saved("comments-ghost")["comments"]

    def content(exchange: Exchange) -> None:
        keys.append(f"{exchange.query.get('key')} {exchange.headers.get('Accept-Version')}")
        page = int(exchange.query.get("page", "1"))
        exchange.rows(ghost_page("posts")(posts[page - 1 : page], page, len(posts)))

    def thread(exchange: Exchange) -> None:
        mine = comments if exchange.path.split("/")[5] == posts[0]["id"] else []
        exchange.rows(ghost_page("comments")(mine, 1, 1))

    site.on("/ghost/api/content/posts/", content)
    for post in posts:
        site.on(f"/members/api/comments/post/{post['id']}/", thread)
    replies = comments[0]["replies"]
    late = {**replies[0], "id": "f" * 24, "html": "<p>第三个回复</p>"}
    paged(
        site,
        f"/members/api/comments/{comments[0]['id']}/replies/",
        [*replies, late],
        size=2,
        wrap=ghost_page("comments"),
    )
    site.give("/robots.txt", "User-agent: *\nDisallow: /ghost/\nDisallow: /members/", kind="text/plain")
    return keys


def test_ghost(crawling: Crawling, site: Site) -> None:
    """A key that is in no file; nested answers, and those that the page of comments left out; likes; a post gone."""
    keys, source = _ghost(site), example("journal", base=site.base)
    crawling.environment["YINLIU_JOURNAL_KEY"] = KEY
    first = crawling(source)
    posts, comments = saved("posts-ghost")["posts"], saved("comments-ghost")["comments"]
    assert first.codes == {}
    assert first.ids("post") == [post["id"] for post in posts]
    assert keys == [f"{KEY} v5.0"] * 2
    assert sorted(set(first.ids("comment"))) == sorted(["f" * 24, *_ids(comments)])
    parents = {one["external_id"]: one["parent_id"] for one in first.of("comment")}
    assert parents["f" * 24] == comments[0]["id"]
    told = {one["post_id"]: one for one in first.of("visit")}
    ids = [key for one in first.of("visit") if one["post_id"] == posts[0]["id"] for key in one["ids"]]
    assert set(ids) == set(first.ids("comment"))
    assert (told[posts[0]["id"]]["last"], told[posts[0]["id"]]["whole"]) == (True, True)
    assert (told[posts[1]["id"]]["ids"], told[posts[1]["id"]]["whole"]) == ([], True)
    metrics = {(one["post_id"][-1], one["name"]): one["value"] for one in first.of("metric")}
    assert metrics == {("2", "likes"): None, ("2", "comments"): 3, ("1", "likes"): 12, ("1", "comments"): None}
    for path in crawling.folder.rglob("*"):
        assert path.is_dir() or KEY not in path.read_text(encoding="utf-8"), path
    gone = crawling(source, cursor=first.cursor, known_posts=first.ids("post"), visits=due(posts[1]["id"]))
    assert {"post_id": posts[1]["id"], "gone": True}.items() <= gone.of("visit")[-1].items()


def _ids(comments: list[dict[str, Any]]) -> list[str]:
    """The ids of published comments and replies."""
    whole = [*comments, *(reply for one in comments for reply in one["replies"])]
    return [one["id"] for one in whole if one["status"] == "published"]


def test_waline(crawling: Crawling, site: Site) -> None:
    """Posts from the site's own feed, comments and views from the server that knows them by path."""
    asked: list[str] = []
    rows = saved("comments-waline")["data"]["data"]

    def comment(exchange: Exchange) -> None:
        if exchange.query.get("type") == "count":
            exchange.rows({"errno": 0, "errmsg": "", "data": [4]})
            return
        asked.append(exchange.query["path"])
        page = int(exchange.query["page"])
        exchange.rows(waline_page(rows[page - 1 : page], page, 2))

    site.rows("/feed.json", saved("posts-json-feed"))
    site.on("/api/comment", comment)
    site.rows("/api/article", {"errno": 0, "errmsg": "", "data": [{"time": 1234}]})
    source = example("talk", base=site.base)
    first = crawling(source)
    assert first.codes == {}
    assert asked == ["/冬季/", "/冬季/"]
    assert [one["parent_id"] for one in first.of("comment")] == [None, "65f00004", "65f00005", None]
    assert [(one["page"], one["last"], one["whole"]) for one in first.of("visit")] == [
        (1, False, False),
        (2, True, True),
    ]
    assert {one["name"]: one["value"] for one in first.of("metric")} == {"views": 1234, "comments": 4}
    again = crawling(source, cursor=first.cursor, known_posts=first.ids("post"))
    assert (again.requests, again.ids("comment")) == (1, [])


def test_isso(crawling: Crawling, site: Site) -> None:
    """Comments only: posts are known by them; a second crawl asks once, a new comment costs nothing more."""
    comments = [
        {"id": n, "parent": n - 1 if n % 4 == 0 else None, "uri": f"/posts/{n % 5}", "text": f"<p>第 {n} 条</p>"}
        | {"author": "访客", "created": 1_790_000_000.0 + n}
        for n in range(1, 451)
    ]
    isso(site, comments)
    source = example("notes", base=site.base)
    first = crawling(source)
    assert first.codes == {}
    assert sorted(first.ids("post")) == [f"/posts/{n}" for n in range(5)]
    assert first.ids("comment") == [str(n) for n in range(450, 0, -1)]
    assert first.requests == 4
    comments.append({**comments[0], "id": 451})
    again = crawling(source, cursor=first.cursor, known_posts=first.ids("post"))
    assert (again.requests, again.ids("comment")[0], again.ids("post")) == (1, "451", [])
    post = first.of("post")[0]
    visited = crawling(source, cursor=again.cursor, known_posts=first.ids("post"), visits=due("/posts/2", post["url"]))
    assert visited.requests == 3 and visited.of("visit")[-1]["whole"]
