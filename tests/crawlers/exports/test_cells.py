"""Cells mean what was written in them, and nothing where they say nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.exports.cells import (
    as_text,
    is_rounded,
    is_unknown,
    last_day,
    plain_time,
    read_count,
    read_id,
    read_labels,
)
from crawlers.text import parse_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  x ", "  x "),
        (3.0, "3"),
        (0.25, "0.25"),
        (float("nan"), ""),
        (7301234567890123456, "7301234567890123456"),
        (7.301234567890123e18, "7.30123456789012e+18"),
        (datetime(2026, 11, 1, 8, 0), "2026-11-01T08:00:00"),
        (date(2026, 11, 1), "2026-11-01"),
        (["a", 1], '["a", 1]'),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_cell_is_the_text_that_somebody_would_have_typed(cell: Any, text: str) -> None:
    """Whole numbers have no point, numbers that a spreadsheet rounded keep their exponent."""
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("3,456", 3456),
        ("12.0", 12),
        ("-3", -3),
        ("−1,200", -1200),
        ("1.2万", 12000),
        ("10w+", 100000),
        ("12%", None),
        ("8.75％", None),
        *((unknown, None) for unknown in ("", " ", "-", "--", "—", "N/A", "None", "null", "nan", "暂无", "空")),
        ("0.0875", None),
        ("9" * 30, None),
        ("点赞", None),
    ],
)
def test_a_count_is_a_number_or_unknown(text: str, count: int | None) -> None:
    """A share, a dash and an empty cell are unknown, never 0."""
    assert read_count(text) == count


@given(st.text(max_size=120))
def test_any_text_is_a_count_that_a_database_keeps_or_none(text: str) -> None:
    """No cell breaks the reading of its row."""
    count = read_count(text)
    assert count is None or abs(count) < 2**63


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_a_written_whole_number_is_read_back(number: int) -> None:
    """With or without separators, as text or as a spreadsheet's number."""
    assert read_count(str(number)) == read_count(f"{number:,}") == read_count(as_text(float(number))) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7301234567890123456", "7301234567890123456"),
        ('="7301"', "7301"),
        ("'7301", "7301"),
        ("\t7301 ", "7301"),
        ("7301.0", "7301"),
        ("export/UzFf", "export/UzFf"),
        *((none, None) for none in ("", "0", "None", "null", "-", '=""')),
    ],
)
def test_an_id_is_read_without_the_signs_that_guard_it(text: str, found: str | None) -> None:
    """What is put before an id to keep a spreadsheet from rounding it is no part of it; 0 is no id."""
    assert read_id(text) == found


def test_a_rounded_id_is_noticed() -> None:
    """An id that a spreadsheet rounded is another post's id, or nobody's."""
    assert is_rounded("7.30123E+18")
    assert is_rounded(as_text(7.301234567890123e18))
    assert not is_rounded("7301234567890123456")
    assert not is_rounded("1e2f3a")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-01 08:00", "2026-11-01T00:00:00+00:00"),
        ("2026/11/1", "2026-10-31T16:00:00+00:00"),
        ("2026年11月1日", "2026-10-31T16:00:00+00:00"),
        ("2026年11月02日12时01分35秒", "2026-11-02T04:01:35+00:00"),
        ("20261103", "2026-11-02T16:00:00+00:00"),
        ("1793500000", "2026-11-01T02:26:40+00:00"),
        ("1793500000000", "2026-11-01T02:26:40+00:00"),
        ("46327.5", "2026-11-01T04:00:00+00:00"),
        ("46327", "2026-10-31T16:00:00+00:00"),
    ],
)
def test_times_of_every_back_office_are_read(written: str, moment: str) -> None:
    """A spreadsheet's day number is a day since 30 December 1899, in the source's zone."""
    found, flaws = parse_time(plain_time(written), zone=SHANGHAI, now=NOW)
    assert (found.isoformat() if found else None, flaws) == (moment, ())


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("作品数据_2026-11-20.csv", date(2026, 11, 20)),
        ("数据_20261101-20261107.xlsx", date(2026, 11, 7)),
        ("2026年11月5日 导出", date(2026, 11, 5)),
        ("search_comments_2026-11-03.jsonl", date(2026, 11, 3)),
        ("作品20261121093000.csv", date(2026, 11, 21)),
        ("7431234567890123456.csv", None),
        ("2026-13-40.csv", None),
        ("笔记列表明细表.xlsx", None),
    ],
)
def test_the_last_day_in_a_name_is_found(name: str, day: date | None) -> None:
    """Of a range the last day counts; digits of an id are no day."""
    assert last_day(name) == day


def test_labels_are_parted_once_each() -> None:
    """Commas of both kinds part labels, signs around them are dropped."""
    assert read_labels("#露营#，装备,露营") == ("露营", "装备")
    assert read_labels(json.dumps(["露营", "装备"], ensure_ascii=False)) == ("露营", "装备")
    assert read_labels("") == ()


def test_dashes_are_unknown_and_words_are_not() -> None:
    """What exports write where they know nothing."""
    assert is_unknown(" -- ")
    assert not is_unknown("无所谓")
