"""A worker that is stopped past its lease (``python -m tests.models.stopped URL``), and what it then tries.

It reads ``claim`` or ``go``, a line each, and answers with a line of JSON: the token, or which changes were made.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.database import open_engine
from models.repositories.queue import Claimed
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World

LEASE = timedelta(seconds=0.15)
WORKER, OTHER = "甲", "乙"


def main() -> None:
    """The worker."""
    engine = open_engine(sys.argv[1])
    claimed: list[Claimed] = []
    for line in sys.stdin:
        with UnitOfWork(engine) as work:
            if line.strip() == "claim":
                claimed = work.queue.claim(actor=WORKER, communities=["club"], lease=LEASE)
                told: Any = claimed[0].token if claimed else None
            else:
                told = _try_all(work, claimed[0])
            work.commit()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _try_all(work: UnitOfWork, mine: Claimed) -> list[bool]:
    fence: dict[str, Any] = {"token": mine.token, "actor": WORKER}
    return [
        work.queue.holds(mine.ticket, **fence),
        work.queue.heartbeat(mine.ticket, **fence, lease=LONG) is not None,
        work.queue.advance(mine.ticket, **fence, state="joined", reason="stale", now=PAST),
        work.queue.park(mine.ticket, **fence, reason="stale"),
        work.queue.release(mine.ticket, **fence, reason="stale", delay=LONG),
    ]


@contextmanager
def worker(url: str) -> Iterator[subprocess.Popen[str]]:
    """The worker's process."""
    command = [sys.executable, "-m", "tests.models.stopped", url]
    folder = Path(__file__).parents[2]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=folder, **pipes)
    try:
        yield process
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.wait()


def tell(process: subprocess.Popen[str], line: str) -> None:
    """Send the worker a line."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> Any:
    """The worker's next answer."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def stopped_rounds(engine: Engine, *, rounds: int) -> int:
    """Stop the worker past its lease so many times; gives how often it changed anything, or told of a change."""
    world = World(lambda: UnitOfWork(engine))
    wrong = 0
    with worker(engine.url.render_as_string(hide_password=False)) as process:
        for _ in range(rounds):
            wrong += _round(world, process)
    return wrong


def _round(world: World, process: subprocess.Popen[str]) -> int:
    ticket = world.ticket()
    tell(process, "claim")
    assert answer(process) == 1
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(LEASE.total_seconds() + 0.05)
    with world.begin() as work:
        claimed = work.queue.claim_one(ticket, actor=OTHER, lease=LONG)
        assert claimed is not None
        fence: dict[str, Any] = {"token": claimed.token, "actor": OTHER}
        assert work.queue.advance(ticket, **fence, state="invited", reason="done", now=PAST)
        work.commit()
    before = world.row(ticket), world.events(ticket), world.seats()
    tell(process, "go")
    os.kill(process.pid, signal.SIGCONT)
    told = answer(process)
    after = world.row(ticket), world.events(ticket), world.seats()
    same = _plain(before[0]) == _plain(after[0]) and before[1:] == after[1:]
    _end(world, ticket)
    return int(any(told) or not same)


def _plain(ticket: Any) -> dict[str, Any]:
    return {column.name: getattr(ticket, column.name) for column in ticket.__table__.columns}


def _end(world: World, ticket: int) -> None:
    """Free the seat for the next round."""
    with world.begin() as work:
        claimed = work.queue.claim_one(ticket, actor=OTHER, lease=LONG)
        assert claimed is not None
        fence: dict[str, Any] = {"token": claimed.token, "actor": OTHER}
        work.queue.advance(ticket, **fence, state="lost", reason="done", now=PAST)
        work.commit()


if __name__ == "__main__":
    main()
