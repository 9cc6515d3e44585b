"""Which days the figures are asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawlers.wechat.days import (
    CURVE_DAYS,
    FIRST_DAY,
    READY,
    SHANGHAI,
    days_since,
    end_of,
    last_ready_day,
    publication_days,
    read_day,
    start_of,
)

MOMENTS = st.datetimes(datetime(2025, 12, 5), datetime(2035, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2025, 12, 1), date(2035, 1, 1))


@given(MOMENTS)
def test_the_last_ready_day_is_over_and_past_eight(now: datetime) -> None:
    """At least eight hours have passed since it ended in Shanghai, and no later day is like that."""
    last = last_ready_day(now)
    hours = timedelta(hours=READY.hour)
    assert end_of(last) + hours <= now < end_of(last + timedelta(days=1)) + hours


def test_eight_o_clock_is_the_border() -> None:
    """07:59:59 and 08:00:00 in Shanghai; also across a week, a month and a year."""
    assert last_ready_day(datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert last_ready_day(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)) == date(2026, 11, 22)
    assert last_ready_day(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == date(2026, 12, 30)
    assert last_ready_day(datetime(2027, 1, 1, 0, 0, tzinfo=UTC)) == date(2026, 12, 31)


@given(DAYS)
def test_every_day_has_24_hours(day: date) -> None:
    """Shanghai keeps no summer time: a day ends where the next begins, 24 hours after its own beginning."""
    assert end_of(day) - start_of(day) == timedelta(days=1)
    assert end_of(day) == start_of(day + timedelta(days=1))
    assert end_of(day).astimezone(SHANGHAI).hour == 0


@given(last=DAYS, gap=st.integers(0, 60), days=st.integers(1, 30))
def test_no_publication_day_is_missed_between_two_crawls(last: date, gap: int, days: int) -> None:
    """After an outage of any length, every day that became ready since is asked for, as far as it is still counted."""
    until = last - timedelta(days=gap)
    asked = publication_days(last=last, until=until, days=days)
    missed = {until + timedelta(days=n) for n in range(1, gap + 1)}
    reachable = {day for day in missed if (last - day).days < CURVE_DAYS and day >= FIRST_DAY}
    assert reachable <= set(asked)
    assert len(asked) == len(set(asked)) <= CURVE_DAYS
    assert list(asked) == sorted(asked, reverse=True)
    assert all(FIRST_DAY <= day <= last for day in asked)


@given(last=DAYS, days=st.integers(1, 30))
def test_the_next_day_costs_as_many_requests_as_days_are_followed(last: date, days: int) -> None:
    """One day later exactly ``days`` publication days are asked for; the same day nothing is."""
    assert publication_days(last=last, until=last, days=days) == ()
    following = publication_days(last=last, until=last - timedelta(days=1), days=days)
    assert len(following) == sum(last - timedelta(days=n) >= FIRST_DAY for n in range(days))


def test_the_first_crawl_asks_for_all_that_is_counted() -> None:
    """30 days back, and nothing before the API knows anything."""
    assert len(publication_days(last=date(2026, 11, 20), until=None, days=7)) == CURVE_DAYS
    assert publication_days(last=date(2025, 11, 2), until=None, days=7) == (date(2025, 11, 2), FIRST_DAY)


def test_a_window_begins_at_its_day_in_shanghai() -> None:
    """A moment of the evening in UTC is the next day in Shanghai; a window in the future asks for nothing."""
    since = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
    assert days_since(since, last=date(2026, 11, 20))[-1] == date(2026, 11, 18)
    assert days_since(since, last=date(2026, 11, 1)) == ()


def test_what_is_no_day_is_none() -> None:
    """Only YYYY-MM-DD is a day."""
    assert [read_day(raw) for raw in ("2026-11-20", "20 Nov", "", None, 20261120)] == [
        date(2026, 11, 20),
        None,
        None,
        None,
        None,
    ]
