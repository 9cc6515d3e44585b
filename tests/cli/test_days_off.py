"""doctor: shifts that follow days off which are not published yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from yinliu.bootstrap import App
from yinliu.doctor_communities import days_off
from yinliu.settings import Settings

FILE = "communities:\n  - {name: a, title: A, capacity: 5, operators: [x]}\n"
SHIFTS = "operators:\n  - {name: x, shifts: [{days: workdays, from: '09:00', to: '18:00'}]}\n"


@pytest.mark.parametrize(
    ("content", "moment", "year"),
    [
        (FILE + SHIFTS, datetime(2026, 6, 1, tzinfo=UTC), None),
        (FILE + SHIFTS, datetime(2031, 6, 1, tzinfo=UTC), "2031"),
        (FILE + SHIFTS, datetime(2030, 12, 10, tzinfo=UTC), "2030"),
        (FILE, datetime(2031, 6, 1, tzinfo=UTC), None),
        ("communities: [", datetime(2031, 6, 1, tzinfo=UTC), None),
    ],
)
def test_days_off_that_nobody_knows_are_told(workspace: Path, content: str, moment: datetime, year: str | None) -> None:
    """With the year and what to do; not where no shift follows them, nor over a file that is wrong anyway."""
    (workspace / "communities.yaml").write_text(content, encoding="utf-8")
    found = list(days_off(App(Settings(workspace=workspace)), moment))
    assert [year] * len(found) == [one.text.zh.split()[1] for one in found]
    assert bool(found) == (year is not None)
