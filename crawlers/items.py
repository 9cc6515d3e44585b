"""What every platform yields: frozen, plain, the same for all of them, one JSON line each in a landing file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from crawlers.text import clean

Scope = Literal["source", "item"]

LONGEST_KEY = 1000
"""Bytes of an external id: PostgreSQL indexes no key of more than 2,700."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostItem:
    """One published post. ``external_id`` is unique in its source; ``published`` is aware, or None when unknown."""

    kind: ClassVar[str] = "post"
    external_id: str
    url: str
    title: str
    body: str
    author: str | None = None
    author_id: str | None = None
    published: datetime | None = None
    published_raw: str | None = None
    labels: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentItem:
    """One comment or reply; ``parent_id`` is the external id of what it answers, None for a comment on the post."""

    kind: ClassVar[str] = "comment"
    external_id: str
    post_id: str
    parent_id: str | None = None
    url: str | None = None
    author: str | None = None
    author_id: str | None = None
    text: str
    published: datetime | None = None
    published_raw: str | None = None
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricItem:
    """One counter of a post as it stood at ``taken`` (None: when this crawl began).

    ``value`` None is "unknown", never 0; ``raw`` is what was written.
    """

    kind: ClassVar[str] = "metric"
    post_id: str
    name: str
    value: int | None
    raw: str
    taken: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitItem:
    """One page of a post's comments as a visit read it, newest first; or that the post is ``gone``.

    ``page`` counts from 1. The page with ``last`` ends the walk; there ``whole`` says that the oldest comment was reached,
    otherwise it stopped at known ones. ``ids`` are the comments on this page (replies too), ``oldest`` the oldest time
    among them: what is known, newer than that and not in ``ids`` has been deleted.
    """

    kind: ClassVar[str] = "visit"
    post_id: str
    page: int = 1
    last: bool = True
    whole: bool = True
    gone: bool = False
    ids: tuple[str, ...] = ()
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemItem:
    """What could not be fetched or read: a code of :mod:`crawlers.problems`, where, and the value against its limit."""

    kind: ClassVar[str] = "problem"
    code: str
    url: str
    detail: str
    scope: Scope = "item"
    payload: str | None = None

    def __post_init__(self) -> None:
        """An address is a key too: a longer one is cut."""
        object.__setattr__(self, "url", str(self.url)[:LONGEST_KEY])


Item = PostItem | CommentItem | MetricItem | VisitItem | ProblemItem
_CLASSES: dict[str, type[Any]] = {
    c.kind: c for c in (PostItem, CommentItem, MetricItem, VisitItem, ProblemItem)
}


def to_record(item: Item) -> dict[str, Any]:
    """The item as a JSON-able mapping with its ``kind``; times as ISO 8601 in UTC, texts as a database keeps them."""
    fields = {f.name: _plain(getattr(item, f.name)) for f in dataclasses.fields(item)}
    return {"kind": item.kind, **fields}


def from_record(record: dict[str, Any]) -> Item:
    """The item of a landing line; ``ValueError`` names what is wrong with it."""
    values = dict(record)
    kind = values.pop("kind", None)
    if kind not in _CLASSES:
        raise ValueError(f"kind {kind!r} is none of {', '.join(sorted(_CLASSES))}")
    try:
        item: Item = _CLASSES[kind](**{name: _rich(name, value) for name, value in values.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error
    _require(item)
    return item


def _require(item: Item) -> None:
    """Refuse an item whose values no database keeps, or without the keys by which it is remembered."""
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if not _FITS[str(field.type)](value):
            raise ValueError(f"{field.name} {str(value)[:60]!r} is not a {field.type}")
        if field.name in ("external_id", "post_id", "parent_id", "author_id") and value is not None:
            _require_key(field.name, value)


def _require_key(name: str, value: str) -> None:
    size = len(value.encode("utf-8", "replace"))
    if not 0 < size <= LONGEST_KEY:
        raise ValueError(f"{name} {value[:60]!r} has {size} bytes; 1 to {LONGEST_KEY} are kept")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_FITS: dict[str, Callable[[Any], bool]] = {
    "str": _is_text,
    "str | None": lambda value: value is None or _is_text(value),
    "datetime | None": lambda value: value is None or (isinstance(value, datetime) and value.tzinfo is not None),
    "tuple[str, ...]": lambda value: isinstance(value, tuple) and all(map(_is_text, value)),
    "int | None": lambda value: value is None or (type(value) is int and abs(value) < 2**63),
    "int": lambda value: type(value) is int and abs(value) < 2**63,
    "bool": lambda value: type(value) is bool,
    "Scope": lambda value: value in ("source", "item"),
}
"""What each annotation above admits."""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str):
        return clean(value)[0]
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _rich(name: str, value: Any) -> Any:
    if name in ("published", "taken", "oldest") and value is not None:
        return datetime.fromisoformat(str(value))
    return tuple(value) if isinstance(value, list) else value
