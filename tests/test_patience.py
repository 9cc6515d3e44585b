"""What the tests measure with: it tells work that grows from work that does not, and waits no longer than it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import patience
from tests.patience import check_growth, wait_until, within
from tests.ports import free_port


class Clock:
    """Processor time that passes only where a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    def spend(self, seconds: float) -> None:
        """Work so long."""
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that is looked at."""
    clock = Clock()
    monkeypatch.setattr(patience.time, "process_time", clock)
    return clock


def test_work_within_its_bound_passes_and_beyond_it_fails(clock: Clock) -> None:
    """The failure says how long it took."""
    with within(2):
        clock.spend(1.9)
    with pytest.raises(AssertionError, match=r"2\.10 s"), within(2):
        clock.spend(2.1)


@pytest.mark.parametrize(
    ("cost", "grows"),
    [
        (lambda size: size / 100, False),
        (lambda size: size**2 / 100**2, True),
        (lambda size: size**1.5 / 1000, False),
        (lambda size: size**2 / 10**6, False),
    ],
    ids=["linear", "square", "between", "too small to matter"],
)
def test_growth_is_told(clock: Clock, cost: Callable[[int], float], grows: bool) -> None:
    """Work that grows with its size passes, with the square of its size it fails, unless it takes no time at all."""
    if grows:
        with pytest.raises(AssertionError, match="->"):
            check_growth(lambda size: clock.spend(cost(size)), size=400)
    else:
        check_growth(lambda size: clock.spend(cost(size)), size=400)


def test_one_slow_moment_is_forgiven(clock: Clock) -> None:
    """The machine may have had something else to do."""
    costs = iter([1.0, 30.0, 1.0, 4.0])
    check_growth(lambda size: clock.spend(next(costs)), size=400)


def test_what_never_happens_is_told_in_time() -> None:
    """And what has happened is not waited for."""
    wait_until(lambda: True, seconds=0)
    with pytest.raises(AssertionError, match="did not happen"):
        wait_until(lambda: False, seconds=0)


def test_a_free_port_is_none_that_a_system_gives_away() -> None:
    """Those begin at 32768."""
    assert 1024 < free_port() < 32768
