"""How many requests a source may still cost: in this crawl, and today."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = ".requests"
_LINE = "{day} {spent:010}\n"


class Budget:
    """Counts requests; today's number stands in a file of one line, so that a killed crawl's count too.

    ``now`` tells the time in a zone: the day is the one that ``zone`` has.
    """

    def __init__(
        self,
        path: Path,
        *,
        zone: ZoneInfo,
        per_crawl: int,
        per_day: int,
        now: Callable[[ZoneInfo], datetime] = datetime.now,
    ) -> None:
        self._zone, self._per_crawl, self._per_day, self._now = zone, per_crawl, per_day, now
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self._day, self._today = _read(os.pread(self._file, 100, 0))
        self.spent = 0

    @property
    def limit(self) -> str:
        """The limit that is reached, in the words of ``sources.yaml``; empty while there is budget left."""
        self._turn()
        if self.spent >= self._per_crawl:
            return f"max_requests {self._per_crawl}"
        return f"daily_requests {self._per_day}" if self._today >= self._per_day else ""

    def take(self) -> None:
        """One request is sent."""
        self._turn()
        self.spent += 1
        self._today += 1
        os.pwrite(self._file, _LINE.format(day=self._day, spent=self._today).encode("ascii"), 0)

    def _turn(self) -> None:
        day = self._now(self._zone).date().isoformat()
        if day != self._day:
            self._day, self._today = day, 0


def _read(line: bytes) -> tuple[str, int]:
    day, _, spent = line.decode("ascii", "replace").strip().partition(" ")
    return (day, int(spent)) if spent.isdigit() else ("", 0)
