"""From the words for a time to its days, counted from the day on which they were said."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from nlp.entities.festivals import Period, days_from, festival

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_DECEMBER = 12
_THIRDS = {
    "初": (1, 10),
    "上旬": (1, 10),
    "上中旬": (1, 20),
    "头": (1, 10),
    "中旬": (11, 20),
    "中": (11, 20),
    "中下旬": (11, 31),
    "下旬": (21, 31),
}
_THIRDS |= {"底": (21, 31), "末": (21, 31)}


def day_of(year: int, month: int, day: int) -> Period | None:
    """One day, or None where the calendar has none such."""
    try:
        return days_from(date(year, month, day), 1)
    except (ValueError, OverflowError):
        return None


def month_of(year: int, month: int, third: str = "") -> Period | None:
    """A month, or a third of it: 初, 中旬, 底."""
    if not 1 <= month <= _DECEMBER or not 1 <= year <= date.max.year:
        return None
    last = calendar.monthrange(year, month)[1]
    first, end = _THIRDS.get(third, (1, 31))
    return date(year, month, first), date(year, month, min(end, last))


def upcoming(make: Callable[[int], Period | None], today: date, year: int | None) -> Period | None:
    """What ``make`` gives for ``year``; without one, for this year, or for the next where it is over."""
    if year is not None:
        return make(year)
    period = make(today.year)
    return make(today.year + 1) if period is None or period[1] < today else period


def months_ahead(today: date, ahead: int, third: str = "") -> Period | None:
    """The month ``ahead`` months after this one; this month's third that is over is the next month's."""
    count = today.year * 12 + today.month - 1 + ahead
    return month_of(count // 12, count % 12 + 1, third)


def weekday_in(today: date, ahead: int, weekday: int | None) -> Period | None:
    """A day (Monday is 0) of the week ``ahead`` weeks after this one, or that whole week."""
    monday = today - _DAY * today.weekday() + _WEEK * ahead
    return days_from(monday, 7) if weekday is None else days_from(monday + _DAY * weekday, 1)


def weekend_in(today: date, ahead: int) -> Period:
    """Saturday and Sunday of the week ``ahead`` weeks after this one."""
    return days_from(today - _DAY * today.weekday() + _WEEK * ahead + _DAY * 5, 2)


def day_ahead(today: date, day: int) -> Period | None:
    """The next day of this number: this month's, or the next month's where it is over."""
    for ahead in (0, 1, 2):
        month = months_ahead(today, ahead)
        period = month and day_of(month[0].year, month[0].month, day)
        if period and period[0] >= today:
            return period
    return None


def year_part(year: int, part: str) -> Period | None:
    """年初, 年中, 年底, 年前 (two weeks before the Spring Festival), 年后 (two weeks after its days off)."""
    months = {"初": (1, 1), "中": (6, 7), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}
    if part in months:
        first, last = (month_of(year, month) for month in months[part])
        return (first[0], last[1]) if first and last else None
    spring = festival("春节", year)
    if spring is None:
        return None
    return days_from(spring[0] - 2 * _WEEK, 14) if part == "前" else days_from(spring[1] + _DAY, 14)


def shifted(period: Period, side: str, today: date) -> Period | None:
    """五一前: until the day before (from today, or two weeks long); 五一后: the two weeks that follow."""
    if side == "后":
        return days_from(period[1] + _DAY, 14)
    last = period[0] - _DAY
    return (today if today <= last else last - 13 * _DAY), last
