"""Any sequence of claims, heartbeats, releases, moves and passing time leaves the queue as its model says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine, event, text

from models.database import open_engine
from models.unit_of_work import UnitOfWork
from tests.models.queue_machine import QueueMachine

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_EMPTIED = "seat, ticket_event, ticket, lead, person, community_group, community, comment, account"


def run(fresh: Callable[[], Callable[[], UnitOfWork]], *, examples: int, steps: int) -> None:
    """So many runs of so many steps."""
    machine = type("Machine", (QueueMachine,), {"fresh": staticmethod(fresh)})
    how = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=_QUIET)
    run_state_machine_as_test(machine, settings=how)


def on_sqlite(template: Path, folder: Path, *, examples: int, steps: int) -> None:
    """Over copies of an empty SQLite file."""
    engines: list[Engine] = []

    def fresh() -> Callable[[], UnitOfWork]:
        while engines:
            engines.pop().dispose()
        for stale in folder.glob("machine.db*"):
            stale.unlink()
        copyfile(template, folder / "machine.db")
        engine = open_engine(f"sqlite:///{folder / 'machine.db'}")
        event.listen(engine, "connect", _hasten)
        engines.append(engine)
        return lambda: UnitOfWork(engine)

    run(fresh, examples=examples, steps=steps)


def _hasten(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def test_on_sqlite(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Twenty thousand steps at most."""
    sqlite_engine.dispose()
    on_sqlite(tmp_path / "yinliu.db", tmp_path, examples=200, steps=100)


def test_on_postgres(postgres_engine: Engine) -> None:
    """Fewer steps: the same model over the other database."""

    def fresh() -> Callable[[], UnitOfWork]:
        with postgres_engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {_EMPTIED} RESTART IDENTITY CASCADE"))
        return lambda: UnitOfWork(postgres_engine)

    run(fresh, examples=10, steps=60)
