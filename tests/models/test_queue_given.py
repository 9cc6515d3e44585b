"""Whose a ticket is when it begins anew: its time runs again, and how late it was is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.onboarding import Ticket
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World


@pytest.mark.parametrize("operator", ["乙", None])
def test_a_ticket_given_anew_was_never_late(begin: Callable[[], UnitOfWork], operator: str | None) -> None:
    """Else the first delay of its new operator would be taken for the third; others stay as they are."""
    world = World(begin)
    given, other = world.ticket(), world.ticket()
    with begin() as work:
        work._session.execute(update(Ticket).values(due_at=PAST, late_at=PAST, escalation=2))
        work.queue.give(given, operator=operator, due_at=PAST + LONG)
        work.commit()
    row = world.row(given)
    assert (row.operator, row.due_at, row.late_at, row.escalation) == (operator, PAST + LONG, None, 0)
    row = world.row(other)
    assert (row.operator, row.due_at, row.late_at, row.escalation) == ("甲", PAST, PAST, 2)


def test_a_heartbeat_shortens_nothing_but_its_own(begin: Callable[[], UnitOfWork]) -> None:
    """Another ticket's lease, by the same operator, ends when it would."""
    world = World(begin)
    first, other = world.ticket(), world.ticket()
    with begin() as work:
        tokens = {one: work.queue.claim_one(one, actor="甲", lease=LONG) for one in (first, other)}
        work.commit()
    before = world.row(other).ready_at
    with begin() as work:
        token = tokens[first]
        assert token is not None
        assert work.queue.heartbeat(first, token=token.token, actor="甲", lease=LONG + timedelta(hours=1)) is not None
        work.commit()
    assert world.row(other).ready_at == before
