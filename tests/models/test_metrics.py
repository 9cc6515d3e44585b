"""Counters over time: windows of a post's age, changes, falls, and the value as it stood at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crawlers.items import MetricItem, PostItem
from models.content import MetricSnapshot
from models.repositories.gathered import Tally
from models.repositories.metrics import LAST_AGE, WINDOWS, Measured, window_of
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
BORN = datetime(2026, 11, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "window"),
    [
        (timedelta(0), None),
        (HOUR - timedelta(microseconds=1), None),
        (HOUR, "1h"),
        (6 * HOUR - timedelta(microseconds=1), "1h"),
        (6 * HOUR, "6h"),
        (24 * HOUR, "24h"),
        (72 * HOUR, "72h"),
        (7 * DAY, "7d"),
        (30 * DAY, "30d"),
        (90 * DAY - timedelta(microseconds=1), "30d"),
        (90 * DAY, None),
        (-DAY, None),
        (None, None),
    ],
)
def test_a_window_is_named_by_the_age_at_which_it_begins(age: timedelta | None, window: str | None) -> None:
    """None before the first, after the last, and where the age is unknown."""
    assert window_of(age) == window


@given(st.timedeltas(-10 * DAY, 200 * DAY), st.timedeltas(-10 * DAY, 200 * DAY))
def test_an_older_post_is_never_in_an_earlier_window(one: timedelta, other: timedelta) -> None:
    """Windows follow each other without gaps."""
    young, old = sorted((one, other))
    places = [name for name, _ in WINDOWS]
    first, second = window_of(young), window_of(old)
    assert (
        (second is None and (old >= LAST_AGE or first is None))
        or first is None
        or (second is not None and places.index(first) <= places.index(second))
    )


def metric(value: int | None, **what: Any) -> MetricItem:
    """A counter as it was gathered."""
    return MetricItem(**({"post_id": "p1", "name": "likes", "value": value, "raw": str(value)} | what))


def born(begin: Begin, published: datetime | None = BORN) -> None:
    """A post."""
    post = PostItem(external_id="p1", url="u", title="t", body="b", published=published)
    with begin() as work:
        work.content.store_posts([post], source="blog", platform="feed", now=BORN)
        work.commit()


def measured(begin: Begin, *items: MetricItem, age: timedelta) -> Measured:
    """Store counters of a post of this age."""
    with begin() as work:
        found = work.content.store_metrics(items, source="blog", now=BORN + age)
        work.commit()
    return found


def snapshots(begin: Begin) -> list[tuple[Any, ...]]:
    """(hours of age, value, window, regressed) by time."""
    columns = (MetricSnapshot.taken_at, MetricSnapshot.value, MetricSnapshot.window, MetricSnapshot.regressed)
    with begin() as work:
        rows = work._session.execute(select(*columns).order_by(MetricSnapshot.name, MetricSnapshot.taken_at))
        return [((at - BORN) / HOUR, value, window, fell) for at, value, window, fell in rows]


def test_the_first_observation_in_a_window_is_kept_though_nothing_changed(begin: Begin) -> None:
    """Any other one only when it changed."""
    born(begin)
    for hours, value in ((0.5, 3), (2, 3), (3, 3), (4, 5), (7, 5), (8, 5), (25, 5)):
        measured(begin, metric(value), age=hours * HOUR)
    assert snapshots(begin) == [
        (0.5, 3, None, False),
        (2, 3, "1h", False),
        (4, 5, None, False),
        (7, 5, "6h", False),
        (25, 5, "24h", False),
    ]


def test_the_same_run_again_writes_nothing_twice(begin: Begin) -> None:
    """Nor does the same counter twice in one piece."""
    born(begin)
    for _ in range(2):
        measured(begin, metric(3), metric(3), metric(4), age=2 * HOUR)
    assert snapshots(begin) == [(2, 3, "1h", False)]


def test_a_value_that_falls_is_kept_and_told(begin: Begin) -> None:
    """Below the last known one; unknown is never compared."""
    born(begin, None)
    assert not measured(begin, metric(5), age=HOUR).fallen
    assert not measured(begin, metric(None), age=2 * HOUR).fallen
    fall = measured(begin, metric(4), age=3 * HOUR)
    assert [(item.value, before) for item, before in fall.fallen] == [(4, 5)]
    measured(begin, metric(0), age=4 * HOUR)
    measured(begin, metric(6), age=5 * HOUR)
    assert [row[1:] for row in snapshots(begin)] == [
        (5, None, False),
        (None, None, False),
        (4, None, True),
        (0, None, True),
        (6, None, False),
    ]


def test_a_series_that_comes_at_once_is_judged_in_its_own_order(begin: Begin) -> None:
    """A file that tells every day's value, in any order, on top of what is known."""
    born(begin)
    measured(begin, metric(10), age=2 * DAY)
    series = [metric(value, taken=BORN + day * DAY) for day, value in ((4, 12), (3, 12), (8, 11), (1, 4), (5, 12))]
    found = measured(begin, *series, age=9 * DAY)
    assert found.tally == Tally(new=3, same=2)
    assert snapshots(begin) == [
        (24, 4, None, False),
        (48, 10, "24h", False),
        (72, 12, "72h", False),
        (192, 11, "7d", True),
    ]


def test_counters_of_many_posts_are_told_apart(begin: Begin) -> None:
    """Each with its own past."""
    with begin() as work:
        posts = [PostItem(external_id=f"p{n}", url="u", title="t", body="b") for n in range(1200)]
        work.content.store_posts(posts, source="blog", platform="feed", now=BORN)
        work.commit()
    items = [metric(n, post_id=f"p{n}", name=name) for n in range(1200) for name in ("likes", "views")]
    assert measured(begin, *items, age=HOUR).tally == Tally(new=2400)
    changed = [metric(n + (n % 2), post_id=f"p{n}") for n in range(1200)]
    assert measured(begin, *changed, age=DAY).tally == Tally(new=600, same=600)


OBSERVED = st.lists(
    st.tuples(st.integers(1, 60), st.none() | st.integers(0, 5)), max_size=12, unique_by=lambda pair: pair[0]
)


def test_the_value_as_it_stood_is_what_was_observed_last(begin_sqlite: Begin) -> None:
    """Whatever was left out because it did not change; each round with a counter of its own."""
    born(begin_sqlite)
    rounds = iter(range(10_000))

    @given(OBSERVED)
    def holds(observed: list[tuple[int, int | None]]) -> None:
        name, truth = f"m{next(rounds)}", dict[int, int | None]()
        for hours, value in sorted(observed, key=lambda pair: pair[0]):
            truth[hours] = value
            measured(begin_sqlite, metric(value, name=name), age=hours * HOUR)
        with begin_sqlite() as work:
            columns = (MetricSnapshot.taken_at, MetricSnapshot.value, MetricSnapshot.window)
            kept = list(work._session.execute(select(*columns).where(MetricSnapshot.name == name)))
        for hours, value in truth.items():
            standing = max((row for row in kept if row.taken_at <= BORN + hours * HOUR), key=lambda row: row.taken_at)
            assert standing.value == value
        windows = [row.window for row in kept if row.window]
        assert sorted(windows) == sorted({window_of(hours * HOUR) for hours in truth} - {None})

    holds()
