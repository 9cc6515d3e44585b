"""move: a person's step on one ticket, where the states allow it."""

from __future__ import annotations

from datetime import timedelta

from models.onboarding import SEATED_STATES
from yinliu import wording
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.tickets import MOVES, STATES, may_move
from yinliu.stages.counts import Begin, now


def move_ticket(begin: Begin, *, ticket: int, state: str, actor: str, reason: str, answer_within: timedelta) -> str:
    """Put a ticket into a state; gives the one before. :class:`Misconfigured` for a move that is not allowed.

    A ticket that is assigned again begins anew: whoever moves it has it, unless somebody has, and its time runs again.
    """
    with begin() as work:
        work.tickets.lock_communities()
        found = work.tickets.get(ticket)
        if found is None:
            text = Text(f"没有编号为 {ticket} 的工单。yinliu queue list 列出全部。", f"there is no ticket {ticket}.")
            raise Misconfigured(text, code="no_ticket")
        before = found.state
        if state not in STATES or not may_move(before, state):
            raise _refused(ticket, before, state)
        if state in SEATED_STATES and before not in SEATED_STATES and not work.tickets.has_seat(found.community):
            raise _full(ticket, found.community)
        moment = now()
        again = {"operator": found.operator or actor, "due_at": moment + answer_within, "late_at": None}
        values = again if state == "assigned" else {}
        work.tickets.move(found, state, actor=actor, reason=reason, now=moment, **values)
        work.commit()
    return before


def _full(ticket: int, community: str) -> Misconfigured:
    text = Text(
        f"社群 {community} 已满，工单 {ticket} 没有名额。请先空出名额，或在 communities.yaml 里调大 capacity。",
        f"{community} is full: no seat for ticket {ticket}. Free one, or raise its capacity in communities.yaml.",
    )
    return Misconfigured(text, code="community_full")


def _refused(ticket: int, before: str, state: str) -> Misconfigured:
    allowed = MOVES[before]  # type: ignore[index]
    zh = "、".join(f"{wording.state(name).zh}（{name}）" for name in allowed) or "无，工单已结束"
    text = Text(
        f"工单 {ticket} 现在是{wording.state(before).zh}（{before}），不能改为 {state!r}。可改为：{zh}",
        f"ticket {ticket} is {before} and cannot become {state!r}. Allowed: {', '.join(allowed) or 'none'}",
    )
    return Misconfigured(text, code="move_refused")
