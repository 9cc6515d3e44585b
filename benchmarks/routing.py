"""How long it takes to route 100,000 leads in a process of its own, what a run costs that has nothing to do, the race.

``python -m benchmarks.routing [LEADS [ROUNDS]]``.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from benchmarks.asking import POLICY, SINCE, ask
from benchmarks.load import postgres_databases, sqlite_databases
from benchmarks.racing import ROUNDS, races
from models.database import open_engine
from models.unit_of_work import UnitOfWork
from yinliu.stages.route import route

LEADS = 100_000
MOST_SECONDS = 20.0
MOST_MEBIBYTES = 500.0
MOST_IDLE = 0.5
"""Seconds of a run that has nothing to do, however many tickets there are."""
_NOON = SINCE + timedelta(days=4, hours=3)


@dataclass(frozen=True)
class Routed:
    """Seconds for all leads, seconds of a second run, and the most memory of the process."""

    database: str
    leads: int
    seconds: float
    idle: float
    mebibytes: float

    def __str__(self) -> str:
        return (
            f"route {self.database:10} {self.leads:,} leads in {self.seconds:.1f} s   nothing to do {self.idle:.3f} s"
            f"   {self.mebibytes:.0f} MiB"
        )

    @property
    def is_good(self) -> bool:
        """Whether the figures are reached."""
        scale = max(1.0, self.leads / LEADS)
        return self.seconds <= MOST_SECONDS * scale and self.mebibytes <= MOST_MEBIBYTES and self.idle <= MOST_IDLE


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _run(url: str, leads: int, answer: Any) -> None:
    engine = open_engine(url)
    times = []
    for wanted in (leads, 0):
        began = time.perf_counter()
        counts = route(lambda: UnitOfWork(engine), policy=POLICY, zone=ZoneInfo("Asia/Shanghai"), at=_NOON)
        times.append(time.perf_counter() - began)
        assert counts["leads"] == wanted
    engine.dispose()
    answer.put((*times, _peak()))


def measure(database: str, engine: Engine, leads: int) -> Routed:
    """Routing in a process of its own."""
    ask(engine, leads)
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    url = engine.url.render_as_string(hide_password=False)
    process = context.Process(target=_run, args=(url, leads, answer))
    process.start()
    seconds, idle, mebibytes = answer.get(timeout=600)
    process.join()
    return Routed(database, leads, seconds, idle, mebibytes)


def main(leads: int = LEADS, rounds: int = ROUNDS) -> bool:
    """Both databases, then the race; False where a figure is not reached."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        found = [measure("sqlite", sqlite_databases(Path(folder))("routing"), leads)]
    with tempfile.TemporaryDirectory() as folder, postgres_databases(Path(folder) / "server") as fresh:
        engine = fresh("routing")
        found.append(measure("postgresql", engine, leads))
        engine.dispose()
    for one in found:
        print(one, flush=True)
        good = good and one.is_good
    for each in races(rounds):
        print(each, flush=True)
        good = good and not each.wrong
    return good


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
