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
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem
from crawlers.landing import LandingFile
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
    recorder = _Recorder(job)
    process = AsyncCrawlerProcess(scrapy_settings(options, browser=job.browser))
    crawler = process.create_crawler(spider)
    crawler.signals.connect(recorder.keep, signal=signals.item_scraped)
    crawler.signals.connect(recorder.keep_error, signal=signals.spider_error)
    crawl: Any = process.crawl(crawler, options=options, cursor=job.cursor, since=job.since)
    process.start(install_signal_handlers=False)  # a crawl that is told to stop must not look like a complete one
    crawl.result()
    recorder.close(crawler.spider)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class _Recorder:
    """Writes every item to the landing file and tells how far the crawl is."""

    def __init__(self, job: Job) -> None:
        header = {"source": job.source["name"], "platform": job.source["platform"], "run": job.run}
        self._file = LandingFile(job.landing, header={**header, "started_at": job.started_at.isoformat()})
        self._problems: list[ProblemItem] = []
        self._failure: Exception | None = None
        self._told = 0.0

    def keep(self, item: Any) -> None:
        """Scrapy's signal for an item."""
        if isinstance(item, ProblemItem):
            self._problems.append(item)
        if isinstance(item, (PostItem, CommentItem, MetricItem, ProblemItem)):
            self._keep(item)

    def keep_error(self, failure: Any, response: Any) -> None:
        """Scrapy's signal for what failed between the download and the parser: a fault of ours, and still not lost."""
        detail = f"{failure.type.__name__}: {failure.value}"[:200]
        self.keep(ProblemItem(code="unreadable", url=response.url, detail=detail, scope="source"))

    def _keep(self, item: Item) -> None:
        try:
            self._file.add(item)
        except Exception as error:  # Scrapy would only log it: a full disk must not look like a complete crawl
            self._failure = self._failure or error
        if time.monotonic() - self._told > _PROGRESS_SECONDS:
            self._told = time.monotonic()
            _say({"progress": self._file.counts})

    def close(self, spider: Any) -> None:
        """Finish the file; the cursor moves only when nothing source-wide went wrong."""
        if self._failure:
            raise self._failure
        wide = [problem for problem in self._problems if problem.scope == "source"]
        self._file.finish(cursor=None if wide or spider is None else spider.next_cursor())
        told = sorted(self._problems, key=lambda problem: problem.scope == "item")[:_TOLD]
        problems = [{"code": p.code, "url": p.url, "detail": p.detail, "scope": p.scope} for p in told]
        _say({"done": self._file.counts, "problems": problems})


if __name__ == "__main__":
    main()
