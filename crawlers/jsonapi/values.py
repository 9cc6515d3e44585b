"""JSON values as what items hold: texts, keys, counts, labels, times. None is "unknown", never 0 or empty."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from crawlers.text import clean, parse_count, parse_time, read_html

Flaws = tuple[str, ...]
Format = Literal["html", "text"]

_LONGEST_RAW = 100
_NOBODY = frozenset(("", "0", "false"))
"""How APIs write that there is no parent and no account."""


def as_text(value: Any) -> str | None:
    """A number, a text or a boolean as text; None for anything else and for an empty one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int | str):
        return str(value).strip() or None
    return None


def as_key(value: Any) -> str | None:
    """An id; a boolean is none."""
    found = None if isinstance(value, bool) else as_text(value)
    return clean(found)[0] or None if found else None


def as_other_key(value: Any) -> str | None:
    """The id of something else, a parent or an account: 0, "" and false mean that there is none."""
    found = as_key(value)
    return None if found is None or found.lower() in _NOBODY else found


def as_line(value: Any) -> str | None:
    """A name: one text without markup."""
    found = as_text(value)
    return read_html(found)[0] or None if found else None


def as_body(value: Any, *, written: Format) -> tuple[str, Flaws]:
    """A longer text as a reader sees it, and its flaws; several texts become paragraphs."""
    parts = [part for part in map(as_text, value if isinstance(value, list) else [value]) if part]
    read = read_html if written == "html" else clean
    found = [read(part) for part in parts]
    return "\n".join(text for text, _ in found if text), tuple(
        dict.fromkeys(flaw for _, flaws in found for flaw in flaws)
    )


def as_labels(value: Any) -> tuple[str, ...]:
    """Labels, each once: a list of texts, or one text."""
    given = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(label for label in map(as_line, given) if label))


def as_time(value: Any, *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, str | None, Flaws]:
    """The moment, what was written, and its flaws: ISO 8601, Unix seconds or milliseconds, whole or with a fraction."""
    raw = as_text(value)
    moment, flaws = parse_time(raw, zone=zone, now=now)
    return moment, raw[:_LONGEST_RAW] if raw else None, flaws


def as_count(value: Any) -> tuple[int | None, str]:
    """A counter and what was written; None when that is no number."""
    raw = value if isinstance(value, str) else _shown(value)
    if isinstance(value, str):
        number = parse_count(value)
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        number = value if type(value) is int else None
    fits = number is not None and abs(number) < 2**63
    return (number if fits else None), raw[:_LONGEST_RAW]


def _shown(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"
