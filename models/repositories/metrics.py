"""Counters of posts over time: a snapshot when a value changed, and one for every window of a post's age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.repositories.bulk import Bulk, as_json, moment_of
from models.repositories.gathered import MetricLike, Tally

WINDOWS = (
    ("1h", timedelta(hours=1)),
    ("6h", timedelta(hours=6)),
    ("24h", timedelta(hours=24)),
    ("72h", timedelta(hours=72)),
    ("7d", timedelta(days=7)),
    ("30d", timedelta(days=30)),
)
"""Windows of a post's age by the age at which each begins; it ends where the next begins."""

LAST_AGE = timedelta(days=90)
"""Where the last window ends."""


@dataclass(slots=True)
class Measured:
    """What became of counters: the tally, those whose post is not known, and (counter, value before) that fell."""

    tally: Tally = field(default_factory=Tally)
    orphans: list[MetricLike] = field(default_factory=list)
    fallen: list[tuple[MetricLike, int]] = field(default_factory=list)


def window_of(age: timedelta | None) -> str | None:
    """The window a post of this age is in: "1h" from 1 h to 6 h … "30d" from 30 to 90 days.

    None before and after, and where the age is not known.
    """
    if age is None or age >= LAST_AGE:
        return None
    return next((name for name, begins in reversed(WINDOWS) if age >= begins), None)


@dataclass(slots=True)
class _Past:
    """What is known of one counter before a moment."""

    at: datetime | None = None
    raw: str | None = None
    value: int | None = None
    value_at: datetime | None = None
    windows: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Reading:
    """One counter of a known post, with its moment and window."""

    item: MetricLike
    post: int
    at: datetime
    window: str | None


_POSTS = "SELECT external_id, id, published_at FROM post WHERE source = :source AND external_id {keys}"
_NEWEST = "FROM metric_snapshot s WHERE s.post_id = k.post AND s.name = k.name AND s.taken_at <= k.at"
_PAST = f"""
SELECT k.place,
 (SELECT s.taken_at {_NEWEST} ORDER BY s.taken_at DESC LIMIT 1),
 (SELECT s.raw {_NEWEST} ORDER BY s.taken_at DESC LIMIT 1),
 (SELECT s.value {_NEWEST} AND s.value IS NOT NULL ORDER BY s.taken_at DESC LIMIT 1),
 (SELECT s.taken_at {_NEWEST} AND s.value IS NOT NULL ORDER BY s.taken_at DESC LIMIT 1),
 EXISTS (SELECT 1 FROM metric_snapshot s WHERE s.post_id = k.post AND s.name = k.name AND s."window" = k.win)
FROM """  # noqa: S608 - our own names
_ASKED = {
    True: "(SELECT value ->> 0 AS place, value ->> 1 AS post, value ->> 2 AS name, value ->> 3 AS at,"
    " value ->> 4 AS win FROM json_each(:asked)) k",
    False: "(SELECT (e ->> 0)::int AS place, (e ->> 1)::int AS post, e ->> 2 AS name, (e ->> 3)::timestamptz AS at,"
    " e ->> 4 AS win FROM jsonb_array_elements((:asked)::jsonb) AS e) k",
}
_COLUMNS = 'id, post_id, name, value, raw, taken_at, "window", regressed'


class MetricStore:
    """The snapshots of one source after another, in one transaction."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    def store(self, items: Sequence[MetricLike], *, source: str, now: datetime) -> Measured:
        """Append snapshots of what changed, and the first in each window; ``now``: when the crawl began."""
        found = Measured()
        readings = self._readings(items, found, source=source, now=now)
        past = self._past(readings)
        rows = [row for reading in readings if (row := self._judge(reading, past, found))]
        ids = self._bulk.new_ids("metric_snapshot", len(rows)) if rows else ()
        self._bulk.insert("metric_snapshot", _COLUMNS, [(key, *row) for key, row in zip(ids, rows, strict=True)])
        found.tally.new = len(rows)
        return found

    def _readings(self, items: Sequence[MetricLike], found: Measured, *, source: str, now: datetime) -> list[_Reading]:
        keys = list({item.post_id for item in items})
        rows = self._bulk.find(_POSTS, {"keys": keys}, source=source) if keys else []
        posts = {external: (key, moment_of(published)) for external, key, published in rows}
        readings: list[_Reading] = []
        for item in items:
            if item.post_id not in posts:
                found.orphans.append(item)
                continue
            post, published = posts[item.post_id]
            at = item.taken or now
            readings.append(_Reading(item, post, at, window_of(at - published if published else None)))
        return sorted(readings, key=lambda reading: reading.at)

    def _past(self, readings: Sequence[_Reading]) -> dict[tuple[int, str], list[_Past]]:
        """For every counter what the database knows, one a reading, in the order of the readings."""
        asked = [(n, r.post, r.item.name, self._bulk.stamp(r.at), r.window) for n, r in enumerate(readings)]
        rows = self._bulk.find(_PAST + _ASKED[self._bulk.sqlite], asked=as_json(asked)) if asked else []
        found: dict[tuple[int, str], list[_Past]] = {}
        for place, at, raw, value, value_at, seen in sorted(rows, key=lambda row: int(row[0])):
            reading = readings[int(place)]
            windows = {reading.window} if seen and reading.window else set()
            past = _Past(moment_of(at), raw, value, moment_of(value_at), windows)
            found.setdefault((reading.post, reading.item.name), []).append(past)
        return found

    def _judge(
        self, reading: _Reading, past: dict[tuple[int, str], list[_Past]], found: Measured
    ) -> tuple[Any, ...] | None:
        """The row of a reading, None where it says nothing new."""
        item, at, window = reading.item, reading.at, reading.window
        before = past[reading.post, item.name].pop(0)
        opens = window is not None and window not in before.windows
        if before.at == at or (before.raw == item.raw and not opens):
            found.tally.same += 1
            self._carry(past[reading.post, item.name], before)
            return None
        fell = item.value is not None and before.value is not None and item.value < before.value
        if fell and before.value is not None:
            found.fallen.append((item, before.value))
        known = (before.value, before.value_at) if item.value is None else (item.value, at)
        windows = before.windows | ({window} if window else set())
        self._carry(past[reading.post, item.name], _Past(at, item.raw, *known, windows))
        taken = self._bulk.stamp(at)
        return (reading.post, item.name, item.value, item.raw, taken, window if opens else None, fell)

    @staticmethod
    def _carry(later: list[_Past], before: _Past) -> None:
        """What this file said before a later reading of the same counter, where it is newer than the database."""
        if not later:
            return
        following = later[0]
        following.windows |= before.windows
        if before.at is not None and (following.at is None or before.at >= following.at):
            following.at, following.raw = before.at, before.raw
        if before.value_at is not None and (following.value_at is None or before.value_at >= following.value_at):
            following.value, following.value_at = before.value, before.value_at
