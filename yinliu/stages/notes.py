"""What a file's stored items had to be forgiven: one note a file and kind, not one an item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crawlers.items import CommentItem, MetricItem, PostItem

NOTED = ("bad_timestamp", "charset_mismatch", "invalid_text")
"""The flaws that are worth a note."""

_SHOWN = 100


@dataclass(slots=True)
class _Note:
    """How often, where first, and what was written there."""

    count: int
    locator: str
    first: str


class Notes:
    """The notes of one file by code."""

    def __init__(self) -> None:
        self._notes: dict[str, _Note] = {}

    def flaws(self, items: Iterable[PostItem | CommentItem]) -> None:
        """Take note of the flaws of stored items."""
        for item in items:
            for code in set(item.flaws).intersection(NOTED) if item.flaws else ():
                first = (item.published_raw or "")[:_SHOWN] if code == "bad_timestamp" else ""
                self.add(code, item.url or f"{item.kind} {item.external_id}", repr(first) if first else "")

    def fallen(self, metrics: Iterable[tuple[MetricItem, int]]) -> None:
        """Take note of counters that lie below the value they had."""
        for item, before in metrics:
            self.add("metric_regressed", item.post_id, f"{item.name} {before} -> {item.value}")

    def add(self, code: str, locator: str, first: str) -> None:
        """Once more."""
        note = self._notes.setdefault(code, _Note(0, locator, first))
        note.count += 1

    def rows(self) -> list[dict[str, Any]]:
        """The notes for the quarantine."""
        return [
            {
                "code": code,
                "locator": note.locator,
                "detail": f"{note.count} in this file" + (f"; first: {note.first}" if note.first else ""),
                "scope": "note",
            }
            for code, note in sorted(self._notes.items())
        ]
