"""An official account, and two ways to read it: in this process with a clock of the test's, or as a crawl process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawlers.__main__ import Crawl
from crawlers.platforms.wechat_mp import WechatMpOptions, WechatMpSpider
from crawlers.secrets import Secrets
from crawlers.task import Job, Visit
from tests.crawlers.wechat.server import Account, serving
from tests.patience import PATIENCE

SECRET_ENV = "YINLIU_WECHAT_TEST"


@dataclass(frozen=True)
class Read:
    """What one crawl landed: its records, and the cursor it left (None: it did not move)."""

    records: list[dict[str, Any]]
    cursor: dict[str, Any] | None

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind."""
        return [record for record in self.records if record["kind"] == kind]

    @property
    def posts(self) -> list[str]:
        """The ids of the articles, in the order they came."""
        return [record["external_id"] for record in self.of("post")]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """The code and the scope of each problem."""
        return [(record["code"], record["scope"]) for record in self.of("problem")]

    @property
    def details(self) -> str:
        """What the problems say, joined."""
        return " | ".join(record["detail"] for record in self.of("problem"))


@dataclass
class _Crawler:
    spider: WechatMpSpider


class Reader:
    """Reads the account as often as a test says, each time with what the last crawl left."""

    def __init__(self, account: Account, base: str, folder: Path) -> None:
        self.account, self.base, self.folder = account, base, folder
        self.cursor: dict[str, Any] = {}
        self.known: tuple[str, ...] = ()
        self._runs = 0

    def options(self, **changed: Any) -> dict[str, Any]:
        """The source as ``sources.yaml`` would give it."""
        given = {"name": "mp", "platform": "wechat_mp", "url": self.base, "appid": self.account.appid}
        quick = {"delay_seconds": 0, "timeout_seconds": 30, "allow_private": True, "secret_env": SECRET_ENV}
        return {**given, **quick, **changed}

    def job(self, *, since: datetime | None = None, visits: tuple[Visit, ...] = (), **changed: Any) -> Job:
        """The next crawl."""
        self._runs += 1
        source = WechatMpOptions.model_validate(self.options(**changed)).model_dump(mode="json")
        return Job(
            source=source,
            run=f"run{self._runs}",
            landing=self.folder / "landing" / "mp" / f"run{self._runs}.jsonl",
            started_at=datetime.now(UTC),
            cursor=self.cursor,
            since=since,
            visits=visits,
            known_posts=self.known,
        )

    def __call__(self, **changed: Any) -> Read:
        """Crawl in this process, by the account's clock; without a browser, a reactor or waiting."""
        job = self.job(**changed)
        crawl = Crawl(job, WechatMpOptions.model_validate(job.source))
        spider = WechatMpSpider(**crawl.parts)
        spider.now = self.account.now.astimezone(UTC)
        asyncio.run(_begin(spider))
        secrets = Secrets(_Crawler(spider))  # type: ignore[arg-type]
        while request := spider.next_request():
            spider._answered(_response(request, secrets))
        crawl.close(spider)
        return self.landed(job)

    def process(self, **changed: Any) -> Read:
        """Crawl as a process of its own."""
        job = self.job(**changed)
        return self.finished(self.started(job), job)

    def finished(self, running: subprocess.Popen[str], job: Job) -> Read:
        """What a crawl process landed when it had ended by itself: its standard input stays open until then."""
        with running:
            assert running.wait(PATIENCE) == 0, self.log(job).read_text(encoding="utf-8")
        return self.landed(job)

    def log(self, job: Job) -> Path:
        """What a crawl process wrote to its standard error."""
        return self.folder / "logs" / f"{job.run}.log"

    def started(self, job: Job) -> subprocess.Popen[str]:
        """A crawl process that was told its job."""
        log = self.log(job)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as errors:
            running = subprocess.Popen(
                [sys.executable, "-m", "crawlers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                env={**os.environ, SECRET_ENV: os.environ.get(SECRET_ENV, "")},
            )
        assert running.stdin
        running.stdin.write(job.model_dump_json() + "\n")
        running.stdin.flush()
        return running

    def landed(self, job: Job) -> Read:
        """What a crawl landed; the next one begins where it ended, and knows its articles."""
        lines = [json.loads(line) for line in job.landing.read_text(encoding="utf-8").splitlines()]
        read = Read(lines, lines[-1]["cursor"])
        self.cursor = self.cursor if read.cursor is None else read.cursor
        self.known = tuple(dict.fromkeys((*read.posts, *self.known)))
        return read


async def _begin(spider: WechatMpSpider) -> None:
    async for _ in spider.start():
        pass


def _response(request: Request, secrets: Secrets) -> TextResponse:
    """The answer over a real connection, the secrets put in and taken out as in a crawl process."""
    secrets.process_request(request)
    headers = {"Content-Type": "application/json"}
    call = urllib.request.Request(request.url.split("#")[0], data=request.body, headers=headers, method=request.method)
    with urllib.request.urlopen(call, timeout=PATIENCE) as answer:
        response = TextResponse(request.url, body=answer.read(), request=request, encoding="utf-8")
    return secrets.process_response(request, response)  # type: ignore[return-value]


@pytest.fixture
def account() -> Account:
    """An official account at noon of a Saturday in Shanghai."""
    account = Account()
    account.now = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    return account


@pytest.fixture
def read(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Reads the account; its secret is in the environment."""
    monkeypatch.setenv(SECRET_ENV, account.secret)
    with serving(account) as base:
        yield Reader(account, base, tmp_path / "data")
