"""A failed request in our words: which code, and what the value was against which limit."""

from __future__ import annotations

import zlib
from gzip import BadGzipFile

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawlers.addresses import refused_hosts
from crawlers.options import SourceOptions
from crawlers.problems import CrawlProblem

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
_NO_HTTP = ("ParseError", "non-decimal", "brotli", "zstd", "BadStatus", "ExcessiveLine")
"""What Twisted and the decompressors say of an answer that is not HTTP."""


def explain_status(status: int) -> tuple[str, str]:
    """The code and the detail of an answer that is no success."""
    fallback = "server_error" if status >= _SERVER_ERRORS else "bad_http"
    return _BY_STATUS.get(status, fallback), f"HTTP {status}"


def explain_failure(error: BaseException | None, *, host: str) -> tuple[str, str]:
    """The code and the detail of a request that failed."""
    if isinstance(error, CrawlProblem):
        return error.code, error.detail
    if isinstance(error, IgnoreRequest):
        return _explain_ignored(str(error))
    if isinstance(error, CannotResolveHostError):
        return ("address_not_allowed" if host in refused_hosts else "site_unreachable"), host
    for kind, code in _BY_ERROR:
        if isinstance(error, kind):
            return code, short(error)
    detail = short(error)
    return ("bad_http" if any(word in detail for word in _NO_HTTP) else "site_unreachable"), detail


def _explain_ignored(reason: str) -> tuple[str, str]:
    if reason.startswith("Forbidden by robots.txt"):
        return "robots_disallowed", "robots.txt"
    return ("decompressed_too_large", reason) if "decompression" in reason else ("bad_http", reason)


def passed_limit(code: str, *, options: SourceOptions) -> str:
    """The limit that was passed, in the words of ``sources.yaml``; empty for any other problem."""
    if code in ("body_too_large", "decompressed_too_large"):
        return f"> max_body_mib {options.max_body_mib:g}"
    return f"> timeout_seconds {options.timeout_seconds:g}" if code == "response_too_slow" else ""


def short(error: BaseException | None) -> str:
    """An error in one line of at most 200 characters."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200].removesuffix(": ")
