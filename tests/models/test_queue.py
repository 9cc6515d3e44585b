"""The queue's contract, the same on both databases: leases, fencing, what a state means for seats and leads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models.repositories.bulk import Bulk
from models.repositories.queue import Claimed
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World


@pytest.fixture
def world(begin: Callable[[], UnitOfWork]) -> World:
    """One community with two groups."""
    return World(begin, communities=("club", "other"))


def claim(world: World, actor: str = "甲", **what: Any) -> list[Claimed]:
    """Claim as an operator of the club."""
    how: dict[str, Any] = {"communities": ["club"], "lease": LONG} | what
    with world.begin() as work:
        found = work.queue.claim(actor=actor, **how)
        work.commit()
    return found


def one(world: World, ticket: int, actor: str = "甲", **how: Any) -> Claimed | None:
    """Claim this ticket."""
    with world.begin() as work:
        found = work.queue.claim_one(ticket, actor=actor, lease=LONG, **how)
        work.commit()
    return found


def do(world: World, what: str, ticket: int, **how: Any) -> Any:
    """Call the queue in a transaction of its own."""
    with world.begin() as work:
        found = getattr(work.queue, what)(ticket, **how)
        work.commit()
    return found


def advance(world: World, ticket: int, state: str, *, token: int = 1, actor: str = "甲") -> bool:
    """Advance by a lease."""
    return bool(do(world, "advance", ticket, token=token, actor=actor, state=state, reason="done", now=PAST))


def expire(world: World, ticket: int) -> None:
    """Let the lease of a ticket be over."""
    world.back(ticket, ready_at=2 * LONG)


def changes(world: World, ticket: int, *, token: int, actor: str) -> list[Any]:
    """Every change that a lease allows, tried one after the other."""
    fence: dict[str, Any] = {"token": token, "actor": actor}
    return [
        do(world, "holds", ticket, **fence),
        do(world, "heartbeat", ticket, **fence, lease=LONG),
        do(world, "release", ticket, **fence, reason="no", delay=LONG),
        do(world, "park", ticket, **fence, reason="no"),
        advance(world, ticket, "lost", **fence),
    ]


def test_a_claim_is_a_lease_with_a_token(world: World) -> None:
    """Told with what it is for; noted as an event."""
    ticket = world.ticket()
    (found,) = claim(world)
    with world.begin() as work:
        left = found.until - Bulk(work._line).clock()
    assert LONG - timedelta(seconds=30) < left <= LONG
    assert (found.ticket, found.token, found.state, found.community, found.attempts) == (
        ticket, 1, "assigned", "club", 0
    )  # fmt: skip
    assert (found.group_id, found.person_id, found.lead_id) == (1, 1, 1)
    assert world.events(ticket)[-1] == ("assigned", "assigned", "甲", "claimed", 1)


def test_nobody_else_gets_it_meanwhile(world: World) -> None:
    """Neither by a batch, nor by its number, nor the same operator by a batch."""
    ticket = world.ticket()
    claim(world)
    assert claim(world, "乙") == claim(world) == []
    assert one(world, ticket, "乙") is None


def test_its_holder_may_take_it_again(world: World) -> None:
    """With a new token; the old one is void."""
    ticket = world.ticket()
    claim(world)
    found = one(world, ticket)
    assert found is not None
    assert found.token == 2
    assert changes(world, ticket, token=1, actor="甲") == [False, None, False, False, False]


def test_a_batch_takes_who_is_ready_longest(world: World) -> None:
    """As many as are asked for; the others stay."""
    first, second, third = (world.ticket(ready_at=PAST - timedelta(hours=hours)) for hours in (1, 3, 2))
    assert [one.ticket for one in claim(world, limit=2)] == [second, third]
    assert [one.ticket for one in claim(world, limit=9)] == [first]
    assert claim(world, limit=9) == []


def test_what_waits_for_anybody_comes_after_ones_own(world: World) -> None:
    """And becomes the operator's."""
    waiting, own = world.ticket(state="queued"), world.ticket()
    assert [one.ticket for one in claim(world)] == [own]
    (found,) = claim(world)
    assert (found.ticket, found.state, world.row(waiting).operator) == (waiting, "assigned", "甲")
    assert world.events(waiting)[-1] == ("queued", "assigned", "甲", "claimed", 1)


def test_other_communities_wait_for_their_own(world: World) -> None:
    """Neither their queued tickets nor other operators' assigned ones."""
    world.ticket(state="queued", community="other")
    world.ticket(operator="乙")
    assert claim(world, limit=5) == []


def test_the_oldest_of_several_communities_comes_first(world: World) -> None:
    """As many as are asked for, one community after the other; each becomes the operator's."""
    tickets = [world.ticket(state="queued"), world.ticket(state="queued", community="other", ready_at=PAST - LONG)]
    tickets.append(world.ticket(state="queued"))
    places: dict[str, Any] = {"communities": ["club", "other", "other", "none"]}
    assert [one.ticket for one in claim(world, **places)] == [tickets[1]]
    assert [one.ticket for one in claim(world, **places, limit=5)] == [tickets[0], tickets[2]]
    assert {world.row(ticket).operator for ticket in tickets} == {"甲"}


def test_an_automatic_sender_takes_nothing_from_anybody(world: World) -> None:
    """The operators stay as they were; a queued ticket stays queued."""
    tickets = [world.ticket(operator="乙"), world.ticket(state="queued")]
    for ticket in tickets:
        assert one(world, ticket, "matrix:1", take=False) is not None
    assert [(world.row(ticket).operator, world.row(ticket).state) for ticket in tickets] == [
        ("乙", "assigned"), (None, "queued"),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["lost", "expired", "opted_out", "left"])
def test_an_ended_ticket_is_not_leased(world: World, state: str) -> None:
    """Nor one that does not exist."""
    assert one(world, world.ticket(state=state)) is None
    assert one(world, 99) is None


@pytest.mark.parametrize("state", ["queued", "assigned", "invited", "added", "joined", "retained", "blocked_full"])
def test_every_other_can_be_leased_by_its_number(world: World, state: str) -> None:
    """Whatever it waits for."""
    found = one(world, world.ticket(state=state))
    assert found is not None
    assert found.state == ("assigned" if state == "queued" else state)


def test_what_is_put_off_or_parked_is_not_claimed(world: World) -> None:
    """Until its time has come; by its number it is."""
    late = world.ticket(ready_at=PAST + timedelta(days=3650))
    world.ticket(parked_at=PAST, parked_reason="unknown")
    assert claim(world, limit=5) == []
    assert one(world, late) is not None


def test_a_lease_that_is_over_changes_nothing(world: World) -> None:
    """Nobody needs to have taken it."""
    ticket = world.ticket()
    claim(world)
    expire(world, ticket)
    before = world.events(ticket), world.row(ticket).ready_at
    assert changes(world, ticket, token=1, actor="甲") == [False, None, False, False, False]
    assert (world.events(ticket), world.row(ticket).ready_at) == before


@pytest.mark.parametrize(("token", "actor"), [(1, "甲"), (2, "甲"), (1, "乙"), (3, "乙"), (0, ""), (-1, "乙")])
def test_only_the_live_lease_changes_anything(world: World, token: int, actor: str) -> None:
    """Token and holder must both be the last ones: here 2 and 乙."""
    ticket = world.ticket()
    claim(world)
    expire(world, ticket)
    assert one(world, ticket, "乙") is not None
    assert changes(world, ticket, token=token, actor=actor) == [False, None, False, False, False]
    assert world.row(ticket).state == "assigned"


def test_a_heartbeat_lets_a_lease_last(world: World) -> None:
    """From now on."""
    ticket = world.ticket()
    (found,) = claim(world, lease=timedelta(seconds=30))
    until = do(world, "heartbeat", ticket, token=1, actor="甲", lease=LONG)
    assert until > found.until + timedelta(minutes=10)
    assert world.row(ticket).ready_at == until


def test_what_is_given_back_is_claimed_again(world: World) -> None:
    """After its delay; counted attempts are counted."""
    ticket = world.ticket()
    claim(world)
    assert do(world, "release", ticket, token=1, actor="甲", reason="busy", delay=timedelta(0), counted=False)
    claim(world)
    assert do(world, "release", ticket, token=2, actor="甲", reason="hub_down", delay=LONG)
    assert claim(world) == []
    expire(world, ticket)
    (found,) = claim(world)
    assert (found.token, found.attempts) == (3, 1)
    assert [event[3] for event in world.events(ticket)] == [
        "routed", "claimed", "busy", "claimed", "hub_down", "claimed",
    ]  # fmt: skip


def test_it_may_be_given_back_for_anybody(world: World) -> None:
    """Then another operator of the community gets it."""
    ticket = world.ticket()
    claim(world)
    do(world, "release", ticket, token=1, actor="甲", reason="ill", delay=timedelta(0), anybody=True)
    assert (world.row(ticket).state, world.row(ticket).operator) == ("queued", None)
    assert [one.ticket for one in claim(world, "乙")] == [ticket]
    assert [event[:2] for event in world.events(ticket)[-2:]] == [("assigned", "queued"), ("queued", "assigned")]


def test_a_parked_ticket_waits_for_a_person(world: World) -> None:
    """It is claimed again when somebody says so, with all its attempts."""
    ticket = world.ticket(attempts=4)
    claim(world)
    assert do(world, "park", ticket, token=1, actor="甲", reason="unknown")
    expire(world, ticket)
    assert claim(world) == []
    assert world.row(ticket).parked_reason == "unknown"
    assert do(world, "unpark", ticket, actor="乙", reason="looked")
    assert not do(world, "unpark", ticket, actor="乙", reason="looked")
    (found,) = claim(world)
    assert (found.attempts, found.token) == (0, 2)
    assert [event[2:] for event in world.events(ticket)[2:4]] == [("甲", "unknown", 1), ("乙", "looked", None)]


def test_an_ended_ticket_waits_for_nobody(world: World) -> None:
    """Parked when its person opted out: it is not to be decided any more, and does not come back."""
    ticket = world.ticket(state="opted_out", parked_at=PAST, parked_reason="unknown")
    assert not do(world, "unpark", ticket, actor="乙", reason="looked")
    assert world.row(ticket).parked_reason == "unknown"


def test_a_step_ends_the_lease(world: World) -> None:
    """The next step needs the next one."""
    ticket = world.ticket()
    claim(world)
    assert advance(world, ticket, "invited")
    assert not advance(world, ticket, "joined")
    found = one(world, ticket, "matrix:1")
    assert found is not None
    assert found.token == 2
    assert world.events(ticket)[2] == ("assigned", "invited", "甲", "done", 1)


@pytest.mark.parametrize(
    ("state", "seats"),
    [("invited", (1, 1, 0)), ("joined", (1, 1, 1)), ("lost", (0, 0, 0)), ("opted_out", (0, 0, 0)), ("left", (0, 0, 0))],
)
def test_a_seat_is_confirmed_or_released(world: World, state: str, seats: tuple[int, int, int]) -> None:
    """The counter is always the ledger's."""
    ticket = world.ticket()
    claim(world)
    advance(world, ticket, state)
    assert world.seats() == seats


@pytest.mark.parametrize(
    ("state", "when"),
    [("lost", PAST + timedelta(days=30)), ("left", PAST + timedelta(days=30)), ("retained", PAST), ("opted_out", None)],
)
def test_a_lead_comes_again_in_its_time(world: World, state: str, when: Any) -> None:
    """After the cooling-off; who stayed at once, who refused never."""
    ticket = world.ticket()
    claim(world)
    advance(world, ticket, state)
    assert world.lead(ticket).route_at == when


def test_a_rollback_takes_all_back(world: World) -> None:
    """Claims, tokens, events."""
    ticket = world.ticket()
    with world.begin() as work:
        work.queue.claim(actor="甲", communities=[], lease=LONG)
    assert (world.row(ticket).lease_token, len(world.events(ticket))) == (0, 1)
    assert len(claim(world)) == 1


def test_many_at_once_share_without_a_ticket_twice(world: World, engine: Engine) -> None:
    """Each ticket goes to one of eight that claim at the same time."""
    tickets = [world.ticket(state="queued") for _ in range(40)]

    def work_on(name: str) -> list[int]:
        found: list[int] = []
        while batch := claim(world, name, limit=3):
            found += [one.ticket for one in batch]
        return found

    with ThreadPoolExecutor(max_workers=8) as pool:
        shares = list(pool.map(work_on, [f"员{n}" for n in range(8)]))
    assert sorted(ticket for share in shares for ticket in share) == tickets
    assert {world.row(ticket).lease_token for ticket in tickets} == {1}
