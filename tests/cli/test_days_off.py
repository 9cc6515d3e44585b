"""doctor: shifts that follow days off which nobody told yet, and cities by which nobody is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from yinliu.bootstrap import App
from yinliu.doctor_communities import cities, days_off
from yinliu.leads.duty import is_published
from yinliu.settings import Settings

FILE = "communities:\n  - {name: a, title: A, capacity: 5, operators: [x]}\n"
SHIFTS = "operators:\n  - {name: x, shifts: [{days: workdays, from: '09:00', to: '18:00'}]}\n"
YEAR = "calendar: {off: [2031-01-01, 2031-05-01..2031-05-05, 2031-10-01..2031-10-07]}\n"


@pytest.mark.parametrize(
    ("content", "moment", "year"),
    [
        (FILE + SHIFTS, datetime(2026, 6, 1, tzinfo=UTC), None),
        (FILE + SHIFTS, datetime(2031, 6, 1, tzinfo=UTC), "2031"),
        (FILE + SHIFTS, datetime(2030, 12, 10, tzinfo=UTC), "2030"),
        (FILE + SHIFTS, datetime(2030, 11, 3, tzinfo=UTC), "2030"),
        (FILE + SHIFTS + YEAR, datetime(2031, 6, 1, tzinfo=UTC), None),
        (FILE + SHIFTS + YEAR, datetime(2031, 11, 3, tzinfo=UTC), "2032"),
        (FILE + SHIFTS + "calendar: {off: [2031-01-01]}\n", datetime(2031, 6, 1, tzinfo=UTC), "2031"),
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
    assert all("calendar" in str(one.remedy) for one in found)


def test_the_end_of_the_published_days_is_told_sixty_days_before(workspace: Path) -> None:
    """Not sixty-one days before; on every day from then on, and after it."""
    (workspace / "communities.yaml").write_text(FILE + SHIFTS, encoding="utf-8")
    app = App(Settings(workspace=workspace))
    unknown = next(year for year in count(2026) if not is_published(year))
    end = datetime(unknown, 1, 1, 12, tzinfo=UTC)
    told = {days: bool(list(days_off(app, end + timedelta(days=days)))) for days in (-62, -60, -40, -1, 0, 30, 400)}
    assert told == {days: days >= -60 for days in told}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("杭洲", ["社群「会员群」的城市“杭洲”：地名库里没有这个地名，是不是想写 杭州？"]),
        ("杭州市, 上海", ["社群「会员群」的城市“杭州市”：只有原文照这样写的人才会匹配；系统记作“杭州”"]),
        ("杭州, 西湖区, 杭州/西湖区", []),
        ("阿那亚", ["社群「会员群」的城市“阿那亚”：地名库里没有这个地名；"]),
        ("", []),
    ],
)
def test_cities_by_which_nobody_is_found_are_told(workspace: Path, written: str, told: list[str]) -> None:
    """As a warning, with the community and what was probably meant."""
    community = f"  - {{name: vip, title: 会员群, capacity: 5, operators: [x], cities: [{written}]}}\n"
    (workspace / "communities.yaml").write_text("communities:\n" + community, encoding="utf-8")
    found = list(cities(App(Settings(workspace=workspace))))
    assert len(found) == len(told) and all(one.state == "warn" for one in found)
    assert all(one.text.zh.startswith(start) for one, start in zip(found, told, strict=True))


def test_a_file_that_is_wrong_has_no_cities(workspace: Path) -> None:
    """What is wrong with it is told elsewhere."""
    (workspace / "communities.yaml").write_text("communities: [", encoding="utf-8")
    assert list(cities(App(Settings(workspace=workspace)))) == []
