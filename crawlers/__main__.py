"""One crawl, one process: ``python -m crawlers`` reads a job as one JSON line and writes one landing file.

A reactor cannot be started twice and a browser must not outlive its crawl, so a crawl has a process of its own. Its
standard input stays open as long as whoever started it lives; when it closes, the whole process group ends at once.
Progress and, last, the summary are JSON lines on standard output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.budget import FILE as BUDGET
from crawlers.budget import Budget
from crawlers.frontier import Frontier
from crawlers.items import Item, ProblemItem
from crawlers.landing import LandingFile
from crawlers.options import SourceOptions
from crawlers.settings import platforms, scrapy_settings
from crawlers.task import Job

_PROGRESS_SECONDS = 0.2
_TOLD = 50
"""The most problems that are told one by one, source-wide ones first; all are in the landing file."""


def main() -> None:
    """Read the job, gather, write, tell."""
    job = Job.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    spider = platforms()[job.source["platform"]]
    options = spider.Options.model_validate(job.source)
    crawl = Crawl(job, options)
    process = AsyncCrawlerProcess(scrapy_settings(options, browser=job.browser))
    crawler = process.create_crawler(spider)
    crawl.crawler = crawler
    crawler.signals.connect(crawl.fail, signal=signals.spider_error)
    running: Any = process.crawl(crawler, **crawl.parts)
    process.start(install_signal_handlers=False)  # a crawl that is told to stop must not look like a complete one
    running.result()
    crawl.close(crawler.spider)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Crawl:
    """One crawl's frontier, budget and landing file; tells how far it is."""

    crawler: Any

    def __init__(self, job: Job, options: SourceOptions) -> None:
        header: dict[str, Any] = {"source": options.name, "platform": options.platform, "run": job.run}
        self._landing = _Told(job.landing, header={**header, "started_at": job.started_at.isoformat()})
        folder = job.landing.parent
        journal = folder / job.frontier
        self._frontier = Frontier.open(journal, digest=job.digest, run=job.run, landing=self._landing)
        self._budget = Budget(
            folder / BUDGET,
            zone=ZoneInfo(options.timezone),
            per_crawl=options.max_requests,
            per_day=options.daily_requests,
        )
        self._failure: BaseException | None = None
        self.parts = {
            **{"options": options, "cursor": job.cursor, "since": job.since, "visits": job.visits},
            **{"known_posts": job.known_posts, "frontier": self._frontier, "budget": self._budget},
        }

    def fail(self, failure: Any, response: Any) -> None:
        """Scrapy's signal for an exception that only it saw: a full disk must not look like a complete crawl."""
        self._failure = self._failure or failure.value
        self.crawler.spider.standing.stopped = "crawl_failed"

    def close(self, spider: Any) -> None:
        """Finish the file; the cursor moves only when nothing source-wide went wrong and nothing is left."""
        if self._failure or spider is None:
            raise self._failure or RuntimeError("the crawl never began")
        spider.conclude()
        left = self._frontier.left
        self._frontier.commit(None, list(self._ended_early(spider)))
        complete = not left and not self._frontier.wide
        cursor = {**spider.next_cursor(), "of": spider.options.identity} if complete else None
        self._frontier.finish(cursor=cursor, requests=self._budget.spent, visits=spider.offered)
        wide = [{"code": code, "url": url, "detail": why, "scope": "source"} for code, url, why in self._frontier.wide]
        told = [*wide, *self._landing.told][:_TOLD]
        _say({"done": self._landing.counts, "requests": self._budget.spent, "problems": told})

    def _ended_early(self, spider: Any) -> Iterator[ProblemItem]:
        """Why addresses are left, where no problem has said so yet."""
        left, stopped, url = self._frontier.left, spider.standing.stopped, spider.options.url
        if stopped and stopped not in (code for code, _, _ in self._frontier.wide):
            detail = f"{spider.standing.refusals} pages in a row; {left} addresses are left"
            yield ProblemItem(code=stopped, url=url, detail=detail, scope="source")
        elif not spider.cursor and not left and not self._frontier.wide and self._landing.is_in_vain:
            detail = f"{self._landing.counts['problem']} problems and nothing else"
            yield ProblemItem(code="nothing_read", url=url, detail=detail, scope="source")
        elif left and not stopped and self._budget.limit:
            detail = f"{self._budget.limit}; {left} addresses are left to the next crawl"
            yield ProblemItem(code="crawl_budget_exhausted", url=url, detail=detail, scope="source")


class _Told(LandingFile):
    """A landing file that tells what was added to it."""

    _told = 0.0

    def __init__(self, path: Path, *, header: dict[str, Any]) -> None:
        super().__init__(path, header=header)
        self.told: list[dict[str, str]] = []

    @property
    def is_in_vain(self) -> bool:
        """Whether nothing came but what lacks something: the fields or selectors of the source are wrong."""
        codes = {problem["code"] for problem in self.told}
        return set(self.counts) == {"problem"} and codes == {"item_incomplete"}

    def add(self, items: Sequence[Item]) -> int:
        """Write items in one go, and say how many there are by now."""
        size = super().add(items)
        for item in items:
            if isinstance(item, ProblemItem) and item.scope == "item" and len(self.told) < _TOLD:
                told = {"code": item.code, "url": item.url, "detail": item.detail, "scope": item.scope}
                self.told.append(told)
        if time.monotonic() - self._told > _PROGRESS_SECONDS:
            self._told = time.monotonic()
            _say({"progress": self.counts})
        return size


if __name__ == "__main__":
    main()
