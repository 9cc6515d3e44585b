"""Dates and names in the words of one edition, whatever language the process speaks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yinliu.language import Language, Text
from yinliu.reports.week import Week

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(text: Text | str, language: Language) -> str:
    """The text in this edition's language; a plain `str` has only one."""
    if isinstance(text, str):
        return text
    return text.zh if language == "zh" else text.en


def weekday(day: date, language: Language) -> str:
    """周一, Mon."""
    return _WEEKDAYS[language][day.weekday()]


def calendar_day(day: date, language: Language, *, year: bool = False) -> str:
    """11月16日, 16 Nov; with its year where asked."""
    zh = f"{day.month}月{day.day}日"
    en = f"{day.day} {_MONTHS[day.month - 1]}"
    return say(Text(f"{day.year}年{zh}", f"{en} {day.year}") if year else Text(zh, en), language)


def week_name(week: Week, language: Language) -> str:
    """2026年第47周, Week 47, 2026."""
    return say(Text(f"{week.year}年第{week.week}周", f"Week {week.week}, {week.year}"), language)


def week_dates(week: Week, language: Language) -> str:
    """11月16日—11月22日; both years are named when they are not the one in the week's name."""
    year = {week.start.year, week.end.year} != {week.year}
    first, last = (calendar_day(day, language, year=year) for day in (week.start, week.end))
    return say(Text(f"{first}—{last}", f"{first} – {last}"), language)


def clock(moment: datetime, language: Language) -> str:
    """11月18日 周三 20:05, Wed 18 Nov, 20:05."""
    day, name, time = calendar_day(moment, language), weekday(moment, language), f"{moment:%H:%M}"
    return say(Text(f"{day} {name} {time}", f"{name} {day}, {time}"), language)


def offset(moment: datetime) -> str:
    """UTC+08:00."""
    shift = moment.utcoffset() or timedelta()
    minutes = abs(shift) // timedelta(minutes=1)
    return f"UTC{'-' if shift < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
