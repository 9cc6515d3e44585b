"""The examples of ``docs/json.md``, and a loopback server that answers as each of the four APIs does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.hostile.server import Exchange, Site

DOCUMENT = Path(__file__).parents[3] / "docs" / "json.md"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "json"
NO_HOSTS: Mapping[str, str] = {}
_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_HOST = re.compile(r"https://[a-z]+\.example(?=[/'])")


def example(name: str, *, base: str | None = None, hosts: Mapping[str, str] = NO_HOSTS) -> dict[str, Any]:
    """The source of an example as the document has it; with every host replaced by ``base``, or some by others."""
    found = (text for text in _EXAMPLE.findall(DOCUMENT.read_text(encoding="utf-8")) if f"name: {name}\n" in text)
    text = next(found)
    for before, after in hosts.items():
        text = text.replace(before, after)
    source: dict[str, Any] = YAML(typ="safe", pure=True).load(_HOST.sub(base, text) if base else text)
    return source


def saved(case: str) -> Any:
    """The answer of a saved case."""
    return json.loads((FIXTURES / case / "page.json").read_text(encoding="utf-8"))


def paged(site: Site, path: str, rows: list[Any], *, size: int, wrap: Any, headers: Any = None) -> None:
    """Let a path answer page by page; ``wrap`` makes the answer of a page's rows, the page and the number of pages."""

    def answer(exchange: Exchange) -> None:
        page, pages = int(exchange.query.get("page", "1")), max(1, -(-len(rows) // size))
        shown = rows[(page - 1) * size : page * size]
        exchange.rows(wrap(shown, page, pages), headers=headers(page, pages) if headers else None)

    site.on(path, answer)


def wordpress(site: Site, posts: list[Any], comments: list[Any], *, size: int = 2) -> None:
    """WordPress: a bare list, the number of pages in a header, the next page in another."""

    def headers(path: str) -> Any:
        def make(page: int, pages: int) -> dict[str, str]:
            link = {"Link": f'<{site.base}{path}?page={page + 1}>; rel="next"'} if page < pages else {}
            return {"X-WP-TotalPages": str(pages), **link}

        return make

    for path, rows in (("/wp-json/wp/v2/posts", posts), ("/wp-json/wp/v2/comments", comments)):
        paged(site, path, rows, size=size, wrap=lambda shown, page, pages: shown, headers=headers(path))


def ghost_page(name: str) -> Any:
    """How Ghost wraps the rows of a page."""

    def wrap(shown: list[Any], page: int, pages: int) -> dict[str, Any]:
        following = page + 1 if page < pages else None
        return {name: shown, "meta": {"pagination": {"page": page, "pages": pages, "next": following}}}

    return wrap


def waline_page(shown: list[Any], page: int, pages: int) -> dict[str, Any]:
    """How Waline wraps the comments of a page."""
    return {"errno": 0, "errmsg": "", "data": {"page": page, "totalPages": pages, "data": shown}}


def isso(site: Site, comments: list[dict[str, Any]]) -> None:
    """Isso over flat comments, the oldest first: ``/latest`` and ``/?uri=``."""

    def latest(exchange: Exchange) -> None:
        exchange.rows(comments[-int(exchange.query["limit"]) :])

    def thread(exchange: Exchange) -> None:
        limit, offset = int(exchange.query["limit"]), int(exchange.query["offset"])
        mine = [one for one in comments if one["uri"] == exchange.query["uri"]]
        roots = [one for one in reversed(mine) if one["parent"] is None]
        shown = [
            {**root, "replies": [one for one in mine if one["parent"] == root["id"]]}
            for root in roots[offset : offset + limit]
        ]
        exchange.rows({"id": None, "replies": shown, "hidden_replies": max(0, len(roots) - offset - len(shown))})

    site.on("/latest", latest)
    site.on("/", thread)
