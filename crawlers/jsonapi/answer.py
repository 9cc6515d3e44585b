"""An answer of an API: parsed, not an error in disguise, and holding a list where one was promised.

What a problem says of an answer holds nobody's name or words: an answer that is data is described, not quoted.
"""

from __future__ import annotations

import json
import re
from typing import Any

from crawlers.jsonapi.expressions import find
from crawlers.jsonapi.values import as_text
from crawlers.problems import CrawlProblem

_BEGINNING, _KEYS = 60, 8
_DATA = ("{", "[", '"')
_PLAIN_KEY = re.compile(r"[A-Za-z_$@][\w.:-]{0,39}", re.ASCII)
_WORDS = ("message", "msg", "errmsg", "error_description", "error", "reason", "code")
"""Where APIs put the words of an error that is an object."""


def beginning(text: str) -> str:
    """How a text begins that is not what was promised; of data only its kind and length."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(_DATA):
        return f"begins like JSON, {len(text)} characters"
    return f"begins {text[:_BEGINNING]!r}"


def shape(value: Any) -> str:
    """What parsed JSON is, without what it holds: its type, its length, the first names in it."""
    if isinstance(value, dict):
        names = [str(key) if _PLAIN_KEY.fullmatch(str(key)) else "…" for key in list(value)[:_KEYS]]
        return f"an object of {len(value)}: {', '.join(dict.fromkeys(names))}" if names else "an empty object"
    return f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__


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
