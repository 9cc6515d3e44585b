"""The ways to write a time, each with how it is read: 6月中旬, 4月29-5.5, 下周三, 年底."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from nlp.entities.festivals import SAID, Period, festival
from nlp.entities.numerals import read_number
from nlp.entities.periods import (
    day_ahead,
    day_of,
    month_of,
    months_ahead,
    upcoming,
    weekday_in,
    weekend_in,
    year_part,
)

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_YEARS = {"去": -1, "今": 0, "明": 1, "后": 2}
_CENTURY = 100
_HALF_YEAR = 183

_YEAR = r"(?:(?:(?P<y>(?<![0-9])(?:20)?[23][0-9])年|(?P<ry>[去今明后])年)的?)?"
_UNCOUNTED = r"(?<![0-9一二三四五六七八九十第.])"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_NUMERIC = r"(?:3[01]|[12][0-9]|0?[1-9])"
_TO = r"\s?[-~—–至到]{1,2}\s?"
_THING = (
    r"(?![0-9]|\.[0-9]|[一二三四五六七八九十]{1,2}月|\s?[个人位名大万千百k元块米岁月%％分倍折星级版寸]|\s?(?:天|晚|小时|mm|cm|km|kg|g|w|mb|gb|ml|点[^前后])"
    r"|[-~到][0-9])"
)
_NUMBERED = r"(?![线楼门店馆厅机院桌房球位选色码公航出口地电链床铺车仓厂柜台店井站])"
_LEAVES = (
    r"(?=\s?(?:号|日|落地|出发|到(?![手货账位处底])|走(?!势|心)|回(?!购|复|答|血)|入住|退房|起飞|飞|去|抵达|返程|左右出|早上|晚上|下午|上午|"
    r"中午|凌晨|有人|有没有|的机票|的票|报团|跟团|[一-龥]{1,6}(?:出发|落地|报团|跟团|飞)|之?[前后](?![后面])))"
)
_SIDE = r"(?:(?:之|以|过)?(?P<side>[前后])(?![后面台端卫辈期]))?"
FEASTS = "|".join(
    sorted((re.escape(name) for name in SAID if name not in ("十一", "5.1", "51", "10.1", "618", "五一")), key=len)[
        ::-1
    ]
)
_OFF = r"(?:假期|小?长假|放假|黄金周|期间|当天|那几天|那天|节)"
_NOT_ROAD = r"(?!广场|路(?![上线])|大道|商圈|街|[米百千万点块斤寸度十]|上河图|之恋)"
_TENS = r"(?<![一二三四六七八九十百千万点米第双])"


class DateRule(NamedTuple):
    """A way to write a time: its name, its expression over ``comparable`` text, and the days that a match means."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], date], Period | None]


def _int(text: str) -> int:
    return int(read_number(text) or 0)


def _year(match: re.Match[str], today: date) -> int | None:
    if match["ry"]:
        return today.year + _YEARS[match["ry"]]
    number = int(match["y"]) if match["y"] else None
    return number if number is None or number >= _CENTURY else 2000 + number


def _read_month(match: re.Match[str], today: date) -> Period | None:
    month, third = _int(match["m"]), match["third"] or ""
    return upcoming(lambda year: month_of(year, month, third), today, _year(match, today))


def _read_day(match: re.Match[str], today: date) -> Period | None:
    month, day = _int(match["m"]), _int(match["d"])
    return upcoming(lambda year: day_of(year, month, day), today, _year(match, today))


def _read_dates(match: re.Match[str], today: date) -> Period | None:
    """From a day to a day, which may be of the next year, and not half a year away. 1.5-2.5 is no such thing."""
    if "." in match[0] and match["m2"] and match["d"] == match["d2"]:
        return None
    month, day = _int(match["m"]), _int(match["d"])
    end_month, end_day = _int(match["m2"] or match["m"]), _int(match["d2"])

    def make(year: int) -> Period | None:
        first, last = day_of(year, month, day), day_of(year + (end_month < month), end_month, end_day)
        if first is None or last is None or not 0 < (last[0] - first[0]).days < _HALF_YEAR:
            return None
        return first[0], last[0]

    return upcoming(make, today, _year(match, today))


def _read_months(match: re.Match[str], today: date) -> Period | None:
    month, last_month = _int(match["m"]), _int(match["m2"])

    def make(year: int) -> Period | None:
        first, last = month_of(year, month), month_of(year + (last_month < month), last_month)
        return (first[0], last[1]) if first and last else None

    return upcoming(make, today, _year(match, today))


def _read_festival(match: re.Match[str], today: date) -> Period | None:
    return upcoming(lambda year: festival(match["feast"], year), today, _year(match, today))


def _read_near_day(match: re.Match[str], today: date) -> Period | None:
    ahead = {"今": 0, "明": 1, "后": 2, "大": 3}[match[0][0]]
    return weekday_in(today, 0, today.weekday() + ahead)


def _read_week(match: re.Match[str], today: date) -> Period | None:
    said, day = match["which"] or "", match["wd"]
    ahead = said.count("下")
    if day == "末":
        return weekend_in(today, ahead)
    weekday = _WEEKDAYS[day] if day else None
    passed = not said and weekday is not None and weekday < today.weekday()
    return weekday_in(today, ahead + passed, weekday)


def _read_near_month(match: re.Match[str], today: date) -> Period | None:
    ahead, third = (match["which"] or "").count("下"), match["third"] or ""
    period = months_ahead(today, ahead, third)
    return months_ahead(today, 1, third) if not match["which"] and period and period[1] < today else period


def _read_year_part(match: re.Match[str], today: date) -> Period | None:
    part = match["part"] or match["half"]
    return upcoming(lambda year: year_part(year, part), today, _year(match, today))


def _read_year(match: re.Match[str], today: date) -> Period | None:
    year = today.year + _YEARS[match["ry"]]
    return date(year, 1, 1), date(year, 12, 31)


def _read_number(match: re.Match[str], today: date) -> Period | None:
    first = day_ahead(today, _int(match["d"]))
    if first is None or not match["d2"]:
        return first
    last = day_ahead(first[0], _int(match["d2"]))
    return (first[0], last[1]) if last and last[1] > first[0] else None


_THIRD = r"(?:的?(?P<third>上中旬|中下旬|上旬|中旬|下旬|[初中底末头]))?"
RULES = (
    DateRule(
        "date:days",
        re.compile(
            rf"{_YEAR}{_UNCOUNTED}(?P<m>{_MONTH})月份?(?P<d>{_DAY})[日号]?{_TO}"
            rf"(?:(?P<m2>{_MONTH})[月./])?(?P<d2>{_DAY})(?:[日号]{_NUMBERED}|{_THING})"
        ),
        _read_dates,
    ),
    DateRule(
        "date:days",
        re.compile(
            rf"(?P<y>(?!))?(?P<ry>(?!))?(?<![0-9.a-z分价本版])(?P<m>1[0-2]|0?[1-9])[./](?P<d>{_NUMERIC})[日号]?{_TO}"
            rf"(?:(?P<m2>1[0-2]|0?[1-9])[月./])?(?P<d2>{_NUMERIC})(?:[日号]{_NUMBERED}|{_THING})"
        ),
        _read_dates,
    ),
    DateRule(
        "date:day",
        re.compile(rf"{_YEAR}{_UNCOUNTED}(?P<m>{_MONTH})月份?(?P<d>{_DAY})(?:[日号]{_NUMBERED}|(?!几){_THING}){_SIDE}"),
        _read_day,
    ),
    DateRule(
        "date:day",
        re.compile(
            rf"(?<![0-9.])(?P<ry>(?!))?(?P<y>20[23][0-9])[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>{_NUMERIC})(?![0-9])"
        ),
        _read_day,
    ),
    DateRule(
        "date:day",
        re.compile(
            rf"(?P<y>(?!))?(?P<ry>(?!))?(?<![0-9.a-z/分价本版])(?P<m>1[0-2]|0?[1-9])[./](?P<d>{_NUMERIC})(?![0-9]|[./][0-9])"
            rf"{_LEAVES}[日号]?{_SIDE}"
        ),
        _read_day,
    ),
    DateRule(
        "date:months",
        re.compile(rf"{_YEAR}{_UNCOUNTED}(?P<m>{_MONTH})月?{_TO}(?P<m2>{_MONTH})月份?(?![0-9])"),
        _read_months,
    ),
    DateRule(
        "date:month",
        re.compile(rf"{_YEAR}{_UNCOUNTED}(?P<m>{_MONTH})月(?!\s?[龄嫂饼子经老])份?{_THIRD}{_SIDE}"),
        _read_month,
    ),
    DateRule(
        "date:festival",
        re.compile(rf"{_YEAR}(?P<feast>{FEASTS}|(?<![0-9.])618(?![0-9.])){_OFF}?{_NOT_ROAD}{_SIDE}"),
        _read_festival,
    ),
    DateRule("date:festival", re.compile(rf"{_YEAR}{_TENS}(?P<feast>五一){_OFF}?{_NOT_ROAD}{_SIDE}"), _read_festival),
    DateRule(
        "date:festival",
        re.compile(
            rf"{_YEAR}{_TENS}(?<![0-9.])(?P<feast>十一|5\.1|51|10\.1)(?:{_OFF}|(?=国庆|去|出发|出游|回)){_SIDE}"
        ),
        _read_festival,
    ),
    DateRule(
        "date:day",
        re.compile(
            rf"(?<![0-9.a-z路街巷弄第型区栋幢月/-])(?P<d>{_NUMERIC})[号日]?(?:{_TO}(?P<d2>{_NUMERIC}))?号{_NUMBERED}(?![a-z])"
        ),
        _read_number,
    ),
    DateRule("date:near", re.compile(r"今[天晚早]|明[天晚早](?!系)|大后天|(?<!先天)后天(?![性养])"), _read_near_day),
    DateRule(
        "date:week",
        re.compile(r"(?P<which>这个?|本|下{1,2}个?)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末])(?![周年月个千百万])"),
        _read_week,
    ),
    DateRule(
        "date:week",
        re.compile(r"(?P<which>这个?|本|下{1,2}个?)(?:周|星期|礼拜)(?P<wd>(?!))?(?![一二三四五六日天末年边])"),
        _read_week,
    ),
    DateRule("date:month", re.compile(rf"(?P<which>这个|本|下{{1,2}}个?)月份?(?![0-9]){_THIRD}"), _read_near_month),
    DateRule(
        "date:month",
        re.compile(r"(?<![0-9一二三四五六七八九十个每上下本份])(?P<which>(?!))?月(?P<third>[初中底末])(?!旬)"),
        _read_near_month,
    ),
    DateRule(
        "date:year",
        re.compile(
            r"(?:(?P<y>(?<![0-9])(?:20)?[23][0-9])年|(?P<ry>[今明后])年年?|(?<![0-9一二两三四五六七八九十几多少往每半近当常干"
            r"些百千万整全成老过新拜青童晚同])年)(?P<part>[初底末前后](?![一二三面天期来])|中(?![秋国]))(?P<half>(?!))?"
        ),
        _read_year_part,
    ),
    DateRule("date:year", re.compile(rf"{_YEAR}(?P<part>(?!))?(?P<half>[上下]半年)"), _read_year_part),
    DateRule("date:year", re.compile(r"(?P<ry>[明后])年(?![级轻纪])"), _read_year),
)
