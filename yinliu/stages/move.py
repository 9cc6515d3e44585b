"""move: a person's step on one ticket, where the states allow it and nobody else works on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.onboarding import SEATED_STATES, UNDER_WAY_STATES
from models.repositories.tickets import Standing
from models.unit_of_work import UnitOfWork
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.tickets import BEGINNINGS, STATES, TAKEN_BACK, may_move
from yinliu.stages.counts import Begin, now
from yinliu.stages.holding import (
    check_free,
    check_person,
    check_settled,
    check_theirs,
    check_token,
    hold,
    refused,
    stale,
    standing_of,
)
from yinliu.workspace.communities import Communities

_BRINGING = ("assigned", "queued", "invited", "added", "joined")
_ENDED = ("expired", "lost")
"""What nobody can lease any more, and is brought back all the same."""


def move_ticket(
    begin: Begin,
    *,
    ticket: int,
    state: str,
    actor: str,
    reason: str,
    policy: Communities,
) -> str:
    """Put a ticket into a state; gives the one before. The lease is taken, used and ended in one transaction.

    :class:`Misconfigured` for a move that is not allowed, an unknown operator or a community not theirs;
    :class:`ActionNeeded` where somebody else has a live lease (``held``).
    """
    with begin() as work:
        before = step(work, ticket=ticket, state=state, actor=actor, reason=reason, policy=policy)
        work.commit()
    return before


def step(
    work: UnitOfWork, *, ticket: int, state: str, actor: str, reason: str, policy: Communities, token: int | None = None
) -> str:
    """The same within a transaction that its caller commits. ``opted_out``: the person is left alone for good.

    What was joined or lost and is assigned again was noted by mistake: the event says so (``taken_back:``).
    :class:`ActionNeeded` also where ``token`` is not live (``stale_token``).
    """
    if state == "opted_out":
        work.people.take_turn()  # who is who must not change meanwhile; before the ticket is locked
    if state in BEGINNINGS:
        work.identities.hold_groups()  # nobody may be routed between the look at what is under way and the step
    found, moment = standing_of(work, ticket), now()
    check_theirs(policy, found, actor)
    check_token(work, found, operator=actor, token=token)
    if state not in STATES or not may_move(found.state, state):
        raise refused(ticket, found.state, state)
    if state in _BRINGING:
        check_person(work, found)
    if state in ("assigned", "queued", "invited"):
        check_settled(work, found)
    _take_seat(work, found, state, moment)
    if found.state in TAKEN_BACK and state == "assigned":
        reason = f"taken_back:{reason}"
    if found.state in _ENDED:
        work.queue.put(ticket, before=found.state, state=state, actor=actor, reason=reason, now=moment)
    else:
        _advance(work, found, state=state, actor=actor, reason=reason, moment=moment, policy=policy, token=token)
    if found.state == "joined" and state == "assigned":
        _did_not_join(work, ticket, actor=actor, moment=moment)
    _give(work, found, state=state, actor=actor, policy=policy, moment=moment)
    if state == "opted_out":
        accounts = (one.account for one in work.identities.accounts_of([found.person_id]))
        work.identities.suppress(dict.fromkeys(accounts), actor=actor, now=moment, reason=reason)
    return found.state


def _advance(
    work: UnitOfWork,
    found: Standing,
    *,
    state: str,
    actor: str,
    reason: str,
    moment: datetime,
    policy: Communities,
    token: int | None,
) -> None:
    held = hold(work, found, operator=actor, token=token, lease=timedelta(minutes=policy.lease_minutes))
    done = work.queue.advance(
        found.ticket,
        token=held,
        actor=actor,
        state=state,
        reason=reason,
        now=moment,
        cooling_off=cooling_off(policy, found.community),
    )
    if not done:
        raise stale(found.ticket, held)


def cooling_off(policy: Communities, community: str) -> timedelta:
    """How long somebody whose ticket in a community ended is left in peace."""
    rule = policy.by_name.get(community)
    return timedelta(days=rule.cooling_off_days if rule else 30)


def _take_seat(work: UnitOfWork, found: Standing, state: str, moment: datetime) -> None:
    if found.state == "joined" and state in UNDER_WAY_STATES:
        check_free(work, found)
    if state not in SEATED_STATES or found.state in SEATED_STATES:
        return
    check_free(work, found)
    if work.seats.reserve(found.ticket, community=found.community, now=moment) is None:
        raise _full(found)


def _give(work: UnitOfWork, found: Standing, *, state: str, actor: str, policy: Communities, moment: datetime) -> None:
    """A ticket that is assigned again begins anew: it is the mover's unless somebody's, and its time runs again."""
    due = moment + timedelta(hours=policy.answer_within_hours)
    if state == "assigned":
        work.queue.give(found.ticket, operator=found.operator or actor, due_at=due)
    elif state == "queued":
        work.queue.give(found.ticket, operator=None, due_at=due)
    elif found.operator is None and state in _BRINGING:
        work.queue.give(found.ticket, operator=actor, due_at=None)


def _did_not_join(work: UnitOfWork, ticket: int, *, actor: str, moment: datetime) -> None:
    """The seat is reserved only, and no link has the credit."""
    work.queue.unconfirm(ticket)
    _, number = work.links.ticket_link(ticket)
    link = None if number is None else work.links.get(number)
    if link is not None:
        work.links.uncredit(ticket, link=link.id, actor=actor, reason=f"uncredited:{link.code}", now=moment)


def _full(found: Standing) -> Misconfigured:
    text = Text(
        f"社群 {found.community} 已满，工单 {found.ticket} 没有名额。请空出名额，或调大 communities.yaml 的 capacity。",
        f"{found.community} is full: no seat for ticket {found.ticket}. Free one, or raise its capacity.",
    )
    return Misconfigured(text, code="community_full")
