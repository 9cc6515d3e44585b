"""upkeep: tickets that are late are marked, those nobody moved expire, and freed seats go to whoever waits."""

from __future__ import annotations

from datetime import timedelta

from yinliu.stages.counts import Begin, Counts, now
from yinliu.stages.route import ACTOR, route
from yinliu.workspace.communities import Communities


def upkeep(begin: Begin, *, policy: Communities) -> Counts:
    """Mark, expire, drain."""
    moment = now()
    with begin() as work:
        late = work.tickets.overdue(moment)
        for ticket in late:
            ticket.late_at = moment
            work.tickets.note(ticket, actor=ACTOR, reason="late", now=moment)
        stale = work.tickets.untouched_since(moment - timedelta(days=policy.expire_after_days))
        for ticket in stale:
            work.tickets.move(ticket, "expired", actor=ACTOR, reason="untouched", now=moment)
        work.commit()
    return {"late": len(late), "expired": len(stale), "drained": route(begin, policy=policy)["drained"]}
