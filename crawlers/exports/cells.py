"""Cells of an export as values: what was written, never more. Pure functions."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from crawlers.items import LONGEST_KEY
from crawlers.text import parse_count

UNKNOWN = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "n/a",
        "#n/a",
        "na",
        "nan",
        "null",
        "none",
        "nil",
        "暂无",
        "暂无数据",
        "空",
        "未知",
    )
)
"""What exports write where they know nothing; never 0."""

SUMMARIES = frozenset(("合计", "总计", "汇总", "小计", "平均", "平均值", "均值", "总和", "total", "sum", "average"))
"""First cells of rows that sum up the others."""

_EXACT = 2**53
"""Above it a number of a spreadsheet is rounded, and an id is another id."""

_ROUNDED = re.compile(r"\d(?:\.\d+)?e\+?\d{2}", re.IGNORECASE)
_GUARDED = re.compile(r'="(.*)"', re.DOTALL)
_NEGATIVE = re.compile(r"[-−－]\s*(?=\d)")
_WHOLE = re.compile(r"(\d{1,15})\.0+")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d{1,12})?")
_SERIAL_ZERO = datetime(1899, 12, 30)
_DAY = re.compile(
    r"(?<!\d)(20\d\d)[-_./年]?(0[1-9]|1[0-2]|[1-9](?=[-_./月]))[-_./月]?(0[1-9]|[12]\d|3[01]|[1-9](?!\d))"
)
_BETWEEN = re.compile(r"[,，;；、|\n]+")
_LABELS_MOST = 50


def as_text(cell: Any) -> str:
    """A cell as somebody would have typed it; empty for none. A number too large to be exact keeps its exponent."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else format(value, ".15g")


def is_unknown(text: str) -> bool:
    """Whether a cell says that it knows nothing."""
    return text.strip().casefold() in UNKNOWN


def read_id(text: str) -> str | None:
    """The id in a cell, without the signs that keep spreadsheets from rounding it; None for none and for ``0``."""
    bare = text.strip()
    guarded = _GUARDED.fullmatch(bare)
    bare = (guarded[1] if guarded else bare).strip().lstrip("'").strip()
    whole = _WHOLE.fullmatch(bare)
    bare = whole[1] if whole else bare
    return None if is_unknown(bare) or not bare.strip("0") else bare


def is_rounded(identifier: str) -> bool:
    """Whether a spreadsheet has turned this id into a rounded number (``7.30123E+18``)."""
    return _ROUNDED.fullmatch(identifier) is not None


def is_long(identifier: str) -> bool:
    """Whether no database keeps so long a key."""
    return len(identifier.encode("utf-8", "replace")) > LONGEST_KEY


def read_count(text: str) -> int | None:
    """The whole number in a cell, negative ones too; None for unknown, for a share (``12%``) and for no number."""
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) <= 15:  # noqa: PLR2004
        return int(bare)
    if is_unknown(bare) or "%" in bare or "％" in bare:
        return None
    positive = _NEGATIVE.sub("", bare, count=1) if _NEGATIVE.match(bare) else bare
    whole = _WHOLE.fullmatch(positive)
    count = int(whole[1]) if whole else parse_count(positive)
    if count is None or abs(count) >= 2**63:
        return None
    return count if positive == bare else -count


def plain_time(text: str) -> str:
    """A time as :func:`crawlers.text.parse_time` reads it: a spreadsheet's day number becomes its date."""
    bare = text.strip()
    if not _SERIAL.fullmatch(bare):
        return bare
    return (_SERIAL_ZERO + timedelta(seconds=round(float(bare) * 86400))).isoformat()


def last_day(text: str) -> date | None:
    """The last day named in a text such as a file's name (``作品_2026-11-01_2026-11-20.csv``); None for none."""
    days = []
    for year, month, day in _DAY.findall(text):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days[-1] if days else None


def read_labels(text: str) -> tuple[str, ...]:
    """The labels listed in a cell."""
    names = (name.strip().strip("#").strip() for name in _BETWEEN.split(text.strip("[]")))
    return tuple(dict.fromkeys(name.strip("\"' ") for name in names if name.strip("\"' ")))[:_LABELS_MOST]
