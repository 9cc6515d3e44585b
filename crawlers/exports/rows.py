"""A row of a known sheet as items: a post with its counters, or a comment; or the reason why it is neither."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.exports.cells import (
    SUMMARIES,
    as_text,
    is_long,
    is_rounded,
    is_unknown,
    plain_time,
    read_count,
    read_id,
    read_labels,
)
from crawlers.exports.presets import SheetPreset
from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem
from crawlers.options import is_web_address
from crawlers.text import clean, parse_time

_PAYLOAD_MOST, _RAW_MOST = 2000, 100
_BROKEN = "\ufffd"
_YEAR = re.compile(r"\d{4}")
"""Without one a time is relative (昨天, 3小时前): to the moment the file was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a file says of all of its rows: the zone of its times, now, the moment of its counters, its platform."""

    zone: ZoneInfo
    now: datetime
    taken: datetime
    platform: str | None


class Rejected(Exception):
    """A row that is not stored: a code of :data:`crawlers.problems.REMEDIES` and what was wrong."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def row_items(cells: dict[str, Any], sheet: SheetPreset, *, place: str, scene: Scene) -> Iterator[Item]:
    """The items of one row, by column key; or one problem that names ``place`` and the value."""
    row = _Row(cells, sheet, scene)
    try:
        row.refuse_summary()
        yield from row.comment() if sheet.kind == "comment" else row.post()
    except Rejected as rejected:
        yield rejection(cells, place=place, code=rejected.code, detail=rejected.detail)


def rejection(cells: dict[str, Any] | list[Any], *, place: str, code: str, detail: str) -> ProblemItem:
    """A row that is not stored, named."""
    kept = {name: as_text(cell)[:_PAYLOAD_MOST] for name, cell in _named(cells) if as_text(cell)}
    payload = clean(json.dumps(kept, ensure_ascii=False)[:_PAYLOAD_MOST])[0]
    return ProblemItem(code=code, url=place, detail=detail, payload=payload)


def _named(cells: dict[str, Any] | list[Any]) -> list[tuple[str, Any]]:
    return list(cells.items()) if isinstance(cells, dict) else [(str(at), cell) for at, cell in enumerate(cells, 1)]


class _Row:
    """The fields of one row."""

    def __init__(self, cells: dict[str, Any], sheet: SheetPreset, scene: Scene) -> None:
        self._cells, self._sheet, self._scene = cells, sheet, scene

    def refuse_summary(self) -> None:
        """A row that sums up the others is none of them."""
        first = next((text for text in map(as_text, self._cells.values()) if text.strip()), "")
        if first.strip(" :：").casefold() in SUMMARIES and is_unknown(self._text("published")):
            raise Rejected("item_incomplete", f"a row of sums ({first.strip()[:20]}), not one of the rows it sums up")

    def post(self) -> Iterator[Item]:
        """The post, then its counters."""
        title, spoilt_title = _clean(self._text("title"))
        body, spoilt_body = _clean(self._text("body"))
        known = self._id("id") or self._id_from_url(self._text("url"))
        published, raw, late = self._published(known)
        if not (known or title or body):
            raise Rejected("item_incomplete", f"neither {self._told('id')} nor {self._told('title')}")
        post_id = known or digest_id(title or body, published)
        yield PostItem(
            external_id=post_id,
            url=self._url(known),
            title=title,
            body="" if body == title else body,
            author=_clean(self._text("author"))[0] or None,
            author_id=self._author_id(),
            published=published,
            published_raw=raw,
            labels=read_labels(_clean(self._text("labels"))[0]),
            flaws=_flaws(spoilt_title or spoilt_body, title + body, late),
            platform=self._scene.platform,
        )
        yield from self._metrics(post_id)

    def _metrics(self, post_id: str) -> Iterator[Item]:
        taken, _, _ = self._time("taken")
        for name in self._sheet.metrics:
            raw = _clean(self._text(name))[0][:_RAW_MOST]
            if raw:
                value = read_count(raw)
                yield MetricItem(post_id=post_id, name=name, value=value, raw=raw, taken=taken or self._scene.taken)

    def comment(self) -> Iterator[Item]:
        """The comment; without an id of its own it is known by its post, its author, its time and its text."""
        text, spoilt = _clean(self._text("text"))
        post_id = self._id("post_id") or self._id_from_url(self._text("post_url"))
        if not post_id:
            raise Rejected("item_incomplete", f"without {self._told('post_id')}: no post to put it under")
        author = _clean(self._text("author"))[0] or None
        own = self._id("id")
        published, raw, late = self._published(own)
        if not text:
            raise Rejected("item_incomplete", f"nothing at {self._told('text')}")
        comment_id = own or digest_id(f"{post_id}\n{author}\n{text}", published)
        parent = self._id("parent_id")
        yield CommentItem(
            external_id=comment_id,
            post_id=post_id,
            parent_id=None if parent == comment_id else parent,
            url=self._url(own) or None,
            author=author,
            author_id=self._author_id(),
            text=text,
            published=published,
            published_raw=raw,
            flaws=_flaws(spoilt, text, late),
            platform=self._scene.platform,
        )

    def _text(self, field: str) -> str:
        """What stands in the first column of a field that holds anything."""
        for name in self._sheet.names.get(field, ()):
            cell = self._cells.get(name)
            if cell is not None and cell != "":
                text = as_text(cell)
                if text.strip():
                    return text
        return ""

    def _id(self, field: str) -> str | None:
        text = self._text(field)
        found = read_id(_clean(text)[0]) if text else None
        if found and is_rounded(found):
            detail = f"{field} {found} was rounded by a spreadsheet: export again, or keep the column as text"
            raise Rejected("item_incomplete", detail)
        if found and is_long(found):
            raise Rejected("item_incomplete", f"{field} {found[:40]!r}… is longer than 1000 bytes")
        return found

    def _author_id(self) -> str | None:
        """The platform's own id of the author, or what another program made of it."""
        address, pattern = self._text("author_url"), self._sheet.author_from_url
        own = self._id("author_id") or _id_in(address, pattern)
        hashed = None if own else self._id("author_hash")
        return own or (f"hash:{hashed}" if hashed else None)

    def _id_from_url(self, url: str) -> str | None:
        return _id_in(url, self._sheet.id_from_url)

    def _url(self, identifier: str | None) -> str:
        """The address in the row, or the one that the platform makes of its id; empty when neither is known."""
        written = _clean(self._text("url"))[0]
        if is_web_address(written):
            return written
        template, pattern = self._sheet.url, self._sheet.id_pattern
        if not (template and identifier and re.fullmatch(pattern or r"[\w-]+", identifier)):
            return ""
        return template.replace("{id}", identifier)

    def _time(self, field: str) -> tuple[datetime | None, str | None, tuple[str, ...]]:
        raw = _clean(self._text(field))[0]
        if is_unknown(raw):
            return None, raw or None, ("bad_timestamp",)
        plain = plain_time(raw)
        now = self._scene.now if _YEAR.search(plain) else self._scene.taken
        moment, flaws = parse_time(plain, zone=self._scene.zone, now=now)
        return moment, raw[:_RAW_MOST], flaws

    def _published(self, own_id: str | None) -> tuple[datetime | None, str | None, tuple[str, ...]]:
        """The time of publication; 昨天 is another day in next week's export: it cannot stand for a missing id."""
        moment, raw, flaws = self._time("published")
        if own_id or not raw or _YEAR.search(plain_time(raw)):
            return moment, raw, flaws
        return None, raw, ("bad_timestamp",)

    def _told(self, field: str) -> str:
        """The column that was looked for."""
        return "/".join(self._sheet.names.get(field, ())[:3]) or field


def digest_id(title: str, published: datetime | None) -> str:
    """The id of what has none: a digest of its title, without its spaces, and the minute it was published in."""
    minute = f"{published:%Y-%m-%dT%H:%M}" if published else ""
    return "t-" + hashlib.sha256(f"{''.join(title.split())}\n{minute}".encode()).hexdigest()[:24]


def _clean(text: str) -> tuple[str, tuple[str, ...]]:
    """As :func:`crawlers.text.clean`, and at once where there is nothing to clean."""
    return (text.strip(), ()) if text.isprintable() else clean(text)


def _id_in(url: str, pattern: str) -> str | None:
    """The id in an address, its parts joined by ``_``."""
    found = re.search(pattern, url) if pattern and url else None
    identifier = "_".join(part for part in found.groups() if part) if found else ""
    return identifier if identifier and not is_long(identifier) else None


def _flaws(spoilt: object, text: str, late: tuple[str, ...]) -> tuple[str, ...]:
    broken = ("invalid_text",) if spoilt or _BROKEN in text else ()
    return (*broken, *late)


def counters_moment(day: datetime | None, changed: datetime, now: datetime) -> datetime:
    """When the counters of a file were read: at the end of the ``day`` it names, and never after it was written."""
    latest = min(changed, now)
    if day is None:
        return latest
    end = day + timedelta(days=1, seconds=-1)
    return end if end < latest else latest
