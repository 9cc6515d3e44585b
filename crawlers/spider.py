"""What every platform's spider shares: its options, its cursor, its budget, and a name for every failure."""

from __future__ import annotations

import traceback
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from gzip import BadGzipFile
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import scrapy
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.addresses import refused_hosts
from crawlers.items import Item, ProblemItem, Scope
from crawlers.options import SourceOptions, is_web_address
from crawlers.problems import CrawlProblem
from crawlers.text import decode

Cursor = dict[str, Any]
Yield = Iterator[Item | Request]

_SERVER_ERRORS = 500
_BY_STATUS = {401: "auth_expired", 403: "blocked_by_site", 404: "not_found", 410: "not_found", 429: "rate_limited"}
_BY_ERROR: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "response_too_slow"),
    (DownloadCancelledError, "body_too_large"),
    (DownloadConnectionRefusedError, "site_unreachable"),
    (ResponseDataLossError, "truncated"),
    (EOFError, "bad_http"),
    (BadGzipFile, "bad_http"),
    (zlib.error, "bad_http"),
)


class PlatformSpider(scrapy.Spider):
    """One source gathered once.

    A platform gives ``name``, ``Options``, :meth:`first_requests` and, where it can ask for news only,
    :meth:`next_cursor`. ``cursor`` is what the last complete crawl left; ``since`` overrides it.
    """

    Options: ClassVar[type[SourceOptions]] = SourceOptions

    def __init__(self, *, options: SourceOptions, cursor: Cursor, since: datetime | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.cursor = cursor
        self.since = since
        self.zone = ZoneInfo(options.timezone)
        self.now = datetime.now(UTC)
        self._asked = 0

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry: the first requests."""
        for request in self._reported(self.first_requests, url=self.options.url, scope="source"):
            yield request

    def first_requests(self) -> Yield:
        """Where the crawl begins."""
        raise NotImplementedError

    def next_cursor(self) -> Cursor:
        """What the next crawl needs to ask for news only; called after a crawl without a source-wide problem."""
        return self.cursor

    def ask(self, url: str, callback: Callable[..., Yield], *, scope: Scope = "item", **kwargs: Any) -> Yield:
        """A request whose every failure becomes a :class:`ProblemItem` of ``scope``; a spent budget is one too.

        Only web addresses are asked: a page may link to ``file:///`` or to something that is no address at all.
        """
        if not is_web_address(url):
            yield ProblemItem(code="not_html", url=url, detail="not an address of a web page", scope=scope)
            return
        self._asked += 1
        if self._asked <= self.options.max_requests:
            yield Request(url, callback=self._guarded(callback, scope), errback=self._failed(scope), **kwargs)
        elif self._asked == self.options.max_requests + 1:
            yield ProblemItem(
                code="crawl_budget_exhausted", url=url, detail=f"> {self.options.max_requests} requests", scope="source"
            )

    def _guarded(self, callback: Callable[..., Yield], scope: Scope) -> Callable[..., Yield]:
        def read(response: Response, **kwargs: Any) -> Yield:
            yield from self._reported(lambda: self._whole(callback, response, kwargs), url=response.url, scope=scope)

        return read

    def _whole(self, callback: Callable[..., Yield], response: Response, kwargs: dict[str, Any]) -> Yield:
        """What a parser yields; a page's own script can make it larger than what was loaded."""
        if len(response.body) > self.options.max_body:
            raise CrawlProblem("body_too_large", self._limit("body_too_large"))
        return callback(response, **kwargs)

    @staticmethod
    def _reported(work: Callable[[], Yield], *, url: str, scope: Scope) -> Yield:
        """What ``work`` yields; its failure is a problem of ``scope``, our own faults (``unreadable``) among them."""
        try:
            yield from work()
        except CrawlProblem as problem:
            yield ProblemItem(code=problem.code, url=url, detail=problem.detail, scope=scope)
        except Exception as error:
            traceback.print_exc()
            yield ProblemItem(code="unreadable", url=url, detail=_short(error), scope=scope)

    def _failed(self, scope: Scope) -> Callable[[Failure], Yield]:
        def name(failure: Failure) -> Yield:
            request: Request = failure.request  # type: ignore[attr-defined]
            code, detail = explain_failure(failure.value, host=urlsplit(request.url).hostname or "")
            detail = detail if isinstance(failure.value, CrawlProblem) else self._limit(code) or detail
            asked = request.meta.get("redirect_urls", [request.url])[0]
            if asked != request.url:
                code = "redirect_forbidden" if code == "address_not_allowed" else code
                detail = f"-> {request.url}: {detail}"
            yield ProblemItem(code=code, url=asked, detail=detail, scope=scope)

        return name

    def _limit(self, code: str) -> str:
        """The limit that was passed, in the words of ``sources.yaml``; empty for any other problem."""
        if code in ("body_too_large", "decompressed_too_large"):
            return f"> max_body_mib {self.options.max_body_mib:g}"
        return f"> timeout_seconds {self.options.timeout_seconds:g}" if code == "response_too_slow" else ""


def explain_failure(error: BaseException | None, *, host: str) -> tuple[str, str]:
    """The code and the detail of a request that failed."""
    if isinstance(error, CrawlProblem):
        return error.code, error.detail
    if isinstance(error, HttpError):
        return _explain_status(error.response.status)
    if isinstance(error, IgnoreRequest):
        return _explain_ignored(str(error))
    if isinstance(error, CannotResolveHostError):
        return ("address_not_allowed" if host in refused_hosts else "site_unreachable"), host
    for kind, code in _BY_ERROR:
        if isinstance(error, kind):
            return code, _short(error)
    return "site_unreachable", _short(error)


def _explain_status(status: int) -> tuple[str, str]:
    fallback = "server_error" if status >= _SERVER_ERRORS else "bad_http"
    return _BY_STATUS.get(status, fallback), f"HTTP {status}"


def _explain_ignored(reason: str) -> tuple[str, str]:
    if reason.startswith("Forbidden by robots.txt"):
        return "robots_disallowed", "robots.txt"
    return ("decompressed_too_large", reason) if "decompression" in reason else ("bad_http", reason)


def _short(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200].removesuffix(": ")


def response_text(response: Response) -> tuple[str, tuple[str, ...]]:
    """A response's text and its flaws, whatever encoding its label claims; an empty body is a problem."""
    if not response.body.strip():
        raise CrawlProblem("empty_body", f"HTTP {response.status}, 0 B")
    declared = response._declared_encoding() if isinstance(response, TextResponse) else None
    return decode(response.body, declared=declared)
