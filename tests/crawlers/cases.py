"""Saved responses: each folder holds a page as it came and the records expected from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import HtmlResponse, Response, TextResponse, XmlResponse

from crawlers.items import Item, to_record
from crawlers.platforms import feed, page, wordpress
from crawlers.problems import CrawlProblem
from crawlers.spider import response_text
from tests.crawlers.exports.cases import saved_items as saved_exports
from tests.crawlers.jsonapi.reader import read_case
from tests.crawlers.wechat.cases import saved_items

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = "https://club.example/"
_RESPONSES = {".json": TextResponse, ".html": HtmlResponse, ".xml": XmlResponse}


def saved_response(folder: Path) -> Response:
    """The response of a case, as Scrapy would have made it."""
    file = next(folder.glob("page.*"))
    return _RESPONSES[file.suffix](URL, body=file.read_bytes())


def records(folder: Path) -> list[dict[str, Any]]:
    """What the platform reads from a case; a refused page is a record of its own."""
    if folder.parent.name == "file":
        return [to_record(item) for item in saved_exports(folder)]
    try:
        text, flaws = response_text(saved_response(folder))
        read = _READERS[folder.parent.name]
        return [to_record(item) if not isinstance(item, dict) else item for item in read(folder, text, flaws)]
    except CrawlProblem as problem:
        return [{"kind": "refused", "code": problem.code}]


def _wordpress(folder: Path, text: str, flaws: tuple[str, ...]) -> Iterator[Item]:
    parse = wordpress.parse_post if folder.name.startswith("posts") else wordpress.parse_comment
    yield from (parse(row, now=NOW) for row in wordpress.parse_page(text))


def _feed(folder: Path, text: str, flaws: tuple[str, ...]) -> Iterator[Item | dict[str, Any]]:
    for entry in feed.parse_feed(text, url=URL):
        if folder.name.startswith("comments"):
            yield feed.parse_comment(entry, post="post", zone=SHANGHAI, now=NOW)
        else:
            yield feed.parse_post(entry, zone=SHANGHAI, now=NOW)
            if address := feed.comment_feed(entry):
                yield {"kind": "comment feed", "address": address}


def _page(folder: Path, text: str, flaws: tuple[str, ...]) -> Iterator[Item | dict[str, Any]]:
    options = page.PageOptions.model_validate_json((folder / "options.json").read_bytes())
    if folder.name.startswith("list"):
        links, following = page.parse_links(text, url=URL, selectors=options.list)
        yield {"kind": "list", "links": links, "next": following}
    else:
        yield from page.parse_post(text, url=URL, options=options, now=NOW, flaws=flaws)


_READERS: dict[str, Callable[[Path, str, tuple[str, ...]], Iterator[Item | dict[str, Any]]]] = {
    "wordpress": _wordpress,
    "feed": _feed,
    "page": _page,
    "json": read_case,
    "wechat_mp": lambda folder, text, flaws: saved_items(folder, text),
}


def expected(folder: Path) -> Any:
    """The records that a case should give."""
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))
