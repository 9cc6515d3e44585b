"""WordPress: the cursor, by which nothing is lost and little is asked twice, and what a visit reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import TextResponse

from crawlers.ask import Ask
from crawlers.items import CommentItem, MetricItem, PostItem, VisitItem
from crawlers.platforms.wordpress import WordPressOptions, WordPressSpider, parse_page
from crawlers.problems import CrawlProblem
from crawlers.spider import Cursor
from crawlers.task import Visit
from crawlers.walk import Walk

OPTIONS = WordPressOptions(name="site", platform="wordpress", url="https://club.example/", overlap_days=3, overlap=5)


def spider(
    cursor: Cursor | None = None, *, since: datetime | None = None, visits: tuple[Visit, ...] = ()
) -> WordPressSpider:
    """A spider of a made-up site, its crawl begun."""
    one = WordPressSpider(options=OPTIONS, cursor=cursor or {}, since=since, visits=visits)
    list(one.first_requests())
    return one


def post(number: int, changed: str) -> dict[str, Any]:
    """A post's row."""
    return {"id": number, "title": {"rendered": "文"}, "date_gmt": "2026-11-01T00:00:00", "modified_gmt": changed}


def comment(number: int, date: str) -> dict[str, Any]:
    """A comment's row."""
    return {"id": number, "post": 1, "content": {"rendered": "评"}, "date_gmt": date}


def answer(rows: list[dict[str, Any]], **headers: str) -> TextResponse:
    """One page of an answer."""
    return TextResponse("https://club.example/", body=json.dumps(rows).encode(), headers=headers)


def read(one: WordPressSpider, what: str, rows: list[dict[str, Any]], *, number: int = 1, total: int = 1) -> list[Any]:
    """What the spider makes of one page."""
    headers = {"X-WP-TotalPages": str(total), "Date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    return list(one.read(answer(rows, **headers), what=what, number=number))


def asks(found: list[Any]) -> list[tuple[str, dict[str, str]]]:
    """The kind and the query of every request among what a page gave."""
    parts = [urlsplit(one.url) for one in found if isinstance(one, Ask)]
    queries = ({name: values[0] for name, values in parse_qs(part.query).items()} for part in parts)
    return [(part.path.rpartition("/")[2], query) for part, query in zip(parts, queries, strict=True)]


def asked(found: list[Any]) -> tuple[str, dict[str, str]]:
    """The one request among what a page gave."""
    (one,) = asks(found)
    return one


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
    assert asks(read(one, "comments", [comment(1, "2026-11-03T00:00:00")])) == []


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
    kind, query = asked(read(following, "posts", []))
    assert (kind, query["after"], "modified_after" in query) == ("posts", "2026-11-02T00:00:00Z", False)
    kind, query = asked(read(following, "scheduled", []))
    assert (kind, query["after"], query["exclude"]) == ("comments", "2026-11-07T11:59:59Z", "8,9")


def test_a_scheduled_post_is_asked_for_by_its_date() -> None:
    """It was last changed long before the cursor, and appears within the overlap."""
    following = spider({"posts": "2026-11-05T00:00:00Z"})
    found = read(following, "scheduled", [post(3, "2026-10-01T00:00:00")])
    assert [one.external_id for one in found if isinstance(one, PostItem)] == ["3"]
    assert following.memory["changed"] == "2026-11-05T00:00:00Z"


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


def test_what_was_seen_survives_the_process() -> None:
    """A crawl that was killed between posts and comments ends with the cursor of one that was not."""
    one, other = spider(), spider()
    for each in (one, other):
        read(each, "posts", [post(1, "2026-11-05T00:00:00")])
    resumed = WordPressSpider(options=OPTIONS, cursor={}, since=None)
    resumed.memory = json.loads(json.dumps(one.memory))
    for each in (resumed, other):
        read(each, "comments", [comment(8, "2026-11-09T00:00:00")])
    assert resumed.next_cursor() == other.next_cursor()


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
    assert asked(list(spider().read(answer(rows), what="comments", number=1)))[1]["page"] == "2"


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


# Visits

DUE = tuple(Visit(post_id=str(number), url="", known=("9", "8", "7", "6", "5")) for number in range(1, 151))


def visited(
    one: WordPressSpider, rows: list[dict[str, Any]], *, walk: Walk | None = None, headers: dict[str, str] | None = None
) -> list[Any]:
    """What the spider makes of one page of post 1's comments."""
    return list(one.read_visit(answer(rows, **(headers or {})), post="1", walk=(walk or Walk()).plain()))


def visit(found: list[Any]) -> VisitItem:
    """The one visit among what a page gave."""
    (one,) = (each for each in found if isinstance(each, VisitItem))
    return one


def numbered(*numbers: int) -> list[dict[str, Any]]:
    """Comments, each published on the day of its number."""
    return [comment(number, f"2026-10-{number:02}T00:00:00") for number in numbers]


def test_every_visit_asks_for_the_newest_comments_first() -> None:
    """A request a post, and one a hundred posts for which of them are there."""
    found = asks(list(spider(visits=DUE).first_requests()))
    assert [kind for kind, _ in found].count("posts") == 3
    present = [query for kind, query in found if "include" in query]
    assert [len(query["include"].split(",")) for query in present] == [100, 50]
    assert {query["_fields"] for query in present} == {"id"}
    comments = [query for kind, query in found if kind == "comments"]
    assert [query["post"] for query in comments] == [one.post_id for one in DUE]
    assert {(query["order"], query["orderby"], query["page"]) for query in comments} == {("desc", "date_gmt", "1")}


def test_posts_that_are_not_there_are_gone() -> None:
    """Of the posts that were asked for, those missing in the answer."""
    found = list(spider(visits=DUE).read_presence(answer([{"id": 1}, {"id": 3}]), wanted=["1", "2", "3"]))
    assert found == [VisitItem(post_id="2", gone=True)]


def test_an_answer_without_any_of_them_is_not_believed() -> None:
    """A site that lost all its posts at once, or ignores what it is asked, is more likely broken: nothing is gone."""
    with pytest.raises(CrawlProblem, match="nothing is taken as gone"):
        list(spider(visits=DUE).read_presence(answer([{"id": 99}]), wanted=["1", "2", "3", "4", "5", "6"]))


def test_a_few_that_all_seem_gone_are_asked_one_by_one() -> None:
    """A team may well delete the one post that is visited; WordPress itself must say so."""
    one = spider(visits=DUE)
    (question,) = one.read_presence(answer([]), wanted=["1"])
    assert isinstance(question, Ask)
    assert (question.callback, question.accepts) == ("read_absence", (404,))
    lost = TextResponse("https://club.example/", status=404, body=b'{"code":"rest_post_invalid_id"}')
    other = TextResponse("https://club.example/", status=404, body=b"<h1>Not Found</h1>")
    assert list(one.read_absence(lost, post="1")) == [VisitItem(post_id="1", gone=True)]
    assert list(one.read_absence(other, post="1")) == []


def test_a_visit_reads_to_the_end_of_the_list() -> None:
    """Less than a page: whole, with every id and the oldest time."""
    found = visited(spider(visits=DUE), numbered(3, 2, 1))
    one = visit(found)
    assert (one.page, one.last, one.whole, one.ids) == (1, True, True, ("3", "2", "1"))
    assert one.oldest == datetime(2026, 10, 1, tzinfo=UTC)
    assert [item.external_id for item in found if isinstance(item, CommentItem)] == ["3", "2", "1"]
    assert asks(found) == []


def test_a_visit_ends_on_known_ground() -> None:
    """Five known in a row (``overlap``): nothing older is read, so the visit is not whole."""
    found = visited(spider(visits=DUE), numbered(10, 9, 8, 7, 6, 5), headers={"X-WP-TotalPages": "4"})
    assert (visit(found).last, visit(found).whole, asks(found)) == (True, False, [])


def test_a_visit_goes_on_where_a_page_was_news() -> None:
    """Four known in a row are not enough: the next page, and the count of known ones goes on there."""
    one = spider(visits=DUE)
    found = visited(one, numbered(10, 9, 8, 7, 6), headers={"X-WP-TotalPages": "4"})
    assert (visit(found).last, visit(found).whole) == (False, False)
    assert asked(found)[1]["page"] == "2"
    (following,) = (each for each in found if isinstance(each, Ask))
    assert following.callback == "read_visit"
    again = visited(one, numbered(5), walk=Walk.of(following.kwargs["walk"]), headers={"X-WP-TotalPages": "4"})
    assert (visit(again).page, visit(again).last, visit(again).whole, asks(again)) == (2, True, False, [])


def test_a_site_that_repeats_its_page_ends_the_visit() -> None:
    """The same ids again: over, and not whole."""
    one = spider(visits=DUE)
    (following,) = (
        each for each in visited(one, numbered(12, 11), headers={"X-WP-TotalPages": "9"}) if isinstance(each, Ask)
    )
    again = visit(
        visited(one, numbered(12, 11), walk=Walk.of(following.kwargs["walk"]), headers={"X-WP-TotalPages": "9"})
    )
    assert (again.last, again.whole) == (True, False)


@pytest.mark.parametrize(("total", "value"), [("12", 12), ("0", 0), ("many", None)])
def test_the_total_of_comments_is_a_metric(total: str, value: int | None) -> None:
    """``X-WP-Total`` of the first page; what is no number is unknown."""
    found = visited(spider(visits=DUE), numbered(1), headers={"X-WP-Total": total})
    assert [one for one in found if isinstance(one, MetricItem)] == [
        MetricItem(post_id="1", name="comments", value=value, raw=total)
    ]


def test_a_total_that_is_not_told_is_no_metric() -> None:
    """Nor is that of a later page, which would be the same again."""
    one = spider(visits=DUE)
    assert not any(isinstance(each, MetricItem) for each in visited(one, numbered(1)))
    later = visited(one, numbered(1), walk=Walk(page=2), headers={"X-WP-Total": "5"})
    assert not any(isinstance(each, MetricItem) for each in later)


def test_a_broken_row_does_not_hide_the_others() -> None:
    """It is a problem of its own; the ids are those that were read."""
    found = visited(spider(visits=DUE), [{"id": "x"}, *numbered(2)])
    assert visit(found).ids == ("2",)
    assert [one.code for one in found if one.__class__.__name__ == "ProblemItem"] == ["item_incomplete"]


@pytest.mark.parametrize(
    "body", ['[{"author_name": "张伟", "content": "13800138000"},', '{"author_name": "张伟 13800138000"}']
)
def test_an_answer_that_is_no_list_is_described_not_quoted(body: str) -> None:
    """Half a list, or an object: nobody's name and number reach a message."""
    with pytest.raises(CrawlProblem) as caught:
        parse_page(body)
    assert caught.value.code == "not_json"
    assert not any(word in caught.value.detail for word in ("张伟", "13800138000"))
