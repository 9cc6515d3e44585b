"""route with groups, shifts, tiers and waiting lists: who gets the seat, who gets the work, and when."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from models.onboarding import CommunityGroup, Ticket, TicketEvent
from models.people import Lead, Person
from tests.patience import PATIENCE
from tests.stages.team import MONDAY, Team, buyers, comment, communities, phone, post
from yinliu.stages import route as stage

MORNING = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""A Friday, ten in Shanghai."""
NIGHT = MORNING + timedelta(hours=12)
OFFICE = {"days": "workdays", "from": "09:00", "to": "18:00"}


def seats(team: Team) -> dict[str, tuple[int, int, bool]]:
    """(seats taken, capacity, closed) by community and group; the ledger says the same."""
    query = "SELECT count(*) FROM seat WHERE released_at IS NULL AND group_id = :key"
    found = {}
    with team.begin() as work:
        for group in work._session.query(CommunityGroup).order_by(CommunityGroup.id):
            assert work._session.execute(text(query), {"key": group.id}).scalar() == group.taken
            found[f"{group.community}/{group.name}"] = (group.taken, group.capacity, group.closed)
    return found


def end(team: Team, ticket: int, state: str, at: datetime = MORNING) -> None:
    """A ticket ends, as the queue ends it: its seat is free, and its lead is due at once."""
    with team.begin() as work:
        work.seats.release(ticket, now=at)
        work._session.execute(update(Ticket).where(Ticket.id == ticket).values(state=state, changed_at=at))
        person = work._session.get_one(Ticket, ticket).person_id
        work._session.execute(update(Lead).where(Lead.person_id == person).values(route_at=at))
        work.commit()


def put(team: Team, ticket: int, state: str) -> None:
    """A ticket is in a state, its lead due at once."""
    with team.begin() as work:
        work._session.execute(update(Ticket).where(Ticket.id == ticket).values(state=state))
        work._session.execute(update(Lead).values(route_at=MONDAY))
        work.commit()


def events(team: Team) -> list[tuple[str | None, str, str]]:
    """(before, after, reason) of all events."""
    return team.rows(TicketEvent.before, TicketEvent.after, TicketEvent.reason)  # type: ignore[return-value]


def test_nobody_on_duty_keeps_the_seat_until_somebody_is(team: Team) -> None:
    """Queued with a seat; the next shift takes over, and the time to answer runs from there."""
    team.rules = communities({"name": "all"}, operators=[{"name": "小李", "shifts": [OFFICE]}])
    team.hear(post(), *buyers(2))
    counts = team.route(NIGHT)
    assert (counts["tickets"], counts["queued"]) == (2, 2)
    assert seats(team)["all/1"] == (2, 10, False)
    ticket = team.tickets()[0]
    assert (ticket["state"], ticket["operator"]) == ("queued", None)
    assert ticket["reasons"] == ["open:all", "off_duty", "next_shift:2026-11-23 09:00"]
    assert ticket["due_at"] == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert team.route(NIGHT)["given"] == 0
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert (team.route(monday)["given"], team.route(monday)["given"]) == (2, 0)
    assert [row["operator"] for row in team.tickets()] == ["小李", "小李"]
    assert seats(team)["all/1"] == (2, 10, False)
    assert events(team)[1:3] == [(None, "queued", "queued_nobody_on_duty"), ("queued", "assigned", "shift_began")]


def test_a_quota_is_never_exceeded(team: Team) -> None:
    """Over several runs of a day; the next day goes on with who waits."""
    team.rules = communities({"name": "all"}, operators=[{"name": "小李", "daily_quota": 2}])
    team.hear(post(), *buyers(5))
    assert team.route(MORNING)["queued"] == 3
    assert team.route(MORNING + timedelta(hours=3))["given"] == 0
    assert team.route(MORNING + timedelta(days=1))["given"] == 2
    assert Counter(row["state"] for row in team.tickets()) == {"assigned": 4, "queued": 1}
    with team.begin() as work:
        assert work.routing.operator_turns()["小李"][1:] == ("2026-11-21", 2)


def test_groups_fill_up_one_after_the_other(team: Team) -> None:
    """A closed one is skipped; reasons tell of it; the full community waits."""
    groups: list[dict[str, Any]] = [{"name": "a", "capacity": 1}, {"name": "b", "capacity": 5, "closed": True}]
    team.rules = communities({"name": "all", "capacity": None, "groups": [*groups, {"name": "c", "capacity": 2}]})
    team.hear(post(), *buyers(4))
    assert team.route(MORNING)["blocked_full"] == 1
    assert seats(team) == {"all/a": (1, 1, False), "all/b": (0, 5, True), "all/c": (2, 2, False)}
    assert team.tickets()[1]["reasons"] == ["open:all", "next_group"]


def test_a_group_that_is_not_named_any_more_is_closed(team: Team) -> None:
    """Never deleted; named again, it is open again."""
    both = [{"name": "a", "capacity": 2}, {"name": "b", "capacity": 2}]
    team.rules = communities({"name": "all", "capacity": None, "groups": both})
    team.hear(post(), *buyers(1))
    team.route(MORNING)
    team.rules = communities({"name": "all", "capacity": None, "groups": both[1:]})
    team.route(MORNING)
    assert seats(team) == {"all/a": (1, 2, True), "all/b": (0, 2, False)}
    team.rules = communities({"name": "other"})
    team.route(MORNING)
    assert seats(team)["all/b"] == (0, 2, True)
    team.rules = communities({"name": "all", "capacity": None, "groups": both})
    team.route(MORNING)
    assert seats(team)["all/a"] == (1, 2, False)


def test_an_empty_group_is_never_dropped(team: Team) -> None:
    """It stays and takes people in, however often route runs."""
    team.rules = communities({"name": "all"}, {"name": "quiet", "topics": ["coffee"]})
    for _ in range(3):
        team.route(MORNING)
    assert seats(team) == {"all/1": (0, 10, False), "quiet/1": (0, 10, False)}
    team.hear(post(title="咖啡"), *buyers(1))
    team.route(MORNING)
    assert seats(team)["quiet/1"] == (1, 10, False)


def test_a_suppressed_person_is_never_routed(team: Team) -> None:
    """Nor looked at again."""
    team.hear(post(), *buyers(2))
    with team.begin() as work:
        work._session.execute(update(Person).where(Person.name == "买家0").values(suppressed_at=MORNING))
        work.commit()
    assert team.route(MORNING)["tickets"] == 1
    assert [row["name"] for row in team.tickets()] == ["买家1"]
    assert team.rows(Lead.route_at) == [(None,), (None,)]


@pytest.mark.parametrize("state", ["lost", "left", "expired"])
def test_who_ended_is_left_in_peace(team: Team, state: str) -> None:
    """For the community's cooling-off; then they are asked again, even by the same."""
    team.rules = communities({"name": "all", "cooling_off_days": 10})
    team.hear(post(), *buyers(1))
    team.route(MORNING)
    end(team, 1, state)
    assert team.route(MORNING + timedelta(days=9))["tickets"] == 0
    assert team.rows(Lead.route_at) == [(MORNING + timedelta(days=10),)]
    assert team.route(MORNING + timedelta(days=10))["tickets"] == 1
    assert seats(team)["all/1"] == (1, 10, False)


def test_who_waits_longest_is_first_whoever_comes_meanwhile(team: Team) -> None:
    """A new lead does not pass those who wait, though it is looked at in the same run."""
    team.rules = communities({"name": "all", "capacity": 1, "cooling_off_days": 300})
    team.hear(post(), *buyers(3))
    team.route(MORNING)
    team.hear(comment("c9", f"想买，多少钱？{phone(9)}", "晚来的", published=MONDAY.isoformat()))
    end(team, 1, "lost")
    counts = team.route(MORNING)
    assert (counts["drained"], counts["blocked_full"]) == (1, 1)
    assert [row["name"] for row in team.tickets() if row["state"] == "assigned"] == ["买家1"]
    assert [row["name"] for row in team.tickets() if row["state"] == "blocked_full"] == ["买家2", "晚来的"]
    assert ("blocked_full", "assigned", "seat_freed") in events(team)


def test_a_freed_seat_outside_of_shifts_is_held(team: Team) -> None:
    """Who waited has the seat; somebody takes over in the morning."""
    team.rules = communities({"name": "all", "capacity": 1}, operators=[{"name": "小李", "shifts": [OFFICE]}])
    team.hear(post(), *buyers(2))
    team.route(MORNING)
    end(team, 1, "lost", NIGHT)
    assert team.route(NIGHT)["drained"] == 1
    assert team.tickets()[1]["state"] == "queued"
    assert team.route(MORNING + timedelta(days=3))["given"] == 1
    assert seats(team)["all/1"] == (1, 1, False)


def test_people_climb_when_they_stayed(team: Team) -> None:
    """Joined is not yet stayed; the same community is never offered again."""
    team.rules = communities({"name": "door"}, {"name": "course", "tier": "paid"})
    team.hear(post(), *buyers(1))
    team.route(MORNING)
    put(team, 1, "joined")
    assert team.route(MORNING)["tickets"] == 0
    assert team.rows(Lead.route_note) == [("settled",)]
    put(team, 1, "retained")
    assert team.route(MORNING)["tickets"] == 1
    assert (team.tickets()[1]["community"], team.tickets()[1]["reasons"]) == ("course", ["open:course", "tier:paid"])
    assert team.rows(Lead.route_note) == [(None,)]


def test_one_at_a_time(team: Team) -> None:
    """Whoever is on their way somewhere is not routed elsewhere, whatever their lead says."""
    team.rules = communities({"name": "c1"}, {"name": "c2"})
    team.hear(post(), *buyers(1))
    team.route(MORNING)
    put(team, 1, "invited")
    assert team.route(MORNING)["tickets"] == 0


def test_an_intent_brings_people_where_it_is_wanted(team: Team) -> None:
    """And the reason says which."""
    team.rules = communities({"name": "buyers", "intents": ["purchase_intent"]}, {"name": "all"})
    team.hear(post(), *buyers(1))
    team.route(MORNING)
    assert (team.tickets()[0]["community"], team.tickets()[0]["reasons"]) == ("buyers", ["intent:purchase_intent"])


def test_notes_are_forgotten_when_rules_change_and_only_then(team: Team) -> None:
    """A run looks at what changed, and at nobody a second time."""
    team.rules = communities({"name": "coffee", "topics": ["coffee"]})
    team.hear(post(), *buyers(2))
    assert [team.route(MORNING)["leads"] for _ in range(3)] == [2, 0, 0]
    team.rules = communities({"name": "coffee", "topics": ["coffee"], "capacity": 20})
    assert team.route(MORNING)["leads"] == 0
    team.rules = communities({"name": "coffee"})
    assert team.route(MORNING)["tickets"] == 2


def test_batches_make_no_difference(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones, with those who wait and those who come."""
    monkeypatch.setattr(stage, "BATCH", 3)
    team.rules = communities({"name": "all", "capacity": 4, "operators": ["甲", "乙"]})
    team.hear(post(), *buyers(20))
    assert team.route(MORNING)["blocked_full"] == 16
    team.rules = communities({"name": "all", "capacity": 15, "operators": ["甲", "乙"]})
    assert team.route(MORNING)["drained"] == 11
    given = [row["operator"] for row in team.tickets() if row["operator"]]
    assert given == ["甲", "乙"] * 7 + ["甲"]
    assert [row["name"] for row in team.tickets() if row["operator"]] == [f"买家{n}" for n in range(15)]
    assert seats(team)["all/1"] == (15, 15, False)


def test_nobody_waits_for_each_other(team: Team) -> None:
    """Routing beside transactions that free seats of several groups, in any order: none is broken off."""
    groups = [{"name": f"g{n}", "capacity": 4} for n in range(5)]
    team.rules = communities({"name": "all", "capacity": None, "groups": groups})
    team.hear(post(), *buyers(30))
    team.route(MORNING)
    seated = [row["id"] for row in team.tickets() if row["state"] == "assigned"]

    def free(tickets: list[int]) -> None:
        with team.begin() as work:
            for ticket in tickets:
                work._session.execute(update(Ticket).where(Ticket.id == ticket).values(state="lost"))
                work.seats.release(ticket, now=MORNING)
            work.commit()

    with ThreadPoolExecutor(max_workers=3) as pool:
        ended = pool.submit(free, seated[::-2])
        routed = [pool.submit(team.route, MORNING) for _ in range(2)]
        for each in (ended, *routed):
            each.result(timeout=PATIENCE)
    team.route(MORNING)
    assert sum(taken for taken, _, _ in seats(team).values()) == 20
    waiting = [row["id"] for row in team.tickets() if row["state"] == "blocked_full"]
    assert waiting == []


def test_a_night_uses_up_nobodys_turn(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late after hours: it waits for the second operator's shift; only when they are late it is the lead's."""
    office = {"days": "everyday", "from": "09:00", "to": "18:00"}
    shifts = [{"name": name, "shifts": [office]} for name in ("小李", "小王")]
    rule = {"name": "all", "operators": ["小李", "小王"], "lead": "主管"}
    team.rules = communities(rule, operators=[*shifts, {"name": "主管"}], expire_after_days=300)
    team.hear(post(), *buyers(1))
    evening = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    team.route(evening)
    found = []
    for hours in (24.7, 25, 39.7, 63.5, 64):
        moment = evening + timedelta(hours=hours)
        monkeypatch.setattr("yinliu.stages.upkeep.now", lambda moment=moment: moment)
        found.append((team.upkeep()["late"], team.tickets()[0]["operator"], team.tickets()[0]["escalation"]))
    assert found == [(1, "小李", 0), (0, "小李", 0), (1, "小王", 1), (0, "小王", 1), (1, "主管", 2)]


def test_a_machine_whose_clock_is_ahead_takes_nobodys_lease(team: Team) -> None:
    """The database's clock alone ends leases; who is given a ticket holds it alone."""
    at_work = {"days": "everyday", "from": "00:00", "to": "24:00"}
    asleep = {"days": ["mon"], "from": "00:00", "to": "00:01"}
    team.rules = communities({"name": "all"}, operators=[{"name": "小李", "shifts": [asleep]}])
    team.hear(post(), *buyers(1))
    team.route(datetime(2026, 11, 18, 2, tzinfo=UTC))
    with team.begin() as work:
        held = work.queue.claim_one(1, actor="yinliu-a", lease=timedelta(minutes=4), take=False)
        work.commit()
    team.rules = communities({"name": "all"}, operators=[{"name": "小李", "shifts": [at_work]}])
    ahead = datetime.now(UTC) + timedelta(minutes=10)
    assert team.route(ahead)["given"] == 0
    with team.begin() as work:
        work._session.execute(text("UPDATE ticket SET ready_at = '2026-11-18 00:00:00.000000'"))
        work.commit()
    assert team.route(ahead)["given"] == 1
    with team.begin() as work:
        assert held is not None and not work.queue.holds(1, token=held.token, actor="yinliu-a")
        assert [one.ticket for one in work.queue.claim(actor="小李", communities=[], lease=timedelta(1))]
