"""When China's holidays fall: days off as the State Council set them; in other years by the lunar calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import LunarDate  # type: ignore[import-untyped]
from chinese_calendar import get_solar_terms, is_holiday  # type: ignore[import-untyped]

Period = tuple[date, date]
"""The first and the last day."""

_DAY = timedelta(days=1)
_LONGEST = 12


def days_from(first: date, count: int) -> Period:
    """``count`` days, the first among them."""
    return first, first + _DAY * (count - 1)


def _lunar(year: int, month: int, day: int) -> date:
    solar: date = LunarDate(year, month, day).to_solar_date()
    return solar


def _tomb_sweeping(year: int) -> date:
    terms: list[tuple[date, str]] = get_solar_terms(date(year, 4, 3), date(year, 4, 7))
    return next(day for day, term in terms if term == "清明")


def _off(festival: date, count: int) -> Period:
    """The days off around a festival, by the published calendar; ``count`` days from it where none is known."""
    if not _is_off(festival):
        return days_from(festival, count)
    first = last = festival
    for _ in range(_LONGEST):
        first = first - _DAY if _is_off(first - _DAY) else first
        last = last + _DAY if _is_off(last + _DAY) else last
    return first, last


def _is_off(day: date) -> bool:
    try:
        return bool(is_holiday(day))
    except NotImplementedError:
        return False


def _new_year_days(year: int) -> Period:
    eve = _lunar(year, 1, 1) - _DAY
    first, last = _off(_lunar(year, 1, 1), 7)
    return min(first, eve), last


def _winter_holidays(year: int) -> Period:
    spring = _lunar(year, 1, 1)
    return spring - 28 * _DAY, spring + 14 * _DAY


_RULES: dict[str, Callable[[int], Period]] = {
    "元旦": lambda year: _off(date(year, 1, 1), 1),
    "跨年": lambda year: (date(year, 12, 31), date(year + 1, 1, 1)),
    "除夕": lambda year: days_from(_lunar(year, 1, 1) - _DAY, 1),
    "春节": _new_year_days,
    "元宵": lambda year: days_from(_lunar(year, 1, 15), 1),
    "清明": lambda year: _off(_tomb_sweeping(year), 1),
    "五一": lambda year: _off(date(year, 5, 1), 5),
    "六一": lambda year: days_from(date(year, 6, 1), 1),
    "端午": lambda year: _off(_lunar(year, 5, 5), 1),
    "七夕": lambda year: days_from(_lunar(year, 7, 7), 1),
    "中秋": lambda year: _off(_lunar(year, 8, 15), 1),
    "国庆": lambda year: _off(date(year, 10, 1), 7),
    "重阳": lambda year: days_from(_lunar(year, 9, 9), 1),
    "双十一": lambda year: days_from(date(year, 11, 11), 1),
    "双十二": lambda year: days_from(date(year, 12, 12), 1),
    "618": lambda year: days_from(date(year, 6, 18), 1),
    "情人节": lambda year: days_from(date(year, 2, 14), 1),
    "平安夜": lambda year: days_from(date(year, 12, 24), 1),
    "圣诞": lambda year: days_from(date(year, 12, 25), 1),
    "高考": lambda year: days_from(date(year, 6, 7), 3),
    "暑假": lambda year: (date(year, 7, 1), date(year, 8, 31)),
    "寒假": _winter_holidays,
}

SAID = {name: name for name in _RULES} | {"劳动节": "五一", "5.1": "五一", "51": "五一", "十一": "国庆", "10.1": "国庆"}
SAID |= {
    "过年": "春节",
    "新年": "春节",
    "大年三十": "除夕",
    "年三十": "除夕",
    "双11": "双十一",
    "双12": "双十二",
    "儿童节": "六一",
}
"""What each festival is called, and its name in :func:`festival`."""


@lru_cache(maxsize=512)
def festival(name: str, year: int) -> Period | None:
    """The days of a festival (a name of :data:`SAID`) in a year of the common calendar; the summer holidays are July
    and August, the winter holidays about six weeks around the Spring Festival. None for years outside the calendars."""
    try:
        return _RULES[SAID[name]](year)
    except (ValueError, OverflowError, NotImplementedError, StopIteration, KeyError, IndexError):
        return None
