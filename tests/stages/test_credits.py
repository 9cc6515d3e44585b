"""A credit given by itself, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.onboarding import Ticket, TicketEvent
from models.people import Lead
from models.unit_of_work import UnitOfWork
from tests.stages.signposted import add_post, add_ticket
from tests.stages.team import communities
from tests.stages.test_links import KEY, made, rows
from yinliu.errors import ActionNeeded, Misconfigured, NothingToDo
from yinliu.stages.credits import credit_ticket, uncredit_ticket

Begin = Callable[[], UnitOfWork]
RULES = communities({"name": "all", "operators": ["小李", "小栗"]}, {"name": "tea", "operators": ["阿禾"]})


@pytest.fixture
def joined(begin: Begin) -> Begin:
    """Ticket 1, whose person joined, and two posts."""
    with begin() as work:
        add_post(work, 1)
        add_post(work, 2)
        add_ticket(work, 1)
        work.commit()
    return begin


def credited(begin: Begin, code: str, *, operator: str = "小李", ticket: int = 1) -> bool:
    """By an operator."""
    return credit_ticket(begin, policy=RULES, ticket=ticket, operator=operator, code=code, key=KEY)


def undone(begin: Begin, *, operator: str = "小李", code: str | None = None) -> str:
    """The code that it was credited to."""
    return uncredit_ticket(begin, policy=RULES, ticket=1, operator=operator, code=code, key=KEY).code


def test_a_wrong_code_is_taken_back(joined: Begin) -> None:
    """With the post it brought, by an event; then another one may be given, and is alone counted."""
    wrong, right = made(joined, post_id=1), made(joined, post_id=2)
    assert credited(joined, wrong) and not credited(joined, wrong)
    assert rows(joined, Ticket.link_id, Ticket.post_id) == [(1, 1)]
    assert undone(joined) == wrong
    assert rows(joined, Ticket.link_id, Ticket.post_id, Ticket.state) == [(None, None, "joined")]
    assert credited(joined, right)
    assert rows(joined, Ticket.link_id, Ticket.post_id) == [(2, 2)]
    told = [f"credited:{wrong}", f"uncredited:{wrong}", f"credited:{right}"]
    assert [reason for _, reason in rows(joined, TicketEvent.id, TicketEvent.reason)] == told
    with joined() as work:
        assert [(row["tickets"], row["joins"]) for row in work.links.listing()] == [(0, 0), (1, 1)]


def test_the_post_of_the_lead_stays(joined: Begin) -> None:
    """It was there before the code."""
    with joined() as work:
        work._session.get_one(Lead, 1).post_id = 1
        work._session.get_one(Ticket, 1).post_id = 1
        work.commit()
    credited(joined, made(joined, post_id=1))
    undone(joined)
    assert rows(joined, Ticket.link_id, Ticket.post_id) == [(None, 1)]


def test_what_is_not_taken_back(joined: Begin) -> None:
    """What is credited to nothing, or to another code than the one named."""
    with pytest.raises(NothingToDo) as none:
        undone(joined)
    assert none.value.code == "not_credited"
    code = made(joined, post_id=1)
    credited(joined, code)
    with pytest.raises(Misconfigured) as other:
        undone(joined, code=made(joined, post_id=2))
    assert other.value.code == "other_code" and code in str(other.value)
    assert undone(joined, code=code.upper()) == code
    with pytest.raises(NothingToDo):
        undone(joined)


def test_whose_ticket_it_is(joined: Begin) -> None:
    """Somebody else's community, a ticket that is none, and one on which another works right now."""
    code = made(joined, post_id=1)
    for operator, ticket, told in (("阿禾", 1, "not_theirs"), ("谁", 1, "no_operator"), ("小李", 9, "no_ticket")):
        with pytest.raises(Misconfigured) as caught:
            credited(joined, code, operator=operator, ticket=ticket)
        assert caught.value.code == told
    with joined() as work:
        work.queue.claim_one(1, actor="小栗", lease=timedelta(minutes=5))
        work.commit()
    with pytest.raises(ActionNeeded) as held:
        credited(joined, code)
    assert held.value.code == "held" and rows(joined, Ticket.link_id) == [(None,)]
