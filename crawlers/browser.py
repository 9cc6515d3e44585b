"""Pages through a real browser: scrapy-playwright with a limit on time, and its failures in our words."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawlers.gate import Gate, Place
from crawlers.manners import place
from crawlers.options import is_web_address
from crawlers.problems import CrawlProblem

_CLOSING_SECONDS = 5
_BY_WORD = {
    "Executable doesn't exist": "browser_missing",
    "Failed to launch": "browser_missing",
    "ERR_TOO_MANY_REDIRECTS": "too_many_redirects",
    "ERR_ABORTED": "empty_body",
    "ERR_CONTENT_LENGTH_MISMATCH": "truncated",
    "ERR_INCOMPLETE_CHUNKED_ENCODING": "truncated",
}


class BoundedBrowser(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """A browser behind a :class:`~crawlers.gate.Gate`.

    A page whose script keeps the browser busy for ever is given up: Playwright itself waits without a limit.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        options: Any = crawler.spider.options  # type: ignore[union-attr]
        self._limit = 2 * options.timeout_seconds + options.render_wait_seconds
        self._home: str | None = options.url if options.allow_private else None
        self._gate = Gate(home=urlsplit(options.url).hostname if options.allow_private else None)
        self.config.launch_options["proxy"] = {"server": f"socks5://127.0.0.1:{self._gate.port}"}

    async def _download_request(self, request: Request, spider: Any = None) -> Response:
        request.meta["playwright_page_init_callback"] = _remember
        try:
            page: Response = await asyncio.wait_for(super()._download_request(request, spider), self._limit)
        except (PlaywrightTimeout, TimeoutError) as error:
            raise DownloadTimeoutError(str(error)) from error
        except PlaywrightError as error:
            raise CrawlProblem(*explain(error.message, url=request.url, gate=self._gate)) from error
        finally:
            await _close(request.meta.pop("rendered_page", None))
        if not is_web_address(page.url):  # the browser's own error page, after a script led it elsewhere
            raise CrawlProblem("redirect_forbidden", _listed(self._gate.refused) or f"-> {page.url[:100]}")
        if self._home and changed_port(page.url, home=self._home):
            raise CrawlProblem("redirect_forbidden", f"-> {page.url[:100]}")
        return page


def changed_port(url: str, *, home: str) -> bool:
    """True for another port of the same host, the usual ports of http and https being one."""
    (host, port), (own_host, own_port) = place(url), place(home)
    return host == own_host and port != own_port


def _place(url: str) -> Place:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def explain(message: str, *, url: str, gate: Gate) -> tuple[str, str]:
    """The code and the detail of a page that the browser could not show."""
    asked = _place(url)
    detail = message.splitlines()[0][:200]
    if "ERR_SOCKS" in message and asked in gate.refused:
        return "address_not_allowed", f"{asked[0]}:{asked[1]}"
    if "ERR_SOCKS" in message and asked not in gate.failed:
        return "redirect_forbidden", _listed(gate.refused)
    return next((code for word, code in _BY_WORD.items() if word in message), "site_unreachable"), detail


def _listed(places: set[Place]) -> str:
    return ", ".join(f"-> {host}:{port}" for host, port in sorted(places)[:3])


async def _remember(page: Any, request: Request) -> None:
    request.meta["rendered_page"] = page


async def _close(page: Any) -> None:
    if page is not None and not page.is_closed():
        with suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(page.close(), _CLOSING_SECONDS)
