"""What comes from outside is made safe before anything is drawn: cleaned, masked, linked only when harmless."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote, urlsplit

from yinliu.reports.facts import PostLine, WeeklyFacts

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Mask = Callable[[str], str]
_Line = TypeVar("_Line", bound="DataclassInstance")

# Control characters and lone surrogates break the file; bidirectional marks turn the text around them.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_BLANKS = re.compile(r"\s+")


def masked(facts: WeeklyFacts, *, mask: Mask) -> WeeklyFacts:
    """The same facts with every text in them cleaned and masked, so that no later step can forget to; but for the
    version of the rules, which is our own and looks like a number."""
    safe = cast(WeeklyFacts, _masked(facts, mask))
    return replace(safe, timezone=facts.timezone, model_version=clean(facts.model_version))


def clean(text: str) -> str:
    """One line of printable text: no control, surrogate or direction characters, single spaces."""
    return _UNPRINTABLE.sub("", _BLANKS.sub(" ", text)).strip()


def link(url: str, *, mask: Mask) -> str:
    """The address if it may be linked, else an empty text.

    Only http and https, no user name in it, and nothing that the mask would hide: half an address leads nowhere.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    harmless = parts.scheme in {"http", "https"} and bool(parts.netloc) and "@" not in parts.netloc
    return url if harmless and clean(url) == url and _shows_nobody(url, mask) else ""


def _shows_nobody(url: str, mask: Mask) -> bool:
    return all(mask(form) == form for form in (url, unquote(url)))


def _masked(value: object, mask: Mask) -> object:
    match value:
        case str():
            return mask(clean(value))
        case tuple():
            return tuple(_masked(item, mask) for item in value)
        case PostLine():
            return replace(_masked_fields(value, mask), url=link(value.url, mask=mask))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _masked_fields(value, mask)
    return value


def _masked_fields(value: _Line, mask: Mask) -> _Line:
    return replace(value, **{field.name: _masked(getattr(value, field.name), mask) for field in fields(value)})
