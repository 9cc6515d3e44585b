"""Times: aware in, UTC out, on either database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from models.base import UtcTime
from models.unit_of_work import UnitOfWork

DIALECTS = (sqlite.dialect(), postgresql.dialect())
SHANGHAI = timezone(timedelta(hours=8))
MOMENTS = st.datetimes(
    datetime(1990, 1, 1),
    timezones=st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone),
)


@given(MOMENTS, st.sampled_from(DIALECTS))
def test_a_time_comes_back_as_the_same_moment(moment: datetime, dialect: sqlite.dialect) -> None:
    """In UTC, aware, to the microsecond."""
    kept = UtcTime().process_bind_param(moment, dialect)
    again = UtcTime().process_result_value(kept, dialect)
    assert again == moment
    assert again and again.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_naive_time_is_refused(dialect: sqlite.dialect) -> None:
    """Nobody knows which moment it means."""
    with pytest.raises(ValueError, match="naive"):
        UtcTime().process_bind_param(datetime(2026, 11, 21), dialect)


def test_no_time_stays_none() -> None:
    """NULL is "unknown"."""
    assert UtcTime().process_bind_param(None, DIALECTS[0]) is None
    assert UtcTime().process_result_value(None, DIALECTS[0]) is None


def test_a_database_gives_utc(begin: Callable[[], UnitOfWork]) -> None:
    """What was written in Shanghai is read in UTC, as the same moment."""
    noon = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=SHANGHAI)
    with begin() as work:
        work.runs.keep_state(source="blog", platform="feed", cursor={}, problem=None, at=noon)
        work.commit()
    with begin() as work:
        (state,) = work.runs.states()
    assert state["crawled_at"] == noon
    assert state["crawled_at"].tzinfo is UTC


def test_a_database_refuses_a_naive_time(begin: Callable[[], UnitOfWork]) -> None:
    """Before it is written."""
    with begin() as work, pytest.raises(StatementError, match="naive"):
        work.runs.keep_state(source="blog", platform="feed", cursor={}, problem=None, at=datetime(2026, 1, 1))
