"""The WordPress cursor: what the next crawl asks for, so that nothing is lost and little is asked twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import TextResponse

from crawlers.items import CommentItem, PostItem
from crawlers.platforms.wordpress import WordPressOptions, WordPressSpider
from crawlers.spider import Cursor

OPTIONS = WordPressOptions(name="site", platform="wordpress", url="https://club.example/", overlap_days=3)


def spider(cursor: Cursor | None = None, since: datetime | None = None) -> WordPressSpider:
    """A spider of a made-up site."""
    return WordPressSpider(options=OPTIONS, cursor=cursor or {}, since=since)


def post(number: int, changed: str) -> dict[str, Any]:
    """A post's row."""
    return {"id": number, "title": {"rendered": "文"}, "date_gmt": "2026-11-01T00:00:00", "modified_gmt": changed}


def comment(number: int, date: str) -> dict[str, Any]:
    """A comment's row."""
    return {"id": number, "post": 1, "content": {"rendered": "评"}, "date_gmt": date}


def read(one: WordPressSpider, what: str, rows: list[dict[str, Any]], *, number: int = 1, total: int = 1) -> list[Any]:
    """What the spider makes of one page."""
    headers = {"X-WP-TotalPages": str(total), "Date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    response = TextResponse("https://club.example/", body=json.dumps(rows).encode(), headers=headers)
    return list(one.read(response, what=what, number=number))


def asked(found: list[Any]) -> tuple[str, dict[str, str]]:
    """The kind and the query of the one request among what a page gave."""
    (request,) = (one for one in found if isinstance(one, Request))
    parts = urlsplit(request.url)
    return parts.path.rpartition("/")[2], {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_the_first_crawl_asks_for_everything_oldest_first() -> None:
    """Posts page by page, then comments, by ascending id: nothing shifts when something is published meanwhile."""
    one = spider()
    kind, query = asked(list(one.first_requests()))
    assert (kind, query["orderby"], query["order"], query["page"]) == ("posts", "id", "asc", "1")
    assert "modified_after" not in query
    assert asked(read(one, "posts", [post(1, "2026-11-01T00:00:00")], total=2))[1]["page"] == "2"
    kind, query = asked(read(one, "posts", [post(2, "2026-11-02T00:00:00")], number=2, total=2))
    assert (kind, query["page"]) == ("comments", "1")
    assert "after" not in query
    assert not any(isinstance(found, Request) for found in read(one, "comments", [comment(1, "2026-11-03T00:00:00")]))


def test_the_next_crawl_asks_for_what_changed() -> None:
    """Posts changed since the newest change; comments of an overlap, without those already seen in it."""
    one = spider()
    read(one, "posts", [post(1, "2026-11-05T00:00:00"), post(2, "2026-11-04T00:00:00")])
    read(one, "comments", [comment(7, "2026-11-01T00:00:00"), comment(8, "2026-11-09T00:00:00")])
    read(one, "comments", [comment(9, "2026-11-10T12:00:00")])
    cursor = json.loads(json.dumps(one.next_cursor()))
    assert cursor["posts"] == "2026-11-05T00:00:00Z"
    following = spider(cursor)
    assert asked(list(following.first_requests()))[1]["modified_after"] == "2026-11-05T00:00:00Z"
    _, query = asked(read(following, "posts", []))
    assert (query["after"], query["exclude"]) == ("2026-11-07T11:59:59Z", "8,9")


def test_a_crawl_without_news_keeps_its_cursor() -> None:
    """Nothing new: the same cursor again, so that the overlap does not wander."""
    one = spider()
    read(one, "posts", [post(1, "2026-11-05T00:00:00")])
    read(one, "comments", [comment(8, "2026-11-09T00:00:00")])
    cursor = one.next_cursor()
    again = spider(json.loads(json.dumps(cursor)))
    read(again, "posts", [])
    read(again, "comments", [])
    assert again.next_cursor() == cursor


def test_a_change_in_the_running_second_is_asked_for_again() -> None:
    """What was changed as the page was served may be changed once more in the same second."""
    one = spider()
    read(one, "posts", [post(1, "2026-11-20T12:00:00")])
    assert one.next_cursor()["posts"] == "2026-11-20T11:59:58Z"


def test_since_asks_for_a_window_and_leaves_the_cursor() -> None:
    """A crawl of a window does not make the next one skip what lies before or after it."""
    cursor = {"posts": "2026-11-05T00:00:00Z", "comments": {"after": "2026-11-01T00:00:00Z", "newest": "x", "seen": {}}}
    one = spider(cursor, since=datetime(2026, 11, 10, tzinfo=UTC))
    assert asked(list(one.first_requests()))[1]["after"] == "2026-11-10T00:00:00Z"
    _, query = asked(read(one, "posts", [post(1, "2026-11-19T00:00:00")]))
    assert (query["after"], "exclude" in query) == ("2026-11-10T00:00:00Z", False)
    read(one, "comments", [comment(1, "2026-11-19T00:00:00")])
    assert one.next_cursor() == cursor


def test_a_full_page_without_a_total_means_that_another_follows() -> None:
    """Some proxies drop X-WP-TotalPages."""
    rows = [comment(number, "2026-11-03T00:00:00") for number in range(100)]
    response = TextResponse("https://club.example/", body=json.dumps(rows).encode())
    assert asked(list(spider().read(response, what="comments", number=1)))[1]["page"] == "2"


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)).map(lambda moment: moment.replace(microsecond=0))


@given(st.lists(MOMENTS, min_size=1, max_size=150))
def test_no_comment_after_the_overlap_is_ever_skipped(moments: list[datetime]) -> None:
    """Whatever came, the next crawl begins three days before the newest and excludes only what it has seen."""
    rows = [comment(number + 1, moment.isoformat()) for number, moment in enumerate(moments)]
    one = spider()
    read(one, "comments", rows)
    known = one.next_cursor()["comments"]
    after = datetime.fromisoformat(known["after"]).replace(tzinfo=None)
    assert (max(moments) - after).total_seconds() == 3 * 86_400 + 1
    assert set(known["seen"]) <= {str(row["id"]) for row in rows}
    assert len(known["seen"]) <= 100


def test_a_page_gives_posts_and_comments() -> None:
    """Rows become items of their kind."""
    assert isinstance(read(spider(), "posts", [post(1, "2026-11-01T00:00:00")])[0], PostItem)
    assert isinstance(read(spider(), "comments", [comment(1, "2026-11-01T00:00:00")])[0], CommentItem)
