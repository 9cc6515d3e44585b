"""A feed on loopback that answers as told, and a crawl process for it, told by hand what the loader would tell it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.frontier import source_digest
from crawlers.task import Job
from tests.hostile.server import Exchange, Site

XML = "application/rss+xml; charset=utf-8"
SPACES = (
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def entry(number: int, *, comments: int | None = None, feed: str | None = None) -> str:
    """One RSS item, published ``number`` minutes after a day began; ``feed`` is its comment feed."""
    moment = f"Sun, 01 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 +0000"
    count = "" if comments is None else f"<slash:comments>{comments}</slash:comments>"
    named = f"<wfw:commentRss>{feed}</wfw:commentRss>" if feed else ""
    return (
        f'<item><guid isPermaLink="false">p{number}</guid><link>/p/{number}</link><title>文 {number}</title>'
        f"<pubDate>{moment}</pubDate>{named}{count}</item>"
    )


def rss(*items: str, following: str | None = None, generator: str = "", rel: str = "next") -> str:
    """An RSS document."""
    link = f'<atom:link rel="{rel}" href="{following}"/>' if following else ""
    return (
        f'<rss version="2.0" {SPACES}><channel><generator>{generator}</generator>{link}{"".join(items)}</channel></rss>'
    )


def comment_entry(number: int) -> str:
    """One item of a comment feed."""
    moment = f"Mon, 02 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 +0000"
    guid = f'<guid isPermaLink="false">c{number}</guid>'
    return f"<item>{guid}<description>评 {number}</description><pubDate>{moment}</pubDate></item>"


class Resource:
    """A body with an ETag of its own; answers 304 to whoever has it already."""

    def __init__(self, site: Site, path: str, body: str) -> None:
        self.body, self.statuses = body, list[int]()
        self.version = 1
        site.on(path, self._answer)

    def change(self, body: str) -> None:
        """Another body, another ETag."""
        self.body, self.version = body, self.version + 1

    def _answer(self, exchange: Exchange) -> None:
        etag = f'"v{self.version}"'
        same = exchange.headers.get("If-None-Match") == etag
        self.statuses.append(304 if same else 200)
        if same:
            exchange.say(b"", status=304, headers={"ETag": etag})
        else:
            exchange.say(self.body, kind=XML, headers={"ETag": etag, "Last-Modified": "Sun, 01 Nov 2026 09:00:00 GMT"})


@dataclass(frozen=True)
class Crawled:
    """What lies in a landing file: the records by kind, and the next cursor."""

    rows: dict[str, list[dict[str, Any]]]
    cursor: dict[str, Any] | None
    requests: int
    errors: str = field(repr=False)

    def ids(self, kind: str) -> list[str]:
        """The external ids of posts or comments, in their order."""
        return [row["external_id"] for row in self.rows.get(kind, [])]

    @property
    def codes(self) -> list[str]:
        """The codes of the problems."""
        return [row["code"] for row in self.rows.get("problem", [])]


class Crawls:
    """Crawls one feed again and again; each begins with the cursor that the one before left."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._site, self._folder = site, folder
        self.cursor: dict[str, Any] = {}
        self.number = 0

    def __call__(self, path: str = "/feed/", *, task: dict[str, Any] | None = None, **options: Any) -> Crawled:
        """Crawl ``path``; ``task`` is what the job says of visits, known posts and since."""
        quick = {"delay_seconds": 0, "max_wait_seconds": 0.1, "timeout_seconds": 30, "allow_private": True}
        source = {"name": "blog", "platform": "feed", "url": self._site.base + path, **quick, **options}
        self.number += 1
        landing = self._folder / f"run{self.number}.jsonl"
        digest = source_digest(source, since=(task or {}).get("since"))
        job = Job(
            source=source,
            run=f"run{self.number}",
            landing=landing,
            started_at=datetime.now(UTC),
            digest=digest,
            **{"cursor": self.cursor, **(task or {})},
        )
        command = [sys.executable, "-m", "crawlers"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            assert process.stdin and process.stdout and process.stderr
            process.stdin.write(job.model_dump_json() + "\n")
            process.stdin.flush()
            process.stdout.read()
            errors = process.stderr.read()
        assert process.returncode == 0, errors
        return self._landed(landing, errors)

    def _landed(self, landing: Path, errors: str) -> Crawled:
        rows: dict[str, list[dict[str, Any]]] = {}
        for line in landing.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            rows.setdefault(record["kind"], []).append(record)
        (end,) = rows["end"]
        self.cursor = self.cursor if end["cursor"] is None else end["cursor"]
        return Crawled(rows, end["cursor"], end["requests"], errors)
