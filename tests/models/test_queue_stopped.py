"""A worker that sleeps past its lease finds that it can change nothing."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.models.stopped import stopped_rounds


def test_a_stopped_worker_changes_nothing(engine: Engine) -> None:
    """SIGSTOP past the lease, another completes, SIGCONT: every change of it is refused, nothing is different."""
    assert stopped_rounds(engine, rounds=3) == 0
