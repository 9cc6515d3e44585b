"""The team's own days off and days of work: read, refused where they make no sense, and before the published ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.conftest import Refused
from yinliu.workspace.days import Calendar

COMMUNITY = "communities:\n  - name: a\n    title: A\n    capacity: 5\n    operators: [x]\n"
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("calendar", "line", "told"),
    [
        ("off: [明天]", 7, "calendar.off 第 1 项 = '明天'：应为日期（如 2027-01-01），或一段日期"),
        ("work: [2027-01-01, 3]", 7, "calendar.work 第 2 项 = 3：应为日期"),
        ("off: [2027-01-01 10:00:00]", 7, "应为日期"),
        ("off: ['2027-02-30']", 7, "= '2027-02-30'：应为日期"),
        ("off: [2027-02-30]", 7, "2027-02-30：没有这一天"),
        ("off: [2027-02-25..2027-02-30]", 7, "应为日期"),
        ("off: [2027-02-05...2027-02-11]", 7, "应为日期"),
        ("off: [2027-02-11..2027-02-05]", 7, "前后颠倒：2027-02-11 在 2027-02-05 之后"),
        ("off: [2027-02-05..2028-02-11]", 7, "共 372 天，一段最多 60 天"),
        ("off: [2027-02-05..2027-02-11]\n  work: [2027-02-06]", 6, "calendar：2027-02-06 同时写在 off（放假）和 work"),
        ("off: 2027-01-01", 7, "应为列表"),
        ("of: [2027-01-01]", 7, "没有这个配置项，是不是想写 off"),
    ],
)
def test_days_that_make_no_sense_are_told(refused: Refused, calendar: str, line: int, told: str) -> None:
    """With the line, what stands there and what is allowed; in English nothing of Python's."""
    error = refused("communities.yaml", f"{COMMUNITY}calendar:\n  {calendar}\n")
    assert f"communities.yaml:{line} " in error.message.zh and told in error.message.zh, error.message.zh
    assert "datetime" not in error.message.zh + error.message.en and "tuple" not in error.message.en


def test_many_days_in_both_are_counted(refused: Refused) -> None:
    """The first three, and how many."""
    both = "off: [2027-02-05..2027-02-11]\n  work: [2027-02-05..2027-02-11]"
    assert "2027-02-05, 2027-02-06, 2027-02-07 … (7) 同时" in str(
        refused("communities.yaml", f"{COMMUNITY}calendar:\n  {both}\n")
    )


def test_a_day_is_written_as_yaml_has_it_or_in_quotes() -> None:
    """Alone, or two with dots, with or without leading zeros."""
    said = Calendar.model_validate({"off": [date(2027, 1, 1), "2027-1-2", "2027-02-05 .. 2027-02-07"]})
    assert said.off == [(date(2027, 1, d), date(2027, 1, d)) for d in (1, 2)] + [(date(2027, 2, 5), date(2027, 2, 7))]
    assert Calendar.model_validate(said.model_dump()) == said


@given(DAYS, st.integers(0, 59), st.integers(-80, 80))
def test_a_span_holds_its_days_and_no_others(first: date, length: int, step: int) -> None:
    """Both ends are inside; of all other days the file says nothing."""
    day, last = first + timedelta(days=step), first + timedelta(days=length)
    for key, works in (("off", False), ("work", True)):
        said = Calendar.model_validate({key: [f"{first}..{last}"]})
        assert said.works(day) is (works if first <= day <= last else None)


def test_a_year_is_told_with_its_sure_days_off() -> None:
    """New Year alone is not a year."""
    days = [date(2027, 1, 1), date(2027, 5, 1), date(2027, 10, 1)]
    assert Calendar.model_validate({"off": days}).covers(2027)
    assert not Calendar.model_validate({"off": days}).covers(2028)
    assert not Calendar.model_validate({"off": days[:2]}).covers(2027)
    assert not Calendar().covers(2027)
