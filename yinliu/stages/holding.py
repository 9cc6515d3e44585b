"""Who may work on a ticket, and what is said to those who may not."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.onboarding import OPEN_STATES
from models.repositories.queue import Claimed
from models.repositories.tickets import Standing
from models.unit_of_work import UnitOfWork
from yinliu import wording
from yinliu.errors import ActionNeeded, Misconfigured, NothingToDo
from yinliu.language import Text
from yinliu.leads.tickets import MOVES
from yinliu.workspace.communities import Communities, CommunityRule
from yinliu.workspace.document import no_such

CHINA = ZoneInfo("Asia/Shanghai")


def check_operator(policy: Communities, name: str) -> None:
    """:class:`Misconfigured` where ``communities.yaml`` names nobody of this name."""
    if name not in policy.everybody:
        said = Text(f"communities.yaml 里没有名为 {name!r} 的运营", f"communities.yaml names no operator {name!r}")
        raise Misconfigured(no_such(said, name, policy.everybody), code="no_operator")


def communities_of(policy: Communities, operator: str) -> list[str]:
    """The communities that an operator looks after, as one of its operators or as its lead."""
    return [rule.name for rule in policy.communities if operator in (*rule.operators, rule.lead)]


def standing_of(work: UnitOfWork, ticket: int) -> Standing:
    """How a ticket stands, locked until the transaction ends; :class:`Misconfigured` where there is none such."""
    found = work.tickets.standing(ticket, lock=True) if 0 < ticket < 2**31 else None
    if found is None:
        text = Text(f"没有编号为 {ticket} 的工单。yinliu queue list 列出全部。", f"there is no ticket {ticket}.")
        raise Misconfigured(text, code="no_ticket")
    return found


def check_theirs(policy: Communities, found: Standing, operator: str) -> None:
    """:class:`Misconfigured` where the ticket's community is none of the operator's."""
    check_operator(policy, operator)
    rule = policy.by_name.get(found.community)
    if rule is None:
        return
    zh = f"工单 {found.ticket} 属于社群 {rule.title}（{rule.name}），"
    check_in_charge(rule, operator, said=Text(zh, f"ticket {found.ticket} belongs to {rule.name}, which"))


def check_in_charge(rule: CommunityRule, operator: str, *, said: Text | None = None) -> None:
    """:class:`Misconfigured` where a community is none of the operator's; ``said`` begins the message."""
    names = list(dict.fromkeys((*rule.operators, *([rule.lead] if rule.lead else []))))
    if operator in names:
        return
    first = said or Text(f"社群 {rule.title}（{rule.name}）", rule.name)
    text = Text(
        f"{first.zh}不归 {operator}。负责的有：{'、'.join(names)}。",
        f"{first.en} is not {operator}'s but {', '.join(names)}'s.",
    )
    raise Misconfigured(text, code="not_theirs")


def check_token(work: UnitOfWork, found: Standing, *, operator: str, token: int | None) -> None:
    """Whether an operator may change a ticket now: with a token its lease must be live (``stale_token``).

    Without one nobody else may have a live lease (``held``).
    """
    if token is not None and not work.queue.holds(found.ticket, token=token, actor=operator):
        raise stale(found.ticket, token)
    if found.live and found.leased_by != operator:
        raise _held(found)


def hold(work: UnitOfWork, found: Standing, *, operator: str, token: int | None, lease: timedelta) -> int:
    """The token under which an operator changes a ticket in this transaction: the one given, or a new lease's."""
    check_token(work, found, operator=operator, token=token)
    if token is not None:
        return token
    claimed = work.queue.claim_one(found.ticket, actor=operator, lease=lease, take=False, noted=False)
    if claimed is None:
        raise refused(found.ticket, found.state, None)
    return claimed.token


def take(work: UnitOfWork, found: Standing, *, operator: str, lease: timedelta) -> Claimed:
    """A lease on this ticket; ``held`` where somebody else has it, ``move_refused`` where it is ended.

    ``waits_for_seat`` where nobody can be invited yet: nothing is leased.
    """
    check_token(work, found, operator=operator, token=None)
    if found.state == "blocked_full":
        raise _waits(found)
    if found.state not in OPEN_STATES and found.state != "retained":
        raise refused(found.ticket, found.state, None)
    check_person(work, found)
    check_settled(work, found)
    claimed = work.queue.claim_one(found.ticket, actor=operator, lease=lease)
    if claimed is None:
        raise refused(found.ticket, found.state, None)
    return claimed


def _waits(found: Standing) -> NothingToDo:
    text = Text(
        f"工单 {found.ticket} 还没有名额，腾出名额后会自动进入领取队列，现在不用领取。",
        f"ticket {found.ticket} waits for a seat: it can be claimed as soon as one is free.",
    )
    return NothingToDo(text, code="waits_for_seat")


def _held(found: Standing) -> ActionNeeded:
    until = _clock_time(found.ready_at)
    text = Text(
        f"工单 {found.ticket} 正由 {found.leased_by} 处理，租约到 {until}（北京时间）。可等它到期，或请对方 release。",
        f"ticket {found.ticket} is {found.leased_by}'s until {until} (Beijing time): wait, or have it released.",
    )
    return ActionNeeded(text, code="held")


def _clock_time(moment: datetime | None) -> str:
    return f"{moment.astimezone(CHINA):%m-%d %H:%M:%S}" if moment else "-"


def stale(ticket: int, token: int) -> ActionNeeded:
    """What is said to whoever comes with a lease that is over."""
    text = Text(
        f"工单 {ticket} 的令牌 {token} 已失效（租约到期、被别人领取或已完成），未作任何改动。请重新 claim。",
        f"the lease {token} on ticket {ticket} is over (ended, taken or completed): nothing changed. Claim again.",
    )
    return ActionNeeded(text, code="stale_token")


def refused(ticket: int, before: str, state: str | None) -> Misconfigured:
    """What is said of a move that the states do not allow; ``state`` None: of any work on it."""
    zh, en = allowed_from(before)
    known = wording.state(before).zh
    now_zh, now_en = f"现在是{known}（{before}），", f"is {before} and "
    if state is None:
        what_zh, what_en = f"{now_zh}不能领取", f"{now_en}is not to be claimed"
    elif state == before:
        what_zh, what_en = f"已经是{known}（{before}），不用再登记", f"is {before} already"
    else:
        what_zh, what_en = f"{now_zh}不能改为{_titled(state)}", f"{now_en}cannot become {state!r}"
    text = Text(f"工单 {ticket} {what_zh}。可改为：{zh}", f"ticket {ticket} {what_en}. Allowed: {en}")
    return Misconfigured(text, code="move_refused")


def allowed_from(state: str) -> tuple[str, str]:
    """The states into which a ticket may be put now, listed in Chinese and in English."""
    allowed = MOVES.get(state, ())  # type: ignore[call-overload]
    return "、".join(map(_titled, allowed)) or "无，工单已结束", ", ".join(allowed) or "none"


def _titled(state: str) -> str:
    title = wording.state(state).zh
    return repr(state) if title == state else f"{title}（{state}）"


def check_person(work: UnitOfWork, found: Standing) -> None:
    """:class:`ActionNeeded` where the ticket's person asked to be left alone, or is a member already."""
    if found.suppressed:
        text = Text(
            f"工单 {found.ticket} 的人要求不再联系，不能再邀。请把此工单改为 opted_out。",
            f"the person of ticket {found.ticket} asked not to be contacted: end it as opted_out.",
        )
        raise ActionNeeded(text, code="suppressed")
    other = work.tickets.membership(person=found.person_id, community=found.community, besides=found.ticket)
    if other is not None:
        text = Text(
            f"工单 {found.ticket} 的人已通过工单 {other} 在社群 {found.community} 里，不必再邀。请把此工单改为 lost。",
            f"the person of ticket {found.ticket} is in {found.community} already (ticket {other}): end it as lost.",
        )
        raise ActionNeeded(text, code="already_member")


def check_settled(work: UnitOfWork, found: Standing) -> None:
    """:class:`ActionNeeded` while nobody knows whether the hub invited the ticket's person: nobody is invited twice."""
    if work.sends.is_open(found.ticket):
        text = Text(
            f"工单 {found.ticket} 的邀请可能已由程序发出，结果还不知道。请先运行 yinliu invite 核实，再处理这张工单。",
            f"the hub may have invited the person of ticket {found.ticket}; nobody knows. Run `yinliu invite`.",
        )
        raise ActionNeeded(text, code="send_unsettled")


def check_free(work: UnitOfWork, found: Standing) -> None:
    """:class:`ActionNeeded` where the ticket's person is being brought to a community by another ticket."""
    other = work.tickets.under_way(person=found.person_id, besides=found.ticket)
    if other is not None:
        text = Text(
            f"工单 {found.ticket} 的人正由工单 {other[0]}（{other[1]}）引导，同一时间只进一个社群。请先结束那张工单。",
            f"the person of ticket {found.ticket} is being brought to {other[1]} (ticket {other[0]}): end that first.",
        )
        raise ActionNeeded(text, code="person_busy")
