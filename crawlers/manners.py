"""Downloader middlewares: redirects that are checked, retries that wait as long as the site asked."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.addresses import resolves_public
from crawlers.failures import explain_failure
from crawlers.options import SourceOptions, is_web_address
from crawlers.problems import REMEDIES, CrawlProblem

_BACKOFF_SECONDS = 1.0
_USUAL_PORTS = (80, 443)
_CLIENT_ERRORS, _TOO_MANY, _SERVER_ERRORS = 400, 429, 500


class OwnPort:
    """Where a source may be private, its own host and port are meant: nothing leads from there to another port."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnPort:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Refuse another port of the source's own private host; other hosts are the resolver's matter."""
        options: SourceOptions = self._crawler.spider.options  # type: ignore[union-attr]
        (host, port), (own_host, own_port) = place(request.url), place(options.url)
        if not options.allow_private or host != own_host or port == own_port:
            return
        if not await asyncio.to_thread(resolves_public, host or ""):
            raise CrawlProblem("address_not_allowed", f"not at {urlsplit(options.url).netloc}")


def place(url: str) -> tuple[str | None, int | None]:
    """Host and port, the usual ports of http and https being one."""
    parts = urlsplit(url)
    return parts.hostname, parts.port if parts.port not in _USUAL_PORTS else None


class CarefulRobots(RobotsTxtMiddleware):
    """A robots.txt that the server fails to give means "not now", one that is not there "as you like" (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, CrawlProblem] = {}

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERRORS or response.status == _TOO_MANY:
            self._failed[netloc] = CrawlProblem("robots_unavailable", f"HTTP {response.status}")
        readable = response.status < _CLIENT_ERRORS
        await super()._parse_robots(response if readable else response.replace(body=b""), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        code, detail = explain_failure(exc, host=urlsplit(f"//{netloc}").hostname or "")
        if code == "address_not_allowed":
            self._failed[netloc] = CrawlProblem(code, f"robots.txt: {detail}")
        elif REMEDIES[code] == "retry":
            unreachable = code == "site_unreachable"
            self._failed[netloc] = CrawlProblem(code if unreachable else "robots_unavailable", f"robots.txt: {detail}")
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: Any, request: Request) -> None:
        """Refuse what robots.txt forbids, and everything while it cannot be read."""
        failed = self._failed.get(urlsplit(request.url).netloc)
        if failed:
            raise CrawlProblem(failed.code, failed.detail)
        super().process_request_2(rp, request)


class CheckedRedirects(RedirectMiddleware):
    """Follows redirects, but no loop, and to web addresses only.

    Scrapy drops a page that redirects to itself without telling anybody; here it is a ``redirect_loop``.
    """

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """Follow a redirect, unless it leads nowhere."""
        try:
            return super().process_response(request, response)
        except ValueError as error:
            place = (response.headers.get("Location") or b"")[:200].decode("latin-1")
            raise CrawlProblem("redirect_forbidden", f"-> {place}: {error}") from error

    def _build_redirect_request(
        self, source_request: Request, response: Response, *, url: str, **kwargs: Any
    ) -> Request:
        chain = [*source_request.meta.get("redirect_urls", []), source_request.url]
        if url in chain:
            raise CrawlProblem("redirect_loop", f"-> {url}")
        if not is_web_address(url):
            raise CrawlProblem("redirect_forbidden", f"-> {url}")
        return super()._build_redirect_request(source_request, response, url=url, **kwargs)

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise CrawlProblem("too_many_redirects", f"> {self.max_redirect_times} redirects") from error


class PatientRetries(RetryMiddleware):
    """Waits for ``Retry-After`` (or a doubling pause) before asking again; gives up at once where it is too long.

    The whole host is left alone meanwhile, not this one address alone.
    """

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._until: dict[str | None, float] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Hold a request back while its host is left alone."""
        while (wait := self._until.get(place(request.url)[0], 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(wait)

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:  # type: ignore[override]
        """Ask again later where the answer says so; otherwise pass the answer on."""
        if response.status not in self.retry_http_codes:
            return response
        limit = self.crawler.spider.options.max_wait_seconds  # type: ignore[union-attr]
        wait = retry_after(response.headers.get("Retry-After"), now=datetime.now(UTC))
        if wait is not None and wait > limit:
            raise CrawlProblem("rate_limited", f"HTTP {response.status}, Retry-After {wait:.0f} s > {limit:g} s")
        again = self._retry(request, f"HTTP {response.status}")
        if again is None:
            return response
        tries = request.meta.get("retry_times", 0)
        pause = min(wait if wait is not None else _BACKOFF_SECONDS * 2**tries, limit)
        host = place(request.url)[0]
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + pause)
        return again


def retry_after(header: bytes | None, *, now: datetime) -> float | None:
    """Seconds that ``Retry-After`` (seconds or an HTTP date, RFC 9110 section 10.2.3) asks for; None without it."""
    if not header:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
