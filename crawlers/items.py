"""What every platform yields: frozen, plain, the same for all of them, one JSON line each in a landing file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

Scope = Literal["source", "item"]


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
    """One counter of a post as it stood at this moment; ``value`` None is "unknown", never 0; ``raw`` is as written."""

    kind: ClassVar[str] = "metric"
    post_id: str
    name: str
    value: int | None
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemItem:
    """What could not be fetched or read: a code of :mod:`crawlers.problems`, where, and the value against its limit."""

    kind: ClassVar[str] = "problem"
    code: str
    url: str
    detail: str
    scope: Scope = "item"
    payload: str | None = None


Item = PostItem | CommentItem | MetricItem | ProblemItem
_CLASSES: dict[str, type[Any]] = {c.kind: c for c in (PostItem, CommentItem, MetricItem, ProblemItem)}


def to_record(item: Item) -> dict[str, Any]:
    """The item as a JSON-able mapping with its ``kind``; times as ISO 8601 in UTC."""
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
    """Refuse an item without the keys by which it is remembered."""
    for name in ("external_id", "post_id"):
        if hasattr(item, name) and not (isinstance(value := getattr(item, name), str) and value):
            raise ValueError(f"{name} {value!r} is not a text")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return list(value) if isinstance(value, tuple) else value


def _rich(name: str, value: Any) -> Any:
    if name == "published" and value is not None:
        return datetime.fromisoformat(str(value))
    return tuple(value) if isinstance(value, list) else value
