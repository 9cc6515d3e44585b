"""Units of work that only read: they wait for nobody, keep nobody waiting, see one moment, and cannot write."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork

ADD = "INSERT INTO operator (name, turn, day, given) VALUES (:name, 0, '', 0)"
ALL = "SELECT name FROM operator ORDER BY name"


@pytest.fixture
def opened(begin: Any) -> Engine:
    """Either database with its tables."""
    with begin() as work:
        found = work._session.get_bind()
    assert isinstance(found, Engine)
    return found


def add(opened: Engine, name: str) -> None:
    """Another transaction that writes."""
    with UnitOfWork(opened) as work:
        Bulk(work._line).change(ADD, name=name)
        work.commit()


@pytest.mark.parametrize("by_session", [True, False])
def test_it_sees_one_moment_whoever_writes_meanwhile(opened: Engine, by_session: bool) -> None:
    """By a session or by the driver; the writer does not wait."""
    add(opened, "小李")
    with UnitOfWork(opened, reading=True) as work:
        bulk = Bulk(work._session if by_session else work._line)
        assert bulk.find(ALL) == [("小李",)]
        add(opened, "小张")
        assert bulk.find(ALL) == [("小李",)]
    with UnitOfWork(opened, reading=True) as work:
        assert len(work._session.execute(text(ALL)).all()) == 2


def test_it_does_not_wait_for_a_writer(opened: Engine) -> None:
    """Who is in the middle of a transaction has changed nothing yet."""
    with UnitOfWork(opened) as writer, UnitOfWork(opened, reading=True) as reader:
        Bulk(writer._line).change(ADD, name="小李")
        assert Bulk(reader._line).find(ALL) == []


@pytest.mark.parametrize("by_session", [True, False])
def test_it_cannot_write(opened: Engine, by_session: bool) -> None:
    """The database itself refuses; the same connection then serves one that may."""
    with UnitOfWork(opened, reading=True) as work, pytest.raises(Exception, match=r"read-?only"):
        Bulk(work._session if by_session else work._line).change(ADD, name="小李")
    add(opened, "小李")
    with UnitOfWork(opened) as work:
        assert Bulk(work._line).find(ALL) == [("小李",)]
