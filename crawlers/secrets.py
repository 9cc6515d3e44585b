"""Secrets are put into a request at the last moment and taken out at the first: no journal, log or item sees them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.manners import place
from crawlers.spider import PlatformSpider

_BEFORE = "before_secrets"


class Secrets:
    """The downloader middleware nearest to the wire."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Secrets:
        """Scrapy's way to make it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Put the secrets in, where the request goes to the source's own scheme, host and port."""
        spider: PlatformSpider = self._crawler.spider  # type: ignore[assignment]
        if "ask" not in request.meta or not _same_site(request.url, spider.options.url):
            return
        headers, params = spider.secret_headers(), spider.secret_params()
        fields = spider.secret_json() if request.meta.get("secret_json") else {}
        if not headers and not params and not fields:
            return
        request.meta[_BEFORE] = (request.url, request.body, list(headers))
        for name, value in headers.items():
            request.headers[name] = value
        if params:
            request._set_url(_with_params(request.url, params))
        if fields:
            request._set_body(json.dumps({**json.loads(request.body or b"{}"), **fields}).encode("utf-8"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Take the secrets out again."""
        url = self._restore(request)
        if url is None:
            return response
        location = response.headers.get("Location")
        if location:
            spider: PlatformSpider = self._crawler.spider  # type: ignore[assignment]
            response.headers["Location"] = _without(location.decode("latin-1"), spider.secret_params())
        return response.replace(url=url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Take the secrets out of a request that failed."""
        self._restore(request)

    @staticmethod
    def _restore(request: Request) -> str | None:
        before: Any = request.meta.pop(_BEFORE, None)
        if before is None:
            return None
        url, body, names = before
        request._set_url(url)
        request._set_body(body)
        for name in names:
            request.headers.pop(name, None)
        return str(url)


def _same_site(url: str, home: str) -> bool:
    return urlsplit(url).scheme == urlsplit(home).scheme and place(url) == place(home)


def _without(url: str, params: dict[str, str]) -> str:
    """A redirect's target without the secrets that it repeats; where they are due they are put in again."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in params]
    return parts._replace(query=urlencode(kept)).geturl() if parts.query else url


def _with_params(url: str, params: dict[str, str]) -> str:
    parts = urlsplit(_without(url, params))
    return parts._replace(query="&".join(filter(None, (parts.query, urlencode(params))))).geturl()
