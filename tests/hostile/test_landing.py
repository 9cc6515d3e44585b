"""Landing files that nobody's crawl would write: the load puts aside what it cannot keep, on both databases."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.content import Comment, Post, Quarantine
from models.unit_of_work import UnitOfWork
from yinliu.stages.load import load

Begin = Callable[[], UnitOfWork]
RUN = {"kind": "run", "format": 1, "source": "shop", "platform": "page", "started_at": "2026-11-21T00:00:00+00:00"}
POST = {"kind": "post", "external_id": "1", "url": "http://x/1", "title": "题", "body": "文"}
COMMENT = {"kind": "comment", "external_id": "c1", "post_id": "1", "text": "评"}
METRIC = {"kind": "metric", "post_id": "1", "name": "likes", "value": 3, "raw": "3"}
PROBLEM = {"kind": "problem", "code": "not_found", "url": "http://x/2", "detail": "HTTP 404"}


def write(landing: Path, *lines: dict[str, Any] | bytes, end: bool = True) -> None:
    """Write a landing file as it might come from another program."""
    rows = [RUN, *lines, *([{"kind": "end", "lines": len(lines), "cursor": {}}] if end else [])]
    folder = landing / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ.jsonl")
    pieces = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    (folder / name).write_bytes(b"".join(piece + b"\n" for piece in pieces))


def noise(length: int) -> str:
    """Text that no database can compress."""
    return "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def test_lines_that_cannot_be_kept_are_put_aside(begin: Begin, engine: Engine, tmp_path: Path) -> None:
    """Broken JSON, wrong types and keys beyond an index: each in quarantine, the good lines stored."""
    wrong: list[dict[str, Any] | bytes] = [
        b"{",
        b"[1]",
        b"\xff\xfe",
        b"",
        b'{"kind": "post"}',
        {**POST, "external_id": 5},
        {**POST, "title": None},
        {**POST, "published": "soon"},
        {**POST, "external_id": noise(5000)},
        {**COMMENT, "author_id": noise(5000)},
        {**COMMENT, "parent_id": noise(5000)},
        {**METRIC, "value": 10**30},
        {**METRIC, "post_id": "unknown"},
        {**PROBLEM, "url": "http://x/" + noise(20_000), "payload": noise(5000)},
        {"kind": "surprise"},
    ]
    write(tmp_path, POST, *wrong, COMMENT, METRIC, PROBLEM)
    counts = load(begin, landing=tmp_path)
    assert (counts["inputs"], counts["stored"], counts["quarantined"]) == (len(wrong) + 4, 3, len(wrong) + 1)
    assert load(begin, landing=tmp_path)["files"] == 0


def test_the_same_item_twice_in_one_file_is_stored_once(begin: Begin, engine: Engine, tmp_path: Path) -> None:
    """The later of two lines wins, and the sum still holds."""
    write(tmp_path, POST, {**POST, "title": "新题"}, COMMENT, COMMENT, METRIC, METRIC, PROBLEM, PROBLEM)
    counts = load(begin, landing=tmp_path)
    assert (counts["inputs"], counts["stored"], counts["quarantined"]) == (8, 6, 2)
    with Session(engine) as session:
        assert [post.title for post in session.scalars(select(Post))] == ["新题"]
        assert len(session.scalars(select(Comment)).all()) == 1
        assert [row.seen for row in session.scalars(select(Quarantine))] == [2]


def test_characters_that_no_database_keeps_are_dropped_everywhere(begin: Begin, engine: Engine, tmp_path: Path) -> None:
    """NUL and half a character in any text, keys and labels among them, neither fail the load nor are stored."""
    bad = "坏\x00\ud800"
    post = {**POST, "external_id": bad, "title": bad, "body": bad, "author": bad, "labels": [bad], "flaws": [bad]}
    comment = {**COMMENT, "external_id": bad, "post_id": bad, "author_id": bad, "author": bad, "text": bad}
    metric = {**METRIC, "post_id": bad, "name": bad, "raw": bad}
    problem = {**PROBLEM, "code": bad, "url": bad, "detail": bad, "payload": bad}
    write(tmp_path, {**post, "published_raw": bad}, {**comment, "parent_id": bad}, metric, problem)
    counts = load(begin, landing=tmp_path)
    assert counts["inputs"] == counts["stored"] + counts["quarantined"] == 4


def test_a_file_that_was_cut_is_loaded_as_far_as_it_goes(begin: Begin, engine: Engine, tmp_path: Path) -> None:
    """Without its last line a file is "truncated": what is in it is stored, the cursor stays."""
    write(tmp_path, POST, b'{"kind": "comm', end=False)
    counts = load(begin, landing=tmp_path)
    assert (counts["stored"], counts["quarantined"]) == (1, 1)
    with begin() as work:
        (state,) = work.runs.states()
        assert (state["problem"], work.runs.cursor("shop")) == ("truncated", {})
