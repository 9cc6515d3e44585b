"""Rows become posts and comments: replies to any depth, and nothing lost silently."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import CommentItem, PostItem, ProblemItem, from_record, to_record
from crawlers.jsonapi.answer import parse_answer, rows_of
from crawlers.jsonapi.mapping import Reading, Row, read_metrics, read_post, read_rows, root_ids
from crawlers.jsonapi.options import Discussion, PostFields
from crawlers.problems import CrawlProblem
from tests.crawlers.jsonapi.reader import NOW
from tests.crawlers.jsonapi.test_expressions import JSON

READING = Reading(url="https://a.example/api/?page=1", section="comments", zone=ZoneInfo("UTC"), now=NOW)
AMONG = Discussion.model_validate(
    {"fields": {"id": "a", "text": "b", "parent": "c", "author": "b"}, "replies": "r", "skip": "gone"}
)


def read(rows: list[Any], among: Discussion = AMONG) -> list[Any]:
    """What rows are."""
    return [item for _, item in read_rows(rows, among, post="p", reading=READING)]


def nested(depth: int) -> dict[str, Any]:
    """A comment with an answer to it with an answer to it …"""
    found: dict[str, Any] = {"a": depth, "b": "深"}
    for number in range(depth - 1, 0, -1):
        found = {"a": number, "b": "深", "r": [found]}
    return found


def test_replies_are_read_however_deep() -> None:
    """Far deeper than Python's own limit of recursion; each knows what it answers."""
    items = read([nested(5000)])
    assert [item.external_id for item in items] == [str(n) for n in range(1, 5001)]
    assert [item.parent_id for item in items[:3]] == [None, "1", "2"]


def test_comments_come_in_the_order_of_a_reader() -> None:
    """A comment, its replies, the next comment; the list's own order is that of the rows alone."""
    rows = [{"a": 3, "b": "x", "r": [{"a": 4, "b": "x"}, {"a": 5, "b": "x", "c": 4}]}, {"a": 1, "b": "x", "r": "none"}]
    pairs = read_rows(rows, AMONG, post="p", reading=READING)
    assert [(row.number, item.parent_id) for row, item in pairs if isinstance(item, CommentItem)] == [
        *(("1", None), ("1.1", "3"), ("1.2", "4"), ("2", None))
    ]
    assert root_ids(pairs) == ["3", "1"]


def test_what_is_skipped_keeps_its_replies() -> None:
    """A deleted comment is no comment, the answers to it are."""
    items = read([{"a": 1, "gone": True, "r": [{"a": 2, "b": "x"}]}])
    assert [(item.external_id, item.parent_id) for item in items] == [("2", "1")]


def test_an_incomplete_row_is_named() -> None:
    """Where it was asked for, which row, which expression found nothing, and the row itself."""
    (item,) = read([{"a": 1, "b": "x", "r": [{"a": 2, "b": "<p></p>"}]}])[1:]
    assert isinstance(item, ProblemItem)
    assert (item.code, item.url) == ("item_incomplete", READING.url)
    assert item.detail == "row 1.1: nothing at comments.fields.text 'b'"
    assert item.payload == '{"a": 2, "b": "<p></p>"}'


def test_a_comment_is_not_its_own_parent() -> None:
    """Some servers write the comment's own id where there is no parent."""
    assert read([{"a": 1, "b": "x", "c": 1}])[0].parent_id is None


@given(st.lists(JSON, max_size=4))
def test_every_row_is_an_item_or_a_problem(rows: list[Any]) -> None:
    """Nothing vanishes, nothing fails, and what comes out can be landed."""
    items = read(rows)
    assert len(items) >= sum(1 for row in rows if not (isinstance(row, dict) and row.get("gone") is True))
    for item in items:
        assert to_record(from_record(to_record(item))) == to_record(item)


def test_a_post_without_a_title_is_called_by_its_first_line() -> None:
    """And a post that nobody gave fields for by its id."""
    body = PostFields(id="a", body="b")
    post = read_post(Row("1", {"a": 1, "b": "<p>第一行</p><p>二</p>"}), body, written="html", reading=READING)
    assert isinstance(post, PostItem) and post.title == "第一行"
    bare = read_post(Row("1", {"a": "/x"}), PostFields(id="a", url="a"), written="html", reading=READING)
    assert isinstance(bare, PostItem) and (bare.title, bare.url) == ("/x", "https://a.example/x")


def test_counters_that_are_not_there_are_unknown() -> None:
    """One item for each that is configured."""
    found = list(read_metrics({"n": 0}, {"likes": "n", "views": "v"}, post="p"))
    assert [(one.name, one.value, one.raw) for one in found] == [("likes", 0, "0"), ("views", None, "null")]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        *(
            ("<html>", {}, "not_json"),
            ("", {}, "not_json"),
            ("[" * 100_000, {}, "not_json"),
            ("1" * 5000, {}, "not_json"),
        ),
        *(('{"e": "no"}', {"error": "e"}, "api_refused"), ('{"e": [1]}', {"error": "e"}, "api_refused")),
        *(('{"c": 1}', {"ok": "c == `0`"}, "api_refused"), ("[]", {"ok": "c == `0`"}, "api_refused")),
    ],
)
def test_an_answer_that_is_none_is_refused(text: str, options: dict[str, str], code: str) -> None:
    """With its beginning, or with what the API said."""
    with pytest.raises(CrawlProblem) as caught:
        parse_answer(text, **options)
    assert caught.value.code == code
    assert len(caught.value.detail) < 400


@pytest.mark.parametrize("text", ['{"e": null, "c": 0}', '{"e": "", "c": 0}', '{"e": 0, "c": 0}', '{"e": [], "c": 0}'])
def test_an_empty_error_is_none(text: str) -> None:
    """Many APIs always send the field: the answer is read whole."""
    assert parse_answer(text, error="e && e != `0` && e", ok="c == `0`") == json.loads(text)


def test_null_is_an_empty_page_but_not_a_first_one() -> None:
    """Servers in Go write an empty list as null; at the beginning it rather means that ``items`` is wrong."""
    assert rows_of({"x": None}, items="x", section="posts", first=False) == []
    answers: list[Any] = [{"x": None}, {"x": {}}, {"x": "a"}]
    for answer in answers:
        with pytest.raises(CrawlProblem, match=r"posts\.items 'x' gives no list"):
            rows_of(answer, items="x", section="posts", first=True)
