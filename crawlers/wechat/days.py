"""Which days the figures of an official account are asked for: its days end at midnight in Shanghai, ready at 08:00."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawlers.text import parse_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone of the platform, whatever the team's own is."""

READY = time(8, 0)
"""“请于每天上午8点后查询公众号前一天的数据” (数据统计接口介绍)."""

CURVE_DAYS = 30
"""Days for which an article is counted, from its publication (getarticletotaldetail)."""

FIRST_DAY = date(2025, 11, 1)
"""The first publication day that getarticletotaldetail knows."""


def last_ready_day(now: datetime) -> date:
    """The newest day whose figures are complete: yesterday from 08:00 on, the day before until then."""
    local = now.astimezone(SHANGHAI)
    return local.date() - timedelta(days=1 if local.time() >= READY else 2)


def publication_days(*, last: date, until: date | None, days: int) -> tuple[date, ...]:
    """The publication days to ask for, newest first; at most :data:`CURVE_DAYS`.

    ``until`` is the last day that was asked before: none of it, nothing before the next day is ready; ``days`` more
    after it, and as many more as days were missed. None (never asked) gives all that the platform still counts.
    """
    if until is not None and until >= last:
        return ()
    span = CURVE_DAYS if until is None else min(CURVE_DAYS, days + (last - until).days - 1)
    return _back_from(last, span)


def days_since(since: datetime, *, last: date) -> tuple[date, ...]:
    """The publication days from ``since`` on, newest first; those that the platform still counts."""
    return _back_from(last, min(CURVE_DAYS, (last - since.astimezone(SHANGHAI).date()).days + 1))


def _back_from(last: date, span: int) -> tuple[date, ...]:
    days = (last - timedelta(days=back) for back in range(span))
    return tuple(day for day in days if day >= FIRST_DAY)


def end_of(day: date) -> datetime:
    """The moment a day ends (24:00 in Shanghai), in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def start_of(day: date) -> datetime:
    """The moment a day begins in Shanghai, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def read_moment(stamp: object, *, now: datetime) -> tuple[datetime | None, str | None, tuple[str, ...]]:
    """The moment of Unix seconds, what was written, and its flaws; no other way to write a time is read."""
    raw = str(stamp)[:100] if stamp else None
    seconds = raw if isinstance(stamp, int) and not isinstance(stamp, bool) else None
    moment, flaws = parse_time(seconds, zone=SHANGHAI, now=now)
    return moment, raw, flaws


def read_day(raw: object) -> date | None:
    """The day written as YYYY-MM-DD; None when it is not one."""
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
