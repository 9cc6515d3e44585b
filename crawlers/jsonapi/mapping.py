"""Rows of an answer as items, by the expressions of ``sources.yaml``: pure functions of parsed JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from crawlers.items import CommentItem, MetricItem, PostItem, ProblemItem
from crawlers.jsonapi.expressions import find
from crawlers.jsonapi.options import CommentFields, Discussion, PostFields, Posts
from crawlers.jsonapi.values import (
    Flaws,
    Format,
    as_body,
    as_count,
    as_key,
    as_labels,
    as_line,
    as_other_key,
    as_text,
    as_time,
)

_TITLE, _PAYLOAD = 60, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where rows came from and how times are read: ``url`` of the answer, ``section`` as ``sources.yaml`` calls it."""

    url: str
    section: str
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the answer ("3", a reply of it "3.1"), and the id of the comment around it."""

    number: str
    value: Any
    around: str | None = None


Pairs = Sequence[tuple[Row, PostItem | CommentItem | ProblemItem]]
"""Rows, and what each of them is."""


def read_posts(rows: list[Any], posts: Posts, *, reading: Reading) -> Pairs:
    """Every post of a list, and the row it was read from; without the rows that ``skip`` excludes."""
    fields = posts.fields
    if fields is None:
        return []
    numbered = (Row(str(number), value) for number, value in enumerate(rows, start=1))
    kept = (row for row in numbered if find(posts.skip, row.value) is not True)
    return [(row, read_post(row, fields, written=posts.format, reading=reading)) for row in kept]


def read_rows(
    rows: list[Any], among: Discussion, *, post: str | None, reading: Reading, around: str | None = None
) -> Pairs:
    """Every comment among rows and their nested replies, and what it was read from."""
    found = unfold(rows, among, around=around)
    return [(row, read_comment(row, among.fields, post=post, written=among.format, reading=reading)) for row in found]


def root_ids(pairs: Pairs) -> list[str]:
    """The ids of the rows themselves, without replies: only those stand in the order of the list."""
    return [item.external_id for row, item in pairs if not isinstance(item, ProblemItem) and "." not in row.number]


def read_post(row: Row, fields: PostFields, *, written: Format, reading: Reading) -> PostItem | ProblemItem:
    """One row as a post, or what it lacks. A post without a title is called by its first line."""
    key = as_key(find(fields.id, row.value))
    if key is None:
        return _incomplete(row, "fields.id", fields.id, reading)
    title, spoilt_title = as_body(find(fields.title, row.value), written=written)
    body, spoilt_body = as_body(find(fields.body, row.value), written=written)
    if not (title or body) and (fields.title or fields.body):
        return _incomplete(row, "fields.title", fields.title or fields.body or "", reading)
    published, raw, late = _time(row, fields.time, reading)
    return PostItem(
        external_id=key,
        url=_link(find(fields.url, row.value), reading) or "",
        title=title or body.partition("\n")[0][:_TITLE] or key,
        body=body,
        author=as_line(find(fields.author, row.value)),
        author_id=as_other_key(find(fields.author_id, row.value)),
        published=published,
        published_raw=raw,
        labels=as_labels(find(fields.labels, row.value)),
        flaws=tuple(dict.fromkeys((*spoilt_title, *spoilt_body, *late))),
    )


def read_metrics(value: Any, metrics: dict[str, str], *, post: str) -> Iterator[MetricItem]:
    """The counters of a post; what is null or no whole number is unknown."""
    for name, expression in metrics.items():
        number, raw = as_count(find(expression, value))
        yield MetricItem(post_id=post, name=name, value=number, raw=raw)


def unfold(rows: list[Any], discussion: Discussion, *, around: str | None = None) -> Iterator[Row]:
    """The rows and the replies nested in them, as a reader meets them, however deep; without what ``skip`` excludes."""
    waiting = _numbered(rows, "", around)
    while waiting:
        row = waiting.pop()
        if find(discussion.skip, row.value) is not True:
            yield row
        inner = find(discussion.replies, row.value)
        if isinstance(inner, list):
            waiting += _numbered(inner, f"{row.number}.", as_key(find(discussion.fields.id, row.value)))


def _numbered(rows: list[Any], before: str, around: str | None) -> list[Row]:
    """The rows, the first one last: where they are taken from the end."""
    return [Row(f"{before}{number}", value, around) for number, value in enumerate(rows, start=1)][::-1]


def read_comment(
    row: Row, fields: CommentFields, *, post: str | None, written: Format, reading: Reading
) -> CommentItem | ProblemItem:
    """One row as a comment of ``post`` (None: the row says of which), or what it lacks."""
    key = as_key(find(fields.id, row.value))
    about = post if post is not None else as_key(find(fields.post, row.value))
    text, spoilt = as_body(find(fields.text, row.value), written=written)
    for name, expression, found in (("id", fields.id, key), ("post", fields.post, about), ("text", fields.text, text)):
        if not found:
            return _incomplete(row, f"fields.{name}", expression or "", reading)
    published, raw, late = _time(row, fields.time, reading)
    parent = as_other_key(find(fields.parent, row.value)) or row.around
    return CommentItem(
        external_id=str(key),
        post_id=str(about),
        parent_id=parent if parent != key else None,
        url=_link(find(fields.url, row.value), reading),
        author=as_line(find(fields.author, row.value)),
        author_id=as_other_key(find(fields.author_id, row.value)),
        text=text,
        published=published,
        published_raw=raw,
        flaws=tuple(dict.fromkeys((*spoilt, *late))),
    )


def _time(row: Row, expression: str | None, reading: Reading) -> tuple[datetime | None, str | None, Flaws]:
    """The row's time; without an expression for it there is none, which is no flaw of the row."""
    if expression is None:
        return None, None, ()
    return as_time(find(expression, row.value), zone=reading.zone, now=reading.now)


def _link(value: Any, reading: Reading) -> str | None:
    found = as_text(value)
    try:
        return urljoin(reading.url, found) if found else None
    except ValueError:
        return found


def _incomplete(row: Row, name: str, expression: str, reading: Reading) -> ProblemItem:
    return ProblemItem(
        code="item_incomplete",
        url=reading.url,
        detail=f"row {row.number}: nothing at {reading.section}.{name} {expression!r}",
        payload=_payload(row.value),
    )


def _payload(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)[:_PAYLOAD]
    except RecursionError:
        return repr(type(value))
