"""Connections to SQLite that small transactions leave to the next: the pool's checkout costs more than a statement.

At most :data:`MOST` of an engine lie ready, outside any transaction; ``engine.dispose()`` closes them as well. A
connection to PostgreSQL always goes back to the pool, which asks it whether it is still there.

A connection that is out of its pool keeps its engine alive, so that only :data:`ENGINES` keep any: a process has one or
two, and one that opens many (tests) does not run out of files.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, PoolProxiedConnection, event

MOST = 2
"""Far below the pool's size: whoever asks the pool itself must not wait for connections that lie ready here."""

ENGINES = 4
"""Those that were last used."""


class Lent(NamedTuple):
    """A connection of the pool, and the driver's own below it."""

    pooled: PoolProxiedConnection
    driver: Any


class Kept:
    """The connections of one engine that lie ready; several threads may take and give back at once."""

    def __init__(self, engine: Engine) -> None:
        self.sqlite = engine.dialect.name == "sqlite"
        self._ready: deque[Lent] = deque()
        event.listen(engine, "engine_disposed", self._close)

    def take(self, engine: Engine) -> Lent:
        """A connection outside any transaction."""
        try:
            return self._ready.pop()
        except IndexError:
            pooled = engine.raw_connection()
            return Lent(pooled, pooled.driver_connection)

    def give_back(self, lent: Lent) -> None:
        """Roll back, and keep the connection for the next; where enough lie ready it goes to the pool."""
        if not self.sqlite or len(self._ready) >= MOST:
            lent.pooled.close()
            return
        if lent.driver.in_transaction:
            lent.driver.rollback()
        self._ready.append(lent)
        if self not in _KEEPING:
            _KEEPING.append(self)
            if len(_KEEPING) > ENGINES:
                _KEEPING.popleft().empty()

    def empty(self) -> None:
        """Give all to the pool."""
        while self._ready:
            self._ready.pop().pooled.close()

    def _close(self, _engine: Engine) -> None:
        while self._ready:
            pooled = self._ready.pop().pooled
            pooled.detach()  # its pool is no more: closed, not given back
            pooled.close()


_KEEPING: deque[Kept] = deque()
_KEPT: WeakKeyDictionary[Engine, Kept] = WeakKeyDictionary()


def kept(engine: Engine) -> Kept:
    """The connections of this engine that lie ready."""
    found = _KEPT.get(engine)
    return _KEPT.setdefault(engine, Kept(engine)) if found is None else found
