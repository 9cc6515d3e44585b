"""Reads a saved answer of a JSON API by the options beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.items import Item, PostItem
from crawlers.jsonapi.answer import parse_answer, rows_of
from crawlers.jsonapi.mapping import Reading, read_metrics, read_posts, read_rows
from crawlers.jsonapi.options import JsonOptions

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def read_case(folder: Path, text: str, flaws: tuple[str, ...] = ()) -> Iterator[Item]:
    """The items of a case; the first word of its name says which section of the options reads it."""
    options = JsonOptions.model_validate_json((folder / "options.json").read_bytes())
    what = folder.name.partition("-")[0]
    section: Any = getattr(options, what)
    answer = parse_answer(text, ok=options.ok, error=options.error)
    rows = rows_of(answer, items=section.items, section=what, first=True)
    reading = Reading(url=options.url, section=what, zone=ZoneInfo(options.timezone), now=NOW)
    if what != "posts":
        yield from (i for _, i in read_rows(rows, section, post="p" if what == "comments" else None, reading=reading))
        return
    for row, item in read_posts(rows, options.posts, reading=reading):
        yield item
        if isinstance(item, PostItem):
            yield from read_metrics(row.value, options.posts.metrics, post=item.external_id)
