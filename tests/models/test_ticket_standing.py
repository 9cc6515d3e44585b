"""What another ticket of the same person says: they are being brought somewhere, or are a member already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.onboarding import UNDER_WAY_STATES
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World
from yinliu.leads.tickets import STATES


@pytest.mark.parametrize("state", STATES)
def test_another_ticket_of_the_same_person(begin: Callable[[], UnitOfWork], state: str) -> None:
    """By every state; of the asked one, of another person's and of another community it says nothing."""
    world = World(begin, communities=("club", "other"))
    ended, somebody = world.ticket(state="lost", community="other"), world.ticket(state=state)
    person = world.row(ended).person_id
    other = world.ticket(person_id=person, state=state)
    stranger = world.row(somebody).person_id
    with begin() as work:
        way = work.tickets.under_way(person=person, besides=ended)
        assert way == ((other, "club") if state in UNDER_WAY_STATES else None)
        assert work.tickets.under_way(person=person, besides=other) is None
        found = work.tickets.membership(person=person, community="club", besides=ended)
        assert found == (other if state in ("joined", "retained") else None)
        assert work.tickets.membership(person=person, community="other", besides=ended) is None
        assert work.tickets.membership(person=stranger, community="club", besides=somebody) is None


@pytest.mark.parametrize("state", ["assigned", "queued"])
def test_a_parked_ticket_is_nobodys_next(begin: Callable[[], UnitOfWork], state: str) -> None:
    """Also when its lease is long over, in one community or in several."""
    world = World(begin, communities=("club", "other"))
    ticket = world.ticket(state=state)
    with begin() as work:
        claimed = work.queue.claim_one(ticket, actor="甲", lease=LONG, take=False)
        assert claimed is not None
        assert work.queue.park(ticket, token=claimed.token, actor="甲", reason="no")
        work.commit()
    world.back(ticket, ready_at=2 * LONG)
    with begin() as work:
        assert work.queue.claim(actor="甲", communities=["club", "other"], lease=LONG) == []


def test_those_that_stand_alike_are_counted_together(begin: Callable[[], UnitOfWork]) -> None:
    """Of some communities or of an operator's own, the first one first; who joined or ended is not under way."""
    world = World(begin, communities=("club", "other"))
    for what in ({}, {"operator": "乙"}, {}, {"ready_at": PAST + 2 * LONG * 10_000}, {"parked_at": PAST}):
        world.ticket(**what)
    for state in ("joined", "lost"):
        world.ticket(state=state)
    world.ticket(community="other", state="queued")
    world.ticket(community="other")
    with begin() as work:
        rows = work.tickets.whereabouts(communities=["club"], operator="甲", now=PAST + LONG)
        found = [(row["operator"], bool(row["parked"]), bool(row["later"]), row["tickets"]) for row in rows]
        assert found == [
            ("甲", False, False, 3),
            ("乙", False, False, 1),
            ("甲", False, True, 1),
            ("甲", True, False, 1),
        ]
        assert work.routing.count_blocked("club") == 0
    world.ticket(state="blocked_full")
    with begin() as work:
        assert [work.routing.count_blocked(name) for name in ("club", "other")] == [1, 0]
