"""When things happen on the demo site: two whole weeks and the begun one, by day rather than by night.

Everything ends at the last midnight before ``now``, so one date always gives one timetable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_INTEREST = timedelta(hours=90)
_SPILL = timedelta(hours=40)
_ROOM_PER_ANSWER = timedelta(minutes=90)
_PUBLISHING_HOURS = (8, 9, 11, 12, 15, 17, 19, 20)
_MORNING_HOURS = (8, 9, 10)
_OFFICE = (9, 22)
_WAKING = (7, 24)
_ALWAYS = (0, 24)
_NIGHT_OWLS = 0.05


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until a moment; the end is not part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """The three spans posts are published in, and the moment after which nothing has happened yet."""

    older: Span
    last: Span
    current: Span
    horizon: datetime

    @classmethod
    def of(cls, now: datetime) -> Timetable:
        """The timetable of the day ``now`` falls on; on a Monday the begun week is empty and Sunday stands in."""
        horizon = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        monday = horizon - timedelta(days=horizon.weekday())
        begun = monday if horizon > monday else monday - _DAY
        return cls(
            older=Span(monday - 2 * _WEEK, monday - _WEEK),
            last=Span(monday - _WEEK, monday),
            current=Span(begun, max(horizon, begun + _DAY)),
            horizon=horizon,
        )

    def talk(self, published: datetime, span: Span, *, spills: bool) -> Span:
        """When people talk about a post: until its week ends, or into the next one if it spills."""
        end = span.end + _SPILL if spills else span.end
        return Span(published, min(end, self.horizon, published + _INTEREST + _SPILL))


def publishing_times(span: Span, count: int, rng: Random, *, days: int) -> list[datetime]:
    """So many moments over the first days of the span, in order; mornings only on its last day."""
    chosen = []
    for index in range(count):
        day = index * days // count
        hours = _MORNING_HOURS if span.start + (day + 1) * _DAY >= span.end or days == 1 else _PUBLISHING_HOURS
        chosen.append(span.start + day * _DAY + _clock(rng.choice(hours), rng))
    return sorted(chosen)


def talking_times(talk: Span, count: int, rng: Random) -> list[datetime]:
    """So many moments for first comments, in order: many soon after the post, few late, hardly any by night."""
    latest = talk.end - 2 * _ROOM_PER_ANSWER
    room = min(latest - talk.start, _INTEREST)
    moments = [talk.start + timedelta(minutes=3) + room * rng.random() ** 1.8 for _ in range(count)]
    return sorted(min(_while_open(moment, _waking(rng), rng), latest) for moment in moments)


def answering_time(asked: datetime, talk: Span, rng: Random, *, depth: int, office_hours: bool) -> datetime:
    """When an answer of that depth comes: minutes to hours later, within the talk."""
    latest = talk.end - (2 - depth) * _ROOM_PER_ANSWER - timedelta(seconds=1)
    moment = asked + timedelta(minutes=2 + rng.expovariate(1 / 80))
    return min(_while_open(moment, _OFFICE if office_hours else _waking(rng), rng), latest)


def _waking(rng: Random) -> tuple[int, int]:
    return _WAKING if rng.random() > _NIGHT_OWLS else _ALWAYS


def _while_open(moment: datetime, hours: tuple[int, int], rng: Random) -> datetime:
    opens, closes = hours
    if opens <= moment.hour < closes:
        return moment.replace(microsecond=0)
    morning = moment.replace(hour=opens, minute=0, second=rng.randrange(60), microsecond=0)
    later = morning + timedelta(minutes=rng.randrange(150))
    return later if moment.hour < opens else later + _DAY


def _clock(hour: int, rng: Random) -> timedelta:
    return timedelta(hours=hour, minutes=rng.randrange(60), seconds=rng.randrange(60))
