"""A hostile site, and a way to gather it: a real crawl process, then the load, over a database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawlers.options import SourceOptions
from crawlers.settings import platforms
from models.content import Comment, Post, Quarantine
from models.unit_of_work import UnitOfWork
from tests.hostile.server import Site, serving
from yinliu.errors import YinliuError
from yinliu.stages.crawl import Crawled, crawl
from yinliu.stages.load import load

LATELY = (datetime.now(UTC) - timedelta(days=20)).isoformat(timespec="seconds")
"""When posts were published unless told otherwise: a crawl treats what is older than a month in another way."""
SELECTORS: dict[str, Any] = {
    "list": {"links": "a.post", "next": "a.next"},
    "post": {"title": "h1", "body": "article", "time": "time::attr(datetime)"},
    "comments": {"item": ".comment", "text": ".text", "author": ".who", "time": "time::attr(datetime)"},
}
PLATFORM_OPTIONS: dict[str, dict[str, Any]] = {"page": SELECTORS, "feed": {}, "wordpress": {}}
QUICK: dict[str, Any] = {"delay_seconds": 0, "max_wait_seconds": 0.1, "timeout_seconds": 60, "allow_private": True}


@dataclass(frozen=True)
class Outcome:
    """What one crawl and its load came to."""

    crawled: Crawled
    counts: dict[str, int]
    engine: Engine

    @cached_property
    def error(self) -> YinliuError | None:
        """The error the command would end with."""
        return self.crawled.error()

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        return self.error.exit_code if self.error else 0

    @cached_property
    def quarantined(self) -> dict[str, str]:
        """The code of everything in quarantine by the path it came from."""
        return {path_of(row.locator): row.code for row in self._rows(Quarantine) if row.scope != "note"}

    @cached_property
    def rows_of_quarantine(self) -> list[Quarantine]:
        """Every row, notes too."""
        return self._rows(Quarantine)

    @cached_property
    def notes(self) -> dict[str, str]:
        """The locator of what was stored all the same, by its code."""
        return {row.code: path_of(row.locator) for row in self._rows(Quarantine) if row.scope == "note"}

    @cached_property
    def posts(self) -> dict[str, Post]:
        """The stored posts by the path of their address."""
        return {path_of(row.url): row for row in self._rows(Post)}

    @cached_property
    def comments(self) -> list[Comment]:
        """The stored comments in the order of their ids."""
        return self._rows(Comment)

    def _rows(self, table: type[Any]) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(table).order_by(table.id)))


def path_of(url: str) -> str:
    """The path of a web address, with its query; anything else as it is."""
    _, scheme, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if scheme else url


class Gather:
    """Crawls one source and loads what came; every line must be stored or quarantined, and nothing may crash."""

    def __init__(self, engine: Engine, folder: Path, site: Site) -> None:
        self._engine, self._site = engine, site
        self.landing = folder / "landing"
        self.log = folder / "logs" / "crawl-hostile.log"

    def begin(self) -> UnitOfWork:
        """A unit of work over the test's database."""
        return UnitOfWork(self._engine)

    def options(self, platform: str, *, path: str = "/", url: str | None = None, **changed: Any) -> SourceOptions:
        """The source's options: quick, and allowed to ask loopback."""
        whole = url or self._site.base + path
        given = {"name": "hostile", "platform": platform, "url": whole, **QUICK, **PLATFORM_OPTIONS[platform]}
        return platforms()[platform].Options.model_validate({**given, **changed})

    def crawl(self, platform: str, **changed: Any) -> Crawled:
        """The crawl alone."""
        browser = changed.pop("browser", None)
        return crawl(self.begin, source=self.options(platform, **changed), landing=self.landing, browser=browser)

    def load(self) -> dict[str, int]:
        """The load alone."""
        counts = load(self.begin, landing=self.landing)
        assert counts["inputs"] == counts["stored"] + counts["quarantined"]
        return counts

    def outcome(self, crawled: Crawled) -> Outcome:
        """What a crawl came to, once it is loaded."""
        return Outcome(crawled, self.load(), self._engine)

    def __call__(self, platform: str, **changed: Any) -> Outcome:
        """Crawl, then load; no parser may fail on the way."""
        outcome = self.outcome(self.crawl(platform, **changed))
        assert "Traceback" not in self.log.read_text(encoding="utf-8"), self.log.read_text(encoding="utf-8")
        assert "unreadable" not in [problem["code"] for problem in outcome.crawled.problems]
        return outcome


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that answers what the test says."""
    with serving() as running:
        yield running


@pytest.fixture
def gather(sqlite_engine: Engine, tmp_path: Path, site: Site) -> Gather:
    """Gathers the hostile site."""
    return Gather(sqlite_engine, tmp_path / "data", site)


def list_page(*links: str, following: str | None = None) -> str:
    """A page that lists posts."""
    items = "".join(f'<li><a class="post" href="{link}">post</a></li>' for link in links)
    more = f'<a class="next" href="{following}">next</a>' if following else ""
    return f"<html><body><ul>{items}</ul>{more}</body></html>"


def post_page(title: str = "标题", body: str = "正文", comments: str = "", time: str = LATELY) -> str:
    """A post's own page."""
    moment = f'<time datetime="{time}"></time>'
    return f"<html><body><h1>{title}</h1>{moment}<article>{body}</article>{comments}</body></html>"


def comment(text: str, *, who: str = "小林", time: str = LATELY) -> str:
    """One comment's markup."""
    moment = f'<time datetime="{time}"></time>'
    return f'<div class="comment"><span class="who">{who}</span>{moment}<div class="text">{text}</div></div>'
