"""Whose time has come, in its order: where only a few are looked at, those that wait longest are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.unit_of_work import UnitOfWork
from tests.models.onboarding import PAST, World

DAY = timedelta(days=1)


@pytest.fixture
def world(begin: Callable[[], UnitOfWork]) -> World:
    """Three tickets; the second waits longest, the first shortest."""
    made = World(begin)
    for days in (1, 3, 2):
        made.ticket(changed_at=PAST - days * DAY, due_at=PAST - days * DAY)
    return made


@pytest.mark.parametrize(("limit", "tickets"), [(1, [2]), (2, [2, 3]), (9, [2, 3, 1])])
def test_who_waits_longest_is_looked_at_first(world: World, limit: int, tickets: list[int]) -> None:
    """Of the late ones, and of those that nobody moved."""
    with world.begin() as work:
        assert [one.ticket for one in work.due.late(PAST, limit=limit)] == tickets
        assert [one.ticket for one in work.due.unmoved("assigned", before=PAST, limit=limit)] == tickets


def test_a_ticket_is_late_after_its_time_and_unmoved_from_it_on(world: World) -> None:
    """At the very moment by which somebody is to answer there is time still."""
    with world.begin() as work:
        assert [one.ticket for one in work.due.late(PAST - 2 * DAY, limit=9)] == [2]
        assert [one.ticket for one in work.due.unmoved("assigned", before=PAST - 2 * DAY, limit=9)] == [2, 3]
        assert work.due.unmoved("queued", before=PAST, limit=9) == []
