"""Connections that small transactions leave to the next: as good as new, few, and gone when the engine is."""

from __future__ import annotations

import gc
import sqlite3
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import open_engine
from models.kept import ENGINES, MOST
from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A database with one small table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'kept.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE word (said TEXT)")
    return engine


def say(work: UnitOfWork, word: str = "a") -> Any:
    """Write a word by the driver alone; gives the driver's connection."""
    work.queue._bulk.change("INSERT INTO word (said) VALUES (:word)", word=word)
    return work._line.driver


def words(engine: Engine) -> list[str]:
    """What was said, as the pool's own connections see it."""
    with engine.connect() as connection:
        return [word for (word,) in connection.exec_driver_sql("SELECT said FROM word ORDER BY 1")]


def test_the_next_transaction_has_the_same_connection(engine: Engine) -> None:
    """Without anything of the one before it that was not kept."""
    with UnitOfWork(engine) as work:
        first = say(work, "kept")
        work.commit()
        say(work, "not kept")
    assert not first.in_transaction
    with UnitOfWork(engine) as work:
        assert say(work, "next") is first
        work.commit()
    assert words(engine) == ["kept", "next"]


def test_a_connection_that_a_session_joined_goes_to_the_pool(engine: Engine) -> None:
    """And the next transaction finds its way all the same."""
    for word in ("a", "b"):
        with UnitOfWork(engine) as work:
            say(work, word)
            assert work._session.connection().in_transaction()
            work.commit()
    assert words(engine) == ["a", "b"]
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_few_lie_ready(engine: Engine) -> None:
    """However many were used at once: the pool is not emptied."""
    with ExitStack() as stack:
        works = [stack.enter_context(UnitOfWork(engine)) for _ in range(5)]
        for work in works:
            work._line._lent = work._line._kept.take(engine)
    assert engine.pool.checkedout() == MOST  # type: ignore[attr-defined]


def test_disposing_of_the_engine_closes_them(engine: Engine) -> None:
    """And the engine can be used again."""
    with UnitOfWork(engine) as work:
        driver = say(work)
        work.commit()
    engine.dispose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("SELECT 1")
    assert words(engine) == ["a"]
    with UnitOfWork(engine) as work:
        assert say(work) is not driver


def test_few_engines_keep_any(tmp_path: Path) -> None:
    """One that nobody uses any more is collected, and its files are closed."""
    engines: list[weakref.ref[Engine]] = []
    for number in range(ENGINES + 3):
        other = open_engine(f"sqlite:///{tmp_path / f'{number}.db'}")
        with UnitOfWork(other) as work:
            assert work.queue._bulk.find("SELECT 1") == [(1,)]
        engines.append(weakref.ref(other))
    del other, work
    gc.collect()
    assert sum(engine() is not None for engine in engines) <= ENGINES


def test_postgresql_has_its_connections_back(postgres_engine: Engine) -> None:
    """At once: the pool asks them whether they are still there."""
    with UnitOfWork(postgres_engine) as work:
        assert Bulk(work._line).clock().tzinfo is not None
    assert postgres_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
