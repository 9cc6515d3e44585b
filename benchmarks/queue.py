"""How fast the queue is claimed and completed, how that grows, and that stopped workers change nothing.

rate: claim and complete, a transaction each, against the driver alone running the same statements with the same
durability in the same run. growth: a claim at 1,000 and at 1,000,000 waiting tickets. stopped: a worker that sleeps
(SIGSTOP) past its lease, 500 times. ``--steps N`` runs the queue's model for that many steps besides.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from benchmarks.load import postgres_databases, sqlite_databases
from models.repositories import queue_sql as sql
from models.repositories.bulk import Bulk
from models.repositories.dialects import spoken_of_rows
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World
from tests.models.stopped import stopped_rounds

LEAST_RATE, MOST_GROWTH = 0.8, 1.5
TICKETS, ROUNDS, CLAIMS = 60, 25, 200
"""Many short rounds by turns: a disk that is slow for a while is slow for both."""
SIZES = (1_000, 1_000_000)
STOPS = 500
_COLUMNS = "lead_id, person_id, community, group_id, state, operator, reasons, created_at, changed_at, ready_at"


def fill(engine: Engine, number: int) -> None:
    """So many more persons with a waiting ticket and a seat, by SQL alone."""
    sqlite = engine.dialect.name == "sqlite"
    count = "WITH RECURSIVE row(n) AS (SELECT :a UNION ALL SELECT n + 1 FROM row WHERE n < :b)"
    rows = count if sqlite else "WITH row(n) AS (SELECT generate_series(:a::int, :b::int))"
    with UnitOfWork(engine) as work:
        bulk = Bulk(work._session)
        ((last,),) = bulk.find("SELECT coalesce(max(id), 0) FROM person")
        span = {"a": last + 1, "b": last + number}
        now = bulk.stamp(PAST)
        bulk.change("UPDATE community_group SET capacity = 10000000, taken = taken + :n WHERE id = 1", n=number)
        for table, columns, values, given in (
            ("person", "id, name, first_seen_at", "n, 'x', :now", {"now": now}),
            (
                "lead",
                "id, person_id, score, grade, qualified, breakdown, scoring_version, comment_id, changed_at, scored_at",
                "n, n, 1, 'A', :yes, '[]', '1', 1, :now, :now",
                {"now": now, "yes": True},
            ),
            (
                "ticket",
                f"id, {_COLUMNS}",
                "n, n, n, 'club', 1, 'assigned', '员' || (n - n / 20 * 20), '[]', :now, :now, :now",
                {"now": now},
            ),
            ("seat", "id, ticket_id, group_id, reserved_at", "n, n, 1, :now", {"now": now}),
        ):
            statement = f"INSERT INTO {table} ({columns}) {rows} SELECT {values} FROM row"  # noqa: S608 - our words
            bulk.change(statement, **span, **given)
        work.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if sqlite else "VACUUM ANALYZE")


def ours(engine: Engine, number: int) -> float:
    """Seconds to claim and complete so many tickets."""
    began = time.perf_counter()
    for turn in range(number):
        actor = f"员{turn % 20}"
        with UnitOfWork(engine) as work:
            (one,) = work.queue.claim(actor=actor, communities=["club"], lease=LONG)
            work.commit()
        with UnitOfWork(engine) as work:
            how: dict[str, Any] = {"state": "invited", "reason": "done", "now": PAST}
            assert work.queue.advance(one.ticket, token=one.token, actor=actor, **how)
            work.commit()
    return time.perf_counter() - began


class Bare:
    """The driver alone: the same statements, prepared as it likes, a transaction for each of the two steps."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine, self._number = engine, number
        self._sqlite = engine.dialect.name == "sqlite"
        names = (sql.limited(sql.TAKE_READY, 1), sql.EVENT_NOW, sql.EVENT_HELD, sql.ADVANCE)
        told = (spoken_of_rows(name, self._sqlite) for name in names)
        self._take, self._noted, self._held, self._advance = told

    def run(self) -> float:
        """Seconds to claim and complete so many tickets."""
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.rollback()
            began = time.perf_counter()
            for turn in range(self._number):
                self._step(driver, f"员{turn % 20}")
            return time.perf_counter() - began

    def _step(self, driver: Any, actor: str) -> None:
        begin, commit = ("BEGIN IMMEDIATE", "COMMIT") if self._sqlite else ("BEGIN", "COMMIT")
        stamp = "2026-11-01 00:00:00.000000" if self._sqlite else PAST
        run = driver.execute
        if self._sqlite:
            run(begin)
        row = run(self._take, {"name": actor, "actor": actor, "seconds": 900.0}).fetchall()[0]
        run(self._noted, (row[0], "assigned", "assigned", actor, "claimed", row[1]))
        run(commit) if self._sqlite else driver.commit()
        if self._sqlite:
            run(begin)
        held = {"ticket": row[0], "token": row[1], "actor": actor, "state": "invited", "reason": "done", "now": stamp}
        assert run(self._held, held).rowcount == 1
        run(self._advance, {"state": "invited", "now": stamp, "ticket": row[0]})
        run(commit) if self._sqlite else driver.commit()


def rate(name: str, engine: Engine) -> bool:
    """Ours against the bare one, by turns; the median of the ratios."""
    World(lambda: UnitOfWork(engine))
    fill(engine, 2 * TICKETS * (2 * ROUNDS + 2))
    bare = Bare(engine, TICKETS)
    ours(engine, TICKETS), bare.run()
    pairs = [(ours(engine, TICKETS), bare.run()) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    mine = TICKETS / statistics.median(mine for mine, _ in pairs)
    print(f"queue {name:10} claim+complete {mine:7,.0f}/s   ratio to bare SQL {ratio:.2f} (≥ {LEAST_RATE})")
    return ratio >= LEAST_RATE


def claim_cost(engine: Engine, number: int) -> list[float]:
    """Seconds of so many claims, each until it is committed."""
    spent = []
    for turn in range(number):
        actor = f"员{turn % 20}"
        began = time.perf_counter()
        with UnitOfWork(engine) as work:
            assert work.queue.claim(actor=actor, communities=["club"], lease=LONG)
            work.commit()
        spent.append(time.perf_counter() - began)
    return spent


def growth(name: str, few: Engine, many: Engine) -> bool:
    """What a claim costs over few and over many waiting tickets, by turns."""
    for engine, size in zip((few, many), SIZES, strict=True):
        World(partial(UnitOfWork, engine))
        fill(engine, size)
        claim_cost(engine, CLAIMS)
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(CLAIMS // 20):
        for engine, costs in zip((few, many), spent, strict=True):
            costs.extend(claim_cost(engine, 20))
    low, high = map(statistics.median, spent)
    told = f"{low * 1e6:,.0f} µs at {SIZES[0]:,}, {high * 1e6:,.0f} µs at {SIZES[1]:,}"
    print(f"queue {name:10} claim {told}   growth {high / low:.2f} (≤ {MOST_GROWTH})")
    return high / low <= MOST_GROWTH


def stopped(name: str, engine: Engine) -> bool:
    """Workers stopped past their lease."""
    wrong = stopped_rounds(engine, rounds=STOPS)
    print(f"queue {name:10} stopped past the lease {STOPS} times: changed something {wrong} (0)")
    return wrong == 0


def model(steps: int) -> bool:
    """The queue's model over SQLite for so many steps; raises where it and the database part."""
    from tests.models.test_queue_machine import on_sqlite

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        sqlite_databases(Path(folder))("model").dispose()
        on_sqlite(Path(folder) / "model.db", Path(folder), examples=max(1, steps // 100), steps=100)
    print(
        f"queue sqlite     model {steps:,} steps in {timedelta(seconds=round(time.perf_counter() - began))}: as it says"
    )
    return True


def _everywhere() -> Iterator[bool]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _all("sqlite", sqlite_databases(Path(folder)))
    with tempfile.TemporaryDirectory() as folder, postgres_databases(Path(folder) / "server") as fresh:
        yield from _all("postgresql", fresh)


def _all(name: str, fresh: Callable[[str], Engine]) -> Iterator[bool]:
    checks: tuple[tuple[Callable[..., bool], tuple[str, ...]], ...] = (
        (rate, ("rate",)),
        (growth, ("few", "many")),
        (stopped, ("stopped",)),
    )
    for check, names in checks:
        engines = [fresh(one) for one in names]
        yield check(name, *engines)
        for engine in engines:
            engine.dispose()


def main() -> bool:
    """All figures; False where one is not reached."""
    reached = list(_everywhere())
    if "--steps" in sys.argv:
        reached.append(model(int(sys.argv[sys.argv.index("--steps") + 1])))
    return all(reached)
