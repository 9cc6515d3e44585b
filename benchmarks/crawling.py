"""Crawls of a bench site: a process forked from this warm one, so that a thousand of them take minutes, not an hour."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import crawlers.__main__ as crawl_process
from crawlers.settings import platforms
from crawlers.task import Job

SELECTORS: dict[str, Any] = {
    "list": {"links": "a.post", "next": "a.next", "max_pages": 1000},
    "post": {"title": "h1", "body": "article p", "time": "time::attr(datetime)"},
    "comments": {"item": "li.comment", "id": "::attr(id)", "text": ".text", "author": "b"},
}
PACE: dict[str, Any] = {"delay_seconds": 0, "concurrency": 16, "allow_private": True, "max_posts": 100_000}
BUDGET: dict[str, Any] = {"max_requests": 1_000_000, "daily_requests": 10_000_000, "timeout_seconds": 10}


def source(url: str, **more: Any) -> dict[str, Any]:
    """A source of the bench site."""
    given = {"name": "bench", "platform": "page", "url": url, **SELECTORS, **PACE, **BUDGET, **more}
    return platforms()["page"].Options.model_validate(given).model_dump(mode="json")


@dataclass
class Crawling:
    """One crawl process; ``output`` is what it has told."""

    pid: int
    stdin: int
    stdout: int

    @classmethod
    def begin(cls, url: str, folder: Path, *, run: str = "1", **more: Any) -> Crawling:
        """Start (or resume) a crawl."""
        landing = folder / f"{run}.jsonl"
        job = Job(source=source(url, **more), run=run, landing=landing, started_at=datetime.now(UTC), digest="bench")
        (their_in, my_in), (my_out, their_out) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            _become(their_in, their_out, (my_in, my_out), folder / "errors.log")
        for end in (their_in, their_out):
            os.close(end)
        os.write(my_in, job.model_dump_json().encode() + b"\n")
        return cls(pid, my_in, my_out)

    def kill(self) -> None:
        """kill -9."""
        os.killpg(self.pid, signal.SIGKILL)

    def ended(self) -> bool:
        """Whether it is over; what it held is then given back."""
        if os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            return False
        os.close(self.stdin)
        os.close(self.stdout)
        return True

    def result(self) -> tuple[dict[str, Any], float]:
        """Wait for the end; the summary, and the peak of memory in MiB."""
        told = b""
        while piece := os.read(self.stdout, 65536):
            told += piece
        _, status, used = os.wait4(self.pid, 0)
        os.close(self.stdin)
        os.close(self.stdout)
        if status:
            raise RuntimeError(f"the crawl ended with {status}")
        return json.loads(told.splitlines()[-1]), used.ru_maxrss / 1024


def _become(their_in: int, their_out: int, others: tuple[int, ...], errors: Path) -> None:
    """Turn this forked process into a crawl process; never returns."""
    os.setsid()
    os.dup2(their_in, 0)
    os.dup2(their_out, 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 2)
    for end in (*others, their_in, their_out):
        os.close(end)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    code = 1
    try:
        crawl_process.main()
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def wait_for(crawling: Crawling, seconds: float) -> bool:
    """Give a crawl so much time; True when it ended within it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if crawling.ended():
            return True
        time.sleep(0.005)
    return False
