"""An answer of an API: parsed, not an error in disguise, and holding a list where one was promised."""

from __future__ import annotations

import json
from typing import Any

from crawlers.jsonapi.expressions import find
from crawlers.jsonapi.values import as_text
from crawlers.problems import CrawlProblem

_BEGINNING = 60


def parse_answer(text: str, *, ok: str | None = None, error: str | None = None) -> Any:
    """The parsed JSON; ``not_json`` when it is none, ``api_refused`` when it says that it is an error.

    ``ok`` is a JMESPath expression that must be true, ``error`` one that must find nothing (or false, 0, empty).
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise CrawlProblem("not_json", f"{_reason(wrong)}; begins {text[:_BEGINNING]!r}") from wrong
    said = find(error, answer)
    if said:
        raise CrawlProblem("api_refused", f"{error}: {_said(said)}")
    if ok is not None and find(ok, answer) is not True:
        raise CrawlProblem("api_refused", f"not true: {ok}; begins {text[:_BEGINNING]!r}")
    return answer


def _reason(wrong: Exception) -> str:
    return "nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)[:200]


def _said(value: Any) -> str:
    return (as_text(value) or json.dumps(value, ensure_ascii=False))[:200]


def rows_of(answer: Any, *, items: str, section: str, first: bool) -> list[Any]:
    """The rows at an expression; null after the first page is an empty page, anything else ``not_json``."""
    rows = find(items, answer)
    if rows is None and not first:
        return []
    if not isinstance(rows, list):
        kind = "nothing" if rows is None else type(rows).__name__
        shown = json.dumps(answer, ensure_ascii=False)[:_BEGINNING]
        raise CrawlProblem("not_json", f"{section}.items {items!r} gives no list but {kind}; begins {shown}")
    return rows
