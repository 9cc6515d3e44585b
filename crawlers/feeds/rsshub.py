"""RSSHub: how a route is written, and what its error pages say (lib/errors and lib/views/error of DIYgod/RSSHub).

A feed that RSSHub cannot make comes as a web page with HTTP 503 (also "this route is empty"), 404 (no such route) or
403 (the instance wants a key); ``Error Message:`` on it says why.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from crawlers.failures import explain_status
from crawlers.jsonapi.secrets import SecretText, references
from crawlers.options import is_web_address
from crawlers.problems import CrawlProblem

REFUSALS = (400, 403, 404, 500, 502, 503, 504)
"""Statuses whose body may be RSSHub's error page."""

_SCHEME = "rsshub://"
_MESSAGE = re.compile(r"Error Message:.{0,40}?<code[^<>]*>([^<]{1,2000})", re.IGNORECASE | re.DOTALL)
_READ_MOST = 100_000
_LONGEST = 200
_LASTING = ("NotFoundError", "RejectError", "ConfigNotFoundError", "InvalidParameterError")
_SECRET_FIELDS = frozenset(("key", "code"))


def _route(value: str) -> str:
    """A route as ``/bilibili/user/video/2267573?limit=20``; ``rsshub://…`` as RSSHub Radar copies it is one too."""
    path = "/" + value.removeprefix(_SCHEME).lstrip("/") if value.startswith(_SCHEME) else value
    whole = f"https://rsshub.example{path}"
    if not path.startswith("/") or path[:2] in ("/", "//") or not path.isprintable() or re.search(r"[\s#\\]", path):
        raise PydanticCustomError("rsshub_route", "must be a route of RSSHub, like /bilibili/user/video/2267573")
    if not is_web_address(whole) or _SECRET_FIELDS & {name for name, _ in parse_qsl(urlsplit(whole).query)}:
        raise PydanticCustomError("rsshub_route_key", "must not carry a key; use the option key")
    return path


def _key(value: str) -> str:
    if not references(value):
        raise PydanticCustomError("rsshub_key", "must name a variable, like ${YINLIU_RSSHUB_KEY}")
    return value


Route = Annotated[str, AfterValidator(_route)]
Key = Annotated[SecretText, AfterValidator(_key)]


def route_address(instance: str, route: str) -> str:
    """The whole address of a route at an instance."""
    return instance.rstrip("/") + route


def refusal(body: bytes, *, status: int, instance: str, route: str) -> CrawlProblem:
    """Why there is no feed: ``rsshub_refused`` stays until somebody acts, ``rsshub_failed`` may pass.

    An error page that is not RSSHub's own (a proxy before it) has the code of its status.
    """
    found = _MESSAGE.search(body[:_READ_MOST].decode("utf-8", "replace"))
    where = f"RSSHub {urlsplit(instance).netloc}, route {route}"
    if not found:
        code, detail = explain_status(status)
        return CrawlProblem(code, f"{where}: {detail}")
    message = next((line.strip() for line in unescape(found[1]).splitlines() if line.strip()), "")[:_LONGEST]
    lasting = message.startswith(_LASTING) or status in (403, 404)
    return CrawlProblem("rsshub_refused" if lasting else "rsshub_failed", f"{where}: HTTP {status}, {message}")
