"""A credit by itself: given after a join was noted, or taken back where the code was another one's."""

from __future__ import annotations

from datetime import datetime

from models.repositories.links import StoredLink
from models.unit_of_work import UnitOfWork
from yinliu.errors import Misconfigured, NothingToDo
from yinliu.language import Text
from yinliu.stages.counts import Begin
from yinliu.stages.counts import now as clock
from yinliu.stages.holding import check_theirs, check_token, standing_of
from yinliu.stages.links import credit, link_of
from yinliu.workspace.communities import Communities


def credit_ticket(begin: Begin, *, policy: Communities, ticket: int, operator: str, code: str, key: bytes) -> bool:
    """Credit a ticket whose person came to a code; False where it was before. Errors as of :func:`credit`."""
    with begin() as work:
        _check(work, policy, ticket, operator)
        _, before = work.links.ticket_link(ticket)
        credit(work, ticket, code, key=key, actor=operator)
        work.commit()
    return before is None


def uncredit_ticket(
    begin: Begin,
    *,
    policy: Communities,
    ticket: int,
    operator: str,
    code: str | None = None,
    key: bytes = b"",
    now: datetime | None = None,
) -> StoredLink:
    """Take a ticket's credit back; gives the link that it was credited to. The ticket stays where it is.

    ``code``: only if it is credited to this one. :class:`NothingToDo` (``not_credited``) where it is credited to none.
    """
    with begin() as work:
        _check(work, policy, ticket, operator)
        _, number = work.links.ticket_link(ticket)
        link = None if number is None else work.links.get(number)
        if link is None:
            text = Text(f"工单 {ticket} 没有计入口令，不用撤回。", f"ticket {ticket} is credited to no code.")
            raise NothingToDo(text, code="not_credited")
        if code is not None and link_of(work, code, key=key).id != link.id:
            raise _another(ticket, link)
        reason = f"uncredited:{link.code}"
        work.links.uncredit(ticket, link=link.id, actor=operator, reason=reason, now=now or clock())
        work.commit()
    return link


def _check(work: UnitOfWork, policy: Communities, ticket: int, operator: str) -> None:
    """Locks the ticket: nobody else moves or credits it meanwhile."""
    found = standing_of(work, ticket)
    check_theirs(policy, found, operator)
    check_token(work, found, operator=operator, token=None)


def _another(ticket: int, link: StoredLink) -> Misconfigured:
    text = Text(
        f"工单 {ticket} 计入的是口令 {link.code}，不是这一个，未作改动。撤回它：不写 --code，或写 {link.code}。",
        f"ticket {ticket} is credited to {link.code}, not to this code: nothing changed. Say that one, or none.",
    )
    return Misconfigured(text, code="other_code")
