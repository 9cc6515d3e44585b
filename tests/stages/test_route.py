"""route, upkeep, move: seats are a ledger, work is shared, and nobody gets a second ticket."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from models.onboarding import SEATED_STATES, Ticket, TicketEvent
from models.unit_of_work import UnitOfWork
from tests.stages.team import HOT, ZONE, Team, buyers, comment, communities, post
from yinliu.errors import Misconfigured
from yinliu.stages.route import route


def states(team: Team) -> Counter[str]:
    """How many tickets are in which state."""
    return Counter(row["state"] for row in team.tickets())


def aged(team: Team, days: float) -> None:
    """Let every ticket be older."""
    with team.begin() as work:
        for ticket in work._session.query(Ticket):
            moved = {"changed_at": ticket.changed_at - timedelta(days=days)}
            moved |= {"due_at": ticket.due_at - timedelta(days=days)} if ticket.due_at else {}
            work._session.execute(update(Ticket).where(Ticket.id == ticket.id).values(moved))
        work.commit()


def test_every_qualified_lead_gets_one_ticket(team: Team) -> None:
    """With a community, an operator, a reason, a time to answer by and an event; others get none."""
    team.hear(post(), comment("c1", HOT), comment("c2", "想买", "小张"))
    nothing = dict.fromkeys(("drained", "given", "queued", "blocked_full", "unmatched"), 0)
    assert team.route() == {**nothing, "leads": 1, "tickets": 1}
    (ticket,) = team.tickets()
    assert (ticket["state"], ticket["community"], ticket["operator"]) == ("assigned", "all", "小李")
    assert (ticket["reasons"], ticket["due_at"] - ticket["created_at"]) == (["open:all"], timedelta(hours=24))
    assert team.rows(TicketEvent.after, TicketEvent.reason) == [("assigned", "routed")]


def test_a_second_run_adds_nothing(team: Team) -> None:
    """Neither for those with a ticket, nor for those who wait, nor for those whom nobody takes."""
    team.rules = communities({"name": "all", "capacity": 2}, {"name": "x", "topics": ["coffee"]})
    team.hear(post(), *buyers(4))
    team.route()
    before = [(row["id"], row["state"], row["operator"]) for row in team.tickets()]
    again = team.route()
    assert (again["tickets"], again["blocked_full"], again["drained"]) == (0, 0, 0)
    assert [(row["id"], row["state"], row["operator"]) for row in team.tickets()] == before


def test_a_person_has_one_ticket_however_they_end(team: Team) -> None:
    """A lost one is not routed again, even when they comment again."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    team.move(1, "lost")
    team.hear(comment("c2", HOT))
    team.route()
    assert len(team.tickets()) == 1


def test_seats_are_never_given_twice(team: Team) -> None:
    """Those who find all full wait, first come first."""
    team.rules = communities({"name": "all", "capacity": 3})
    team.hear(post(), *buyers(5))
    assert team.route()["blocked_full"] == 2
    assert states(team) == {"assigned": 3, "blocked_full": 2}
    waiting = [row for row in team.tickets() if row["state"] == "blocked_full"]
    assert all(row["operator"] is None and "full:all" in row["reasons"] for row in waiting)
    assert [row["name"] for row in waiting] == ["买家3", "买家4"]


@pytest.mark.parametrize("end", ["lost", "opted_out", "expired"])
def test_a_freed_seat_goes_to_whoever_waits_longest(team: Team, end: str) -> None:
    """At the next run, with an operator and a time to answer by."""
    team.rules = communities({"name": "all", "capacity": 1})
    team.hear(post(), *buyers(3))
    team.route()
    team.move(1, end)
    assert team.route()["drained"] == 1
    assert states(team) == {end: 1, "assigned": 1, "blocked_full": 1}
    drained = next(row for row in team.tickets() if row["state"] == "assigned")
    assert (drained["name"], drained["operator"]) == ("买家1", "小李")
    assert drained["due_at"] is not None


def test_a_larger_community_takes_who_waits(team_sqlite: Team) -> None:
    """Editing communities.yaml is enough; a smaller one throws nobody out."""
    team_sqlite.rules = communities({"name": "all", "capacity": 1})
    team_sqlite.hear(post(), *buyers(3))
    team_sqlite.route()
    team_sqlite.rules = communities({"name": "all", "capacity": 5})
    assert team_sqlite.route()["drained"] == 2
    team_sqlite.rules = communities({"name": "all", "capacity": 1})
    team_sqlite.route()
    assert states(team_sqlite) == {"assigned": 3}


def test_who_lives_there_goes_there(team: Team) -> None:
    """A named city weighs more than a topic."""
    team.rules = communities({"name": "camping", "topics": ["camping"]}, {"name": "hz", "cities": ["杭州"]})
    team.hear(post(), comment("c1", f"杭州露营 {HOT}"))
    team.route()
    (ticket,) = team.tickets()
    assert (ticket["community"], ticket["reasons"]) == ("hz", ["city:杭州"])


def test_a_post_says_what_its_readers_like(team: Team) -> None:
    """Who comments under a camping post fits the camping community."""
    team.rules = communities({"name": "camping", "topics": ["camping"]})
    team.hear(post(title="露营"), comment("c1", HOT))
    assert team.route()["tickets"] == 1


def test_who_fits_nowhere_is_looked_at_again(team: Team) -> None:
    """Without a ticket, with a note; a new community takes them."""
    team.rules = communities({"name": "coffee", "topics": ["coffee"]})
    team.hear(post(), *buyers(2))
    assert team.route()["unmatched"] == 2
    assert {lead["route_note"] for lead in team.leads().values()} == {"no_community"}
    team.rules = communities({"name": "coffee", "topics": ["coffee"]}, {"name": "all"})
    assert team.route()["tickets"] == 2
    assert {lead["route_note"] for lead in team.leads().values()} == {None}


def test_operators_share_the_work(team: Team) -> None:
    """Over several batches and several runs."""
    team.rules = communities({"name": "all", "capacity": 1000, "operators": ["甲", "乙", "丙"]})
    team.hear(post(), *buyers(250))
    assert team.route()["tickets"] == 250
    work = Counter(row["operator"] for row in team.tickets())
    assert max(work.values()) - min(work.values()) <= 1


def test_two_routers_at_once_give_no_seat_twice(team: Team, engine: Engine) -> None:
    """Each takes its turn."""
    team.rules = communities({"name": "all", "capacity": 5})
    team.hear(post(), *buyers(20))
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(lambda _: route(lambda: UnitOfWork(engine), policy=team.rules, zone=ZONE), range(3)))
    assert states(team) == {"assigned": 5, "blocked_full": 15}


def test_late_tickets_are_marked_once(team: Team) -> None:
    """The state stays, an event says so."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    assert team.upkeep()["late"] == 0
    aged(team, 2)
    assert (team.upkeep()["late"], team.upkeep()["late"]) == (1, 0)
    assert states(team) == {"assigned": 1}
    assert team.rows(TicketEvent.reason)[-1] == ("late",)


def test_untouched_tickets_expire_and_free_their_seat(team: Team) -> None:
    """Whoever waits gets it in the same run."""
    team.rules = communities({"name": "all", "capacity": 1}, expire_after_days=14)
    team.hear(post(), *buyers(2))
    team.route()
    aged(team, 15)
    counts = team.upkeep()
    assert (counts["expired"], counts["drained"]) == (1, 1)
    assert states(team) == {"expired": 1, "assigned": 1}


def test_who_joined_does_not_expire(team_sqlite: Team) -> None:
    """Nor who waits for a seat."""
    team_sqlite.rules = communities({"name": "all", "capacity": 1})
    team_sqlite.hear(post(), *buyers(2))
    team_sqlite.route()
    team_sqlite.move(1, "joined")
    aged(team_sqlite, 100)
    assert team_sqlite.upkeep()["expired"] == 0


def test_a_ticket_goes_its_way(team: Team) -> None:
    """From assigned to retained, an event a step."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    before = [team.move(1, state) for state in ("invited", "added", "joined", "retained", "left")]
    assert before == ["assigned", "invited", "added", "joined", "retained"]
    assert len(team.rows(TicketEvent.id)) == 6


@pytest.mark.parametrize("state", ["retained", "assigned", "nonsense", "", "blocked_full"])
def test_a_refused_move_says_what_is_allowed(team_sqlite: Team, state: str) -> None:
    """In both languages; nothing changes."""
    team_sqlite.hear(post(), comment("c1", HOT))
    team_sqlite.route()
    with pytest.raises(Misconfigured) as caught:
        team_sqlite.move(1, state)
    assert caught.value.code == "move_refused"
    for text in (caught.value.message.zh, caught.value.message.en):
        assert all(word in text for word in ("assigned", "invited", "opted_out"))
    assert states(team_sqlite) == {"assigned": 1}


def test_an_ended_ticket_allows_nothing(team_sqlite: Team) -> None:
    """And says so."""
    team_sqlite.hear(post(), comment("c1", HOT))
    team_sqlite.route()
    team_sqlite.move(1, "opted_out")
    with pytest.raises(Misconfigured, match="可改为：无"):
        team_sqlite.move(1, "assigned")


def test_an_unknown_ticket_is_told(team_sqlite: Team) -> None:
    """By its number."""
    with pytest.raises(Misconfigured, match="99") as caught:
        team_sqlite.move(99, "invited")
    assert caught.value.code == "no_ticket"


@pytest.mark.parametrize("back", ["expired", "blocked_full"])
def test_nobody_is_put_into_a_full_community_by_hand(team: Team, back: str) -> None:
    """A move that takes a seat needs a free one."""
    team.rules = communities({"name": "all", "capacity": 1})
    team.hear(post(), *buyers(2))
    team.route()
    if back == "expired":
        team.move(1, "expired")
        team.route()
    with pytest.raises(Misconfigured) as caught:
        team.move(1 if back == "expired" else 2, "assigned")
    assert caught.value.code == "community_full"
    assert sum(count for state, count in states(team).items() if state in SEATED_STATES) == 1


def test_an_expired_ticket_is_taken_up_again_where_a_seat_is_free(team_sqlite: Team) -> None:
    """It is not at once late or expired again."""
    team_sqlite.hear(post(), comment("c1", HOT))
    team_sqlite.route()
    aged(team_sqlite, 15)
    team_sqlite.upkeep()
    team_sqlite.move(1, "assigned")
    assert (counts := team_sqlite.upkeep())["expired"] == counts["late"] == 0
    assert states(team_sqlite) == {"assigned": 1}


def test_the_post_that_led_there_is_told(team: Team) -> None:
    """Who wished most below one post and is brought where another one is about: that one has earned it."""
    team.rules = communities({"name": "camp", "topics": ["camping"]})
    team.hear(
        post("p1", title="洗面奶"),
        post("p2", title="周末露营", labels=["camping"]),
        comment("c1", "想买，多少钱？13912345678", post_id="p1"),
        comment("c2", "露营好玩吗？", post_id="p2"),
    )
    team.route()
    (ticket,) = team.tickets()
    assert ticket["community"] == "camp" and "topic:camping" in ticket["reasons"]
    with team.begin() as work:
        titles = {row["id"]: row["title"] for row in work.links.posts()}
    assert titles[ticket["post_id"]] == "周末露营"
