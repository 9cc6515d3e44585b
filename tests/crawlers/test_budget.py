"""The budget: requests of a crawl and of a day, counted so that a kill forgets none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawlers.budget import Budget

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
"""One minute to midnight in Shanghai."""


def budget(folder: Path, *, crawl: int = 100, day: int = 100, at: datetime = EVENING) -> Budget:
    """The budget of a source, at a moment that does not pass."""
    return Budget(folder / "requests", zone=SHANGHAI, per_crawl=crawl, per_day=day, now=at.astimezone)


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


def test_a_day_ends_at_the_teams_midnight(tmp_path: Path) -> None:
    """What was spent before does not count after; an hour earlier in the day it does."""
    for _ in range(3):
        budget(tmp_path, day=3).take()
    assert budget(tmp_path, day=3, at=EVENING - timedelta(hours=1)).limit == "daily_requests 3"
    assert budget(tmp_path, day=3, at=EVENING + timedelta(minutes=1)).limit == ""


def test_a_crawl_over_midnight_begins_a_new_day(tmp_path: Path) -> None:
    """The requests of the new day stand in the file."""
    moments = [EVENING, EVENING, *[EVENING + timedelta(minutes=1)] * 4]
    one = Budget(
        tmp_path / "requests", zone=SHANGHAI, per_crawl=9, per_day=2, now=lambda zone: moments.pop(0).astimezone(zone)
    )
    for _ in range(4):
        one.take()
    assert one.limit == "daily_requests 2"
    assert (tmp_path / "requests").read_bytes() == b"2026-11-22 0000000002\n"


@pytest.mark.parametrize("line", [b"2020-01-01 0000000099\n", b"", b"nonsense", b"\xff\xfe 12", b"2026-11-21 twelve"])
def test_another_day_or_a_broken_file_begins_at_nothing(tmp_path: Path, line: bytes) -> None:
    """Neither what another day cost nor what cannot be read counts."""
    (tmp_path / "requests").write_bytes(line)
    assert budget(tmp_path, day=3).limit == ""
