"""Scrapy's scheduler over our frontier: light in memory, and nothing is asked that the journal does not know."""

from __future__ import annotations

from collections import deque
from typing import Any, Self

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawlers.spider import PlatformSpider


class FrontierScheduler(BaseScheduler):
    """Gives what the middlewares ask again (redirects, retries), then what the frontier has."""

    def __init__(self) -> None:
        self._again: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls()

    def open(self, spider: Any) -> None:
        """The crawl begins."""
        self._spider: PlatformSpider = spider

    def has_pending_requests(self) -> bool:
        """Whether there is more to ask for."""
        return bool(self._again) or self._spider.has_more

    def enqueue_request(self, request: Request) -> bool:
        """A middleware asks again."""
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request; it is counted against the budget."""
        request = self._again.popleft() if self._again else self._spider.next_request()
        if request is not None:
            self._spider.budget.take()
        return request
