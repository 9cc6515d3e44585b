"""move: a person's step on one ticket, where the states allow it and nobody else works on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.onboarding import SEATED_STATES
from models.repositories.tickets import Standing
from models.unit_of_work import UnitOfWork
from yinliu.errors import ActionNeeded, Misconfigured
from yinliu.language import Text
from yinliu.leads.tickets import STATES, may_move
from yinliu.stages.counts import Begin, now
from yinliu.stages.holding import (
    check_no_member,
    check_theirs,
    hold,
    refused,
    stale,
    standing_of,
)
from yinliu.workspace.communities import Communities

_BRINGING = ("assigned", "queued", "invited", "added", "joined")


def move_ticket(
    begin: Begin,
    *,
    ticket: int,
    state: str,
    actor: str,
    reason: str,
    policy: Communities,
    token: int | None = None,
) -> str:
    """Put a ticket into a state; gives the one before. The lease is taken, used and ended in one transaction.

    :class:`Misconfigured` for a move that is not allowed, an unknown operator or a community not theirs;
    :class:`ActionNeeded` where somebody else has a live lease (``held``) or ``token`` is not live (``stale_token``).
    """
    with begin() as work:
        before = step(work, ticket=ticket, state=state, actor=actor, reason=reason, policy=policy, token=token)
        work.commit()
    return before


def step(
    work: UnitOfWork, *, ticket: int, state: str, actor: str, reason: str, policy: Communities, token: int | None
) -> str:
    """The same within a transaction that its caller commits."""
    found = standing_of(work, ticket)
    check_theirs(policy, found, actor)
    if token is not None and not work.queue.holds(ticket, token=token, actor=actor):
        raise stale(ticket, token)
    if state not in STATES or not may_move(found.state, state):
        raise refused(ticket, found.state, state)
    if state in _BRINGING:
        check_no_member(work, found)
    if found.state == "expired":
        again(work, found, state=state, actor=actor, reason=reason, policy=policy)
        return found.state
    lease = timedelta(minutes=policy.lease_minutes)
    held = hold(work, found, operator=actor, token=token, lease=lease)
    found = standing_of(work, ticket)
    _take_seat(work, found, state, moment := now())
    if not _advance(work, found, token=held, state=state, actor=actor, reason=reason, moment=moment, policy=policy):
        raise stale(ticket, held)
    if state in ("assigned", "queued"):
        _begin_anew(work, found, state=state, actor=actor, policy=policy, moment=moment)
    return found.state
