"""The queue as a model: what leases, seats and events must be after any sequence of steps, checked against a database.

Time passes by moving ``ready_at`` back, so that the database's own clock decides every lease.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.onboarding import SEATED_STATES, UNDER_WAY_STATES
from models.repositories.bulk import Bulk
from models.repositories.queue import Claimed
from models.unit_of_work import UnitOfWork
from tests.models.onboarding import LONG, PAST, World
from yinliu.leads.tickets import MOVES

ACTORS = ("甲", "乙", "matrix:1")
OPERATORS = ("甲", "乙")
ENDED = ("lost", "left", "expired", "opted_out")
CAPACITY = 3
"""Seats of each of the two groups."""


@dataclass
class Known:
    """What the model knows of a ticket."""

    person: int
    state: str
    operator: str | None
    token: int = 0
    holder: str | None = None
    waits: bool = False
    parked: bool = False
    told: int = 0
    events: list[tuple[str | None, str]] = field(default_factory=list)  # not yet found in the database

    @property
    def live(self) -> bool:
        """Somebody's lease is live."""
        return self.holder is not None and self.waits

    def moved(self, state: str) -> None:
        """An event, and the state after it."""
        self.events.append((self.state, state))
        self.state = state


class QueueMachine(RuleBasedStateMachine):
    """Steps of workers, of time and of whoever routes; ``fresh`` gives an empty database."""

    fresh: Callable[[], Callable[[], UnitOfWork]]
    tickets_ = st.integers(0, 11)
    actors_ = st.sampled_from(ACTORS)

    @initialize()
    def begin_empty(self) -> None:
        """One community with two groups of three seats."""
        self.world = World(type(self).fresh(), capacity=CAPACITY)
        self.known: dict[int, Known] = {}
        self.leases: list[tuple[int, int, str]] = []
        self.seen = 0

    def _pick(self, number: int) -> int | None:
        return sorted(self.known)[number % len(self.known)] if self.known else None

    def _do(self, what: str, *given: Any, **how: Any) -> Any:
        with self.world.begin() as work:
            found = getattr(work.queue, what)(*given, **how)
            work.commit()
        return found

    @rule(waits=st.booleans())
    def route(self, waits: bool) -> None:
        """A new person is routed: with a seat, or blocked where all are taken."""
        if len(self.known) >= 12:
            return
        full = self._seated() >= 2 * CAPACITY
        state = "blocked_full" if full else ("queued" if waits else "assigned")
        ticket = self.world.ticket(state=state)
        self.known[ticket] = Known(ticket, state, "甲" if state == "assigned" else None, events=[(None, state)])

    def _seated(self) -> int:
        return sum(one.state in SEATED_STATES for one in self.known.values())

    @rule(actor=actors_, limit=st.integers(1, 3))
    def claim(self, actor: str, limit: int) -> None:
        """What is ready, and nothing else, as many as asked for."""
        found = self._do("claim", actor=actor, communities=["club"], limit=limit, lease=LONG)
        ready = {
            ticket
            for ticket, one in self.known.items()
            if not one.waits and not one.parked
            and ((one.state == "assigned" and one.operator == actor) or one.state == "queued")
        }  # fmt: skip
        assert {one.ticket for one in found} <= ready
        assert len(found) == min(limit, len(ready))
        for one in found:
            self._leased(one, actor, take=True)

    def _leased(self, claimed: Claimed, actor: str, *, take: bool) -> None:
        one = self.known[claimed.ticket]
        taken = take and one.state == "queued"
        one.operator = actor if taken else one.operator
        one.moved("assigned" if taken else one.state)
        one.token, one.holder, one.waits = one.token + 1, actor, True
        assert (claimed.token, claimed.state) == (one.token, one.state)
        self.leases.append((claimed.ticket, claimed.token, actor))

    @rule(number=tickets_, actor=actors_, take=st.booleans())
    def claim_one(self, number: int, actor: str, take: bool) -> None:
        """An open ticket that nobody else holds."""
        ticket = self._pick(number)
        if ticket is None:
            return
        one = self.known[ticket]
        found = self._do("claim_one", ticket, actor=actor, lease=LONG, take=take)
        assert (found is not None) == (one.state not in ENDED and (not one.live or one.holder == actor))
        if found is not None:
            self._leased(found, actor, take=take)

    def _lease(self, number: int) -> tuple[int, int, str, bool] | None:
        """Some lease that was ever given, mostly a late one, and whether it is live."""
        if not self.leases:
            return None
        ticket, token, actor = self.leases[-1 - number % len(self.leases)]
        one = self.known[ticket]
        return ticket, token, actor, one.live and (one.token, one.holder) == (token, actor)

    @rule(number=tickets_)
    def heartbeat(self, number: int) -> None:
        """A live lease lasts; another does not come back to life."""
        if lease := self._lease(number):
            ticket, token, actor, live = lease
            assert (self._do("heartbeat", ticket, token=token, actor=actor, lease=LONG) is not None) == live

    @rule(number=tickets_, delay=st.booleans(), anybody=st.booleans())
    def release(self, number: int, delay: bool, anybody: bool) -> None:
        """Back at once or after a delay."""
        if lease := self._lease(number):
            ticket, token, actor, live = lease
            wait = LONG if delay else timedelta(0)
            how = {"token": token, "actor": actor, "reason": "busy", "delay": wait, "anybody": anybody}
            assert self._do("release", ticket, **how) == live
            if live:
                one = self.known[ticket]
                again = anybody and one.state == "assigned"
                one.operator = None if again else one.operator
                one.moved("queued" if again else one.state)
                one.holder, one.waits = None, delay

    @rule(number=tickets_)
    def park(self, number: int) -> None:
        """Aside, until somebody decides."""
        if lease := self._lease(number):
            ticket, token, actor, live = lease
            assert self._do("park", ticket, token=token, actor=actor, reason="unknown") == live
            if live:
                one = self.known[ticket]
                one.moved(one.state)
                one.holder, one.parked = None, True

    @rule(number=tickets_)
    def unpark(self, number: int) -> None:
        """What is parked alone comes back."""
        ticket = self._pick(number)
        if ticket is not None:
            one = self.known[ticket]
            assert self._do("unpark", ticket, actor="乙", reason="looked") == one.parked
            if one.parked:
                one.moved(one.state)
                one.parked, one.waits, one.holder = False, False, None

    @rule(number=tickets_, choice=st.integers(0, 5))
    def advance(self, number: int, choice: int) -> None:
        """To a state that the table allows; seats follow."""
        lease = self._lease(number)
        if lease is None:
            return
        ticket, token, actor, live = lease
        one = self.known[ticket]
        moves = [state for state in MOVES[one.state] if state in SEATED_STATES or state in ENDED]  # type: ignore[index]
        moves = [state for state in moves if one.state in SEATED_STATES or state in ENDED]
        if not moves:
            return
        state = moves[choice % len(moves)]
        how = {"token": token, "actor": actor, "state": state, "reason": "done", "now": PAST}
        assert self._do("advance", ticket, **how) == live
        if live:
            one.moved(state)
            one.holder, one.waits, one.parked = None, False, False

    @rule(number=tickets_)
    def time_passes(self, number: int) -> None:
        """A lease or a delay is over."""
        ticket = self._pick(number)
        if ticket is not None:
            with self.world.begin() as work:
                bulk = Bulk(work._session)
                bulk.change("UPDATE ticket SET ready_at = :then WHERE id = :id", id=ticket, then=bulk.stamp(PAST))
                work.commit()
            self.known[ticket].waits = False

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        """Rows, seats and events, read in one transaction."""
        if hasattr(self, "world"):
            with self.world.begin() as work:
                self._check_tickets(Bulk(work._session))
                self._check_seats(Bulk(work._session))
                self._check_events(Bulk(work._session))

    def _check_tickets(self, bulk: Bulk) -> None:
        """State, operator, holder, token of every ticket; a person has one under way."""
        columns = "id, state, operator, lease_token, parked_at IS NOT NULL, leased_by, person_id"
        rows = bulk.find(f"SELECT {columns} FROM ticket")
        known = {key: (n.state, n.operator, n.token, n.parked, n.holder) for key, n in self.known.items()}
        assert {row[0]: (*row[1:4], bool(row[4]), row[5]) for row in rows} == known
        under_way = [row[6] for row in rows if row[1] in UNDER_WAY_STATES]
        assert len(under_way) == len(set(under_way))

    def _check_seats(self, bulk: Bulk) -> None:
        """Taken = lines held by group, in no group more than it has; a line for each seated ticket."""
        groups = bulk.find("SELECT id, taken FROM community_group")
        held = Counter(
            dict(bulk.find("SELECT group_id, count(*) FROM seat WHERE released_at IS NULL GROUP BY group_id"))
        )
        assert all(taken == held[key] <= CAPACITY for key, taken in groups)
        assert held.total() == self._seated()

    def _check_events(self, bulk: Bulk) -> None:
        """One for every change, each begins where the one before ended, and tokens never fall."""
        query = 'SELECT id, ticket_id, "before", "after", token FROM ticket_event WHERE id > :last ORDER BY id'
        for key, ticket, before, after, token in bulk.find(query, last=self.seen):
            one = self.known[ticket]
            assert one.events.pop(0) == (before, after)
            assert token is None or one.told <= token <= one.token
            one.told, self.seen = token or one.told, key
        assert not any(one.events for one in self.known.values())
