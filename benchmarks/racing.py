"""Operators racing for the last seat: of fifty at once one has it, and no group is ever filled over its capacity."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.asking import POLICY, ask
from benchmarks.load import postgres_databases, sqlite_databases
from models.database import open_engine
from models.unit_of_work import UnitOfWork
from yinliu.stages.route import keep_communities

RACERS = 50
ROUNDS = 300
_NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
_TICKET = (
    "INSERT INTO ticket (lead_id, person_id, community, state, reasons, created_at, changed_at, ready_at)"
    " SELECT id, person_id, 'last', 'assigned', '[]', changed_at, changed_at, changed_at FROM lead"
)
_STANDS = (
    "SELECT capacity, taken, (SELECT count(*) FROM seat WHERE group_id = community_group.id AND released_at IS NULL)"
    " FROM community_group WHERE community = 'last'"
)


@dataclass(frozen=True)
class Race:
    """How many rounds were run, in how many the ledger was wrong or not exactly one had the seat, and the time."""

    database: str
    rounds: int
    wrong: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"race {self.database:10} {RACERS} for the last seat, {self.rounds:,} rounds: {self.wrong} wrong"
            f"   {self.rounds / self.seconds:.0f} rounds/s"
        )


def race(database: str, engine: Engine, *, rounds: int, racers: int = RACERS) -> Race:
    """So many rounds; every racer has a connection of its own."""
    ask(engine, racers)
    with UnitOfWork(engine) as work:
        keep_communities(work, POLICY)
        work._session.execute(text(_TICKET))
        work.commit()
        tickets = [key for (key,) in work._session.execute(text("SELECT id FROM ticket ORDER BY id"))]
    began = time.perf_counter()
    with ExitStack() as stack:
        engines = [open_engine(engine.url.render_as_string(hide_password=False)) for _ in tickets]
        for one in engines:
            stack.callback(one.dispose)
        wrong = sum(_Round(engine, engines, tickets).run(rounds))
    return Race(database, rounds, wrong, time.perf_counter() - began)


class _Round:
    """Threads that wait for each other, and take one seat at once."""

    def __init__(self, engine: Engine, engines: list[Engine], tickets: list[int]) -> None:
        self._engine, self._engines, self._tickets = engine, engines, tickets
        self._line = threading.Barrier(len(tickets) + 1)
        self._winners: list[int] = []
        self._failures: list[BaseException] = []

    def run(self, rounds: int) -> Iterator[bool]:
        """Whether each round went wrong."""
        threads = [
            threading.Thread(target=self._racer, args=(*pair, rounds), daemon=True)
            for pair in zip(self._engines, self._tickets, strict=True)
        ]
        for thread in threads:
            thread.start()
        for _ in range(rounds):
            self._winners.clear()
            self._line.wait()  # off they go
            self._line.wait()  # all are back
            yield self._is_wrong()
        for thread in threads:
            thread.join()

    def _racer(self, engine: Engine, ticket: int, rounds: int) -> None:
        for _ in range(rounds):
            self._line.wait()
            try:
                with UnitOfWork(engine) as work:
                    if work.seats.reserve(ticket, community="last", now=_NOW) is not None:
                        self._winners.append(ticket)
                    work.commit()
            except Exception as error:
                self._failures.append(error)
            self._line.wait()

    def _is_wrong(self) -> bool:
        with UnitOfWork(self._engine) as work:
            ((capacity, taken, held),) = work._session.execute(text(_STANDS))
            for ticket in self._winners:
                work.seats.release(ticket, now=_NOW)
            work.commit()
        good = len(self._winners) == 1 and capacity == taken == held and not self._failures
        self._failures.clear()
        return not good


def races(rounds: int) -> Iterator[Race]:
    """On both databases."""
    with tempfile.TemporaryDirectory() as folder:
        yield race("sqlite", sqlite_databases(Path(folder))("race"), rounds=rounds)
    with tempfile.TemporaryDirectory() as folder, postgres_databases(Path(folder) / "server") as fresh:
        yield from _with(fresh("race"), lambda engine: race("postgresql", engine, rounds=rounds))


def _with(engine: Engine, work: Callable[[Engine], Race]) -> Iterator[Race]:
    try:
        yield work(engine)
    finally:
        engine.dispose()
