"""What a spider asks for: plain and JSON-able, so that it outlives the process that asked."""

from __future__ import annotations

from typing import Any

import msgspec

from crawlers.items import Scope


class Ask(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One request to be: where, and which method of the spider reads the answer.

    ``on_missing`` names the method that is told of a 404 or 410, ``accepts`` lists statuses that ``callback`` reads
    besides 2xx. ``first`` is asked before all others and by this process only. ``tries`` counts the crawls that failed
    to get it. ``id`` is unique in a crawl; 0 is "not journaled".
    """

    url: str
    callback: str
    scope: Scope = "item"
    kwargs: dict[str, Any] = {}
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = {}
    meta: dict[str, Any] = {}
    on_missing: str | None = None
    accepts: tuple[int, ...] = ()
    once: bool = False
    first: bool = False
    tries: int = 0
    id: int = 0
