"""Shifts: the team's zone, weekdays, days off and make-up workdays as China publishes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.leads.duty import doubtful_year, is_on_shift, is_published, is_workday, next_shift
from yinliu.workspace.communities import OperatorRule
from yinliu.workspace.days import Calendar

CHINA = ZoneInfo("Asia/Shanghai")


def operator(*shifts: dict[str, Any]) -> OperatorRule:
    """Somebody with shifts."""
    return OperatorRule.model_validate({"name": "小栗", "shifts": list(shifts)})


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    """A local time as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


OFFICE = operator({"days": "workdays", "from": "09:00", "to": "18:00"})


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-20 09:00", True),  # a Friday, the first minute
        ("2026-11-20 08:59", False),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),  # the end is outside
        ("2026-11-21 10:00", False),  # a Saturday
        ("2026-10-01 10:00", False),  # National Day, a Thursday
        ("2026-02-14 10:00", True),  # a Saturday that makes up for the Spring Festival (调休)
        ("2026-02-16 10:00", False),  # a Monday of the Spring Festival
    ],
)
def test_office_hours(moment: str, works: bool) -> None:
    """Workdays are the published ones; the first minute is inside, the last is not."""
    assert is_on_shift(OFFICE, at(moment), CHINA) is works


@pytest.mark.parametrize(
    ("days", "moment", "works"),
    [
        ("holidays", "2026-10-01 10:00", True),
        ("holidays", "2026-02-14 10:00", False),
        ("everyday", "2026-10-01 10:00", True),
        (["sat", "sun"], "2026-02-14 10:00", True),
        (["mon"], "2026-02-14 10:00", False),
    ],
)
def test_other_days(days: Any, moment: str, works: bool) -> None:
    """Days off alone, every day, and weekdays whatever the calendar says."""
    assert is_on_shift(operator({"days": days, "from": "09:00", "to": "18:00"}), at(moment), CHINA) is works


def test_no_shifts_is_always_there() -> None:
    """At any hour."""
    assert is_on_shift(operator(), at("2026-10-01 03:00"), CHINA)


def test_the_zone_is_the_teams() -> None:
    """At nine in Shanghai it is still night in Berlin."""
    moment = at("2026-11-20 09:30")
    assert is_on_shift(OFFICE, moment, CHINA)
    assert not is_on_shift(OFFICE, moment, ZoneInfo("Europe/Berlin"))


def test_a_shift_to_midnight_holds_its_last_minute() -> None:
    """24:00 is the end of the day."""
    late = operator({"days": "everyday", "from": "18:00", "to": "24:00"})
    assert is_on_shift(late, at("2026-11-20 23:59"), CHINA)
    assert not is_on_shift(late, at("2026-11-21 00:00"), CHINA)


def test_years_that_are_not_published_go_by_weekday() -> None:
    """And whoever relies on them is told."""
    far = date(2031, 10, 1)
    assert is_workday(far)  # a Wednesday
    assert not is_published(2031)
    assert is_published(2026)
    assert doubtful_year([OFFICE], at("2031-10-01 10:00"), CHINA) == 2031
    assert doubtful_year([OFFICE], at("2026-10-01 10:00"), CHINA) is None
    assert doubtful_year([operator({"days": ["mon"]})], at("2031-10-01 10:00"), CHINA) is None


OURS = Calendar.model_validate({"off": ["2027-02-05..2027-02-11", "2026-11-20"], "work": ["2027-02-20", "2026-11-21"]})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2027-02-05", False),  # a Friday, the span's first day
        ("2027-02-11", False),  # a Thursday, its last
        ("2027-02-12", True),
        ("2027-02-20", True),  # a Saturday
        ("2027-02-21", False),
        ("2026-11-20", False),  # a Friday that is published as a workday
        ("2026-11-21", True),
    ],
)
def test_the_teams_own_days_go_before(day: str, works: bool) -> None:
    """Days off and make-up days, in years that are published and in later ones; weekdays and every day do not ask."""
    moment = at(f"{day} 10:00")
    hours = {"from": "09:00", "to": "18:00"}
    assert is_on_shift(OFFICE, moment, CHINA, OURS) is works
    assert is_on_shift(operator({"days": "holidays", **hours}), moment, CHINA, OURS) is not works
    assert is_on_shift(operator({"days": "everyday", **hours}), moment, CHINA, OURS)
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[moment.weekday()]
    assert is_on_shift(operator({"days": [weekday], **hours}), moment, CHINA, OURS)


def test_the_next_shift_is_after_the_teams_days_off() -> None:
    """Not on the first day of a festival that the library does not know."""
    assert next_shift([OFFICE], at("2027-02-04 19:00"), CHINA) == at("2027-02-05 09:00")
    assert next_shift([OFFICE], at("2027-02-04 19:00"), CHINA, OURS) == at("2027-02-12 09:00")
    assert next_shift([OFFICE], at("2026-11-20 08:00"), CHINA, OURS) == at("2026-11-21 09:00")


def test_a_year_that_the_team_tells_is_not_doubtful() -> None:
    """With New Year, May and National Day; some other days are not the year."""
    told = Calendar.model_validate({"off": ["2031-01-01", "2031-05-01", "2031-10-01..2031-10-07"]})
    assert doubtful_year([OFFICE], at("2031-10-01 10:00"), CHINA, told) is None
    assert doubtful_year([OFFICE], at("2032-10-01 10:00"), CHINA, told) == 2032
    assert doubtful_year([OFFICE], at("2027-02-06 10:00"), CHINA, OURS) in (2027, None if is_published(2027) else 2027)


@pytest.mark.parametrize(
    ("after", "begins"),
    [
        ("2026-11-20 08:00", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-23 09:00"),  # a beginning that is over; then the weekend
        ("2026-09-30 20:00", "2026-10-08 09:00"),  # over the holidays of October
        ("2026-02-13 19:00", "2026-02-14 09:00"),  # a Saturday that is worked
    ],
)
def test_the_next_shift(after: str, begins: str) -> None:
    """Over weekends and holidays."""
    assert next_shift([OFFICE], at(after), CHINA) == at(begins)


def test_the_next_shift_of_several_is_the_earliest() -> None:
    """Somebody without shifts begins with the day."""
    assert next_shift([OFFICE, operator()], at("2026-11-20 19:00"), CHINA) == at("2026-11-21 00:00")


def test_nobody_has_no_next_shift() -> None:
    """Without operators there is none."""
    assert next_shift([], at("2026-11-20 19:00"), CHINA) is None


@pytest.mark.parametrize(
    ("days", "year"), [("workdays", 2031), ("holidays", 2031), ("everyday", None), (["sat"], None)]
)
def test_only_days_off_make_a_year_doubtful(days: str | list[str], year: int | None) -> None:
    """Who works on workdays or on days off needs the calendar; one of several is enough."""
    office = operator({"days": days}), operator({"days": "everyday"})
    assert doubtful_year(office, at("2031-10-01 10:00"), CHINA) == year


DAYS = st.one_of(
    st.sampled_from(("everyday", "workdays", "holidays")),
    st.lists(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, unique=True),
)
SHIFTS = st.builds(
    lambda days, start, hours: {"days": days, "from": f"{start:02}:00", "to": f"{start + hours:02}:00"},
    DAYS,
    st.integers(0, 18),
    st.integers(1, 6),
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(SHIFTS, MOMENTS)
def test_a_next_shift_begins_then(shift: dict[str, Any], moment: datetime) -> None:
    """It is later, somebody works in its first minute, and nobody began between."""
    who = operator(shift)
    begins = next_shift([who], moment, CHINA)
    assert begins is not None
    assert begins > moment
    assert is_on_shift(who, begins, CHINA)
    assert not is_on_shift(who, begins - timedelta(minutes=1), CHINA)
