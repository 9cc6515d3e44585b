"""The cadence of visits: the ages reports ask about, sooner where people talk, and an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.cadence import LATEST, MILESTONES, SILENCE, SOONEST, next_visit

BORN = datetime(2026, 11, 1, tzinfo=UTC)
AGES = st.timedeltas(timedelta(0), timedelta(days=400))
RATES = st.floats(0, 100_000) | st.just(0.0)
SINCE = st.none() | st.timedeltas(timedelta(0), timedelta(days=400))


def due(age: timedelta, **what: Any) -> datetime | None:
    """The next visit to a post of this age, visited now, about which nobody talks."""
    quiet = {"published": BORN, "first_seen": BORN, "visited": BORN + age, "newest_comment": None}
    return next_visit(**(quiet | {"comments_per_day": 0, "now": BORN + age} | what))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "then"),
    [(0, 1), (0.5, 1), (1, 6), (5.9, 6), (6, 24), (30, 72), (72, 168), (24 * 8, 720), (24 * 29.9, 720)],
)
def test_a_quiet_post_is_visited_at_the_ages_of_its_snapshots(hours: float, then: float) -> None:
    """One hour, six, a day, three days, a week, thirty days."""
    assert due(timedelta(hours=hours)) == BORN + timedelta(hours=then)


@pytest.mark.parametrize("days", [30, 31, 400])
def test_an_old_quiet_post_rests(days: int) -> None:
    """From the thirtieth day on."""
    assert due(timedelta(days=days)) is None


@pytest.mark.parametrize(
    ("rate", "wait"), [(5, timedelta(days=1)), (20, timedelta(hours=6)), (0.01, LATEST), (9999, SOONEST)]
)
def test_an_old_post_that_people_talk_about_is_visited_when_about_five_comments_wait(
    rate: float, wait: timedelta
) -> None:
    """Within an hour and a week."""
    now = BORN + timedelta(days=100)
    assert due(timedelta(days=100), comments_per_day=rate) == now + wait


def test_a_slow_talk_is_followed_for_a_week() -> None:
    """A comment of yesterday keeps a post awake; one of last month does not."""
    now = BORN + timedelta(days=100)
    assert due(timedelta(days=100), newest_comment=now - timedelta(days=1)) == now + LATEST
    assert due(timedelta(days=100), newest_comment=now - timedelta(days=30)) is None


@given(AGES, SINCE, RATES, SINCE)
def test_a_visit_is_never_in_the_past(age: timedelta, read: timedelta | None, rate: float, newest: Any) -> None:
    """Whatever is known."""
    now = BORN + age
    found = due(
        age,
        visited=None if read is None else now - read,
        comments_per_day=rate,
        newest_comment=None if newest is None else now - newest,
    )
    assert found is None or found > now


@given(AGES, RATES, RATES, SINCE)
def test_more_comments_never_mean_later(age: timedelta, one: float, other: float, newest: Any) -> None:
    """The busier of two posts of an age is visited first."""
    known = None if newest is None else BORN + age - newest
    slow, fast = (due(age, comments_per_day=rate, newest_comment=known) for rate in sorted((one, other)))
    assert slow is None or (fast is not None and fast <= slow)


@given(AGES, RATES)
def test_the_next_window_is_never_missed(age: timedelta, rate: float) -> None:
    """However few comments there are, a visit comes no later than the next age of a snapshot."""
    found, coming = due(age, comments_per_day=rate), [one for one in MILESTONES if one > age]
    if coming:
        assert found is not None
        assert found <= BORN + coming[0]


@given(AGES, SINCE)
def test_silence_ends_in_rest(age: timedelta, newest: timedelta | None) -> None:
    """Without new comments every post rests after a few visits, at the latest a week past its last window."""
    now, last = BORN + age, None if newest is None else BORN + age - newest
    for _ in range(20):
        then = next_visit(
            published=BORN, first_seen=BORN, visited=now, newest_comment=last, comments_per_day=0, now=now
        )
        if then is None:
            return
        now = then
    raise AssertionError(f"still visited at the age of {now - BORN}")


def test_an_unknown_birth_is_when_the_post_was_first_seen() -> None:
    """A time in the future is not believed."""
    seen = BORN + timedelta(days=2)
    for published in (None, seen + timedelta(days=1)):
        assert due(timedelta(days=2), published=published, first_seen=seen) == seen + timedelta(hours=1)


def test_silence_is_no_longer_than_the_longest_wait() -> None:
    """Or a slow talk would be lost between two visits."""
    assert SILENCE <= LATEST
