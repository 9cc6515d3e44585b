"""What a long crawl costs: work and journal grow with what is read, not with its square."""

from __future__ import annotations

from typing import Any

import msgspec
from scrapy.http import TextResponse

from crawlers.ask import Ask
from crawlers.items import PostItem, VisitItem
from crawlers.jsonapi.address import About
from crawlers.jsonapi.options import JsonOptions
from crawlers.platforms.json_api import JsonSpider
from tests.crawlers.jsonapi.test_walks import COMMENT, THREAD, rows
from tests.patience import within

REPLIES = {"when": "more", "path": "r", "params": {"of": "{comment.id}"}, "paging": {"kind": "page", "size": 10}}


def spider(**given: Any) -> JsonSpider:
    """A spider without a crawl."""
    options = {"name": "api", "platform": "json", "url": "https://api.example/", **given}
    return JsonSpider(options=JsonOptions.model_validate(options), cursor={}, since=None)


def answered(reading: JsonSpider, ask: Ask, data: Any) -> list[Any]:
    """What comes of an answer to an ask."""
    body = msgspec.json.encode(data)
    response = TextResponse(ask.url, body=body, encoding="utf-8", headers={"Content-Type": "application/json"})
    return list(getattr(reading, ask.callback)(response, **ask.kwargs))


def test_a_hundred_thousand_derived_posts_are_looked_up_in_no_time() -> None:
    """A comment of the stream asks whether its post is known: not by joining everything known."""
    stream = {"path": "s", "fields": {**COMMENT, "post": "id"}}
    reading = spider(posts={"from_comments": {"id": "id"}}, stream=stream)
    reading.known_posts = frozenset(str(number) for number in range(500))
    reading._derived_posts = {f"d{number}" for number in range(100_000)}
    (ask,) = reading.first_requests()
    assert isinstance(ask, Ask)
    with within(4):
        found = answered(reading, ask, [{"id": number % 500, "t": "x", "at": 1} for number in range(5000)])
    assert not [one for one in found if isinstance(one, PostItem)]


def test_a_viral_threads_asks_stay_small() -> None:
    """A comment with hundreds of pages of replies: each ask is as long as the first, and no id is left untold."""
    posts: dict[str, Any] = {"path": "p", "fields": {"id": "id", "title": "t"}}
    reading = spider(posts=posts, comments={**THREAD, "more_replies": REPLIES, "max_pages": 1000})
    (ask,) = reading.ask_thread(About("7", ""), due=False)
    assert isinstance(ask, Ask)
    *_, ask = answered(reading, ask, [*rows(100, 2), *rows(1, 1, more=True)])
    told, sizes = list[VisitItem](), list[int]()
    for page in range(60):
        sizes.append(len(msgspec.json.encode({name: ask.kwargs[name] for name in ask.kwargs if name != "walk"})))
        found = answered(reading, ask, rows(1000 + page * 10, 1009 + page * 10) if page < 59 else [])
        told += [one for one in found if isinstance(one, VisitItem)]
        ask = found[-1]
    assert max(sizes) < 700
    assert len({key for one in told for key in one.ids}) == 590
    assert [one.last for one in told[-2:]] == [False, True]
