"""An operator's work on tickets: claim, heartbeat, release, complete, recycle, and everybody who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.onboarding import Ticket, TicketEvent
from tests.stages.team import Team, buyers, communities, post
from yinliu.errors import ActionNeeded, Misconfigured, NothingToDo, YinliuError
from yinliu.stages import queue
from yinliu.stages.links import credit, link_for
from yinliu.stages.move import move_ticket
from yinliu.stages.persons import opt_out

KEY = bytes(range(32))
CLUB = {"name": "all", "operators": ["小李", "小张"], "lead": "老王"}


@pytest.fixture
def ready(team: Team) -> Team:
    """Three tickets: 1 and 3 are 小李's, 2 is 小张's."""
    return with_tickets(team, 3)


def with_tickets(team: Team, number: int, **options: Any) -> Team:
    """A team whose people were routed."""
    team.rules = communities(CLUB, {"name": "other", "topics": ["x"], "operators": ["小周"]}, **options)
    team.hear(post(), *buyers(number))
    team.route()
    return team


def call(team: Team, what: str, **how: Any) -> Any:
    """A stage function over the team."""
    return getattr(queue, what)(team.begin, policy=team.rules, **how)


def refused(code: str, kind: type[YinliuError], act: Callable[[], Any]) -> str:
    """The Chinese message with which something is refused."""
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code
    return caught.value.message.zh


def row(team: Team, ticket: int) -> Ticket:
    """A ticket as stored."""
    with team.begin() as work:
        found = work._session.get(Ticket, ticket)
        assert found is not None
        work._session.expunge(found)
        return found


def later(team: Team, **columns: timedelta) -> None:
    """Let times of all tickets be earlier than they are."""
    with team.begin() as work:
        for ticket in work._session.query(Ticket):
            for name, by in columns.items():
                value: datetime | None = getattr(ticket, name)
                setattr(ticket, name, value - by if value else None)
        work.commit()


def test_an_operator_claims_their_own(ready: Team) -> None:
    """In the order in which they became ready; nobody else's."""
    assert [one.ticket for one in call(ready, "claim", operator="小李", limit=5)] == [1, 3]
    assert call(ready, "claim", operator="小李", limit=5) == []
    assert [one.ticket for one in call(ready, "claim", operator="小张", limit=5)] == [2]


def test_a_clock_that_is_ahead_lets_nobody_wait(team: Team) -> None:
    """A ticket is ready at once by the database's clock, whatever the clock of the machine that routed it said."""
    team.rules = communities(CLUB)
    team.hear(post(), *buyers(1))
    team.route(datetime.now(UTC) + timedelta(days=7))
    assert len(call(team, "claim", operator=row(team, 1).operator)) == 1


def test_an_unknown_operator_is_told_who_there_is(ready: Team) -> None:
    """With the nearest name; for every step."""
    who = {"operator": "小李子"}
    steps = [
        lambda: call(ready, "claim", **who),
        lambda: call(ready, "heartbeat", ticket=1, **who),
        lambda: call(ready, "release", ticket=1, reason="", **who),
        lambda: call(ready, "complete", ticket=1, state="joined", reason="", **who),
        lambda: call(ready, "recycle", ticket=1, reason="", **who),
    ]
    assert all("小李？" in refused("no_operator", Misconfigured, step) for step in steps)


def test_a_community_that_is_not_theirs(ready: Team) -> None:
    """Says whose it is; the lead may."""
    said = refused("not_theirs", Misconfigured, lambda: call(ready, "claim", operator="小周", ticket=1))
    assert all(name in said for name in ("小李", "小张", "老王", "all"))
    assert call(ready, "claim", operator="小周") == []
    assert call(ready, "claim", operator="老王", ticket=1)[0].ticket == 1


@pytest.mark.parametrize("ticket", [99, 0, -1, 2**40])
def test_a_ticket_that_is_none(ready: Team, ticket: int) -> None:
    """Is told by its number."""
    assert str(ticket) in refused(
        "no_ticket", Misconfigured, lambda: call(ready, "claim", operator="小李", ticket=ticket)
    )


def test_somebody_elses_lease_is_told(ready: Team) -> None:
    """By whom and until when, to everybody who tries anything; nothing changes."""
    call(ready, "claim", operator="小李", ticket=1)
    events = ready.rows(TicketEvent.id)
    steps = [
        lambda: call(ready, "claim", operator="小张", ticket=1),
        lambda: call(ready, "release", operator="小张", ticket=1, reason=""),
        lambda: call(ready, "complete", operator="小张", ticket=1, state="invited", reason=""),
        lambda: call(ready, "recycle", operator="小张", ticket=1, reason=""),
        lambda: ready.move(1, "lost", actor="小张"),
    ]
    assert all("小李" in refused("held", ActionNeeded, step) for step in steps)
    assert ready.rows(TicketEvent.id) == events


@pytest.mark.parametrize("token", [0, 7, -1, 2**31 - 1])
def test_a_stale_token_changes_nothing(ready: Team, token: int) -> None:
    """And says so, for every step."""
    call(ready, "claim", operator="小李", ticket=1)
    events = ready.rows(TicketEvent.id)
    how = {"operator": "小李", "ticket": 1, "token": token}
    steps = [
        lambda: call(ready, "heartbeat", **how),
        lambda: call(ready, "release", reason="", **how),
        lambda: call(ready, "complete", state="invited", reason="", **how),
    ]
    assert all(str(token) in refused("stale_token", ActionNeeded, step) for step in steps)
    assert (ready.rows(TicketEvent.id), row(ready, 1).state) == (events, "assigned")


def test_a_lease_that_ran_out_is_stale(ready: Team) -> None:
    """Also for its last holder; without a token they take it anew."""
    call(ready, "claim", operator="小李", ticket=1)
    later(ready, ready_at=timedelta(hours=1))
    how = {"operator": "小李", "ticket": 1, "state": "invited", "reason": ""}
    refused("stale_token", ActionNeeded, lambda: call(ready, "complete", token=1, **how))
    refused("stale_token", ActionNeeded, lambda: call(ready, "heartbeat", operator="小李", ticket=1))
    assert call(ready, "complete", **how) == "assigned"


def test_a_heartbeat_needs_no_token_of_ones_own_lease(ready: Team) -> None:
    """It lasts from now on."""
    call(ready, "claim", operator="小李", ticket=1)
    until = call(ready, "heartbeat", operator="小李", ticket=1, token=1)
    assert call(ready, "heartbeat", operator="小李", ticket=1) >= until > datetime.now(UTC)


def test_a_step_is_one_event(ready: Team) -> None:
    """With who, why and the lease it was done by."""
    call(ready, "complete", operator="小李", ticket=1, state="invited", reason="微信已发")
    events = ready.rows(
        TicketEvent.ticket_id, TicketEvent.before, TicketEvent.after, TicketEvent.actor, TicketEvent.token
    )
    assert [event for event in events if event[0] == 1][1:] == [(1, "assigned", "invited", "小李", 1)]


def test_retries_wait_twice_as_long_each_and_end_parked(team_sqlite: Team) -> None:
    """The dead letter says why; recycled it has all its attempts again."""
    team = with_tickets(team_sqlite, 1, most_attempts=3, retry_minutes=10)
    how = {"operator": "小李", "ticket": 1, "reason": "打不通", "failed": True}
    waits = [call(team, "release", **how) for _ in range(3)]
    assert [(one.how, one.delay) for one in waits] == [
        ("ready", timedelta(minutes=10)), ("ready", timedelta(minutes=20)), ("parked", timedelta(0)),
    ]  # fmt: skip
    assert row(team, 1).parked_reason == "attempts_used:3:打不通"
    assert call(team, "claim", operator="小李") == []
    assert call(team, "recycle", operator="小张", ticket=1, reason="换了号码") == "assigned"
    assert (row(team, 1).attempts, len(call(team, "claim", operator="小李"))) == (0, 1)


def test_it_is_given_to_anybody(ready: Team) -> None:
    """Of the community."""
    call(ready, "release", operator="小李", ticket=1, reason="请假", anybody=True)
    assert row(ready, 1).state == "queued"
    assert 1 in [one.ticket for one in call(ready, "claim", operator="小张", limit=5)]
    assert row(ready, 1).operator == "小张"


def test_an_expired_ticket_is_queued_anew(ready: Team) -> None:
    """With a seat; the lead is not routed besides."""
    ready.move(1, "expired")
    assert call(ready, "recycle", operator="小李", ticket=1, reason="") == "queued"
    assert row(ready, 1).state == "queued"
    ready.route()
    assert len(ready.tickets()) == 3
    with ready.begin() as work:
        taken, held = (
            work._session.scalar(text(query))
            for query in (
                "SELECT sum(taken) FROM community_group",
                "SELECT count(*) FROM seat WHERE released_at IS NULL",
            )
        )
    assert taken == held == 3


def test_who_opted_out_is_nobodys_decision(ready: Team) -> None:
    """A parked ticket that an opt-out ended is listed no more, and does not come back."""
    with ready.begin() as work:
        work._session.execute(text("UPDATE ticket SET parked_at = changed_at, parked_reason = 'send_unknown'"))
        work.commit()
    opt_out(ready.begin, row(ready, 1).person_id, actor="小李", reason="")
    with ready.begin() as work:
        assert [listed["id"] for listed in work.tickets.queue(parked=True)] == [2, 3]
    refused("not_recyclable", Misconfigured, lambda: call(ready, "recycle", operator="小李", ticket=1, reason=""))


def test_who_left_or_refused_is_not_recycled(ready: Team) -> None:
    """Nor what needs no recycling."""
    ready.move(3, "joined")
    ready.move(3, "left")
    refused("not_recyclable", Misconfigured, lambda: call(ready, "recycle", operator="小李", ticket=3, reason=""))
    ready.move(1, "opted_out")
    refused("not_recyclable", Misconfigured, lambda: call(ready, "recycle", operator="小李", ticket=1, reason=""))
    refused("not_recyclable", Misconfigured, lambda: call(ready, "recycle", operator="小李", ticket=2, reason=""))


def test_a_member_is_not_invited_again(ready: Team) -> None:
    """A merge may show that two tickets are one person's."""
    ready.move(2, "joined")
    with ready.begin() as work:
        person = row(ready, 2).person_id
        work._session.execute(text("UPDATE ticket SET person_id = :p, state = 'expired' WHERE id = 1"), {"p": person})
        work.commit()
    said = refused("already_member", ActionNeeded, lambda: call(ready, "recycle", operator="小李", ticket=1, reason=""))
    assert "工单 2" in said


def test_whoever_refused_is_not_invited(ready: Team) -> None:
    """Every step towards the community is refused; ending the ticket is not."""
    with ready.begin() as work:
        now = datetime.now(UTC).isoformat(" ")[:26]
        work._session.execute(text("UPDATE person SET suppressed_at = :now WHERE id = 1"), {"now": now})
        work.commit()
    refused("suppressed", ActionNeeded, lambda: call(ready, "claim", operator="小李", ticket=1))
    refused("suppressed", ActionNeeded, lambda: ready.move(1, "invited"))
    assert ready.move(1, "opted_out") == "assigned"


def test_an_expired_ticket_is_not_put_in_line_for_a_seat(ready: Team) -> None:
    """It would wait there for whoever refused meanwhile, or is being brought somewhere else."""
    ready.move(1, "expired")
    refused("move_refused", Misconfigured, lambda: ready.move(1, "blocked_full"))


def test_a_person_goes_to_one_community_at_a_time(ready: Team) -> None:
    """An expired ticket stays so while another is under way."""
    ready.move(1, "expired")
    with ready.begin() as work:
        work._session.execute(
            text("UPDATE ticket SET person_id = (SELECT person_id FROM ticket WHERE id = 2) WHERE id = 1")
        )
        work.commit()
    refused("person_busy", ActionNeeded, lambda: call(ready, "recycle", operator="小李", ticket=1, reason=""))


def test_late_goes_to_a_second_operator_then_to_the_lead(team: Team) -> None:
    """Then it stays where it is, and is only marked; each with an event and a new time to answer by."""
    with_tickets(team, 1)
    found = []
    for _ in range(5):
        later(team, due_at=timedelta(hours=30))
        found.append((team.upkeep()["late"], row(team, 1).operator, row(team, 1).escalation))
        assert team.upkeep()["late"] == 0
    assert found == [(1, "小张", 1), (1, "老王", 2), (1, "老王", 3), (0, "老王", 3), (0, "老王", 3)]
    assert [reason for (reason,) in team.rows(TicketEvent.reason)] == ["routed", "late_to:小张", "late_to:老王", "late"]


def test_what_is_worked_on_is_not_taken_away(team: Team) -> None:
    """However late it is, while the lease lives."""
    with_tickets(team, 1)
    call(team, "claim", operator="小李")
    later(team, due_at=timedelta(days=30), changed_at=timedelta(days=30))
    counts = team.upkeep()
    assert (counts["late"], counts["expired"]) == (0, 0)


def test_members_of_a_week_stay(team: Team) -> None:
    """And their lead is looked at again for the next tier."""
    with_tickets(team, 2)
    team.move(1, "joined")
    assert team.upkeep()["retained"] == 0
    later(team, changed_at=timedelta(days=8))
    assert (team.upkeep()["retained"], team.upkeep()["retained"]) == (1, 0)
    assert (row(team, 1).state, row(team, 2).state) == ("retained", "assigned")


def test_more_than_a_batch_is_kept_up(team_sqlite: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, a transaction a batch."""
    monkeypatch.setattr("yinliu.stages.upkeep.BATCH", 3)
    with_tickets(team_sqlite, 10)
    later(team_sqlite, due_at=timedelta(days=2))
    assert team_sqlite.upkeep()["late"] == 10
    later(team_sqlite, changed_at=timedelta(days=20))
    assert team_sqlite.upkeep()["expired"] == 10


def test_a_move_by_a_live_token(ready: Team) -> None:
    """Is done under that lease."""
    (found,) = call(ready, "claim", operator="小李", ticket=1)
    how: dict[str, Any] = {"ticket": 1, "state": "invited", "operator": "小李", "reason": "", "token": found.token}
    assert call(ready, "complete", **how) == "assigned"
    assert row(ready, 1).lease_token == 1


def ledger(team: Team) -> list[tuple[Any, ...]]:
    """(ticket, confirmed, released) of the seats, in order; each group's counter is that of its lines held."""
    held = "SELECT count(*) FROM seat WHERE released_at IS NULL AND group_id = community_group.id"
    with team.begin() as work:
        assert not work._session.scalar(text(f"SELECT count(*) FROM community_group WHERE taken <> ({held})"))
        query = "SELECT ticket_id, confirmed_at IS NOT NULL, released_at IS NOT NULL FROM seat ORDER BY id"
        return [(ticket, bool(came), bool(over)) for ticket, came, over in work._session.execute(text(query))]


def _moved(team: Team) -> str:
    move_ticket(team.begin, ticket=1, state="assigned", actor="小张", reason="点错了", policy=team.rules)
    return row(team, 1).state


WAYS: dict[str, Callable[[Team], str]] = {
    "recycle": lambda team: str(call(team, "recycle", operator="小张", ticket=1, reason="点错了")),
    "move": _moved,
    "complete": lambda team: (
        call(team, "complete", operator="小张", ticket=1, state="assigned", reason="点错了") and row(team, 1).state
    ),
}
"""How a result is taken back: whichever command it is, the same is done."""


@pytest.mark.parametrize("way", WAYS)
def test_a_join_noted_by_mistake_is_taken_back(ready: Team, way: str) -> None:
    """The seat is held and not confirmed, no link has the credit, and the ticket goes on; by one event."""
    ready.move(1, "joined")
    with ready.begin() as work:
        code = link_for(work, key=KEY, post_id=1, community=None, operator=None, now=datetime.now(UTC))
        credit(work, 1, code, key=KEY)
        work.commit()
    assert ledger(ready)[0] == (1, True, False)
    assert WAYS[way](ready) == "assigned"
    assert ledger(ready)[0] == (1, False, False)
    stored = row(ready, 1)
    assert (stored.state, stored.operator, stored.link_id, stored.late_at) == ("assigned", "小李", None, None)
    columns = (TicketEvent.ticket_id, TicketEvent.before, TicketEvent.after, TicketEvent.actor, TicketEvent.reason)
    moves = [event[1:] for event in ready.rows(*columns) if event[0] == 1 and event[1] != event[2]]
    assert moves[-1] == ("joined", "assigned", "小张", "taken_back:点错了")
    assert ready.move(1, "joined") == "assigned"
    assert ledger(ready)[0] == (1, True, False)


@pytest.mark.parametrize("way", WAYS)
def test_a_loss_noted_by_mistake_is_taken_back(ready: Team, way: str) -> None:
    """With a seat again, and the lead is not routed besides."""
    ready.move(1, "lost")
    assert WAYS[way](ready) == "assigned"
    assert ready.rows(TicketEvent.actor, TicketEvent.reason)[-1] == ("小张", "taken_back:点错了")
    assert [line for line in ledger(ready) if not line[2]] == [(2, False, False), (3, False, False), (1, False, False)]
    later(ready, changed_at=timedelta(days=90))
    assert ready.route(datetime.now(UTC) + timedelta(days=90))["tickets"] == 0


@pytest.mark.parametrize("state", ["joined", "lost"])
def test_nobody_is_under_way_twice_by_what_is_taken_back(ready: Team, state: str) -> None:
    """While another ticket of theirs is worked on it stays as it is."""
    ready.move(1, state)
    with ready.begin() as work:
        theirs = "person_id = (SELECT person_id FROM ticket WHERE id = 1)"
        work._session.execute(text(f"UPDATE ticket SET {theirs}, community = 'other' WHERE id = 2"))
        work.commit()
    before = ledger(ready)
    refused("person_busy", ActionNeeded, lambda: call(ready, "recycle", operator="小李", ticket=1, reason=""))
    assert (row(ready, 1).state, ledger(ready)) == (state, before)


def test_a_loss_is_taken_back_only_where_there_is_a_seat(team: Team) -> None:
    """Else it is told, and nothing changes."""
    team.rules = communities(CLUB | {"capacity": 1})
    team.hear(post(), *buyers(2))
    team.route()
    team.move(1, "lost")
    team.route()
    refused("community_full", Misconfigured, lambda: call(team, "recycle", operator="小李", ticket=1, reason=""))
    assert row(team, 1).state == "lost"


def test_who_waits_for_a_seat_is_not_claimed(team: Team) -> None:
    """There is nothing to do yet: no lease, no event, no words."""
    team.rules = communities(CLUB | {"capacity": 1})
    team.hear(post(), *buyers(2))
    team.route()
    events = team.rows(TicketEvent.id)
    said = refused("waits_for_seat", NothingToDo, lambda: call(team, "claim", operator="小李", ticket=2))
    assert "还没有名额，腾出名额后会自动进入领取队列" in said
    assert (team.rows(TicketEvent.id), row(team, 2).leased_by, row(team, 2).lease_token) == (events, None, 0)


@pytest.mark.parametrize(
    ("failed", "reason"), [(True, "attempt_failed:1:微信搜不到"), (False, "given_back:微信搜不到")]
)
def test_what_is_given_back_says_so(ready: Team, failed: bool, reason: str) -> None:
    """Its event, and which attempt it was."""
    call(ready, "release", operator="小李", ticket=1, reason="微信搜不到", failed=failed)
    assert ready.rows(TicketEvent.actor, TicketEvent.reason)[-1] == ("小李", reason)
