"""A unit of work is one transaction, whoever speaks to the database in it: the driver alone, or a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from models import database
from models.onboarding import Community
from models.people import Person
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def by_session(work: UnitOfWork, name: str) -> None:
    """Add a person through the session, not flushed yet."""
    work._session.add(Person(name=name, first_seen_at=NOW))


def by_driver(work: UnitOfWork, name: str) -> None:
    """Add a community by the driver alone."""
    work.queue._bulk.write(
        "INSERT INTO community (name, title, hub, position, rules) VALUES (?, ?, ?, ?, ?)",
        [(name, name, "manual", 0, "")],
    )


def stored(begin: Begin) -> tuple[int, int]:
    """How many persons and communities there are."""
    with begin() as work:
        counts = [work._session.query(table).count() for table in (Person, Community)]
    return counts[0], counts[1]


def test_what_is_not_committed_is_not_kept(begin: Begin) -> None:
    """By neither of the two, in either order."""
    for first, second in ((by_session, by_driver), (by_driver, by_session)):
        with begin() as work:
            first(work, "a")
            second(work, "b")
        assert stored(begin) == (0, 0)


def test_both_are_kept_together(begin: Begin) -> None:
    """A session joins what the driver began, and the driver a session's transaction."""
    with begin() as work:
        by_driver(work, "a")
        by_session(work, "b")
        by_driver(work, "c")
        assert work._session.query(Community).count() == 2
        work.commit()
    assert stored(begin) == (1, 2)


def test_a_commit_begins_anew(begin: Begin) -> None:
    """What was kept stays; what comes after it and is not kept does not."""
    with begin() as work:
        by_driver(work, "a")
        work.commit()
        by_driver(work, "b")
        by_session(work, "c")
        work.commit()
        by_session(work, "d")
        by_driver(work, "e")
    assert stored(begin) == (1, 2)


def _fail(begin: Begin) -> None:
    with begin() as work:
        by_driver(work, "a")
        raise ZeroDivisionError


def test_an_error_keeps_nothing(begin: Begin) -> None:
    """The connection is as good as new for the next one."""
    with pytest.raises(ZeroDivisionError):
        _fail(begin)
    assert stored(begin) == (0, 0)


def test_a_unit_is_used_again(begin: Begin) -> None:
    """Its repositories belong to the transaction, not to the object."""
    work = begin()
    for name in ("a", "b"):
        with work:
            by_driver(work, name)
            work.commit()
    assert stored(begin) == (0, 2)


def test_a_lost_connection_is_replaced(postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was started again in the night is no error in the morning."""
    monkeypatch.setattr(database, "IDLE_SECONDS", -1)
    # an engine of its own: the other tests' pool may hold several connections, and would hand the lost one to the next
    own = database.open_engine(postgres_engine.url.render_as_string(hide_password=False))
    with UnitOfWork(own) as work:
        ((backend,),) = work.queue._bulk.find("SELECT pg_backend_pid()")
    with postgres_engine.connect() as other:
        assert other.scalar(text("SELECT pg_terminate_backend(:backend, :wait)"), {"backend": backend, "wait": 60_000})
    with UnitOfWork(own) as work:
        ((after,),) = work.queue._bulk.find("SELECT pg_backend_pid()")
    own.dispose()
    assert after != backend
