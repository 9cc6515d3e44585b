"""``make bench``: how fast the stages are, each as a ratio against a peer doing the bare minimum in the same run.

load: a landing file of comments, against a bare ``executemany`` upsert of the same rows.
tag: the spaCy pipeline, against bare ``jieba.lcut`` of the same texts.
Medians of several rounds, taken in turn; times depend on the machine, ratios much less.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jieba

from crawlers.items import CommentItem, PostItem
from crawlers.landing import LandingFile
from models.database import open_engine, upgrade
from models.unit_of_work import UnitOfWork
from nlp.pipeline import build_tagger
from yinliu.demo.composition import compose
from yinliu.stages.load import load
from yinliu.workspace.folder import Workspace, write_starter

ROUNDS = 5
COMMENTS = 20_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXTS = [comment.text for comment in compose(now=NOW).comments]


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object], *, size: int) -> None:
    """Run both in turn and print the medians and their ratio (our rate over the bare one's)."""
    pairs = [(seconds(ours), seconds(bare)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(bare_time / our_time for our_time, bare_time in pairs)
    print(f"{name:6} ours {size / mine:9,.0f}/s   bare {size / theirs:9,.0f}/s   ratio {ratio:.2f}")


def write_landing(folder: Path) -> None:
    """A landing file with one post and many comments on it."""
    file = LandingFile(folder / "bench" / "1.jsonl", header={"platform": "bench", "started_at": NOW.isoformat()})
    file.add(PostItem(external_id="p", url="http://bench.test/", title="t", body="b"))
    for number in range(COMMENTS):
        text = f"{TEXTS[number % len(TEXTS)]}{number}"
        file.add(CommentItem(external_id=str(number), post_id="p", text=text, author="a", published=NOW))
    file.finish(cursor=None)


def load_once(landing: Path) -> None:
    """The landing file into a new SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        upgrade(engine)
        load(lambda: UnitOfWork(engine), landing=landing)
        engine.dispose()


def upsert_once() -> None:
    """The same rows by a bare ``executemany`` into a table with the same key."""
    rows = [("bench", str(n), f"{TEXTS[n % len(TEXTS)]}{n}", NOW.isoformat()) for n in range(COMMENTS)]
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/bare.db")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE comment (source, external_id, text, at, UNIQUE (source, external_id))")
        upsert = "INSERT INTO comment VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text"
        connection.executemany(upsert, rows)
        connection.commit()
        connection.close()


def main() -> None:
    """Every comparison."""
    with tempfile.TemporaryDirectory() as folder:
        write_landing(Path(folder))
        compare("load", lambda: load_once(Path(folder)), upsert_once, size=COMMENTS)
        write_starter(Path(folder) / "workspace")
        workspace = Workspace(Path(folder) / "workspace")
        tagger = build_tagger(workspace.topics, workspace.intents, places=["杭州"])
        jieba.initialize()
        compare("tag", lambda: list(tagger.tag(TEXTS)), lambda: [jieba.lcut(text) for text in TEXTS], size=len(TEXTS))


if __name__ == "__main__":
    main()
