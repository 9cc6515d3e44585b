"""route: qualified leads into the communities' queues, and freed seats to whoever waits longest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.unit_of_work import UnitOfWork
from yinliu.leads.routing import Group, Router
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.stages.placing import Placing
from yinliu.workspace.communities import Communities, CommunityRule

BATCH = 2000
"""Leads, or waiting tickets of a community, in one transaction."""

ACTOR = "yinliu"
ZONE = ZoneInfo("Asia/Shanghai")
COUNTS = ("drained", "given", "leads", "tickets", "queued", "blocked_full", "unmatched")


def route(
    begin: Begin, *, policy: Communities, progress: Progress = silent, zone: ZoneInfo = ZONE, at: datetime | None = None
) -> Counts:
    """Until nothing is left: tickets to operators whose shift began, freed seats to waiting tickets, leads to tickets.

    ``zone``: the team's, for shifts and quotas; ``at``: the moment that counts as now. A batch is one transaction, in
    which nobody else gives seats away. ``tickets`` of the counts have a seat; ``queued`` of them have nobody yet.
    """
    totals: Counts = dict.fromkeys(COUNTS, 0)
    while True:
        with begin() as work:
            work.routing.lock()
            keep_communities(work, policy)
            counts, more = _Batch(work, policy, zone, at or now()).run()
            work.commit()
        totals = {name: totals[name] + counts[name] for name in COUNTS}
        progress(counts["leads"])
        if not more:
            return totals


def keep_communities(work: UnitOfWork, policy: Communities) -> None:
    """Make communities, groups and operators be as the file says; where a rule changed, noted leads are due again."""
    communities = [
        {"name": rule.name, "title": rule.title, "hub": rule.hub, "position": position, "rules": _digest(rule)}
        for position, rule in enumerate(policy.communities)
    ]
    groups = [
        {"community": rule.name, "position": position, **group.model_dump(include={"name", "capacity", "closed"})}
        | {"title": group.title or rule.title}
        for rule in policy.communities
        for position, group in enumerate(rule.all_groups)
    ]
    if work.routing.keep_communities(communities, groups, policy.everybody):
        work.routing.forget_notes()


def _digest(rule: CommunityRule) -> str:
    """Changes when whom a community is for does."""
    whom = rule.model_dump_json(include={"topics", "cities", "intents", "tier"})
    return hashlib.sha256(whom.encode("utf-8")).hexdigest()[:12]


class _Batch:
    """One transaction: first whoever has waited, then the next leads."""

    def __init__(self, work: UnitOfWork, policy: Communities, zone: ZoneInfo, moment: datetime) -> None:
        self._routing = work.routing
        self._policy = policy
        self._zone = zone
        self._now = moment

    def run(self) -> tuple[Counts, bool]:
        """What was done, and whether there may be more."""
        blocked = self._blocked()
        full = any(len(tickets) == BATCH for tickets in blocked.values())
        leads = [] if full else self._routing.due(self._now, limit=BATCH)
        self._placing = Placing(self._router(), self._now, timedelta(hours=self._policy.answer_within_hours))
        given, more = self._give()
        drained = self._drain(blocked)
        self._placing.place(leads, self._routing)
        counts = {"given": given, "drained": drained, "leads": len(leads)}
        counts |= self._placing.write(self._routing, actor=ACTOR)
        router = self._placing.router
        self._routing.keep_turns(router.roster.served(), router.served())
        return counts, more or full or len(leads) == BATCH

    def _router(self) -> Router:
        return Router(
            self._policy,
            zone=self._zone,
            seats=self._routing.free_seats(),
            operators=self._routing.operator_turns(),
            turns=self._routing.community_turns(),
        )

    def _blocked(self) -> dict[str, list[int]]:
        """Tickets that wait for a seat, as many as there are seats."""
        free = self._routing.free_seats()
        limits = {rule.name: min(BATCH, _positive(free.get(rule.name, {}))) for rule in self._policy.communities}
        return {name: self._routing.blocked(name, limit=limit) for name, limit in limits.items() if limit}

    def _drain(self, blocked: Mapping[str, Sequence[int]]) -> int:
        """Seats to those who wait for one, strictly first come; no lead passes who waits still."""
        router, rows = self._placing.router, []
        for name, tickets in blocked.items():
            for ticket in tickets:
                group = router.take_seat(name)
                if group is not None:
                    rows.append(self._moved(ticket, name, before="blocked_full", reason="seat_freed", group=group))
        self._routing.move_tickets(rows, actor=ACTOR, now=self._now)
        for name in router.rules:
            if router.free(name) and self._routing.has_blocked(name):
                router.hold_back(name)
        return len(rows)

    def _give(self) -> tuple[int, bool]:
        """Tickets without an operator to those whose shift began; and whether there may be more."""
        rows, more = [], False
        for rule in self._policy.communities:
            room = min(BATCH, self._placing.router.roster.room(rule, self._now))
            tickets = self._routing.waiting(rule.name, limit=room, now=self._now) if room > 0 else []
            rows += [self._moved(ticket, rule.name, before="queued", reason="shift_began") for ticket in tickets]
            more = more or len(tickets) == BATCH
        self._routing.move_tickets(rows, actor=ACTOR, now=self._now)
        return len(rows), more

    def _moved(
        self, ticket: int, community: str, *, before: str, reason: str, group: Group | None = None
    ) -> dict[str, Any]:
        router = self._placing.router
        operator = router.roster.serve(router.rules[community], self._now)
        return {
            "ticket": ticket,
            "before": before,
            "state": "assigned" if operator else "queued",
            "operator": operator,
            "group_id": group,
            "due_at": self._placing.due(community, operator),
            "reason": reason,
        }


def _positive(seats: Mapping[Group, int]) -> int:
    return sum(max(0, free) for free in seats.values())
