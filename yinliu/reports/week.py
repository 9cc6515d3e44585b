"""The week a report is about: an ISO week, Monday to Sunday, in one timezone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from yinliu.errors import Misconfigured
from yinliu.language import Text

_FORM = re.compile(r"([0-9]{4})-W([0-9]{2})")
_DAYS_TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week; `year` is the ISO year, which around New Year is not always the calendar's."""

    year: int
    week: int
    start: date
    end: date

    @classmethod
    def numbered(cls, year: int, week: int) -> Week:
        """The week with this ISO year and number; `ValueError` when that year has no such week."""
        start = date.fromisocalendar(year, week, 1)
        return cls(year, week, start, start + _DAYS_TO_SUNDAY)

    @classmethod
    def parse(cls, label: str) -> Week:
        """Read `2026-W47`; :class:`Misconfigured` tells what was expected."""
        found = _FORM.fullmatch(label.strip())
        if found is None:
            raise _unreadable(label)
        try:
            return cls.numbered(int(found[1]), int(found[2]))
        except (ValueError, OverflowError) as error:
            raise _no_such_week(label, year=int(found[1])) from error

    @classmethod
    def of(cls, moment: datetime, timezone: tzinfo) -> Week:
        """The week in which this moment falls for people living in `timezone`."""
        if moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no timezone, so its week is unknown")
        year, week, _ = moment.astimezone(timezone).isocalendar()
        return cls.numbered(year, week)

    @property
    def previous(self) -> Week:
        """The week before this one."""
        year, week, _ = (self.start - timedelta(days=7)).isocalendar()
        return Week.numbered(year, week)

    @property
    def label(self) -> str:
        """The form :meth:`parse` reads: `2026-W47`."""
        return f"{self.year:04d}-W{self.week:02d}"

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven days, Monday first."""
        return tuple(self.start + timedelta(days=number) for number in range(7))

    def bounds(self, timezone: tzinfo) -> tuple[datetime, datetime]:
        """Monday 00:00 and the next Monday 00:00 (no longer part of it), both in `timezone`."""
        first = datetime.combine(self.start, time(), timezone)
        return first, datetime.combine(self.end + timedelta(days=1), time(), timezone)


def _unreadable(label: str) -> Misconfigured:
    return Misconfigured(
        Text(
            f"看不懂周次 {label!r}：应写成“ISO 年-W两位周数”，例如 2026-W47",
            f"cannot read the week {label!r}: write the ISO year, -W and two digits, for example 2026-W47",
        ),
        code="week_unreadable",
    )


def _no_such_week(label: str, *, year: int) -> Misconfigured:
    # 28 December always lies in the last ISO week of its year.
    last = date(year, 12, 28).isocalendar().week if year else 0
    return Misconfigured(
        Text(
            f"没有 {label} 这一周：{year:04d} 年只有第 01 到第 {last} 周，例如 {year:04d}-W{last:02d}",
            f"there is no week {label}: {year:04d} has weeks 01 to {last}, for example {year:04d}-W{last:02d}",
        )
        if last
        else Text(
            f"没有 {label} 这一周：年份从 0001 开始，例如 2026-W47",
            f"there is no week {label}: years begin with 0001, for example 2026-W47",
        ),
        code="week_unknown",
    )
