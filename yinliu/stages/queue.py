"""The queue's work: claim, heartbeat, release, complete, recycle; each is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models.repositories.queue import Claimed
from models.repositories.tickets import Standing
from models.unit_of_work import UnitOfWork
from yinliu import wording
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.tickets import TAKEN_BACK, UNTOUCHED
from yinliu.stages import attempts
from yinliu.stages.attempts import PutBack
from yinliu.stages.counts import Begin
from yinliu.stages.holding import (
    check_operator,
    check_theirs,
    check_token,
    communities_of,
    hold,
    stale,
    standing_of,
    take,
)
from yinliu.stages.links import credit
from yinliu.stages.move import step
from yinliu.workspace.communities import Communities


def claim(
    begin: Begin, *, policy: Communities, operator: str, limit: int = 1, ticket: int | None = None
) -> Sequence[Claimed]:
    """Lease tickets for an operator: this one, or up to ``limit`` of theirs and of those that wait for anybody."""
    check_operator(policy, operator)
    lease = lease_of(policy)
    with begin() as work:
        if ticket is not None:
            found = standing_of(work, ticket)
            check_theirs(policy, found, operator)
            claimed: Sequence[Claimed] = [take(work, found, operator=operator, lease=lease)]
        else:
            places = communities_of(policy, operator)
            claimed = work.queue.claim(actor=operator, communities=places, limit=limit, lease=lease)
        work.commit()
    return claimed


def lease_of(policy: Communities) -> timedelta:
    """How long a lease lasts."""
    return timedelta(minutes=policy.lease_minutes)


def heartbeat(begin: Begin, *, policy: Communities, ticket: int, operator: str, token: int | None = None) -> datetime:
    """Let an operator's live lease last on; until when. ``stale_token`` where it is over."""
    check_operator(policy, operator)
    with begin() as work:
        found = standing_of(work, ticket)
        known = found.token if token is None else token
        until = work.queue.heartbeat(ticket, token=known, actor=operator, lease=lease_of(policy))
        if until is None:
            raise stale(ticket, known)
        work.commit()
    return until


def release(
    begin: Begin,
    *,
    policy: Communities,
    ticket: int,
    operator: str,
    reason: str,
    token: int | None = None,
    failed: bool = False,
    anybody: bool = False,
) -> PutBack:
    """Give a ticket back, with why. ``failed``: an attempt failed, the next one waits longer, and the last one parks.

    ``anybody``: others of the community may have it.
    """
    with begin() as work:
        found = standing_of(work, ticket)
        check_theirs(policy, found, operator)
        check_token(work, found, operator=operator, token=token)
        if found.parked or (failed and found.state not in UNTOUCHED):
            raise _not_given_back(found)
        held = hold(work, found, operator=operator, token=token, lease=lease_of(policy))
        if failed:
            done = attempts.failed(work, ticket, token=held, actor=operator, reason=reason, policy=policy)
        else:
            done = _hand_back(work, ticket, token=held, actor=operator, reason=reason, anybody=anybody)
        if done is None:
            raise stale(ticket, held)
        work.commit()
    return done


def _hand_back(work: UnitOfWork, ticket: int, *, anybody: bool, **fence: Any) -> PutBack | None:
    fence["reason"] = f"given_back:{fence['reason']}"
    released = work.queue.release(ticket, delay=timedelta(0), counted=False, anybody=anybody, **fence)
    return PutBack("ready") if released else None


def complete(
    begin: Begin,
    *,
    policy: Communities,
    ticket: int,
    operator: str,
    state: str,
    reason: str,
    token: int | None = None,
    code: str | None = None,
    key: bytes = b"",
) -> str:
    """The result of the work on a ticket, its next state; gives the one before. ``code``: the link it came by."""
    with begin() as work:
        if state == "opted_out":
            work.people.take_turn()  # before the ticket is locked, as in step
        if code is not None and _noted(work, ticket, state=state, operator=operator, token=token, policy=policy):
            before = state
        else:
            before = step(work, ticket=ticket, state=state, actor=operator, reason=reason, policy=policy, token=token)
        if code is not None:
            credit(work, ticket, code, key=key, actor=operator)
        work.commit()
    return before


def _noted(work: UnitOfWork, ticket: int, *, state: str, operator: str, token: int | None, policy: Communities) -> bool:
    """True where the result is noted already: the code that turned up later is all that is missing."""
    found = standing_of(work, ticket)
    if found.state != state:
        return False
    check_theirs(policy, found, operator)
    check_token(work, found, operator=operator, token=token)
    return True


def recycle(begin: Begin, *, policy: Communities, ticket: int, operator: str, reason: str) -> str:
    """Bring back what lies aside: a parked ticket can be claimed again, an expired one is queued anew with a seat.

    A result that was noted by mistake (``joined``, ``lost``) is taken back: the ticket is assigned again.
    Gives the state it is in. Whoever left gets a new ticket from ``route`` after the cooling-off.
    """
    with begin() as work:
        work.identities.hold_groups()  # before the ticket is locked, as in step
        found = standing_of(work, ticket)
        check_theirs(policy, found, operator)
        check_token(work, found, operator=operator, token=None)
        state = found.state
        if found.state == "expired":
            state = "queued"
            step(work, ticket=ticket, state=state, actor=operator, reason=reason, policy=policy)
        elif found.state in TAKEN_BACK and not found.parked:
            state = "assigned"
            step(work, ticket=ticket, state=state, actor=operator, reason=reason, policy=policy)
        elif not work.queue.unpark(ticket, actor=operator, reason=reason):
            raise _nothing_to_recycle(ticket, state)
        work.commit()
    return state


def _not_given_back(found: Standing) -> Misconfigured:
    if found.parked:
        text = Text(
            f"工单 {found.ticket} 已搁置，没有要放回的。处理后用 queue recycle {found.ticket} 重新启用。",
            f"ticket {found.ticket} is parked, there is nothing to give back: `queue recycle {found.ticket}`.",
        )
        return Misconfigured(text, code="parked")
    known = wording.state(found.state).zh
    text = Text(
        f"工单 {found.ticket} 现在是{known}（{found.state}），没有失败的邀约可重试；不带 --failed 可以放回。",
        f"ticket {found.ticket} is {found.state}: no invitation failed. Without --failed it can be given back.",
    )
    return Misconfigured(text, code="nothing_failed")


def _nothing_to_recycle(ticket: int, state: str) -> Misconfigured:
    known = wording.state(state).zh
    text = Text(
        f"工单 {ticket} 现在是{known}（{state}），没有搁置、过期或误登记的结果，不用重新启用。"
        "退群的人过了冷静期由 yinliu route 开新工单。",
        f"ticket {ticket} is {state}: neither parked nor expired, and no result to take back."
        " Who left gets a new one by `yinliu route` after the cooling-off.",
    )
    return Misconfigured(text, code="not_recyclable")
