"""What a crawl asks for: news only, in every way a list can go on; and what it does when an API misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from crawlers.ask import Ask
from crawlers.jsonapi.address import About
from crawlers.jsonapi.options import JsonOptions
from crawlers.platforms.json_api import JsonSpider
from tests.crawlers.jsonapi.conftest import Crawling
from tests.hostile.server import Exchange, Site

POST: dict[str, Any] = {"id": "id", "title": "t", "time": "at", "url": "u"}
COMMENT: dict[str, Any] = {"id": "id", "text": "t", "time": "at"}
THREAD: dict[str, Any] = {"path": "c", "params": {"of": "{post.id}"}, "fields": COMMENT}


def rows(first: int, last: int, **fields: Any) -> list[dict[str, Any]]:
    """Rows by number, either way; each a minute after the one before."""
    step = 1 if first <= last else -1
    made = range(first, last + step, step)
    return [{"id": n, "t": f"第 {n}", "at": 1_790_000_000 + n * 60, "u": f"/{n}", **fields} for n in made]


def source(site: Site, posts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A source with one list of posts."""
    return {"url": f"{site.base}/api/", "posts": {"path": "p", "fields": POST, **posts}, **more}


def numbered(data: list[Any], size: int) -> Callable[[Exchange], None]:
    """A list by page number, without a word on how many there are."""

    def answer(exchange: Exchange) -> None:
        page = int(exchange.query.get("page", "1"))
        exchange.rows(data[(page - 1) * size : page * size])

    return answer


def offset(data: list[Any], size: int) -> Callable[[Exchange], None]:
    """A list by offset."""
    return lambda exchange: exchange.rows(data[int(exchange.query["offset"]) :][:size])


def cursor(data: list[Any], size: int) -> Callable[[Exchange], None]:
    """A list by cursor: the cursor is where it goes on."""

    def answer(exchange: Exchange) -> None:
        at = int(exchange.query.get("cursor", "0"))
        more = {"next": str(at + size)} if at + size < len(data) else {}
        exchange.rows({"rows": data[at : at + size], **more})

    return answer


def linked(data: list[Any], size: int) -> Callable[[Exchange], None]:
    """A list by the address of the next page in its body."""

    def answer(exchange: Exchange) -> None:
        at = int(exchange.query.get("at", "0"))
        following = f"?at={at + size}" if at + size < len(data) else None
        exchange.rows({"rows": data[at : at + size], "next": following})

    return answer


KINDS: list[Any] = [
    (numbered, {"paging": {"kind": "page"}}),
    (offset, {"paging": {"kind": "offset", "size": 10}}),
    (cursor, {"paging": {"kind": "cursor", "next": "next"}, "items": "rows"}),
    (linked, {"paging": {"kind": "link", "next": "next"}, "items": "rows"}),
]


@pytest.mark.parametrize(("server", "posts"), KINDS, ids=["page", "offset", "cursor", "link"])
def test_newest_first_ends_at_known_ground(crawling: Crawling, site: Site, server: Any, posts: dict[str, Any]) -> None:
    """Two hundred posts once; then three new ones cost three pages of ten: twenty known ones in a row are enough."""
    data = rows(200, 1)
    site.on("/api/p", server(data, 10))
    api = source(site, posts)
    first = crawling(api)
    assert first.ids("post") == [str(n) for n in range(200, 0, -1)]
    data[:0] = rows(203, 201)
    again = crawling(api, cursor=first.cursor, known_posts=first.ids("post"))
    assert (again.requests, len(again.ids("post")), again.codes) == (3, 30, {})
    assert again.cursor and again.cursor["seen"]["posts"][:4] == ["203", "202", "201", "200"]
    assert len(again.cursor["seen"]["posts"]) == 200


@pytest.mark.parametrize(("server", "posts"), KINDS, ids=["page", "offset", "cursor", "link"])
def test_oldest_first_reads_on(crawling: Crawling, site: Site, server: Any, posts: dict[str, Any]) -> None:
    """The next crawl begins one page before the last; what was deleted meanwhile does not make it lose its way."""
    data = rows(1, 95)
    site.on("/api/p", server(data, 10))
    api = source(site, {**posts, "order": "oldest"})
    first = crawling(api)
    assert first.ids("post") == [str(n) for n in range(1, 96)]
    del data[:3]
    data += rows(96, 100)
    again = crawling(api, cursor=first.cursor)
    assert again.ids("post")[-5:] == ["96", "97", "98", "99", "100"]
    assert again.requests <= 4
    del data[5:]
    shrunk = crawling(api, cursor=again.cursor)
    assert shrunk.ids("post")[:5] == ["4", "5", "6", "7", "8"] and shrunk.codes == {}


def test_comments_are_asked_for_new_posts_and_visits_only(crawling: Crawling, site: Site) -> None:
    """One request for each new post; a visit stops at the comments that are known."""
    data, comments = rows(8, 1), rows(60, 1)
    site.on("/api/p", numbered(data, 100))
    site.on("/api/c", numbered(comments, 10))
    thread = {**THREAD, "paging": {"kind": "page", "size": 10}, "overlap": 5}
    api = source(site, {"paging": {"kind": "page", "size": 100}}, comments=thread)
    first = crawling({**api, "posts": {**api["posts"], "path": "none"}})
    assert first.cursor is None
    first = crawling(api)
    assert first.requests == 1 + 8 * 7
    known = [str(n) for n in range(58, 0, -1)]
    visits = [{"post_id": "7", "url": "", "known": known}]
    again = crawling(api, cursor=first.cursor, known_posts=first.ids("post"), visits=visits)
    assert again.requests == 2
    (visit,) = again.of("visit")
    assert (visit["last"], visit["whole"], visit["ids"][:3]) == (True, False, ["60", "59", "58"])


def test_a_window_stops_at_older_posts_and_leaves_the_cursor(crawling: Crawling, site: Site) -> None:
    """``since``: what is older is not taken, and a page that is older as a whole ends the walk."""
    site.on("/api/p", numbered(rows(100, 1), 10))
    api, kept = source(site, {"paging": {"kind": "page"}}), {"seen": {"posts": ["100", "99"]}}
    since = datetime.fromtimestamp(1_790_000_000 + 75 * 60, tz=UTC)
    found = crawling(api, since=since.isoformat(), cursor=kept)
    assert found.ids("post") == [str(n) for n in range(100, 74, -1)]
    assert found.requests == 4
    assert found.cursor is not None
    assert {name: value for name, value in found.cursor.items() if name != "of"} == kept


def test_a_list_that_never_ends_is_ended(crawling: Crawling, site: Site) -> None:
    """A page that repeats itself, a link that leads in a circle, and more pages than allowed."""
    site.rows("/api/p", rows(3, 1))
    assert crawling(source(site, {"paging": {"kind": "page"}})).requests == 2
    site.on("/api/p", lambda exchange: exchange.rows(rows(3, 1), headers={"Link": '<?x=1>; rel="next"'}))
    assert crawling(source(site, {"paging": {"kind": "link"}})).requests == 2
    site.on("/api/p", numbered(rows(1000, 1), 1))
    ended = crawling(source(site, {"paging": {"kind": "page"}, "max_pages": 7}))
    assert (ended.requests, ended.codes) == (7, {"list_too_long": 1})


def test_a_next_page_on_another_host_is_not_asked(crawling: Crawling, site: Site) -> None:
    """What came is kept, the cursor stays."""
    site.on("/api/p", lambda exchange: exchange.rows(rows(3, 1), headers={"Link": '<http://127.0.0.2/>; rel="next"'}))
    found = crawling(source(site, {"paging": {"kind": "link"}}))
    assert (found.ids("post"), found.codes, found.cursor) == (["3", "2", "1"], {"redirect_forbidden": 1}, None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html>login</html>", "not_json"),
        ('{"rows": 1}', "not_json"),
        ('{"e": "no such key"}', "api_refused"),
        ("", "empty_body"),
    ],
)
def test_an_answer_that_is_none_is_told_for_the_whole_source(
    crawling: Crawling, site: Site, body: str, code: str
) -> None:
    """The cursor does not move."""
    site.give("/api/p", body, kind="application/json")
    found = crawling(source(site, {}, error="e"), cursor={"seen": {"posts": ["1"]}})
    assert (found.codes, found.cursor, found.of("problem")[0]["scope"]) == ({code: 1}, None, "source")
    assert "Traceback" not in found.log


def test_a_missing_secret_is_named_and_nothing_is_asked(crawling: Crawling, site: Site) -> None:
    """Not even once: an API may lock out whoever comes without a key."""
    site.rows("/api/p", rows(1, 1))
    found = crawling(source(site, {}, headers={"X-Key": "${YINLIU_NOBODY_SETS_THIS}"}))
    assert found.codes == {"secret_missing": 1}
    assert "YINLIU_NOBODY_SETS_THIS" in found.of("problem")[0]["detail"]
    assert site.asked["/api/p"] == 0
    crawling.environment["YINLIU_NOBODY_SETS_THIS"] = "now it is"
    assert crawling(source(site, {}, headers={"X-Key": "${YINLIU_NOBODY_SETS_THIS}"})).ids("post") == ["1"]


def test_secrets_are_sent_and_stand_in_no_file(crawling: Crawling, site: Site) -> None:
    """What a site repeats of a key is masked."""
    got: dict[str, tuple[str | None, str]] = {}

    def note(exchange: Exchange) -> None:
        got[exchange.path.partition("?")[0]] = (exchange.headers.get("X-Key"), exchange.path.partition("?")[2])
        exchange.rows({"e": f"bad key {exchange.query.get('k')}"} if exchange.path.startswith("/api/c") else rows(1, 1))

    site.on("/api/p", note)
    site.on("/api/c", note)
    crawling.environment["YINLIU_A"] = "s3cret"
    api = source(site, {}, comments=THREAD, headers={"X-Key": "${YINLIU_A}"}, params={"k": "${YINLIU_A}"}, error="e")
    found = crawling(api)
    assert got["/api/p"] == ("s3cret", "k=s3cret")
    assert [problem["detail"] for problem in found.of("problem")] == ["e: bad key ***"]
    assert "s3cret" not in "".join(path.read_text() for path in crawling.folder.iterdir())


def test_a_section_on_another_host_gets_no_headers_and_parameters() -> None:
    """Neither those with secrets, which the core adds for the source's own host alone, nor the plain ones."""
    given = {"headers": {"X-A": "a", "X-Key": "${YINLIU_A}"}, "params": {"p": "1", "k": "${YINLIU_A}"}}
    posts = {"path": "https://other.example/p", "fields": POST}
    options = JsonOptions.model_validate(
        {"name": "api", "platform": "json", "url": "https://api.example/", "posts": posts, "comments": THREAD, **given}
    )
    spider = JsonSpider(options=options, cursor={}, since=None)
    (elsewhere,) = spider.first_requests()
    assert isinstance(elsewhere, Ask)
    assert (elsewhere.url, set(elsewhere.headers), elsewhere.meta) == ("https://other.example/p", {"Accept"}, {})
    (own,) = spider.ask_thread(About("1", ""), due=False)
    assert isinstance(own, Ask)
    assert (own.url, set(own.headers)) == ("https://api.example/c?p=1&of=1", {"Accept", "X-A"})
    assert own.meta == {"dont_obey_robotstxt": True}


def test_a_thread_without_ids_says_nothing_about_deletions(crawling: Crawling, site: Site) -> None:
    """An API that renamed its id must not make every comment look deleted."""
    site.rows("/api/p", rows(1, 1))
    site.rows("/api/c", [{"key": 1, "t": "x"}])
    found = crawling(source(site, {}, comments=THREAD))
    assert (found.codes, found.of("visit")) == ({"item_incomplete": 1}, [])


@pytest.mark.parametrize(("missing", "gone"), [("gone", True), ("none", False)])
def test_a_thread_that_is_not_there(crawling: Crawling, site: Site, missing: str, gone: bool) -> None:
    """On a visit the post is gone, or it has no comments, as the configuration says."""
    site.rows("/api/p", rows(1, 1))
    api = source(site, {}, comments={**THREAD, "missing": missing})
    found = crawling(api, known_posts=["1"], visits=[{"post_id": "1", "url": ""}])
    assert [(one["post_id"], one["gone"]) for one in found.of("visit")] == [("1", gone)]
    assert found.codes == {}


def test_a_pinned_comment_does_not_make_others_look_deleted(crawling: Crawling, site: Site) -> None:
    """What a page must hold is bounded by its last row: an old comment at the top says nothing."""
    site.rows("/api/p", rows(1, 1))
    site.on("/api/c", numbered([*rows(5, 5), *rows(90, 81), *rows(80, 6)], 11))
    api = source(site, {}, comments={**THREAD, "paging": {"kind": "page"}, "overlap": 3})
    visits = [{"post_id": "1", "url": "", "known": [str(n) for n in range(88, 0, -1)]}]
    (visit,) = crawling(api, known_posts=["1"], visits=visits).of("visit")
    assert (visit["last"], visit["whole"], visit["ids"][0]) == (True, False, "5")
    assert datetime.fromisoformat(visit["oldest"]).timestamp() == 1_790_000_000 + 81 * 60


def test_oldest_first_threads_say_nothing_before_their_end(crawling: Crawling, site: Site) -> None:
    """A thread that is cut off by ``max_pages`` is no ground for calling its newer comments deleted."""
    site.rows("/api/p", rows(1, 1))
    site.on("/api/c", numbered(rows(1, 30), 10))
    thread = {**THREAD, "paging": {"kind": "page"}, "order": "oldest"}
    assert [one["last"] for one in crawling(source(site, {}, comments=thread)).of("visit")] == [
        False,
        False,
        False,
        True,
    ]
    cut = crawling(source(site, {}, comments={**thread, "max_pages": 2}))
    assert [one["last"] for one in cut.of("visit")] == [False]
    assert cut.codes == {"list_too_long": 1}


def test_a_spent_budget_is_continued_by_the_next_crawl(crawling: Crawling, site: Site) -> None:
    """Nothing is asked twice, nothing is left out, and the cursor holds the newest ids in the order of the list."""
    site.on("/api/p", numbered(rows(95, 1), 10))
    api = source(site, {"paging": {"kind": "page", "size": 10}})
    first = crawling({**api, "max_requests": 4})
    assert (len(first.ids("post")), first.cursor, first.requests) == (40, None, 4)
    second = crawling(api, known_posts=first.ids("post"))
    assert first.ids("post") + second.ids("post") == [str(n) for n in range(95, 0, -1)]
    assert second.cursor and second.cursor["seen"]["posts"] == [str(n) for n in range(95, 0, -1)]


def test_a_post_without_an_address_is_not_asked_for_by_its_address(crawling: Crawling, site: Site) -> None:
    """An empty path would bring the comments of some other page: it is said instead."""
    site.rows("/api/p", rows(2, 1, u=None))
    found = crawling(source(site, {}, comments={**THREAD, "params": {"of": "{post.path}"}}))
    assert (found.ids("post"), found.codes, site.asked["/api/c"]) == (["2", "1"], {"item_incomplete": 2}, 0)
    assert found.of("problem")[0]["detail"] == "post '2' has no post.path to ask with"
