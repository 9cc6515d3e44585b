"""What every spider shares, without a site: what it keeps, and what it asks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.ask import Ask
from crawlers.budget import Budget
from crawlers.frontier import FILE, Frontier
from crawlers.items import Item, MetricItem, ProblemItem
from crawlers.landing import LandingFile
from crawlers.options import SourceOptions
from crawlers.spider import PlatformSpider

OPTIONS = SourceOptions(name="x", platform="one", url="https://club.example/")


class OneSpider(PlatformSpider):
    """A platform that gives what a test says, and has a secret."""

    name = "one"
    gives: tuple[Item | Ask, ...] = ()

    def first_requests(self) -> Any:
        """What the test says."""
        yield from self.gives

    def secret_params(self) -> dict[str, str]:
        """One."""
        return {"key": "S3CRET"}


def begun(folder: Path, *gives: Item | Ask, per_crawl: int = 10) -> OneSpider:
    """A spider that has begun its crawl in a folder."""
    landing = LandingFile(folder / "1.jsonl", header={})
    frontier = Frontier.open(folder / FILE, digest="d", run="1", landing=landing)
    budget = Budget(folder / "requests", zone=ZoneInfo("Asia/Shanghai"), per_crawl=per_crawl, per_day=100)
    spider = OneSpider(options=OPTIONS, cursor={}, since=None, frontier=frontier, budget=budget)
    spider.gives = gives

    async def start() -> None:
        async for _ in spider.start():
            raise AssertionError("nothing is given to Scrapy itself")

    asyncio.run(start())
    return spider


def landed(folder: Path) -> list[dict[str, Any]]:
    """The items in the landing file so far."""
    return [json.loads(line) for line in (folder / ".1.jsonl.part").read_bytes().splitlines()][1:]


def test_a_counter_below_zero_is_unknown(tmp_path: Path) -> None:
    """What was written is kept."""
    begun(tmp_path, MetricItem(post_id="1", name="views", value=-5, raw="-5"))
    (row,) = landed(tmp_path)
    assert (row["value"], row["raw"]) == (None, "-5")


def test_no_problem_quotes_a_secret(tmp_path: Path) -> None:
    """Not even one that is told before anything is asked."""
    begun(tmp_path, ProblemItem(code="bad_http", url="https://club.example/?key=S3CRET", detail="S3CRET"))
    assert "S3CRET" not in json.dumps(landed(tmp_path))


def test_nothing_is_asked_beyond_the_budget(tmp_path: Path) -> None:
    """What is left stays in the frontier."""
    asks = [Ask(url=f"https://club.example/{n}", callback="first_requests") for n in range(3)]
    spider = begun(tmp_path, *asks, per_crawl=2)
    sent = []
    while request := spider.next_request():
        spider.budget.take()
        sent.append(request.url)
    assert (len(sent), spider.has_more, spider.frontier.left) == (2, False, 3)
    assert not any("S3CRET" in url for url in sent)
