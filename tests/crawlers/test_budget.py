"""The budget: requests of a crawl and of a day, counted so that a kill forgets none."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawlers.budget import Budget

SHANGHAI = ZoneInfo("Asia/Shanghai")


def budget(folder: Path, *, crawl: int = 100, day: int = 100) -> Budget:
    """The budget of a source."""
    return Budget(folder / "requests", zone=SHANGHAI, per_crawl=crawl, per_day=day)


def test_a_crawl_has_a_limit(tmp_path: Path) -> None:
    """It is told by the name of its option."""
    one = budget(tmp_path, crawl=2)
    one.take()
    assert one.limit == ""
    one.take()
    assert one.limit == "max_requests 2"


def test_a_day_has_a_limit_over_all_crawls(tmp_path: Path) -> None:
    """Each request is in the file before it is sent: a killed crawl's count too."""
    for _ in range(3):
        budget(tmp_path, day=3).take()
    assert budget(tmp_path, day=3).limit == "daily_requests 3"


@pytest.mark.parametrize("line", [b"2020-01-01 0000000099\n", b"", b"nonsense", b"\xff\xfe 12", b"2026-11-21 twelve"])
def test_another_day_or_a_broken_file_begins_at_nothing(tmp_path: Path, line: bytes) -> None:
    """The day is the team's, in its own zone."""
    (tmp_path / "requests").write_bytes(line)
    assert budget(tmp_path, day=3).limit == ""
