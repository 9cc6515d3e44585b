"""How long a test waits for another process, and what work may cost: neither may depend on how busy a machine is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 120
"""Seconds in which another process or thread does what it is told; only a fault takes longer."""


def wait_until(happened: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait for something that takes a moment; AssertionError where it has not happened by then."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"it did not happen in {seconds} s"
        time.sleep(0.02)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """AssertionError where the work costs more processor time of this process; waiting for a turn is not counted."""
    with _uncollected():
        began = time.process_time()
        yield
        spent = time.process_time() - began
    assert spent < seconds, f"{spent:.2f} s of processor time"


def check_growth(work: Callable[[int], object], *, size: int) -> None:
    """AssertionError where four times the size costs over ten times the processor time, measured three times.

    Work that grows with the size costs four times as much, with its square sixteen times; a tenth of a second is free.
    """
    told = []
    for _ in range(3):
        quarter, whole = _spent(work, size // 4), _spent(work, size)
        if whole < 10 * quarter + 0.1:
            return
        told.append(f"{quarter:.2f} s -> {whole:.2f} s")
    raise AssertionError(", ".join(told))


def _spent(work: Callable[[int], object], size: int) -> float:
    with _uncollected():
        began = time.process_time()
        work(size)
        return time.process_time() - began


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is looked for: in a process with all that other tests have left, one look costs up to a second."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
