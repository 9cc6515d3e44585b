"""Moments as sites write them: ISO 8601, RFC 2822, Unix, 2026年8月1日 9:00, 昨天 12:30, 3小时前, 11-20 广东."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

FUTURE_TOLERANCE = timedelta(days=1)
"""A time further ahead than this is not believed: clocks differ by minutes and zones by hours, not by days."""

RELATIVE = "relative_time"
_WEB_BEGAN = 1990
_MILLISECOND_DIGITS = 13
_LONGEST = 100
_NOON, _EARLY_AFTERNOON = 12, 5
_YEARS_BETWEEN_LEAP_DAYS = 8
_CLOCK = (
    r"(?P<half>上午|凌晨|早上|中午|下午|晚上|傍晚)?\s*(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})?"
    r"(?:\s*[:：分]\s*(?P<second>\d{1,2}))?"
)
_FULL = re.compile(rf"(\d{{4}})\s*[年/.-]\s*(\d{{1,2}})\s*[月/.-]\s*(\d{{1,2}})\s*日?(?:[\sT]*{_CLOCK}[分秒]?)?")
_AROUND = r"[^\d昨今前刚]{0,20}"
"""What may stand before and behind a time that can be nothing else: 发布于, a name, a place. No second time."""
_AGO = re.compile(rf"{_AROUND}(?P<number>\d{{1,4}}|半)\s*(?P<unit>秒|分|小时|天|日|周)[钟]?前{_AROUND}")
_NAMED_DAY = re.compile(rf"{_AROUND}(?P<day>今|昨|前)[天日]\s*(?:{_CLOCK}[分秒]?)?{_AROUND}")
_JUST_NOW = re.compile(rf"{_AROUND}刚[刚才]{_AROUND}")
_DAYS_BACK = {"今": 0, "昨": 1, "前": 2}
_LABEL = r"(?:最[后近])?(?:首次)?(?:发布|发表|编辑|更新|修改|回复|评论|时间|日期|于|在|[\s:：|·])*"
_PLACES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 "
    "重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 中国台湾 香港 中国香港 澳门 中国澳门 海外 未知 美国 加拿大 "
    "英国 法国 德国 意大利 西班牙 荷兰 瑞士 俄罗斯 日本 韩国 新加坡 马来西亚 泰国 越南 印度尼西亚 菲律宾 印度 阿联酋 "
    "澳大利亚 新西兰 巴西 爱尔兰"
)
"""What sites write for the author's network address: provinces, and the countries written most."""
_PLACE = rf"[\s·]*(?:IP属地|来自|发布于)?[\s:：]*(?:{'|'.join(_PLACES.split())})?"
_DAY_OF_YEAR = re.compile(
    rf"{_LABEL}(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})|月(?P<named>\d{{1,2}})[日号])"
    rf"(?:\s*{_CLOCK}[分秒]?)?{_PLACE}"
)


def parse_time(raw: str | None, *, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment written in ``raw``, in UTC; None and ``bad_timestamp`` when missing, unreadable or in the future.

    It is read in ``zone`` where it names none. A day without a clock is its first moment; 11-20 is the latest such day
    that is not ahead of ``now``. 3小时前 is counted back from ``now``: only as exact as it was written, it wanders from
    crawl to crawl, and has the flaw ``relative_time``.
    """
    moment = _moment(raw.strip(), zone, now) if raw and len(raw) <= _LONGEST else None
    if raw is None or moment is None or moment > now + FUTURE_TOLERANCE or moment.year < _WEB_BEGAN:
        return None, ("bad_timestamp",)
    return moment, (RELATIVE,) if _is_relative(raw.strip()) else ()


def _is_relative(raw: str) -> bool:
    return not raw.isascii() and bool(_JUST_NOW.fullmatch(raw) or _AGO.fullmatch(raw.replace("个小时", "小时")))


def _moment(raw: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    here = now.astimezone(zone)
    for read in (_iso, _unix, _full, _mail, _ago, _named_day, _day_of_year):
        try:
            found = read(raw, here)
            if found is not None:
                return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, OSError):
            continue
    return None


def _iso(raw: str, _: datetime) -> datetime:
    return datetime.fromisoformat(raw)


def _mail(raw: str, _: datetime) -> datetime | None:
    return parsedate_to_datetime(raw) if raw.isascii() else None


def _unix(raw: str, _: datetime) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}(\.\d+)?|\d{13}", raw):
        return None
    return datetime.fromtimestamp(float(raw) / (1000 if len(raw) == _MILLISECOND_DIGITS else 1), tz=UTC)


def _full(raw: str, _: datetime) -> datetime | None:
    found = _FULL.search(raw)
    return datetime.combine(date(*map(int, found.groups()[:3])), _clock(found)) if found else None


def _ago(raw: str, here: datetime) -> datetime | None:
    if _JUST_NOW.fullmatch(raw):
        return here
    found = _AGO.fullmatch(raw.replace("个小时", "小时"))
    if found is None:
        return None
    seconds = {"秒": 1, "分": 60, "小时": 3600, "天": 86400, "日": 86400, "周": 7 * 86400}[found["unit"]]
    return here.astimezone(UTC) - timedelta(
        seconds=seconds * (0.5 if found["number"] == "半" else int(found["number"]))
    )


def _named_day(raw: str, here: datetime) -> datetime | None:
    found = _NAMED_DAY.fullmatch(raw)
    if found is None:
        return None
    return datetime.combine(here.date() - timedelta(days=_DAYS_BACK[found["day"]]), _clock(found))


def _day_of_year(raw: str, here: datetime) -> datetime | None:
    found = _DAY_OF_YEAR.fullmatch(raw)
    if found is None:
        return None
    month, day = int(found["month"]), int(found["day"] or found["named"])
    for year in range(here.year, here.year - _YEARS_BETWEEN_LEAP_DAYS - 1, -1):
        latest = _date(year, month, day)
        if latest and latest <= here.date():
            return datetime.combine(latest, _clock(found))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> time:
    """The time of day: midnight where none is written."""
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    half = found["half"]
    late = half in ("下午", "晚上", "傍晚") or (half == "中午" and hour < _EARLY_AFTERNOON)
    if half == "凌晨" and hour == _NOON:
        hour = 0
    return time(hour + _NOON * (late and hour < _NOON), minute, second)
