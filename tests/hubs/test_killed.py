"""invite dies at any step: nothing is lost and nobody is invited twice, whatever the hub did meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.unit_of_work import UnitOfWork
from tests.hubs.conftest import Desk
from tests.hubs.fake import Crash, lost_answer


class Fate:
    """Dies at the n-th step; a step is one side of a commit or of a call to the hub."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.steps = 0

    def step(self, _: str = "") -> None:
        """One more."""
        self.steps += 1
        if self.steps == self.at:
            raise Crash


class Watched(UnitOfWork):
    """A unit of work whose commits are steps."""

    fate: Fate

    def commit(self) -> None:
        """Die before it, or after it."""
        self.fate.step()
        super().commit()
        self.fate.step()


def watched(engine: Engine, fate: Fate) -> Callable[[], UnitOfWork]:
    """Units of work that die with this fate."""

    def begin() -> UnitOfWork:
        work = Watched(engine)
        work.fate = fate
        return work

    return begin


def run(desk: Desk, engine: Engine, at: int | None, *, answers: bool = True) -> Fate:
    """One run that dies at a step (None: never); ``answers``: whether the hub's answers arrive."""
    fate, hub, calm = Fate(at), desk.hub, desk.begin

    def after(call: str) -> None:
        fate.step()
        if not answers:
            lost_answer(call)

    hub.before, hub.after, desk.begin = fate.step, after, watched(engine, fate)
    try:
        desk.invite()
    except Crash:
        pass
    finally:
        desk.begin = calm
        hub.before = hub.after = lambda call: None
    return fate


def finish(desk: Desk) -> None:
    """Runs until nothing is left to do."""
    for _ in range(6):
        desk.later()
        desk.invite()


def check(desk: Desk, people: int) -> None:
    """Everybody is invited exactly once, every send is settled, every seat is where it was."""
    assert sorted(desk.hub.invitations.values()) == [1] * people
    assert set(desk.tickets.values()) == {"invited"}
    assert set(desk.sends) <= {"sent", "failed"} and desk.sends["sent"] == people
    assert desk.rows("SELECT taken FROM community_group WHERE community = 'camp'") == [(people,)]


@pytest.mark.parametrize("answers", [True, False], ids=["answered", "answer lost"])
def test_dying_at_every_step(engine: Engine, answers: bool) -> None:
    """Each step of a run over one person, one after the other."""
    for at in count(1):
        desk = fresh(engine)
        desk.ticket()
        fate = run(desk, engine, at, answers=answers)
        finish(desk)
        check(desk, 1)
        empty(engine)
        if fate.steps < at:
            assert at > 10
            return


@pytest.mark.parametrize("state", ["intended", "unknown"])
def test_dying_while_settling(engine: Engine, state: str) -> None:
    """A send is unsettled, and each step of its look-up is the last."""
    for at in count(1):
        desk = left_unsettled(engine, state)
        fate = run(desk, engine, at)
        finish(desk)
        check(desk, 1)
        empty(engine)
        if fate.steps < at:
            assert at > 3
            return


def left_unsettled(engine: Engine, state: str) -> Desk:
    """One ticket, whose sender died when its send was in this state."""
    for at in count(5):
        desk = fresh(engine)
        desk.ticket()
        fate = run(desk, engine, at, answers=False)
        if desk.sends == {state: 1} and fate.steps >= at:
            desk.later()
            return desk
        assert fate.steps >= at, f"no step leaves a send {state}"
        empty(engine)
    raise AssertionError


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=6), st.integers(1, 4))
@settings(max_examples=25)
def test_any_series_of_deaths(sqlite_factory: Any, deaths: list[tuple[int, bool]], people: int) -> None:
    """Several runs, each dying somewhere, leases over or not in between."""
    engine = sqlite_factory()
    desk = fresh(engine)
    for _ in range(people):
        desk.ticket()
    for at, answers in deaths:
        run(desk, engine, at, answers=answers)
        if answers:
            desk.later()
    finish(desk)
    check(desk, people)
    engine.dispose()


def fresh(engine: Engine) -> Desk:
    """A desk without anything on it."""
    return Desk(lambda: UnitOfWork(engine)).open()


def empty(engine: Engine) -> None:
    """Remove every row that a desk made."""
    tables = "send seat ticket_event ticket lead contact comment identity person account community_group community"
    with engine.begin() as connection:
        for table in tables.split():
            connection.exec_driver_sql(f"DELETE FROM {table}")
