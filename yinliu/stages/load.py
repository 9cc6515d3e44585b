"""load: landing files into the database; every line is stored or quarantined, each file in one transaction."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any

from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem, Scope, from_record
from crawlers.text import clean
from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, Progress, now, silent

_CHUNK = 500
_KEYS = ("external_id", "post_id", "parent_id", "author_id", "name")
_KEY_LIMIT = 600
"""Characters of an id: PostgreSQL indexes at most 2,704 bytes."""

_BIGGEST = 2**63
_FORMS: dict[str, Any] = {
    "str": str,
    "str | None": (str, NoneType),
    "int | None": (int, NoneType),
    "datetime | None": (datetime, NoneType),
    "tuple[str, ...]": tuple,
    "Scope": str,
}


def waiting_files(begin: Begin, *, landing: Path) -> list[Path]:
    """Landing files that are not in the database, by source and then by run: the same order however they came."""
    with begin() as work:
        done = work.runs.loaded()
    found = [path for path in landing.glob("*/*.jsonl") if (path.parent.name, path.stem) not in done]
    return sorted(found, key=lambda path: (path.parent.name, path.stem))


def load(begin: Begin, *, landing: Path, progress: Progress = silent) -> Counts:
    """Load every waiting file; ``inputs = stored + quarantined`` over all of them."""
    totals = dict.fromkeys(("files", "inputs", "stored", "quarantined", "new", "changed", "same", "untied"), 0)
    for path in waiting_files(begin, landing=landing):
        with begin() as work:
            counts = _load_file(work, path)
            work.commit()
        totals = {name: totals[name] + counts.get(name, 0) for name in totals}
        progress(1)
    return totals


def _load_file(work: UnitOfWork, path: Path) -> Counts:
    source, run = path.parent.name, path.stem
    if not work.runs.claim_load(source=source, run=run, now=now()):
        return {}
    loading = _Loading(work, path)
    with path.open("rb") as file:
        for lines in iter(lambda: list(islice(file, _CHUNK)), []):
            loading.take(lines)
    counts = loading.finish()
    work.runs.finish_load(source=source, run=run, counts=counts)
    return counts


class _Loading:
    """One landing file on its way into the database."""

    def __init__(self, work: UnitOfWork, path: Path) -> None:
        self._work = work
        self._path = path
        self._source = path.parent.name
        self._platform = ""
        self._began: datetime = now()
        self._end: dict[str, Any] | None = None
        self._line = 0
        self._framing = 0
        self._wide: str | None = None
        self._counts = dict.fromkeys(("inputs", "stored", "quarantined", "new", "changed", "same"), 0)

    def take(self, lines: list[bytes]) -> None:
        """Store a piece of the file."""
        items = list(self._items(lines))
        self._store("posts", [_post_row(item) for item in items if isinstance(item, PostItem)])
        self._store("comments", [_comment_row(item) for item in items if isinstance(item, CommentItem)])
        self._store_metrics([_metric_row(item) for item in items if isinstance(item, MetricItem)])
        problems = [item for item in items if isinstance(item, ProblemItem)]
        self._wide = next((item.code for item in problems if item.scope == "source"), self._wide)
        self._quarantine(
            [(item.code, item.url, item.detail, item.payload) for item in problems if item.scope == "item"]
        )
        wide = [(item.code, item.url, item.detail, item.payload) for item in problems if item.scope == "source"]
        self._quarantine(wide, scope="source")

    def _items(self, lines: list[bytes]) -> Iterator[Item]:
        for line in lines:
            self._line += 1
            try:
                record = _parsed(line)
                if not self._frame(record):
                    yield _storable(from_record(record))
            except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
                where = f"{self._source}/{self._path.name}:{self._line}"
                self._quarantine([("bad_record", where, str(error)[:300], line[:2000].decode("utf-8", "replace"))])

    def _frame(self, record: dict[str, Any]) -> bool:
        """Take note of the first and the last line; False for all others, which are inputs."""
        if record.get("kind") == "run":
            self._platform, self._began = str(record["platform"]), _moment(record["started_at"])
        elif record.get("kind") == "end":
            self._end = record
        else:
            return False
        self._framing += 1
        return True

    def _store(self, what: str, rows: list[dict[str, Any]]) -> None:
        shared = {"source": self._source, "platform": self._platform}
        keep = self._work.content.store_posts if what == "posts" else self._work.content.store_comments
        tally = keep([{**shared, **row} for row in rows], now=self._began)
        for name in ("new", "changed", "same", "stored"):
            self._counts[name] += getattr(tally, name)

    def _store_metrics(self, rows: list[dict[str, Any]]) -> None:
        full = [{"source": self._source, **row} for row in rows]
        tally, orphans = self._work.content.store_metrics(full, taken_at=self._began)
        for name in ("new", "changed", "same", "stored"):
            self._counts[name] += getattr(tally, name)
        self._quarantine(
            [("item_incomplete", row["post_external_id"], f"{row['name']}: no such post", None) for row in orphans]
        )

    def _quarantine(self, problems: list[tuple[str, str, str, str | None]], *, scope: Scope = "item") -> None:
        rows = [
            {
                "source": self._source,
                "code": code,
                "locator": where[:_KEY_LIMIT],
                "detail": clean(detail)[0],
                "scope": scope,
                "payload": _clean(payload),
            }
            for code, where, detail, payload in problems
        ]
        self._work.content.quarantine(rows, now=self._began)
        self._counts["quarantined"] += len(rows)

    def finish(self) -> Counts:
        """Tie replies, keep the cursor, and give the counts."""
        self._counts["inputs"] = self._line - self._framing
        self._work.content.link(self._source)
        whole = self._end is not None
        cursor = self._end.get("cursor") if self._end else None
        cursor = cursor if isinstance(cursor, dict) else None
        problem = self._wide if whole else "truncated"
        if problem is None:
            self._work.content.settle(self._source, now=self._began)
        self._work.runs.keep_state(
            source=self._source, platform=self._platform, cursor=cursor, problem=problem, at=self._began
        )
        return {**self._counts, "files": 1, "untied": self._work.content.untied(self._source)}


def _parsed(line: bytes) -> dict[str, Any]:
    """The object on a line, its texts as a database keeps them, whether its platform cleaned them or not."""
    record = _clean(json.loads(line, parse_constant=_refuse))
    if not isinstance(record, dict):
        raise ValueError(f"an object was expected, not {type(record).__name__}")
    return record


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)[0]
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {_clean(name): _clean(one) for name, one in value.items()} if isinstance(value, dict) else value


def _storable(item: Item) -> Item:
    """The item, where both databases can keep it; ``ValueError`` says why not."""
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if not isinstance(value, _FORMS[str(field.type)]) or isinstance(value, bool):
            raise ValueError(f"{field.name} is {type(value).__name__}, not {field.type}")
        if isinstance(value, datetime):
            _aware(value)
        if isinstance(value, int) and abs(value) >= _BIGGEST:
            raise ValueError(f"{field.name} is too large")
        if field.name in _KEYS and len(value or "") > _KEY_LIMIT:
            raise ValueError(f"{field.name} has {len(value)} characters, at most {_KEY_LIMIT}")
    return item


def _moment(value: Any) -> datetime:
    return _aware(datetime.fromisoformat(str(value)))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def _post_row(item: PostItem) -> dict[str, Any]:
    names = ("external_id", "url", "title", "body", "author", "published_raw")
    return {
        **{name: getattr(item, name) for name in names},
        "labels": list(item.labels),
        "flaws": list(item.flaws),
        "published_at": item.published,
    }


def _comment_row(item: CommentItem) -> dict[str, Any]:
    names = ("external_id", "url", "author", "text", "published_raw")
    return {
        **{name: getattr(item, name) for name in names},
        "author_id": item.author_id or f"comment:{item.external_id}",
        "post_external_id": item.post_id,
        "parent_external_id": item.parent_id,
        "flaws": list(item.flaws),
        "published_at": item.published,
    }


def _metric_row(item: MetricItem) -> dict[str, Any]:
    return {"post_external_id": item.post_id, "name": item.name, "value": item.value, "raw": item.raw}
