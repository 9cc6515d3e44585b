"""The queue as a CSV: contacts masked, cells harmless, the file whole."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yinliu.crm.queue_file import HEADER, write_queue


def ticket(**what: Any) -> dict[str, Any]:
    """A row of the queue."""
    row = {
        "id": 1,
        "state": "assigned",
        "title": "会员群",
        "operator": "小李",
        "name": "小王",
        "contacts": ["139****5678"],
    }
    row |= {
        "grade": "A",
        "score": 110,
        "post": "周末",
        "url": "https://x.cn/",
        "reasons": ["topic:camping", "full:all"],
    }
    return row | {"due_at": datetime(2026, 11, 21, tzinfo=UTC)} | what


def written(path: Path, *tickets: dict[str, Any]) -> list[dict[str, str]]:
    """The file's rows."""
    write_queue(path, tickets, when=lambda moment: moment.isoformat() if moment else "")
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_a_ticket_is_told_in_words(tmp_path: Path) -> None:
    """States and reasons as people read them, contacts as they were masked."""
    (row,) = written(tmp_path / "deep" / "queue.csv", ticket())
    assert tuple(row) == HEADER
    assert (row["状态"], row["联系方式"], row["分配原因"]) == ("已分配", "139****5678", "话题 camping、all 已满")


def test_nothing_in_it_is_a_formula(tmp_path: Path) -> None:
    """Names and titles come from strangers."""
    (row,) = written(tmp_path / "queue.csv", ticket(name="=1+1", post="＝HYPERLINK()"))
    assert (row["昵称"], row["来自文章"]) == ("'=1+1", "'＝HYPERLINK()")


def test_what_is_missing_is_empty(tmp_path: Path) -> None:
    """Who waits for a seat has no operator and no time."""
    (row,) = written(tmp_path / "queue.csv", ticket(operator=None, name=None, post=None, url=None, due_at=None))
    assert [row[name] for name in ("运营", "昵称", "来自文章", "应处理于")] == ["", "", "", ""]


def test_it_is_written_over_whole(tmp_path: Path) -> None:
    """Nothing of the old file, nothing beside it."""
    written(tmp_path / "queue.csv", ticket(), ticket(id=2))
    assert len(written(tmp_path / "queue.csv", ticket())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["queue.csv"]
