"""route: qualified leads into the communities' queues, and freed seats to whoever waits longest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.unit_of_work import UnitOfWork
from yinliu.leads.routing import Decision, fits, least_busy
from yinliu.leads.routing import route as decide
from yinliu.stages.counts import Begin, Counts, Progress, now, silent
from yinliu.workspace.communities import Communities

BATCH = 200
"""Leads in one transaction."""

ACTOR = "yinliu"


def route(begin: Begin, *, policy: Communities, progress: Progress = silent) -> Counts:
    """Until nothing is left: first freed seats to waiting tickets, then tickets for leads that never had one."""
    totals: Counts = dict.fromkeys(("drained", "leads", "tickets", "blocked_full", "unmatched"), 0)
    with begin() as work:
        work.tickets.forget_notes()
        work.commit()
    while True:
        with begin() as work:
            counts = _Batch(work, policy, now()).run()
            work.commit()
        totals = {name: totals[name] + counts.get(name, 0) for name in totals}
        if not counts["leads"]:
            return totals
        progress(counts["leads"])


class _Batch:
    """One transaction: nobody else gives seats away meanwhile."""

    def __init__(self, work: UnitOfWork, policy: Communities, moment: datetime) -> None:
        self._work = work
        self._policy = policy
        self._now = moment
        work.tickets.keep_communities(
            [
                {"name": c.name, "title": c.title, "capacity": c.capacity, "position": position}
                for position, c in enumerate(policy.communities)
            ]
        )
        work.tickets.lock_communities()
        self._taken = work.tickets.seats_taken()
        self._in_hand = work.tickets.work_in_hand()

    def run(self) -> Counts:
        """Drain, then route the next leads."""
        counts: Counts = {"drained": self._drain(), "tickets": 0, "blocked_full": 0, "unmatched": 0}
        leads = self._work.tickets.unrouted(limit=BATCH)
        interests = self._work.tickets.interests([lead.person_id for lead in leads])
        for lead in leads:
            found = interests[lead.person_id]
            candidates = fits(self._policy.communities, topics=found["topic"], cities=found["place"])
            decision = decide(candidates, taken=self._taken, in_hand=self._in_hand)
            if decision is None:
                lead.route_note = "no_community"
                counts["unmatched"] += 1
            else:
                self._open(lead, decision)
                counts["tickets" if decision.operator else "blocked_full"] += 1
        return {**counts, "leads": len(leads)}

    def _drain(self) -> int:
        rules = {community.name: community for community in self._policy.communities}
        drained = 0
        for ticket in self._work.tickets.blocked():
            rule = rules.get(ticket.community)
            if rule and self._taken.get(rule.name, 0) < rule.capacity:
                operator = least_busy(rule, self._in_hand)
                self._work.tickets.move(
                    ticket,
                    "assigned",
                    actor=ACTOR,
                    reason="seat_freed",
                    now=self._now,
                    operator=operator,
                    due_at=self._due,
                )
                self._count_seat(rule.name, operator)
                drained += 1
        return drained

    def _open(self, lead: Any, decision: Decision) -> None:
        row = {
            "lead_id": lead.id,
            "person_id": lead.person_id,
            "community": decision.community,
            "state": "assigned" if decision.operator else "blocked_full",
            "operator": decision.operator,
            "reasons": list(decision.reasons),
            "post_id": lead.post_id,
            "created_at": self._now,
            "changed_at": self._now,
            "due_at": self._due if decision.operator else None,
        }
        self._work.tickets.open(row, actor=ACTOR, reason="routed" if decision.operator else "all_full")
        if decision.operator:
            self._count_seat(decision.community, decision.operator)

    @property
    def _due(self) -> datetime:
        return self._now + timedelta(hours=self._policy.answer_within_hours)

    def _count_seat(self, community: str, operator: str) -> None:
        self._taken[community] = self._taken.get(community, 0) + 1
        self._in_hand[operator] = self._in_hand.get(operator, 0) + 1
