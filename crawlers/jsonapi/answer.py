"""An answer of an API: parsed, not an error in disguise, and holding a list where one was promised.

What a problem says of an answer holds nobody's name or words: an answer that is data is described, not quoted.
"""

from __future__ import annotations

import json
from typing import Any

from crawlers.jsonapi.expressions import find
from crawlers.jsonapi.values import as_text
from crawlers.problems import CrawlProblem
from crawlers.quoting import beginning, shape

_WORDS = ("message", "msg", "errmsg", "error_description", "error", "reason", "code")
"""Where APIs put the words of an error that is an object."""


def parse_answer(text: str, *, ok: str | None = None, error: str | None = None) -> Any:
    """The parsed JSON; ``not_json`` when it is none, ``api_refused`` when it says that it is an error.

    ``ok`` is a JMESPath expression that must be true, ``error`` one that must find nothing (or false, 0, empty).
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise CrawlProblem("not_json", f"{_reason(wrong)}; {beginning(text)}") from wrong
    said = find(error, answer)
    if said:
        raise CrawlProblem("api_refused", f"{error}: {_said(said)}")
    if ok is not None and find(ok, answer) is not True:
        raise CrawlProblem("api_refused", f"not true: {ok}; the answer is {shape(answer)}")
    return answer


def _reason(wrong: Exception) -> str:
    return "nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)[:200]


def _said(value: Any) -> str:
    """The words of an error: itself, or what an object has under a usual name."""
    words = (as_text(value.get(name)) for name in _WORDS) if isinstance(value, dict) else [as_text(value)]
    return next((text[:200] for text in words if text), shape(value))


def rows_of(answer: Any, *, items: str, section: str, first: bool) -> list[Any]:
    """The rows at an expression; null after the first page is an empty page, anything else ``not_json``."""
    rows = find(items, answer)
    if rows is None and not first:
        return []
    if not isinstance(rows, list):
        kind = "nothing" if rows is None else type(rows).__name__
        detail = f"{section}.items {items!r} gives no list but {kind}; the answer is {shape(answer)}"
        raise CrawlProblem("not_json", detail)
    return rows
