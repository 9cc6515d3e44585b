"""What every platform yields: frozen, plain, the same for all of them, one JSON line each in a landing file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, get_args

import msgspec
from msgspec import Meta, Struct, structs

from crawlers.text import clean

Scope = Literal["source", "item"]

LONGEST_KEY = 1000
"""Bytes of an external id: PostgreSQL indexes no key of more than 2,700."""

Key = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY)]
Platform = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, Meta(max_length=LONGEST_KEY)]
Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=1 - 2**63, le=2**63 - 1)]


class PostItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="kind", tag="post"):
    """One published post. ``external_id`` is unique in its source; ``published`` is aware, or None when unknown.

    ``platform``: where it was published, of a source that holds several; None where the source is one.
    """

    kind: ClassVar[str] = "post"
    external_id: Key
    url: str
    title: str
    body: str
    author: str | None = None
    author_id: Key | None = None
    published: Moment | None = None
    published_raw: str | None = None
    labels: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    platform: Platform | None = None


class CommentItem(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="kind", tag="comment"
):
    """One comment or reply; ``parent_id`` is the external id of what it answers, None for a comment on the post.

    ``platform``: where its writer has the account ``author_id``, of a source that holds several.
    """

    kind: ClassVar[str] = "comment"
    external_id: Key
    post_id: Key
    parent_id: Key | None = None
    url: str | None = None
    author: str | None = None
    author_id: Key | None = None
    text: str
    published: Moment | None = None
    published_raw: str | None = None
    flaws: tuple[str, ...] = ()
    platform: Platform | None = None


class MetricItem(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="kind", tag="metric"
):
    """One counter of a post as it stood at ``taken`` (None: when this run began; one that was resumed says when).

    ``value`` None is "unknown", never 0; ``raw`` is what was written.
    """

    kind: ClassVar[str] = "metric"
    post_id: Key
    name: Name
    value: Count | None
    raw: str
    taken: Moment | None = None


class VisitItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="kind", tag="visit"):
    """One page of a post's comments as a visit read it, newest first; or that the post is ``gone``.

    ``page`` counts from 1. The page with ``last`` ends the walk; there ``whole`` says that the oldest comment was
    reached, otherwise it stopped at known ones. ``ids`` are the comments on this page (replies too), ``oldest`` the
    oldest time among them: what is known, newer than that and not in ``ids`` has been deleted. A page with ``last``,
    not ``whole`` and without ``ids`` was lost: what follows it is not known, and the next walk stops at nothing known.
    """

    kind: ClassVar[str] = "visit"
    post_id: Key
    page: Count = 1
    last: bool = True
    whole: bool = True
    gone: bool = False
    ids: tuple[str, ...] = ()
    oldest: Moment | None = None


class ProblemItem(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="kind", tag="problem"
):
    """What could not be fetched or read: a code of :mod:`crawlers.problems`, where, and the value against its limit."""

    kind: ClassVar[str] = "problem"
    code: Annotated[str, Meta(max_length=100)]
    url: str
    detail: str
    scope: Scope = "item"
    payload: str | None = None

    def __post_init__(self) -> None:
        """An address is a key too: a longer one is cut."""
        if len(self.url) > LONGEST_KEY:
            structs.force_setattr(self, "url", self.url[:LONGEST_KEY])


Item = PostItem | CommentItem | MetricItem | VisitItem | ProblemItem
_CLASSES: dict[str, type[Any]] = {c.kind: c for c in (PostItem, CommentItem, MetricItem, VisitItem, ProblemItem)}
_KEYS = ("external_id", "post_id", "parent_id", "author_id", "name")
_IDS, _NUMBERS = ("external_id", "post_id", "parent_id"), ("value", "page")
"""The fields whose values a complaint may show."""

_LONGEST_COMPLAINT = 100
_TIMES = {"post": "published", "comment": "published", "metric": "taken", "visit": "oldest"}
_DECODER: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)


def to_record(item: Item) -> dict[str, Any]:
    """The item as a JSON-able mapping with its ``kind``; times as ISO 8601 in UTC, texts as a database keeps them.

    A platform is only told where there is one.
    """
    record = {"kind": item.kind, **{name: _plain(getattr(item, name)) for name in item.__struct_fields__}}
    if record.get("platform", "") is None:
        del record["platform"]
    return record


def from_record(record: dict[str, Any]) -> Item:
    """The item of a landing line; ``ValueError`` names what is wrong with it."""
    kind = record.get("kind")
    if not isinstance(kind, str) or kind not in _CLASSES:
        told = repr(kind)[:60] if kind is None or isinstance(kind, str) else _shown("kind", kind)
        raise ValueError(f"kind {told} is none of {', '.join(sorted(_CLASSES))}")
    try:
        item: Item = msgspec.convert(record, _CLASSES[kind])
    except msgspec.ValidationError as error:
        raise ValueError(_complaint(record, str(error))) from error
    return _in_utc(_require_keys(item))


def from_line(line: bytes) -> Item:
    """The item of a landing line as it lies in the file, its texts as a database keeps them, its times in UTC.

    ``ValueError``, ``RecursionError`` or ``OverflowError`` say what is wrong with the line. Most lines need one look:
    only where a character may be one that :func:`crawlers.text.clean` takes away are the texts looked at one by one.
    """
    try:
        item = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return from_record(plain_record(line))
    if b"\\" in line or b'" ' in line or b' "' in line or not line.rstrip().decode().isprintable():
        item = _cleaned(item)
    if len(line) > LONGEST_KEY:
        _require_keys(item)
    return _in_utc(item)


def plain_record(line: bytes) -> dict[str, Any]:
    """The JSON object on a line, its texts as a database keeps them; ``ValueError`` where it is none."""
    record = _clean(json.loads(line, parse_constant=_refuse))
    if not isinstance(record, dict):
        raise ValueError(f"an object was expected, not {type(record).__name__}")
    return record


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _cleaned(item: Item) -> Item:
    """The same item, or one with clean texts where one of them was not."""
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if _clean(value) != value:
            return from_record(_clean(to_record(item)))
    return item


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list | tuple):
        return type(value)([_clean(one) for one in value])
    return {_clean(name): _clean(one) for name, one in value.items()} if isinstance(value, dict) else value


def _clean_text(text: str) -> str:
    """What ``clean`` makes of a text; most need no more than a look."""
    return text.strip() if text.isprintable() else clean(text)[0]


def _complaint(record: dict[str, Any], message: str) -> str:
    """What is wrong with which field: an id or a number is shown, cut; a text may be about a person and is not."""
    what, _, path = message.partition(" - at `$.")
    field = path.rstrip("`").split("[")[0]
    if field == "scope":
        what = f"none of {', '.join(get_args(Scope))}"
    return f"{field} {_shown(field, record.get(field))}: {what}" if field else what[:_LONGEST_COMPLAINT]


def _shown(field: str, value: Any) -> str:
    if isinstance(value, list | dict | tuple):
        return f"({type(value).__name__} of {len(value)})"
    if isinstance(value, str) and field not in _IDS:
        return f"(text of {len(value)} characters)"
    shown = field in _IDS or field in _NUMBERS or value is None
    return f"{str(value)[:60]!r}" if shown else f"({type(value).__name__})"


def _require_keys(item: Item) -> Item:
    """Refuse an id that no index keeps: the schema counts characters, an index bytes."""
    for name in _KEYS:
        value = getattr(item, name, None)
        if value is not None and not value.isascii() and len(value.encode()) > LONGEST_KEY:
            told = f"{name} {_shown(name, value)} has {len(value.encode())} bytes"
            raise ValueError(f"{told}; 1 to {LONGEST_KEY} are kept")
    return item


def _in_utc(item: Item) -> Item:
    name = _TIMES.get(item.kind)
    moment = getattr(item, name) if name else None
    if name is None or moment is None or moment.tzinfo is UTC:
        return item
    return structs.replace(item, **{name: moment.astimezone(UTC)})


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
