"""The weeks reports are about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.errors import Misconfigured
from yinliu.reports.week import Week

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_the_week_of_a_moment_is_the_calendars(moment: datetime) -> None:
    """A moment's week is what `isocalendar` says of its local date."""
    week = Week.of(moment, SHANGHAI)
    assert (week.year, week.week) == moment.astimezone(SHANGHAI).isocalendar()[:2]


@given(MOMENTS)
def test_a_moment_lies_within_its_weeks_bounds(moment: datetime) -> None:
    """The bounds of a moment's week hold it; they are seven days apart and the end is not included."""
    start, end = Week.of(moment, SHANGHAI).bounds(SHANGHAI)
    assert start <= moment < end
    assert (end - start, start.weekday(), start.hour) == (timedelta(days=7), 0, 0)


@given(MOMENTS)
def test_weeks_follow_each_other(moment: datetime) -> None:
    """The week before ends the day before this one starts."""
    week = Week.of(moment, SHANGHAI)
    assert week.previous.end + timedelta(days=1) == week.start
    assert week.previous.bounds(SHANGHAI)[1] == week.bounds(SHANGHAI)[0]


@given(MOMENTS)
def test_a_label_is_read_back(moment: datetime) -> None:
    """What `label` writes, `parse` reads."""
    week = Week.of(moment, SHANGHAI)
    assert Week.parse(week.label) == week


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_weeks_around_new_year(label: str, start: date, end: date) -> None:
    """The ISO year decides, not the calendar's."""
    week = Week.parse(label)
    assert (week.start, week.end, week.label) == (start, end, label)
    assert week.days[0] == start and week.days[-1] == end and len(week.days) == 7


def test_the_first_week_follows_the_53rd() -> None:
    """2027-W01 comes after 2026-W53."""
    assert Week.parse("2027-W01").previous.label == "2026-W53"


def test_the_week_turns_at_midnight_in_shanghai() -> None:
    """Sunday 16:00 UTC is already Monday in Shanghai."""
    turn = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert Week.of(turn, SHANGHAI).label == "2026-W48"
    assert Week.of(turn - timedelta(seconds=1), SHANGHAI).label == "2026-W47"


def test_a_moment_without_timezone_has_no_week() -> None:
    """A naive moment is refused rather than guessed."""
    with pytest.raises(ValueError, match="timezone"):
        Week.of(datetime(2026, 11, 22), SHANGHAI)


@pytest.mark.parametrize("label", ["", "47", "2026-47", "2026W47", "2026-W7", "2026-w47", "２０２６-W47", "2026-W477"])
def test_an_unreadable_week_is_explained(label: str) -> None:
    """The message names the value, the expected form and an example."""
    with pytest.raises(Misconfigured) as caught:
        Week.parse(label)
    assert caught.value.code == "week_unreadable"
    for text in (caught.value.message.zh, caught.value.message.en):
        assert repr(label) in text and "-W" in text and "2026-W47" in text


@pytest.mark.parametrize(
    ("label", "last"),
    [("2027-W53", "2027-W52"), ("2026-W54", "2026-W53"), ("2026-W00", "2026-W53"), ("9999-W52", "9999-W52")],
)
def test_a_week_that_does_not_exist_is_explained(label: str, last: str) -> None:
    """The message names the value and the last week of that year."""
    with pytest.raises(Misconfigured) as caught:
        Week.parse(label)
    assert caught.value.code == "week_unknown"
    assert label in caught.value.message.zh and last in caught.value.message.en


def test_there_is_no_year_0() -> None:
    """Year 0000 is refused like any week that does not exist."""
    with pytest.raises(Misconfigured, match="0000-W01"):
        Week.parse("0000-W01")
