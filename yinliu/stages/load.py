"""load: landing files into the database; every line is stored or quarantined, each file in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem, from_record
from crawlers.text import clean
from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, Progress, now, silent

_CHUNK = 500


def waiting_files(begin: Begin, *, landing: Path) -> list[Path]:
    """Landing files that are not in the database, in the order of their runs."""
    with begin() as work:
        done = work.runs.loaded()
    found = [path for path in landing.glob("*/*.jsonl") if (path.parent.name, path.stem) not in done]
    return sorted(found, key=lambda path: (path.stem, path.parent.name))


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
        self._quarantine([(item.code, item.url, item.detail, item.payload) for item in problems])

    def _items(self, lines: list[bytes]) -> Iterator[Item]:
        for line in lines:
            self._line += 1
            try:
                record = _parsed(line)
                if not self._frame(record):
                    yield from_record(record)
            except (ValueError, KeyError) as error:
                where = f"{self._source}/{self._path.name}:{self._line}"
                self._quarantine([("bad_record", where, str(error)[:300], line[:2000].decode("utf-8", "replace"))])

    def _frame(self, record: dict[str, Any]) -> bool:
        """Take note of the first and the last line; False for all others, which are inputs."""
        if record.get("kind") == "run":
            self._platform, self._began = str(record["platform"]), datetime.fromisoformat(str(record["started_at"]))
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

    def _quarantine(self, problems: list[tuple[str, str, str, str | None]]) -> None:
        rows = [
            {
                "source": self._source,
                "code": code,
                "locator": where,
                "detail": clean(detail)[0],
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
        problem = self._wide if whole else "truncated"
        self._work.runs.keep_state(
            source=self._source, platform=self._platform, cursor=cursor, problem=problem, at=self._began
        )
        return {**self._counts, "files": 1, "untied": self._work.content.untied(self._source)}


def _parsed(line: bytes) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError(f"an object was expected, not {type(record).__name__}")
    return record


def _clean(payload: str | None) -> str | None:
    return clean(payload)[0] if payload is not None else None


def _post_row(item: PostItem) -> dict[str, Any]:
    names = ("external_id", "url", "title", "body", "author", "published_raw")
    return {
        **_texts(item, names),
        "labels": list(item.labels),
        "flaws": list(item.flaws),
        "published_at": item.published,
    }


def _comment_row(item: CommentItem) -> dict[str, Any]:
    names = ("external_id", "url", "author", "text", "published_raw")
    return {
        **_texts(item, names),
        "author_id": item.author_id or f"comment:{item.external_id}",
        "post_external_id": item.post_id,
        "parent_external_id": item.parent_id,
        "flaws": list(item.flaws),
        "published_at": item.published,
    }


def _texts(item: Item, names: tuple[str, ...]) -> dict[str, Any]:
    """Texts as a database keeps them; a platform that forgot to clean cannot break the load."""
    return {name: _clean(getattr(item, name)) for name in names}


def _metric_row(item: MetricItem) -> dict[str, Any]:
    return {"post_external_id": item.post_id, "name": item.name, "value": item.value, "raw": item.raw}
