"""work.sends: one unsettled send a ticket, results written once, and looking costs what is open, not what was."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.repositories import sends_sql
from models.repositories.bulk import Bulk
from tests.hubs.conftest import Desk
from yinliu.errors import ActionNeeded
from yinliu.stages.move import move_ticket
from yinliu.stages.queue import claim

OPTIONS = {"hub": "chat", "address_hmac": "h", "token": 1, "detail": "before:none"}


def intend(desk: Desk, ticket: int, key: str) -> int:
    """An intent, committed."""
    with desk.begin() as work:
        candidate = work.sends.lock_ready(ticket)
        assert candidate is not None
        send = work.sends.intend(candidate, key=key, **OPTIONS)  # type: ignore[arg-type]
        work.commit()
    return send


def test_a_second_intent_is_refused_by_the_database(desk: Desk) -> None:
    """While one is unsettled, whoever asks; and under no key twice."""
    ticket = desk.ticket()
    with desk.begin() as work:
        candidate = work.sends.lock_ready(ticket)
    assert candidate is not None
    intend(desk, ticket, "1-1")
    for key in ("1-2", "1-1"):
        with desk.begin() as work, pytest.raises(Exception, match=r"(?i)unique"):
            work.sends.intend(candidate, key=key, **OPTIONS)  # type: ignore[arg-type]
    assert desk.sends == {"intended": 1}


def test_an_unsettled_ticket_is_not_ready(desk: Desk) -> None:
    """Nor is it a candidate; settled as failed it is again."""
    ticket = desk.ticket()
    send = intend(desk, ticket, "1-1")
    options = {"communities": ["camp"], "kinds": ["matrix"]}
    with desk.begin() as work:
        assert work.sends.lock_ready(ticket) is None
        assert work.sends.candidates(limit=9, **options) == []  # type: ignore[arg-type]
        assert work.sends.settle(send, state="failed", detail="found:none")
        assert not work.sends.settle(send, state="sent")
        assert work.sends.candidates(limit=9, **options) == [(ticket, "camp", "1")]  # type: ignore[arg-type]
        work.commit()
    assert desk.rows("SELECT state, detail FROM send") == [("failed", "found:none")]


def test_who_may_have_been_invited_is_not_invited_by_hand(desk: Desk) -> None:
    """Neither the next in line nor by their number, until it is known."""
    ticket = desk.ticket()
    send = intend(desk, ticket, "1-1")
    operator = desk.rules.communities[0].operators[0]
    ready = {"policy": desk.rules, "operator": operator}
    assert claim(desk.begin, **ready) == []
    with pytest.raises(ActionNeeded) as caught:
        claim(desk.begin, **ready, ticket=ticket)
    assert caught.value.code == "send_unsettled" and "yinliu invite" in str(caught.value)
    move = {"ticket": ticket, "actor": operator, "reason": "", "policy": desk.rules}
    with pytest.raises(ActionNeeded):
        move_ticket(desk.begin, state="invited", **move)
    with desk.begin() as work:
        work.sends.settle(send, state="failed", detail="found:none")
        work.commit()
    assert [one.ticket for one in claim(desk.begin, **ready)] == [ticket]


def test_an_unsettled_ticket_holds_up_nobody_else(desk: Desk) -> None:
    """Others are candidates, invited by the hub, and claimed by hand, as if it were not there."""
    unsettled, other, by_hand = desk.ticket(), desk.ticket(), desk.ticket(community="hand")
    intend(desk, unsettled, "1-1")
    with desk.begin() as work:
        found = work.sends.candidates(communities=["camp"], kinds=["matrix"], limit=9)
        assert found == [(other, "camp", "1")] and work.sends.lock_ready(other) is not None
        assert not work.sends.is_open(other)
    operator = desk.rules.communities[0].operators[0]
    assert [one.ticket for one in claim(desk.begin, policy=desk.rules, operator=operator, limit=9)] == [other, by_hand]


def test_only_what_is_old_enough_and_in_nobodys_hands_is_looked_up(desk: Desk) -> None:
    """A fresh intent may still be under way; a live lease is its holder's."""
    ticket = desk.ticket()
    send = intend(desk, ticket, "1-1")
    with desk.begin() as work:
        assert work.sends.unsettled(hub="chat", older_than=timedelta(seconds=60), limit=9) == []
        (found,) = work.sends.unsettled(hub="chat", older_than=timedelta(0), limit=9)
        assert (found.send, found.group, found.detail) == (send, "1", "before:none")
        assert work.sends.unsettled(hub="chat", older_than=timedelta(0), limit=9, after=send) == []
        assert work.sends.unsettled(hub="other", older_than=timedelta(0), limit=9) == []
        work.sends.doubt(send, detail="no_answer")
        work.queue.claim_one(ticket, actor="小李", lease=timedelta(minutes=1))
        assert work.sends.unsettled(hub="chat", older_than=timedelta(0), limit=9) == []
        work.commit()
    assert desk.rows("SELECT detail FROM send") == [("before:none no_answer",)]


def test_what_is_over_costs_nothing(desk: Desk) -> None:
    """Of 20,000 tickets that ended none is read to find the one that is ready."""
    desk.ticket()
    with desk.begin() as work:
        engine = work._session.get_bind()
        assert isinstance(engine, Engine)
    columns = "id, lead_id, person_id, community, group_id, state, reasons, created_at, changed_at, ready_at"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    ended = "SELECT i + 1, 1, 1, 'camp', group_id, 'lost', reasons, created_at, changed_at, ready_at FROM ticket, n"
    desk.change(f"INSERT INTO ticket ({columns}) {numbers} {ended} WHERE ticket.id = 1")
    desk.change("ANALYZE")
    plan = explained(desk, sqlite=engine.dialect.name == "sqlite")
    assert not re.search(r"Seq Scan on ticket\b|SCAN ticket\b(?! USING)", plan), plan


def explained(desk: Desk, *, sqlite: bool) -> str:
    """How the database looks for candidates."""
    statement = f"EXPLAIN {'QUERY PLAN' if sqlite else ''} {sends_sql.CANDIDATES}"
    with desk.begin() as work:
        rows = Bulk(work._session).find(statement, {"communities": ["camp"], "kinds": ["matrix"]}, after=0, number=50)
        return "\n".join(str(row) for row in rows)
