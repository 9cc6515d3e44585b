"""What a failed attempt means for a ticket: another one after a while, or a person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from models.unit_of_work import UnitOfWork
from yinliu.leads.tickets import backoff
from yinliu.stages.holding import standing_of
from yinliu.workspace.communities import Communities

DEAD = "attempts_used"
"""Why a ticket is parked that failed too often."""
FAILED = "attempt_failed"
"""Why a ticket is given back after an attempt: which one it was, and why it failed."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of a ticket that was given back: ready again at a time, or parked as a dead letter."""

    how: Literal["ready", "parked"]
    delay: timedelta = timedelta(0)


def failed(
    work: UnitOfWork, ticket: int, *, token: int, actor: str, reason: str, policy: Communities
) -> PutBack | None:
    """After a failed attempt: claimed again after a while that doubles, or parked after ``most_attempts`` of them.

    Within a transaction that its caller commits; None, and nothing is changed, where the lease is over.
    """
    attempts = standing_of(work, ticket).attempts
    if attempts + 1 >= policy.most_attempts:
        parked = work.queue.park(ticket, token=token, actor=actor, reason=f"{DEAD}:{attempts + 1}:{reason}")
        return PutBack("parked") if parked else None
    delay = backoff(attempts, first=timedelta(minutes=policy.retry_minutes))
    why = f"{FAILED}:{attempts + 1}:{reason}"
    released = work.queue.release(ticket, token=token, actor=actor, reason=why, delay=delay)
    return PutBack("ready", delay) if released else None
