"""Visits, counted by one writer: no page waits long for a database that somebody else is writing to."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from threading import Condition, Thread

import psycopg
from sqlalchemy.exc import IntegrityError

from models.unit_of_work import UnitOfWork

PATIENCE = 0.25
"""Seconds that a page waits for its visit to be written down; it is written later where that takes longer."""
PAUSE = 1.0
"""Seconds before the database is tried again that did not take the visits."""
LAST = 30.0
"""Seconds that visits are still tried to be written down when the server ends."""
_REFUSED = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)
_LOG = logging.getLogger("yinliu.console")


class Clicks:
    """Counts that wait for one writing thread; as many as links and days, however many visits there are."""

    def __init__(self, begin: Callable[[], UnitOfWork]) -> None:
        self._begin = begin
        self._waiting: Counter[tuple[int, str]] = Counter()
        self._changed = Condition()
        self._asked = self._written = 0
        self._ending = False
        self._writer: Thread | None = None

    def count(self, link: int, day: date) -> bool:
        """One more visit; False where it is not written down yet."""
        with self._changed:
            if self._writer is None or not self._writer.is_alive():
                self._writer = Thread(target=self._write, daemon=True)
                self._writer.start()
            self._waiting[link, day.isoformat()] += 1
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._written >= mine, timeout=PATIENCE)

    def close(self) -> None:
        """Write down what still waits, as long as the database allows."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join(LAST)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                counts, upto = self._waiting, self._asked
                self._waiting = Counter()
            if not counts:
                return
            self._keep(counts)
            with self._changed:
                self._written = upto
                self._changed.notify_all()

    def _keep(self, counts: Counter[tuple[int, str]]) -> None:
        """Until they are written down; what no database would ever take (a link that is gone) is left out."""
        while counts:
            try:
                self._store(counts)
            except _REFUSED:
                if len(counts) == 1:
                    _LOG.warning("visits of a link that is gone are not counted")
                    return
                for one, times in counts.items():
                    self._keep(Counter({one: times}))
                return
            except Exception as error:  # whatever it is, the next visits must be counted too
                _LOG.warning("visits wait for the database: %s", type(error).__name__)
                time.sleep(PAUSE)
            else:
                return

    def _store(self, counts: Counter[tuple[int, str]]) -> None:
        with self._begin() as work:
            for (link, day), times in counts.items():
                work.links.click(link, day, times=times)
            work.commit()
