"""The frontier: which addresses are asked for and not yet answered, in a journal that survives ``kill -9``.

Scrapy's own JOBDIR loses what is in flight. Here an answer is one transaction: its items go to the landing file, then
one line of the journal says that it is done, how long the landing file is now, and what is to be asked next. Whatever
stands behind the last whole line never happened: :meth:`Frontier.open` cuts it off, and the answer is fetched again.

A crawl that ends with addresses left (its budget is spent, a site fails) leaves them to the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeGuard

import msgspec

from crawlers.ask import Ask
from crawlers.items import Item, ProblemItem
from crawlers.landing import LandingFile

FILE, SINCE_FILE = ".frontier", ".frontier-since"
"""A crawl of a window (``--since``) has a frontier of its own: it must not take over what the usual crawl left."""

_PIECE = 500
_MANNERS = frozenset(("allow_private", "concurrency", "daily_requests", "delay_seconds", "max_body_mib")) | frozenset(
    ("max_requests", "max_wait_seconds", "timeout_seconds")
)


_UNCHANGED = msgspec.Raw(b"null")


class _Header(msgspec.Struct, kw_only=True, tag="frontier"):
    """First line: whose frontier this is, the run that is under way (None between runs), and what it began with."""

    digest: str
    run: str | None = None
    memory: dict[str, Any] = {}
    waiting: list[Ask] = []


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True, tag="answer"):
    """One answer (``done``) or first requests, and what follows. ``begun``: these were the last of the first."""

    done: int = 0
    begun: bool = False
    ask: list[Ask] = []
    later: list[Ask] = []
    at: int = 0
    wide: list[tuple[str, str, str]] = []
    memory: msgspec.Raw = _UNCHANGED
    counts: dict[str, int] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Header | _Entry).decode


def source_digest(source: dict[str, Any], *, since: Any) -> str:
    """What a frontier belongs to: another configuration or window begins anew; another pace or budget does not."""
    meant = {name: value for name, value in source.items() if name not in _MANNERS}
    whole = json.dumps([meant, since], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()[:16]


def unfinished_run(path: Path, *, digest: str) -> str | None:
    """The run that a killed crawl of the same configuration left in this journal; None where it was not killed."""
    try:
        with path.open("rb") as file:
            header = _decode(file.readline())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    run = header.run if isinstance(header, _Header) and header.digest == digest else None
    return run if run and not path.with_name(f"{run}.jsonl").exists() else None


class Frontier:
    """What one crawl asks, has asked, and landed."""

    def __init__(self, path: Path, *, digest: str, landing: LandingFile) -> None:
        self._path, self._digest, self._landing = path, digest, landing
        self._waiting: dict[int, Ask] = {}
        self._queue: deque[int] = deque()
        self._backlog: deque[int] = deque()
        self._later: list[Ask] = []
        self._met: set[str] = set()
        self._last = 0
        self._kept = b""
        self._broken = False
        self.wide: list[tuple[str, str, str]] = []
        self.memory: dict[str, Any] = {}
        self.resumed = False
        self.left_over = False

    @classmethod
    def open(cls, path: Path, *, digest: str, run: str, landing: LandingFile) -> Self:
        """Continue ``run`` where it was killed; else begin it with what an earlier run left; else with nothing."""
        frontier = cls(path, digest=digest, landing=landing)
        entries = list(_entries(path))
        header = entries[0] if entries and isinstance(entries[0], _Header) else None
        if header is None or header.digest != digest:
            header, entries = _Header(digest=digest), []
        frontier.memory = header.memory
        frontier._add(header.waiting, frontier._backlog)
        answers = [entry for entry in entries if isinstance(entry, _Entry)]
        last = answers[-1] if answers else _Entry()
        begun = any(answer.begun for answer in answers)
        if begun and header.run == run and landing.continue_at(last.at, counts=last.counts):
            frontier._replay(answers)
            frontier.resumed = True
            frontier._file = path.open("ab", buffering=0)
            return frontier
        if header.run and landing.path.with_name(f"{header.run}.jsonl").exists():
            frontier._replay(answers)  # killed after the landing file had appeared
            frontier._leave()
        frontier.left_over = bool(frontier._waiting)
        landing.begin()
        frontier._begin(run)
        return frontier

    def _begin(self, run: str | None) -> None:
        """Write a journal of one line and go on with it."""
        header = _Header(digest=self._digest, run=run, memory=self.memory, waiting=list(self._waiting.values()))
        part = self._path.with_name(f"{self._path.name}.new")
        part.write_bytes(_encode(header) + b"\n")
        part.replace(self._path)
        self._file = self._path.open("ab", buffering=0)

    def _replay(self, answers: Sequence[_Entry]) -> None:
        for answer in answers:
            self._waiting.pop(answer.done, None)
            self._add(answer.ask, self._queue)
            self._later += answer.later
            self.wide += answer.wide
        kept = [answer.memory for answer in answers if bytes(answer.memory) != bytes(_UNCHANGED)]
        if kept:
            self.memory = msgspec.json.decode(kept[-1])
        self._queue = deque(key for key in self._queue if key in self._waiting)
        self._backlog = deque(key for key in self._backlog if key in self._waiting)

    def _add(self, asks: Sequence[Ask], queue: deque[int]) -> None:
        for ask in asks:
            self._last = ask.id = max(self._last + 1, ask.id)
            self._waiting[ask.id] = ask
            queue.append(ask.id)
            if ask.once:
                self._met.add(ask.url)

    def begin(self, output: Iterator[Item | Ask]) -> None:
        """The first requests and items, in pieces that fit into memory; a kill among them begins the run anew."""
        for piece in iter(lambda: list(islice(output, _PIECE)), []):
            self._commit(_Entry(), piece)
        self._commit(_Entry(begun=True), [])

    def commit(self, done: Ask | None, output: Sequence[Item | Ask], *, later: Sequence[Ask] = ()) -> None:
        """One answer with all that came of it: wholly kept, or as if it had never come."""
        self._commit(_Entry(done=done.id if done else 0, later=list(later)), output)
        self._later += later
        if done:
            self._waiting.pop(done.id, None)

    def _commit(self, entry: _Entry, output: Sequence[Item | Ask]) -> None:
        if self._broken:
            raise OSError("the journal could not be written before")
        self._broken = True  # until all of it is written
        items = [one for one in output if not isinstance(one, Ask)]
        asks = list(self._fresh(one for one in output if isinstance(one, Ask)))
        self._add(asks, self._queue)
        entry.at = self._landing.add(items)
        entry.ask, entry.counts = asks, self._landing.counts
        memory = _encode(self.memory)
        entry.wide = [(one.code, one.url, one.detail) for one in items if _is_wide(one)]
        self.wide += entry.wide
        if memory != self._kept:
            entry.memory, self._kept = msgspec.Raw(memory), memory
        self._file.write(_encode(entry) + b"\n")
        self._broken = False

    def _fresh(self, asks: Iterator[Ask]) -> Iterator[Ask]:
        """Those that are not asked a second time."""
        for ask in asks:
            if not ask.once or ask.url not in self._met:
                self._met.add(ask.url)
                yield ask

    def next(self) -> Ask | None:
        """The next address to ask for, what an earlier crawl left last; it stays waiting until it is committed."""
        queue = self._queue or self._backlog
        return self._waiting[queue.popleft()] if queue else None

    @property
    def queued(self) -> int:
        """How many addresses are asked for and not on their way."""
        return len(self._queue) + len(self._backlog)

    @property
    def left(self) -> int:
        """How many addresses the next crawl begins with."""
        return len(self._waiting) + len(self._later)

    def drop(self, asks: Sequence[Ask]) -> None:
        """These are not asked again after all."""
        ids = {ask.id for ask in asks}
        self._later = [ask for ask in self._later if ask.id not in ids]

    def forgive(self) -> None:
        """Nothing was to be had: the tries of this crawl do not count."""
        for ask in self._later:
            ask.tries -= 1

    def _leave(self) -> None:
        """What is left belongs to the next crawl; without anything left that one begins afresh."""
        self._add(self._later, self._backlog)
        self._later = []
        if not self._waiting:
            self.memory = {}

    def finish(self, *, cursor: dict[str, Any] | None, requests: int, visits: Sequence[str] = ()) -> None:
        """Let the landing file appear, and keep for the next crawl what is left."""
        self._landing.finish(cursor=cursor, requests=requests, visits=visits)
        self._file.close()
        self._leave()
        self._begin(None)
        self._file.close()


def _is_wide(item: Item) -> TypeGuard[ProblemItem]:
    return isinstance(item, ProblemItem) and item.scope == "source"


def _entries(path: Path) -> Iterator[_Header | _Entry]:
    """The whole lines of a journal; a torn last one is cut off the file."""
    if not path.exists():
        return
    good = 0
    with path.open("rb") as file:
        for line in file:
            try:
                entry = _decode(line) if line.endswith(b"\n") else None
            except msgspec.DecodeError:
                entry = None
            if entry is None:
                break
            good += len(line)
            yield entry
    os.truncate(path, good)
