"""The onboarding queue as a CSV for operators who work in a spreadsheet; contacts stay masked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from yinliu import wording
from yinliu.crm.csv_file import safe_cell
from yinliu.reasons import reason
from yinliu.titles import Titles

HEADER = (
    "工单",
    "状态",
    "社群",
    "运营",
    "昵称",
    "联系方式",
    "等级",
    "评分",
    "来自文章",
    "文章链接",
    "分配原因",
    "应处理于",
)
"""The columns, in order."""


def write_queue(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    *,
    when: Callable[[datetime | None], str],
    titles: Titles | None = None,
) -> None:
    """Write the tickets to ``path``, whole; ``titles``: the team's own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        writer.writerows([safe_cell(str(cell)) for cell in _cells(row, when, titles)] for row in rows)
    part.replace(path)


def _cells(row: Mapping[str, Any], when: Callable[[datetime | None], str], titles: Titles | None) -> tuple[Any, ...]:
    why = "、".join(reason(code, titles).zh for code in row["reasons"])
    state, contacts = wording.state(row["state"]).zh, " ".join(row["contacts"])
    return (
        row["id"], state, row["title"], row["operator"] or "", row["name"] or "", contacts, row["grade"], row["score"],
        row["post"] or "", row["url"] or "", why, when(row["due_at"]),
    )  # fmt: skip
