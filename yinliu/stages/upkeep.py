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
_WITH_LEAD = 2
"""How far a ticket is passed on that the lead has."""


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
        """Late once: to another operator; late twice, or with nobody else to take it: to the community's lead.

        While another operator is off duty it waits for their shift, once: the night uses up nobody's turn. What the
        lead has stays, and is only marked. Each with an event.
        """
        work.routing.lock()
        roster = Roster(self._policy, zone=self._zone, turns=work.routing.operator_turns())
        found = work.due.late(self._now, limit=BATCH)
        for one in found:
            rule = self._policy.by_name.get(one.community)
            other = roster.serve(rule, self._now, besides=one.operator) if rule and not one.escalation else None
            back = roster.back(rule, self._now, besides=one.operator) if rule and not other and _is_first(one) else None
            if back is not None:
                self._wait(work, one, back)
            elif other is not None:
                self._pass_on(work, one, other, escalation=1)
            else:
                self._to_lead(work, one, rule.lead if rule else None)
        work.routing.keep_turns(roster.served(), {})
        return len(found)

    def _wait(self, work: UnitOfWork, one: Due, back: datetime) -> None:
        """Until another operator is on duty."""
        work.due.wait(one.ticket, due_at=back, now=self._now)
        self._note(work, one, one.state, f"late_wait:{back.astimezone(self._zone):%Y-%m-%d %H:%M}")

    def _to_lead(self, work: UnitOfWork, one: Due, lead: str | None) -> None:
        """To the lead, once; what is theirs already, or has none, is marked late as often as others are passed on."""
        if lead and lead != one.operator and one.escalation < _WITH_LEAD:
            self._pass_on(work, one, lead, escalation=_WITH_LEAD)
        else:
            self._pass_on(work, one, None, escalation=one.escalation + 1)

    def _pass_on(self, work: UnitOfWork, one: Due, operator: str | None, *, escalation: int) -> None:
        due = self._now + timedelta(hours=self._policy.answer_within_hours)
        whose, state = operator or one.operator, "assigned" if operator else one.state
        work.due.pass_on(one.ticket, operator=whose, state=state, escalation=escalation, due_at=due, now=self._now)
        self._note(work, one, state, f"late_to:{operator}" if operator else "late")

    def _note(self, work: UnitOfWork, one: Due, state: str, reason: str) -> None:
        work.queue.note([(one.ticket, one.state, state, None)], actor=ACTOR, reason=reason, now=self._now)


def _is_first(one: Due) -> bool:
    """True where a ticket was not late before, since somebody was given it."""
    return not one.escalation and not one.marked
