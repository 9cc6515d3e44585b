"""Leads as a CSV file that Excel in China opens rightly and safely.

UTF-8 with a BOM; numbers that are names (phones, QQ) stay texts by a leading tab; a cell that a spreadsheet would run
as a formula gets a leading apostrophe (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_AS_TEXT = frozenset(("手机", "微信", "QQ", "Matrix"))
HEADER = (
    "线索编号",
    "等级",
    "评分",
    "昵称",
    "手机",
    "微信",
    "QQ",
    "邮箱",
    "Matrix",
    "意向",
    "来源",
    "来源文章",
    "文章链接",
    "留言",
    "留言时间",
    "社群",
    "负责运营",
    "工单状态",
    "评分明细",
)
"""The columns, in order."""


def safe_cell(value: str, *, as_text: bool = False) -> str:
    """A value that a spreadsheet shows and never runs; ``as_text`` keeps digits from becoming a number."""
    flat = " ".join(value.split())
    if as_text and flat:
        return f"\t{flat}"
    return f"'{flat}" if flat.startswith(_FORMULA_STARTS) else flat


def render(rows: Sequence[Mapping[str, str]]) -> str:
    """The file's text, without its BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([safe_cell(row.get(name, ""), as_text=name in _AS_TEXT) for name in HEADER])
    return out.getvalue()


class CsvFolder:
    """A folder of CSV files, one a batch; a file is written whole or not at all, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, batch: str) -> Path:
        """The file of a batch."""
        return self.folder / f"leads-{batch}.csv"

    def has(self, batch: str) -> bool:
        """True when the batch was sent."""
        return self.path(batch).exists()

    def send(self, batch: str, rows: Sequence[Mapping[str, str]]) -> str:
        """Write the batch; gives where it lies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".leads-{batch}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            file.write(render(rows))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path(batch))
        return str(self.path(batch))
