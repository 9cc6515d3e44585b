"""Who works when: shifts in the team's time zone, days off and 调休 as China publishes them or the team says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from yinliu.workspace.communities import WEEKDAYS, OperatorRule, Shift
from yinliu.workspace.days import Calendar

_AHEAD = 40
"""Days that are searched for the next shift: longer than any holiday."""
_SATURDAY = 5
_PUBLISHED = Calendar()
"""Of no day does the team say anything itself."""


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether people in China work on a day; in years that are not published yet, Monday to Friday."""
    import chinese_calendar  # type: ignore[import-untyped]  # a command that asks nobody's shift starts without it

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


@lru_cache(maxsize=256)
def is_published(year: int) -> bool:
    """Whether the calendar knows a year's days off."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_on_shift(operator: OperatorRule, moment: datetime, zone: ZoneInfo, calendar: Calendar = _PUBLISHED) -> bool:
    """Whether somebody works at a moment; always, without shifts. A shift's end is outside of it."""
    if not operator.shifts:
        return True
    local = moment.astimezone(zone)
    clock = f"{local.hour:02}:{local.minute:02}"
    shifts = (shift for shift in operator.shifts if _falls_on(shift, local.date(), calendar))
    return any(shift.start <= clock < shift.end for shift in shifts)


def next_shift(
    operators: Iterable[OperatorRule], after: datetime, zone: ZoneInfo, calendar: Calendar = _PUBLISHED
) -> datetime | None:
    """When the next shift of somebody begins after a moment (a day's beginning for those without shifts).

    None when none begins in the next forty days.
    """
    shifts = [shift for operator in operators for shift in operator.shifts or (Shift(),)]
    first = after.astimezone(zone).date()
    for days in range(_AHEAD):
        day = first + timedelta(days=days)
        begins = [_at(day, shift.start, zone) for shift in shifts if _falls_on(shift, day, calendar)]
        begins = [begin for begin in begins if begin > after]
        if begins:
            return min(begins)
    return None


def doubtful_year(
    operators: Iterable[OperatorRule], moment: datetime, zone: ZoneInfo, calendar: Calendar = _PUBLISHED
) -> int | None:
    """The year of a moment, where shifts depend on days off that nobody told; None where all is known."""
    year = moment.astimezone(zone).year
    named = {shift.days for one in operators for shift in one.shifts if isinstance(shift.days, str)}
    return None if not named & {"workdays", "holidays"} or is_published(year) or calendar.covers(year) else year


def _falls_on(shift: Shift, day: date, calendar: Calendar) -> bool:
    if isinstance(shift.days, list):
        return WEEKDAYS[day.weekday()] in shift.days
    if shift.days == "everyday":
        return True
    ours = calendar.works(day)
    return (shift.days == "workdays") == (is_workday(day) if ours is None else ours)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(int(clock[:2]), int(clock[3:])), zone)
