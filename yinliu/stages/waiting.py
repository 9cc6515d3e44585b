"""Seats to those who wait for one: in their own community or, where that is full, in another that suits them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.repositories.lead_tickets import INSTEAD_OF
from models.repositories.routing import RoutingRepository
from yinliu.leads.routing import Decision
from yinliu.leads.standing import rest_until, wish_of
from yinliu.stages.placing import Placing

Found = dict[int, tuple[str, int | None]]
"""(community it waits for, person where other communities are asked too) by ticket."""


class Waiting:
    """One run's look at those who wait, a batch at a time.

    A waiting ticket's reasons name the communities that suit its person and are full; only those that name one with a
    free seat are looked at, so that it costs by what is free. Where rules ``changed``, all are looked at once.
    """

    def __init__(self, *, actor: str) -> None:
        self._actor = actor
        self._after: dict[str, int] = {}
        self._asked: dict[str, set[str]] = {}

    def seat(self, placing: Placing, routing: RoutingRepository, *, limit: int, changed: bool) -> tuple[int, bool]:
        """Give free seats to whoever waits, first come first; how many, and whether others may wait still.

        What nobody waiting could be given now is held back: no lead passes who waits.
        """
        router = placing.router
        free = {name: router.free(name) for name in router.rules if router.free(name)}
        own = {name: routing.blocked(name, limit=min(limit, seats)) for name, seats in free.items()}
        more, cut = any(len(tickets) == limit for tickets in own.values()), False
        found: Found = {ticket: (name, None) for name, tickets in own.items() for ticket in tickets}
        if changed:
            others, last = self._all(placing, routing, limit)
            found = {ticket: one for ticket, one in (found | others).items() if last is None or ticket <= last}
            more = more or last is not None
        elif free:
            others, cut = self._others(placing, routing, free, limit)
            found |= others
        rows = _Seating(placing, routing, found, changed=changed).rows()
        routing.move_tickets(rows, actor=self._actor, now=placing.now)
        more = more or (cut and any(map(router.free, free)))
        for name in free:
            if router.free(name) and routing.has_blocked(name):
                router.hold_back(name)
        return len(rows), more

    def _others(
        self, placing: Placing, routing: RoutingRepository, free: Mapping[str, int], limit: int
    ) -> tuple[Found, bool]:
        """Those who wait for a full community and were told of one that is free now; whether there may be more."""
        number, found, cut = min(limit, sum(free.values())), Found(), False
        for name in placing.router.rules:
            asked = self._asked.setdefault(name, set())
            asked &= set(free)
            wanted = [other for other in free if other not in asked]
            if name not in free and wanted:
                after = self._after.pop(name, 0)
                rows = routing.others(name, free=wanted, after=after, limit=number)
                found |= {ticket: (name, person) for ticket, person in rows}
                if len(rows) == number:
                    cut, self._after[name] = True, rows[-1][0]
                else:
                    asked |= set(wanted)
        return found, cut

    def _all(self, placing: Placing, routing: RoutingRepository, limit: int) -> tuple[Found, int | None]:
        """Those who wait, up to the last ticket that can be looked at in order; None: that is all."""
        found, ends = Found(), []
        after = self._after.get("", 0)
        for name in placing.router.rules:
            rows = routing.others(name, free=None, after=after, limit=limit)
            found |= {ticket: (name, person) for ticket, person in rows}
            ends += [rows[-1][0]] if len(rows) == limit else []
        self._after = {"": min(ends)} if ends else {}
        return found, min(ends, default=None)


class _Seating:
    """What becomes of some of those who wait, decided in the order in which they came."""

    def __init__(self, placing: Placing, routing: RoutingRepository, found: Found, *, changed: bool) -> None:
        self._placing = placing
        self._routing = routing
        self._found = found
        self._changed = changed
        self._reasons: list[tuple[int, Sequence[str]]] = []

    def rows(self) -> list[dict[str, Any]]:
        """The tickets that are given a seat; of those looked at in vain, the reasons are made true."""
        persons = [person for _, person in self._found.values() if person is not None]
        self._interests = self._routing.interests(persons) if persons else {}
        self._standing = self._routing.standing(persons) if persons else {}
        rows = [row for ticket in sorted(self._found) if (row := self._seated(ticket, *self._found[ticket]))]
        self._routing.explain(self._reasons)
        return rows

    def _seated(self, ticket: int, community: str, person: int | None) -> dict[str, Any] | None:
        router = self._placing.router
        freed = router.seat(community, self._placing.now)
        if freed is not None:
            return self._placing.moved(ticket, community, freed.operator, before="blocked_full", group=freed.group)
        if person is None or not (self._changed or any(map(router.free, router.rules))):
            return None
        decision = self._elsewhere(ticket, community, person)
        if decision is None:
            return None
        row = self._placing.moved(
            ticket, decision.community, decision.operator, before="blocked_full", group=decision.group
        )
        told = {"reason": INSTEAD_OF + community, "reasons": list(decision.reasons)}
        return {**row, **told, "community": decision.community}

    def _elsewhere(self, ticket: int, community: str, person: int) -> Decision | None:
        """Where the person is given a seat by the rules for new leads."""
        standing, router = self._standing.get(person, ()), self._placing.router
        rest = rest_until(standing, router.rules)
        if rest and rest > self._placing.now:
            return None
        decision = router.decide(wish_of(self._interests[person], standing), self._placing.now)
        if decision and decision.group is not None:
            return decision
        self._reasons.append((ticket, decision.reasons if decision else (f"full:{community}",)))
        return None
