"""MediaCrawler's files give the same items in every format it writes, for all of its seven platforms."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawlers.items import CommentItem, PostItem
from tests.crawlers.exports.cases import SAVED, desk, read, written
from tests.crawlers.exports.workbook import workbook

Rows = list[dict[str, Any]]
TABLES = {
    "xhs": ("xhs_note", "xhs_note_comment"),
    "dy": ("douyin_aweme", "douyin_aweme_comment"),
    "ks": ("kuaishou_video", "kuaishou_video_comment"),
    "bili": ("bilibili_video", "bilibili_video_comment"),
    "wb": ("weibo_note", "weibo_note_comment"),
    "tieba": ("tieba_note", "tieba_comment"),
    "zhihu": ("zhihu_content", "zhihu_comment"),
}
KINDS = ("contents", "comments")


def saved(platform: str, kind: str) -> Rows:
    """The rows of a saved JSONL file."""
    lines = (SAVED / f"mediacrawler-{platform}-{kind}" / "page.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def columns(rows: Rows) -> list[str]:
    """The columns of all rows, in order."""
    return list(dict.fromkeys(name for row in rows for name in row))


def as_csv(path: Path, rows: Rows) -> Path:
    """UTF-8 with a byte order mark, as it writes them."""
    text = io.StringIO()
    table = csv.DictWriter(text, columns(rows))
    table.writeheader()
    table.writerows(rows)
    return written(path.with_suffix(".csv"), text.getvalue().encode("utf-8-sig"))


def as_json(path: Path, rows: Rows) -> Path:
    """A list, indented by four."""
    return written(path.with_suffix(".json"), json.dumps(rows, ensure_ascii=False, indent=4))


def as_jsonl(path: Path, rows: Rows) -> Path:
    """An object a line."""
    return written(path.with_suffix(".jsonl"), "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def as_xlsx(path: Path, rows: Rows) -> Path:
    """A sheet with the columns' names as they are; long ids as texts."""
    body = [[row.get(name, "") for name in columns(rows)] for row in rows]
    return written(path.with_suffix(".xlsx"), workbook({"Contents": [columns(rows), *body]}))


def as_sqlite(path: Path, rows: Rows, *, table: str = "") -> Path:
    """A table with an ``id`` of its own; ids of the platform as integers where they are digits."""
    file = written(path.with_suffix(".db"), b"")
    with closing(sqlite3.connect(file)) as database:
        names = ", ".join(f'"{name}"' for name in columns(rows))
        database.execute(f'CREATE TABLE "{table or path.stem}" (id INTEGER PRIMARY KEY AUTOINCREMENT, {names})')
        for row in rows:
            values = [_stored(row.get(name)) for name in columns(rows)]
            holes = ", ".join("?" * len(values))
            database.execute(f'INSERT INTO "{table or path.stem}" ({names}) VALUES ({holes})', values)
        database.commit()
    return file


def _stored(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


@pytest.mark.parametrize("platform", TABLES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [as_csv, as_json, as_xlsx, as_sqlite])
def test_every_format_gives_what_jsonl_gives(
    tmp_path: Path, platform: str, kind: str, write: Callable[[Path, Rows], Path]
) -> None:
    """A team may let it save as it likes: items and their values are the same."""
    rows = saved(platform, kind)
    folder = tmp_path / platform
    expected, _ = read(as_jsonl(folder / f"search_{kind}", rows))
    items, verdict = read(write(folder / f"detail_{kind}", rows))
    assert verdict == "loaded"
    assert items == expected
    assert sum(isinstance(item, (PostItem, CommentItem)) for item in items) == len(rows)


def test_one_database_holds_all_platforms(tmp_path: Path) -> None:
    """Every table of its SQLite file is recognised by its columns."""
    file = tmp_path / "sqlite_tables.db"
    count = 0
    with closing(sqlite3.connect(file)) as database:
        for platform, tables in TABLES.items():
            for kind, table in zip(KINDS, tables, strict=True):
                part = as_sqlite(tmp_path / f"{platform}-{kind}", saved(platform, kind), table=table)
                database.execute("ATTACH ? AS part", (str(part),))
                database.execute(f"CREATE TABLE {table} AS SELECT * FROM part.{table}")
                database.commit()
                database.execute("DETACH part")
                count += len(saved(platform, kind))
    items, verdict = read(file)
    assert verdict == "loaded"
    assert len(items) == len(set(map(repr, items)))
    assert sum(isinstance(item, (PostItem, CommentItem)) for item in items) == count


@pytest.mark.parametrize(
    "row",
    [
        {"user_id": "1", "nickname": "甲", "fans": 3, "follows": 1, "interaction": 9},
        {"user_id": "1", "nickname": "甲", "sex": "", "total_fans": 3, "total_liked": 1, "user_rank": 6},
        {"up_id": "1", "fan_id": "2", "up_name": "甲", "fan_name": "乙"},
    ],
)
def test_accounts_are_known_and_not_stored(tmp_path: Path, row: dict[str, Any]) -> None:
    """A creators file is no unknown file; that nothing is taken from it is told once."""
    items, verdict = read(as_jsonl(tmp_path / "creator_creators_2026-11-01", [row]), using=desk("mediacrawler"))
    assert [getattr(item, "code", "") for item in items] == ["file_not_used"]
    assert verdict == "loaded"


@pytest.mark.parametrize(
    ("row", "post"),
    [
        (
            {"article_id": "5", "article_url": "https://www.bilibili.com/read/cv5", "title": "专栏", "content": "字"},
            "5",
        ),
        ({"dynamic_id": "6", "user_name": "甲", "text": "动态", "pub_ts": 1793500000, "total_liked": 3}, "6"),
    ],
)
def test_articles_and_dynamics_of_bilibili_are_posts(tmp_path: Path, row: dict[str, Any], post: str) -> None:
    """They have columns of their own."""
    items, _ = read(as_jsonl(tmp_path / "x", [row]), using=desk("mediacrawler"))
    assert [item.external_id for item in items if isinstance(item, PostItem)] == [post]


def test_ids_that_were_hashed_say_so(tmp_path: Path) -> None:
    """The edition that keeps no user ids gives a digest: one account, but not the platform's id of it."""
    row = {
        "comment_id": "1",
        "aweme_id": "7",
        "content": "怎么买",
        "creator_hash": "9f86d081884c7d65",
        "nickname": "甲***乙",
    }
    (item,) = read(as_jsonl(tmp_path / "x", [row]))[0]
    assert isinstance(item, CommentItem)
    assert item.author_id == "hash:9f86d081884c7d65"
