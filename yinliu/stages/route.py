"""route: qualified leads into the communities' queues, and freed seats to whoever waits longest."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.unit_of_work import UnitOfWork
from yinliu.leads.routing import Router
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.stages.placing import Placing
from yinliu.stages.waiting import Waiting
from yinliu.workspace.communities import Communities, CommunityRule

BATCH = 2000
"""Leads, or waiting tickets of a community, in one transaction."""

ACTOR = "yinliu"
COUNTS = ("drained", "given", "leads", "tickets", "queued", "blocked_full", "unmatched")


def route(
    begin: Begin, *, policy: Communities, zone: ZoneInfo, progress: Progress = silent, at: datetime | None = None
) -> Counts:
    """Until nothing is left: tickets to operators whose shift began, freed seats to waiting tickets, leads to tickets.

    ``zone``: the team's, for shifts and quotas; ``at``: the moment that counts as now. A batch is one transaction, in
    which nobody else gives seats away. ``tickets`` of the counts have a seat; ``queued`` of them have nobody yet.
    """
    totals: Counts = dict.fromkeys(COUNTS, 0)
    waiting = Waiting(actor=ACTOR)
    while True:
        with begin() as work:
            work.routing.lock()
            counts, more = _Batch(work, policy, zone, at or now()).run(waiting)
            work.commit()
        totals = {name: totals[name] + counts[name] for name in COUNTS}
        progress(counts["leads"])
        if not more:
            return totals


def keep_communities(work: UnitOfWork, policy: Communities) -> bool:
    """Make communities, groups and operators be as the file says; True where whom a community is for changed."""
    return work.routing.keep_communities(_communities(policy), _groups(policy), policy.everybody)


def _communities(policy: Communities) -> list[dict[str, Any]]:
    return [
        {"name": rule.name, "title": rule.title, "hub": rule.hub, "position": position, "rules": _digest(rule)}
        for position, rule in enumerate(policy.communities)
    ]


def _groups(policy: Communities) -> list[dict[str, Any]]:
    return [
        {"community": rule.name, "position": position, **group.model_dump(include={"name", "capacity", "closed"})}
        | {"title": group.title or rule.title}
        for rule in policy.communities
        for position, group in enumerate(rule.all_groups)
    ]


def _digest(rule: CommunityRule) -> str:
    """Changes when whom a community is for does."""
    whom = rule.model_dump_json(include={"topics", "cities", "intents", "tier"})
    return hashlib.sha256(whom.encode("utf-8")).hexdigest()[:12]


class _Batch:
    """One transaction: first the file, then whoever has waited, then the next leads."""

    def __init__(self, work: UnitOfWork, policy: Communities, zone: ZoneInfo, moment: datetime) -> None:
        self._work = work
        self._routing = work.routing
        self._policy = policy
        self._zone = zone
        self._now = moment

    def run(self, waiting: Waiting) -> tuple[Counts, bool]:
        """What was done, and whether there may be more."""
        changed, held = keep_communities(self._work, self._policy), self._end_gone()
        self._placing = Placing(self._router(), self._now, timedelta(hours=self._policy.answer_within_hours))
        given, more = self._give()
        drained, wait = waiting.seat(self._placing, self._routing, limit=BATCH, changed=changed)
        held = held or wait
        if changed and not held:
            self._routing.keep_rules(_communities(self._policy), now=self._now)
        leads = [] if held else self._routing.due(self._now, limit=BATCH)
        self._placing.place(leads, self._routing)
        counts = {"given": given, "drained": drained, "leads": len(leads)}
        counts |= self._placing.write(self._routing, actor=ACTOR)
        router = self._placing.router
        self._routing.keep_turns(router.roster.served(), router.served())
        return counts, more or held or len(leads) == BATCH

    def _end_gone(self) -> bool:
        """Tickets that wait for a community that is gone end; whether there may be more."""
        names = list(self._policy.by_name)
        return self._routing.waited_in_vain(names, actor=ACTOR, now=self._now, limit=BATCH) == BATCH

    def _router(self) -> Router:
        return Router(
            self._policy,
            zone=self._zone,
            seats=self._routing.free_seats(),
            operators=self._routing.operator_turns(),
            turns=self._routing.community_turns(),
        )

    def _give(self) -> tuple[int, bool]:
        """Tickets without an operator to those whose shift began; and whether there may be more."""
        rows, more, roster = [], False, self._placing.router.roster
        for rule in self._policy.communities:
            room = min(BATCH, roster.room(rule, self._now))
            tickets = self._routing.waiting(rule.name, limit=room) if room > 0 else []
            for ticket in tickets:
                operator = roster.serve(rule, self._now)
                rows.append(self._placing.moved(ticket, rule.name, operator, before="queued"))
            more = more or len(tickets) == BATCH
        self._routing.move_tickets(rows, actor=ACTOR, now=self._now)
        return len(rows), more
