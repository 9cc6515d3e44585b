"""upkeep: what time does to tickets. Late ones go to somebody else, unmoved ones expire, members of a week stay.

What nobody can look up any more, because its hub is gone, waits for a person to decide.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.repositories.due import Due
from models.unit_of_work import UnitOfWork
from yinliu.leads.roster import Roster
from yinliu.leads.tickets import UNINVITED, UNTOUCHED
from yinliu.stages.counts import Begin, Counts, now
from yinliu.stages.move import cooling_off
from yinliu.stages.route import ACTOR, route
from yinliu.workspace.communities import Communities

BATCH = 500
"""Tickets in one transaction."""
MOMENT = timedelta(minutes=1)
"""A lease that ends with the transaction it is taken in."""


def upkeep(begin: Begin, *, policy: Communities, zone: ZoneInfo) -> Counts:
    """Escalate, expire, keep; then seats that were freed are given, and queued tickets to whose shift began.

    A ticket under a live lease is left to who works on it.
    """
    due = _Due(policy, zone, now())
    stale, member = timedelta(days=policy.expire_after_days), timedelta(days=policy.retained_after_days)
    counts = {"late": _all(begin, due.escalate)}
    counts["expired"] = sum(_all(begin, due.aged(state, "expired", "untouched", stale)) for state in UNTOUCHED)
    counts["retained"] = _all(begin, due.aged("joined", "retained", "stayed", member))
    counts["parked"] = _all(begin, due.abandon)
    routed = route(begin, policy=policy, zone=zone)
    return counts | {name: routed[name] for name in ("drained", "given")}


def _all(begin: Begin, batch: Callable[[UnitOfWork], int]) -> int:
    """Batches, a transaction each, until one is not full."""
    total = 0
    while True:
        with begin() as work:
            done = batch(work)
            work.commit()
        total += done
        if done < BATCH:
            return total


def _park(work: UnitOfWork, ticket: int) -> None:
    held = work.queue.claim_one(ticket, actor=ACTOR, lease=MOMENT, take=False, noted=False)
    if held:
        work.queue.park(ticket, token=held.token, actor=ACTOR, reason="send_unknown")


class _Due:
    """One moment's upkeep, a batch at a time."""

    def __init__(self, policy: Communities, zone: ZoneInfo, moment: datetime) -> None:
        self._policy = policy
        self._zone = zone
        self._now = moment

    def aged(self, before: str, after: str, reason: str, age: timedelta) -> Callable[[UnitOfWork], int]:
        """A batch that moves tickets which are in a state for so long."""

        def batch(work: UnitOfWork) -> int:
            found = work.due.unmoved(before, before=self._now - age, limit=BATCH)
            for one in found:
                work.queue.put(
                    one.ticket,
                    before=before,
                    state=after,
                    actor=ACTOR,
                    reason=reason,
                    now=self._now,
                    cooling_off=cooling_off(self._policy, one.community),
                )
            return len(found)

        return batch

    def abandon(self, work: UnitOfWork) -> int:
        """A batch of sends without a result at hubs that no community uses any more: their tickets are parked."""
        hubs = sorted({rule.hub for rule in self._policy.communities})
        found = work.sends.elsewhere(hubs, limit=BATCH)
        for send in found:
            work.sends.settle(send.send, state="parked", detail="hub_gone")
            if send.state in UNINVITED:
                _park(work, send.ticket)
        return len(found)

    def escalate(self, work: UnitOfWork) -> int:
        """Late once: to another operator; late twice: to the community's lead; then it stays, and is only marked.

        While another operator is off duty it waits for their shift: the night uses up nobody's turn.
        """
        work.routing.lock()
        roster = Roster(self._policy, zone=self._zone, turns=work.routing.operator_turns())
        found = work.due.late(self._now, limit=BATCH)
        for one in found:
            operator = self._next_operator(roster, one)
            back = self._back(roster, one) if operator is None and one.escalation == 0 else None
            if back is None:
                self._pass_on(work, one, operator)
            else:
                work.due.wait(one.ticket, due_at=back, now=self._now)
        work.routing.keep_turns(roster.served(), {})
        return len(found)

    def _next_operator(self, roster: Roster, one: Due) -> str | None:
        rule = self._policy.by_name.get(one.community)
        if rule is None:
            return None
        if one.escalation == 0:
            return roster.serve(rule, self._now, besides=one.operator)
        return rule.lead if one.escalation == 1 else None

    def _back(self, roster: Roster, one: Due) -> datetime | None:
        """When another operator is on duty; None where there is none."""
        rule = self._policy.by_name.get(one.community)
        return roster.back(rule, self._now, besides=one.operator) if rule else None

    def _pass_on(self, work: UnitOfWork, one: Due, operator: str | None) -> None:
        due = self._now + timedelta(hours=self._policy.answer_within_hours)
        whose, state = operator or one.operator, "assigned" if operator else one.state
        work.due.pass_on(one.ticket, operator=whose, state=state, due_at=due, now=self._now)
        reason = f"late_to:{operator}" if operator and operator != one.operator else "late"
        work.queue.note([(one.ticket, one.state, state, None)], actor=ACTOR, reason=reason, now=self._now)
