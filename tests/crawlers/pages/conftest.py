"""A site on loopback, and crawl processes over it whose landing files are read without any database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.items import CommentItem, Item, PostItem, ProblemItem, VisitItem, from_record
from crawlers.pages.ledger import Ledger
from crawlers.pages.options import PageOptions
from crawlers.task import Job
from tests.hostile.server import Exchange, Site, serving

BODY = "这是一篇真正的文章，讲的是我们为什么要在周末骑车去山里。" * 4
LISTED: dict[str, Any] = {"list": {"links": "a.post", "next": "a.next", "overlap": 3}}
COMMENTS: dict[str, Any] = {
    **{"item": ".c", "id": "::attr(id)", "text": "p", "time": "time", "author": "b"},
    **{"next": "a.more", "overlap": 3},
}


@dataclass(frozen=True)
class Landed:
    """What one crawl left in its landing file, and which paths it asked."""

    items: list[Item]
    end: dict[str, Any]
    asked: Counter[str]

    @property
    def cursor(self) -> dict[str, Any] | None:
        """What the next crawl begins with; None where it keeps the old one."""
        found: dict[str, Any] | None = self.end["cursor"]
        return found

    @property
    def posts(self) -> list[str]:
        """The paths of the posts in the order of the file."""
        return [path_of(item.url) for item in self.items if isinstance(item, PostItem)]

    @property
    def comments(self) -> list[str]:
        """The comments' own ids."""
        return [item.external_id.rpartition("|")[2] for item in self.items if isinstance(item, CommentItem)]

    @property
    def visits(self) -> list[VisitItem]:
        """What was told of posts' comments, page by page."""
        return [item for item in self.items if isinstance(item, VisitItem)]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Code, path and detail of each problem."""
        return [(one.code, path_of(one.url), one.detail) for one in self.items if isinstance(one, ProblemItem)]

    @property
    def codes(self) -> list[str]:
        """The problems' codes."""
        return [code for code, _, _ in self.problems]


def path_of(url: str) -> str:
    """The path of an address, with its query."""
    return "/" + url.split("/", 3)[3]


class Reader:
    """Crawls a site again and again; each crawl begins with the cursor of the one before, unless told otherwise."""

    def __init__(self, folder: Path, site: Site) -> None:
        self._folder, self._site = folder, site
        self.cursor: dict[str, Any] = {}
        self._runs = 0

    def job(self, source: dict[str, Any], **told: Any) -> Job:
        """One crawl as a task."""
        self._runs += 1
        whole = {"name": "site", "platform": "page", "url": f"{self._site.base}/", **_QUICK, **source}
        landing = self._folder / f"{self._runs}.jsonl"
        given = {"cursor": self.cursor, **told}
        return Job(source=whole, run=str(self._runs), landing=landing, started_at=datetime.now(UTC), **given)

    def __call__(self, source: dict[str, Any], **told: Any) -> Landed:
        """One crawl, in a process of its own."""
        return self.again(self.job(source, **told))

    def again(self, job: Job) -> Landed:
        """A task that was begun before, or was not, to its end."""
        before = self._site.asked.copy()
        done = _run(job)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        _, *lines, end = map(json.loads, job.landing.read_text(encoding="utf-8").splitlines())
        landed = Landed([from_record(line) for line in lines], end, self._site.asked - before)
        self.cursor = self.cursor if landed.cursor is None else landed.cursor
        return landed


_QUICK: dict[str, Any] = {
    "delay_seconds": 0,
    "concurrency": 1,
    "max_wait_seconds": 0.1,
    "timeout_seconds": 30,
    "allow_private": True,
}


def _run(job: Job) -> subprocess.CompletedProcess[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "crawlers"]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(job.model_dump_json() + "\n")
    process.stdin.flush()  # and it stays open: a crawl ends with whoever started it
    out, err = process.stdout.read(), process.stderr.read()
    return subprocess.CompletedProcess(command, process.wait(), out, err)


def completed(base: str, paths: Sequence[str], source: dict[str, Any]) -> dict[str, Any]:
    """The cursor that a complete crawl leaves which met these paths, the newest first."""
    options = PageOptions.model_validate({"name": "site", "platform": "page", "url": f"{base}/", **source})
    book = Ledger({}, {}, reading=options.reading, now=datetime.now(UTC))
    for path in reversed(paths):
        book.note(base + path)
    return book.cursor()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that answers what the test says."""
    with serving() as running:
        yield running


@pytest.fixture
def read(tmp_path: Path, site: Site) -> Reader:
    """Crawls the site."""
    return Reader(tmp_path, site)


def article(title: str, *, comments: str = "", body: str = BODY) -> str:
    """A post's page without anything that a selector of ours would know."""
    head = f"<html><head><title>{title} - 站</title></head><body>"
    shown = f"<h1>{title}</h1><div><p>{body}</p><p>{body}</p></div>"
    return f"{head}{shown}{comments}</body></html>"


def listing(links: Sequence[str], *, following: str | None = None) -> str:
    """A page that lists posts."""
    items = "".join(f'<li><a class="post" href="{link}">x</a></li>' for link in links)
    return f"<ul>{items}</ul>" + (f'<a class="next" href="{following}">下一页</a>' if following else "")


def comment(number: int | str, *, time: str = "2026-11-02 08:00", inner: str = "") -> str:
    """One comment's markup."""
    return f'<div class="c" id="{number}"><b>甲</b><time>{time}</time><p>第 {number} 条</p>{inner}</div>'


def comment_pages(site: Site, path: str, numbers: Sequence[int], *, size: int = 2) -> None:
    """A post whose comments are on pages of ``size``: the post's own page first, then ``?page=2`` and on."""
    pieces = [numbers[start : start + size] for start in range(0, len(numbers), size)] or [[]]

    def answer(exchange: Exchange) -> None:
        page = int(exchange.query.get("page", "1"))
        shown = "".join(comment(one) for one in pieces[page - 1])
        more = f'<a class="more" href="?page={page + 1}">更多</a>' if page < len(pieces) else ""
        exchange.say(article(f"文章 {path}", comments=shown + more))

    site.on(path, answer)


def list_pages(site: Site, links: Callable[[], Sequence[str]], *, size: int = 5, path: str = "/") -> None:
    """A list of posts on pages of ``size``."""

    def answer(exchange: Exchange) -> None:
        page, all_links = int(exchange.query.get("page", "1")), links()
        more = f"{path}?page={page + 1}" if page * size < len(all_links) else None
        exchange.say(listing(all_links[(page - 1) * size : page * size], following=more))

    site.on(path, answer)


def sitemap(entries: Sequence[tuple[str, str | None]], *, index: bool = False) -> str:
    """A sitemap of addresses with their ``lastmod``."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(
        f"<{inner}><loc>{address}</loc>" + (f"<lastmod>{changed}</lastmod>" if changed else "") + f"</{inner}>"
        for address, changed in entries
    )
    return f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{outer}>'
