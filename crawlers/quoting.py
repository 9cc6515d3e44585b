"""What a message or a file may quote of what a site sent: no secret that it repeats, and nobody's name or words."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters of a secret that is taken out of texts: a shorter one is a part of too many words and numbers."""

_BEGINNING, _KEYS = 60, 8
_DATA = ("{", "[", '"')
_PLAIN_KEY = re.compile(r"[A-Za-z_$@][\w.:-]{0,39}", re.ASCII)


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


def without(secrets: Collection[str], text: str, *, shortest: int = SHORTEST) -> str:
    """A text with ``***`` for each secret of at least ``shortest`` characters: bare, or as JSON, an address or HTML
    has it."""
    for form in sorted({form for one in secrets if len(one) >= shortest for form in _forms(one)}, key=len)[::-1]:
        text = text.replace(form, "***")
    return text


def _forms(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (in_json, in_json.replace("/", "\\/"), escape(secret))
