"""Who may work on a ticket, and what is said to those who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.repositories.queue import Claimed
from models.repositories.tickets import Standing
from models.unit_of_work import UnitOfWork
from yinliu import wording
from yinliu.errors import ActionNeeded, Misconfigured, YinliuError
from yinliu.language import Text
from yinliu.leads.tickets import MOVES
from yinliu.workspace.communities import Communities
from yinliu.workspace.document import no_such

CHINA = timedelta(hours=8)


def check_operator(policy: Communities, name: str) -> None:
    """:class:`Misconfigured` where ``communities.yaml`` names nobody of this name."""
    if name not in policy.everybody:
        said = Text(f"communities.yaml 里没有名为 {name!r} 的运营", f"communities.yaml names no operator {name!r}")
        raise Misconfigured(no_such(said, name, policy.everybody), code="no_operator")


def communities_of(policy: Communities, operator: str) -> list[str]:
    """The communities that an operator looks after, as one of its operators or as its lead."""
    return [rule.name for rule in policy.communities if operator in (*rule.operators, rule.lead)]


def standing_of(work: UnitOfWork, ticket: int) -> Standing:
    """How a ticket stands; :class:`Misconfigured` where there is none of this number."""
    found = work.tickets.standing(ticket) if 0 < ticket < 2**31 else None
    if found is None:
        text = Text(f"没有编号为 {ticket} 的工单。yinliu queue list 列出全部。", f"there is no ticket {ticket}.")
        raise Misconfigured(text, code="no_ticket")
    return found


def check_theirs(policy: Communities, found: Standing, operator: str) -> None:
    """:class:`Misconfigured` where the ticket's community is none of the operator's."""
    check_operator(policy, operator)
    rule = policy.by_name.get(found.community)
    if rule is None or operator in (*rule.operators, rule.lead):
        return
    names = list(dict.fromkeys((*rule.operators, *([rule.lead] if rule.lead else []))))
    text = Text(
        f"工单 {found.ticket} 属于社群 {found.community}，{operator} 不负责它。负责的有：{'、'.join(names)}。",
        f"ticket {found.ticket} belongs to {found.community}, which is not {operator}'s but {', '.join(names)}'s.",
    )
    raise Misconfigured(text, code="not_theirs")


def hold(work: UnitOfWork, found: Standing, *, operator: str, token: int | None, lease: timedelta) -> int:
    """The token under which an operator may change a ticket in this transaction.

    With a token its lease must be live (``stale_token``); without one the operator's own lease is renewed, or one is
    taken where nobody has a live one (``held``).
    """
    if token is not None:
        if not work.queue.holds(found.ticket, token=token, actor=operator):
            raise stale(found.ticket, token)
        return token
    return take(work, found, operator=operator, lease=lease).token


def take(work: UnitOfWork, found: Standing, *, operator: str, lease: timedelta) -> Claimed:
    """A lease on this ticket; :class:`ActionNeeded` where it is ended or somebody else's."""
    claimed = work.queue.claim_one(found.ticket, actor=operator, lease=lease)
    if claimed is None:
        raise _taken(standing_of(work, found.ticket))
    return claimed


def _taken(found: Standing) -> YinliuError:
    if not found.live:
        return refused(found.ticket, found.state, None)
    until = _clock_time(found.ready_at)
    text = Text(
        f"工单 {found.ticket} 正由 {found.leased_by} 处理，租约到 {until}（北京时间）。请等租约结束，或让对方 release。",
        f"ticket {found.ticket} is worked on by {found.leased_by} until {until} (Beijing time): wait, or have it released.",
    )
    return ActionNeeded(text, code="held")


def _clock_time(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC) + CHINA:%m-%d %H:%M:%S}" if moment else "-"


def stale(ticket: int, token: int) -> ActionNeeded:
    """What is said to whoever comes with a lease that is over."""
    text = Text(
        f"工单 {ticket} 的令牌 {token} 已失效（租约到期、已被别人领取或已完成），没有改动任何内容。请重新 claim。",
        f"the lease {token} on ticket {ticket} is over (expired, taken or completed): nothing was changed. Claim again.",
    )
    return ActionNeeded(text, code="stale_token")


def refused(ticket: int, before: str, state: str | None) -> Misconfigured:
    """What is said of a move that the states do not allow; ``state`` None: of any work on it."""
    allowed = MOVES.get(before, ())  # type: ignore[call-overload]
    zh = "、".join(f"{wording.state(name).zh}（{name}）" for name in allowed) or "无，工单已结束"
    en = ", ".join(allowed) or "none"
    now_zh = f"工单 {ticket} 现在是{wording.state(before).zh}（{before}）"
    if state is None:
        return Misconfigured(
            Text(f"{now_zh}，不能领取。可改为：{zh}", f"ticket {ticket} is {before}: not to be claimed. Allowed: {en}"),
            code="move_refused",
        )
    text = Text(
        f"{now_zh}，不能改为 {state!r}。可改为：{zh}", f"ticket {ticket} is {before} and cannot become {state!r}. Allowed: {en}"
    )
    return Misconfigured(text, code="move_refused")


def check_no_member(work: UnitOfWork, found: Standing) -> None:
    """:class:`ActionNeeded` where the ticket's person is a member of its community already."""
    other = work.tickets.membership(person=found.person_id, community=found.community, besides=found.ticket)
    if other is not None:
        text = Text(
            f"工单 {found.ticket} 的人已通过工单 {other} 在社群 {found.community} 里，不必再邀。请把此工单改为 lost。",
            f"the person of ticket {found.ticket} is in {found.community} already (ticket {other}): end it as lost.",
        )
        raise ActionNeeded(text, code="already_member")
