"""What a stage answers: counts, which print as one line and travel as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from models.unit_of_work import UnitOfWork

Counts = dict[str, int]
Begin = Callable[[], UnitOfWork]
Progress = Callable[[int], None]
"""Told how many more pieces are done."""


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def silent(_: int) -> None:
    """A progress that nobody watches."""
