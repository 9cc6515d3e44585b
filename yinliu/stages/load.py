"""load: landing files into the database; every line is stored or quarantined, each file in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.items import CommentItem, MetricItem, PostItem, ProblemItem, VisitItem, from_line, plain_record
from crawlers.text import clean
from models.repositories.comments import Conflict
from models.unit_of_work import UnitOfWork
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.stages.notes import Notes
from yinliu.stages.walks import Walks, first_visits

CHUNK_BYTES = 1 << 20
"""Bytes of a landing file that are handled at once: a load's memory does not grow with its file."""

_LOCATOR = 600
"""Characters of a locator: PostgreSQL indexes at most 2,704 bytes."""

_PAYLOAD = 2000
_TOTALS = ("files", "inputs", "stored", "quarantined", "new", "changed", "same", "gone", "untied")


def waiting_files(begin: Begin, *, landing: Path) -> list[Path]:
    """Landing files that are not in the database, by source and then by run: the same order however they came.

    A file that lacked its last line when it was loaded waits again when it has grown since: it was being copied.
    """
    with begin() as work:
        done = work.runs.loaded()
    found = [path for path in landing.glob("*/*.jsonl") if _waits(path, done)]
    return sorted(found, key=lambda path: (path.parent.name, path.stem))


def _waits(path: Path, done: dict[tuple[str, str], int | None]) -> bool:
    this = (path.parent.name, path.stem)
    if this not in done:
        return True
    cut_at = done[this]
    return cut_at is not None and path.stat().st_size > cut_at


def load(begin: Begin, *, landing: Path, progress: Progress = silent) -> Counts:
    """Load every waiting file; ``inputs = stored + quarantined`` over all of them."""
    totals = dict.fromkeys(_TOTALS, 0)
    for path in waiting_files(begin, landing=landing):
        with begin() as work:
            counts = _load_file(work, path)
            work.commit()
        totals = {name: totals[name] + counts.get(name, 0) for name in totals}
        progress(1)
    return totals


def _load_file(work: UnitOfWork, path: Path) -> Counts:
    source, run = path.parent.name, path.stem
    claim = work.runs.claim_load(source=source, run=run, now=now(), size=path.stat().st_size)
    if claim is None:
        return {}
    if claim == "grown":
        work.content.forget_bad_lines(source, file=path.name, now=now())
    loading = _Loading(work, path)
    with path.open("rb") as file:
        while lines := file.readlines(CHUNK_BYTES):
            loading.take(lines)
    counts = loading.finish()
    work.runs.finish_load(source=source, run=run, counts=counts, cut_at=loading.cut_at)
    return counts


class _Piece:
    """The items of a piece of a file by kind; the lines of its comments, should one have to be put aside."""

    def __init__(self) -> None:
        self.posts: list[PostItem] = []
        self.comments: list[CommentItem] = []
        self.lines: list[bytes] = []
        self.metrics: list[MetricItem] = []
        self.visits: list[VisitItem] = []
        self.problems: list[ProblemItem] = []
        self.lists: dict[type[Any], list[Any]] = {
            PostItem: self.posts,
            CommentItem: self.comments,
            MetricItem: self.metrics,
            VisitItem: self.visits,
            ProblemItem: self.problems,
        }


class _Loading:
    """One landing file on its way into the database."""

    def __init__(self, work: UnitOfWork, path: Path) -> None:
        self._work = work
        self._path = path
        self._source = path.parent.name
        self._platform = ""
        self._began: datetime = now()
        self._end: dict[str, Any] | None = None
        self._line = self._bytes = 0
        self._framing = 0
        self._wide: str | None = None
        self._offered: list[str] = []
        self._counts = dict.fromkeys(("inputs", "stored", "quarantined", "new", "changed", "same", "gone"), 0)
        self._errors: Counter[str] = Counter()
        self._walks, self._notes = Walks(), Notes()

    def take(self, lines: Sequence[bytes]) -> None:
        """Store a piece of the file."""
        piece = self._read(lines)
        self._store_posts(piece.posts)
        self._store_comments(piece)
        self._store_metrics(piece.metrics)
        self._store_problems(piece.problems)
        self._counts["stored"] += len(piece.visits)
        self._walks.add(piece.visits)
        if piece.visits:
            self._settle_walks()

    def _read(self, lines: Sequence[bytes]) -> _Piece:
        piece = _Piece()
        lists, comments, kept = piece.lists, piece.comments, piece.lines
        for line in lines:
            self._line += 1
            self._bytes += len(line)
            try:
                item = from_line(line)
            except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
                self._framed_or_refused(line, error)
                continue
            found = lists[type(item)]
            found.append(item)
            if found is comments:
                kept.append(line)
        return piece

    def _framed_or_refused(self, line: bytes, error: Exception) -> None:
        try:
            if b"kind" in line and self._frame(plain_record(line)):
                return
        except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as another:
            error = another
        where = f"{self._source}/{self._path.name}:{self._line}"
        self._quarantine([_row("bad_record", where, str(error)[:300], _text(line))])

    def _frame(self, record: dict[str, Any]) -> bool:
        """Take note of the first and the last line; False for all others, which are inputs."""
        if record.get("kind") == "run":
            self._platform, self._began = str(record["platform"]), _moment(record["started_at"])
        elif record.get("kind") == "end":
            self._end, offered = record, record.get("visits")
            self._offered = [one for one in offered if isinstance(one, str)] if isinstance(offered, list) else []
        else:
            return False
        self._framing += 1
        return True

    def _store_posts(self, posts: Sequence[PostItem]) -> None:
        if posts:
            for platform, places in self._by_platform(posts).items():
                part = [posts[place] for place in places]
                found = self._work.content.store_posts(part, source=self._source, platform=platform, now=self._began)
                first_visits(self._work, found.unvisited, source=self._source, began=self._began)
                self._count(found.tally)
            self._notes.flaws(posts)

    def _by_platform(self, items: Sequence[PostItem | CommentItem]) -> dict[str, Sequence[int]]:
        """The places of items by the platform they are of: the source's, where they say none."""
        named = {item.platform for item in items}
        if len(named) == 1:
            return {named.pop() or self._platform: range(len(items))}
        found: dict[str, list[int]] = {}
        for place, item in enumerate(items):
            found.setdefault(item.platform or self._platform, []).append(place)
        return dict(found)

    def _store_comments(self, piece: _Piece) -> None:
        if piece.comments:
            for platform, places in self._by_platform(piece.comments).items():
                part = [piece.comments[place] for place in places]
                tally, conflicts = self._work.content.store_comments(
                    part, source=self._source, platform=platform, now=self._began
                )
                self._count(tally)
                found = ((one, places[one.position]) for one in conflicts)
                self._quarantine([_conflicting(one, piece.comments[at], piece.lines[at]) for one, at in found])
            self._notes.flaws(piece.comments)

    def _store_metrics(self, metrics: Sequence[MetricItem]) -> None:
        if metrics:
            found = self._work.content.store_metrics(metrics, source=self._source, now=self._began)
            self._count(found.tally)
            self._notes.fallen(found.fallen)  # type: ignore[arg-type]
            self._quarantine(
                [_row("item_incomplete", one.post_id, f"{one.name}: no such post") for one in found.orphans]
            )

    def _store_problems(self, problems: Sequence[ProblemItem]) -> None:
        self._wide = next((item.code for item in problems if item.scope == "source"), self._wide)
        self._quarantine([_row(one.code, one.url, one.detail, one.payload, scope=one.scope) for one in problems])

    def _settle_walks(self) -> None:
        gone, doubtful = self._walks.settle(self._work, source=self._source, began=self._began)
        self._counts["gone"] += gone
        for visit in doubtful:
            self._notes.add("item_incomplete", visit.url, "no comments where several are known; none taken for deleted")

    def _count(self, tally: Any) -> None:
        for name in ("new", "changed", "same", "stored"):
            self._counts[name] += getattr(tally, name)

    def _quarantine(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._put_aside(rows)
            self._counts["quarantined"] += len(rows)
            self._errors.update(row["code"] for row in rows)

    def _put_aside(self, rows: Sequence[dict[str, Any]]) -> None:
        full = [{**row, "source": self._source, "locator": row["locator"][:_LOCATOR]} for row in rows]
        self._work.content.quarantine(full, now=self._began)

    @property
    def cut_at(self) -> int | None:
        """How many bytes were read of a file whose last line is missing; None when it is there."""
        return self._bytes if self._end is None else None

    def finish(self) -> Counts:
        """Judge the walks that are left, keep the cursor and how the crawl went, and give the counts."""
        self._counts["inputs"] = self._line - self._framing
        self._settle_walks()
        self._walks.end(self._work, source=self._source)
        self._put_aside(self._notes.rows())
        problem = self._wide if self._end is not None else "truncated"
        if problem is None:
            self._walks.postpone(self._work, self._offered, source=self._source, began=self._began)
            self._work.content.settle(self._source, now=self._began)
        self._keep_state(self._end or {}, problem)
        return {**self._counts, "files": 1, "untied": self._work.content.untied(self._source)}

    def _keep_state(self, end: dict[str, Any], problem: str | None) -> None:
        cursor = end.get("cursor")
        self._work.runs.keep_state(
            source=self._source,
            platform=self._platform,
            cursor=cursor if isinstance(cursor, dict) else None,
            problem=problem,
            at=self._began,
            requests=_whole_number(end.get("requests")),
            rows=_whole_number(end.get("lines")) if end.get("lines") is not None else self._counts["inputs"],
            errors=dict(sorted(self._errors.items())),
        )


def _row(code: str, where: str, detail: str, payload: str | None = None, *, scope: str = "item") -> dict[str, Any]:
    return {"code": code, "locator": where, "detail": clean(detail)[0], "scope": scope, "payload": payload}


def _conflicting(conflict: Conflict, item: CommentItem, line: bytes) -> dict[str, Any]:
    told = (
        f"known under post {conflict.post[:100]!r}, now under {item.post_id[:100]!r}"
        if conflict.post != item.post_id
        else f"known under this post ({conflict.post[:100]!r}) by another account"
    )
    where = item.url or f"comment {item.external_id}"
    return _row("identity_conflict", where, f"{told}; the known one stays", _text(line))


def _text(line: bytes) -> str:
    return clean(line[:_PAYLOAD].decode("utf-8", "replace"))[0]


_LARGEST = 2**31


def _whole_number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < _LARGEST else None


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)
