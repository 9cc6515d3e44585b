"""The platforms there are, and the Scrapy settings that make a crawl safe and polite."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from scrapy.spiderloader import SpiderLoader

from crawlers.options import SourceOptions
from crawlers.spider import PlatformSpider

USER_AGENT = "yinliu/0.1 (content team's own reader)"
_NO_WEB: dict[str, str | None] = dict.fromkeys(("data", "file", "ftp", "s3"))
"""Schemes that Scrapy would read too; a page must not make it read a file of this machine."""
_UNNEEDED = frozenset(("image", "media", "font"))
_BROWSER_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-first-run",
)


def platforms() -> dict[str, type[PlatformSpider]]:
    """Every platform by name; the folder of spiders is the registry."""
    loader = SpiderLoader.from_settings(_registry())
    return {name: loader.load(name) for name in sorted(loader.list())}  # type: ignore[misc]


def _registry() -> Any:
    from scrapy.settings import Settings

    return Settings({"SPIDER_MODULES": ["crawlers.platforms"]})


def scrapy_settings(options: SourceOptions, *, browser: str | None) -> dict[str, Any]:
    """Scrapy's settings for one source: the defaults that would be unsafe or rude are changed here."""
    return {
        "USER_AGENT": USER_AGENT,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": options.delay_seconds,
        "CONCURRENT_ITEMS": 1,  # callbacks yield nothing to Scrapy, which would start this many workers for each
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "DOWNLOAD_TIMEOUT": options.timeout_seconds,
        "DOWNLOAD_MAXSIZE": options.max_body,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 2,
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "DOWNLOAD_HANDLERS": _NO_WEB,
        "SCHEDULER": "crawlers.scheduler.FrontierScheduler",
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": _middlewares(),
        "TWISTED_DNS_RESOLVER": "crawlers.addresses.PublicResolver",
        "PRIVATE_HOST": urlsplit(options.url).hostname if options.allow_private else None,
        **_browser_settings(options, browser=browser),
    }


def _middlewares() -> dict[str, int | None]:
    return {
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "crawlers.manners.OwnPort": 50,
        "crawlers.manners.CarefulRobots": 100,
        "crawlers.manners.CheckedRedirects": 600,
        "crawlers.manners.PatientRetries": 550,
        "crawlers.secrets.Secrets": 950,
    }


def _browser_settings(options: SourceOptions, *, browser: str | None) -> dict[str, Any]:
    if not getattr(options, "render", False):
        return {}
    handler = "crawlers.browser.BoundedBrowser"
    flags = [*_BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    launch = {"headless": True, "args": flags}
    return {
        "DOWNLOAD_HANDLERS": {**_NO_WEB, "http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {**launch, **({"executable_path": browser} if browser else {})},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": min(options.concurrency, 4),
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": options.timeout_seconds * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": unneeded,
    }


def unneeded(request: Any) -> bool:
    """What the browser need not load: pictures and the like."""
    return request.resource_type in _UNNEEDED
