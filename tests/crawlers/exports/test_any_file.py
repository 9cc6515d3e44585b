"""Whatever stands in a file, reading it gives items or problems that a landing line can hold, and loses no row."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import CommentItem, Item, PostItem, ProblemItem, from_record, to_record
from crawlers.problems import REMEDIES
from tests.crawlers.exports.cases import SAVED, WRITTEN, read
from tests.crawlers.exports.test_mediacrawler import as_sqlite, saved
from tests.crawlers.exports.workbook import workbook

NAMES = st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.json", "a.jsonl", "a.db", "a", "抖音_2026-11-01.csv"])
STARTS = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"SQLite format 3\x00",
        b"[",
        b"{",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    ]
)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=12)
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ["", "-", "合计", "2026-11-01", "46327.5", "7.3E+18", "1.2万", "-3", "12%", "\n", '"', "=1+1", "=1=1"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | CELLS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY_TEXT, inner, max_size=2),
    max_leaves=4,
)
SEEDS = [next(folder.glob("page.*")).read_bytes() for folder in sorted(SAVED.iterdir())]
BOOK = workbook({"作品": [["作品名称", "发布时间", "体裁", "播放量"], ["好", "2026-11-01", "视频", 3]]})


def items_of(name: str, data: bytes) -> list[Item]:
    """The items of a file with these bytes, each of them fit for a landing line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
        items, _ = read(path)
    for item in items:
        record = to_record(item)
        json.dumps(record, ensure_ascii=False).encode()
        assert to_record(from_record(record)) == record
        assert not isinstance(item, ProblemItem) or item.code in {*REMEDIES, "file_not_used"}
    return items


def told(items: list[Item]) -> int:
    """Rows that were stored or rejected."""
    return sum(isinstance(item, (PostItem, CommentItem)) for item in items) + sum(
        isinstance(item, ProblemItem) and ":" in item.url for item in items
    )


@given(NAMES, STARTS, st.binary(max_size=400))
def test_any_bytes_are_items_or_a_problem(name: str, start: bytes, rest: bytes) -> None:
    """No file breaks the crawl, and none is passed over without a word."""
    assert items_of(name, start + rest)


@given(st.data())
def test_a_damaged_export_is_items_or_a_problem(data: st.DataObject) -> None:
    """A real export, workbook or database with bytes overwritten or cut off."""
    with tempfile.TemporaryDirectory() as folder:
        base = as_sqlite(Path(folder) / "douyin_aweme", saved("dy", "contents")).read_bytes()
    seed = bytearray(data.draw(st.sampled_from([*SEEDS, BOOK, base])))
    for _ in range(data.draw(st.integers(0, 5))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(seed)))
    items_of(data.draw(NAMES), bytes(seed[:end]))


@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=12), st.sampled_from([",", "\t", ";"]))
def test_every_row_of_a_table_is_stored_or_rejected(rows: list[list[str]], delimiter: str) -> None:
    """Rows in are posts and named rejections out, counted; rows without any text are no rows."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    table.writerows([["作品名称", "发布时间", "体裁", "播放量", "5s完播率", "点赞量"], *rows])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert told(items_of("a.csv", text.getvalue().encode())) == len(filled)


@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=12))
def test_every_row_of_a_workbook_is_stored_or_rejected(rows: list[list[str]]) -> None:
    """The same of a workbook, which holds no control characters."""
    kept = [["".join(char for char in cell if char.isprintable()) for cell in row] for row in rows]
    book = workbook({"1": [["作品名称", "发布时间", "体裁", "播放量", "5s完播率", "点赞量"], *kept]})
    filled = [row for row in kept if any(cell.strip() for cell in row)]
    assert told(items_of("a.xlsx", book)) == len(filled)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["comment_id", "aweme_id", "content", "create_time", "x"]), VALUES), max_size=8
    )
)
def test_every_object_is_stored_or_rejected(rows: list[dict[str, Any]]) -> None:
    """Whatever types stand in its fields, and as a list or in lines."""
    first = {"comment_id": "1", "aweme_id": "7", "content": "怎么买"}
    written = [json.dumps(row) for row in (first, *rows)]
    filled = 1 + sum(any(str(value).strip() for value in row.values() if value is not None) for row in rows)
    for data in ("\n".join(written), f"[{','.join(written)}]"):
        count = told(items_of("c.json", data.encode()))
        assert filled - sum(_is_nothing(row) for row in rows) <= count <= filled


def _is_nothing(row: dict[str, Any]) -> bool:
    """A row whose only values are no numbers at all."""
    return any(isinstance(value, float) for value in row.values())
