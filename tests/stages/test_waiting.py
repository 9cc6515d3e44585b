"""route and those who wait: nobody who came later passes them, and nobody waits for what is not there any more."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from models.onboarding import Ticket, TicketEvent
from models.people import Lead
from models.repositories import waiting as waiting_rows
from tests.stages.team import HOT, Team, buyers, comment, communities, phone, post
from tests.stages.test_shifts import MORNING, end, events, seats
from yinliu.stages import route as stage
from yinliu.stages.counts import now
from yinliu.stages.simulate import simulate


def where(team: Team) -> dict[str, list[tuple[str, str]]]:
    """(community, state) of everybody's tickets, the oldest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(team.tickets(), key=lambda row: row["id"]):
        found.setdefault(row["name"], []).append((row["community"], row["state"]))
    return found


def late(number: int = 90, words: str = "想买，多少钱？") -> dict[str, object]:
    """Somebody who comes later than all others."""
    return comment(f"d{number:09}", f"{words}{phone(number)}", f"晚来{number}")


def test_who_waits_for_a_community_that_is_gone_is_routed_anew(team: Team) -> None:
    """In the same run, with an event; who has a seat keeps it; a second run changes nothing."""
    team.rules = communities({"name": "old", "capacity": 1})
    team.hear(post(), *buyers(3))
    team.route(MORNING)
    team.rules = communities({"name": "new"})
    assert team.route(MORNING)["tickets"] == 2
    gone = [("old", "expired"), ("new", "assigned")]
    assert where(team) == {"买家0": [("old", "assigned")], "买家1": gone, "买家2": gone}
    assert events(team).count(("blocked_full", "expired", "community_gone")) == 2
    assert {row[0] for row in team.rows(TicketEvent.actor)} == {"yinliu"}
    assert seats(team) == {"old/1": (1, 1, True), "new/1": (2, 10, False)}
    assert team.route(MORNING)["leads"] == 0


def test_who_waits_for_an_operator_of_a_community_that_is_gone_is_routed_anew(team: Team) -> None:
    """Their seat is free again; who may have been invited already is left to whoever looks it up."""
    asleep = [{"name": "小李", "shifts": [{"from": "03:00", "to": "03:01"}]}, {"name": "小张"}]
    team.rules = communities({"name": "old"}, operators=asleep)
    team.hear(post(), *buyers(3))
    assert team.route(MORNING)["queued"] == 3
    with team.begin() as work:
        candidate = work.sends.lock_ready(1)
        assert candidate
        work.sends.intend(candidate, hub="chat", key="1", address_hmac="x", token=1, detail="before:none")
        work.commit()
    team.rules = communities({"name": "new", "operators": ["小张"]}, operators=asleep)
    assert team.route(MORNING)["tickets"] == 2
    gone = [("old", "expired"), ("new", "assigned")]
    assert where(team) == {"买家0": [("old", "queued")], "买家1": gone, "买家2": gone}
    assert events(team).count(("queued", "expired", "community_gone")) == 2
    assert seats(team) == {"old/1": (1, 10, True), "new/1": (2, 10, False)}


def test_whose_comment_is_dated_ahead_of_us_does_not_wait_for_that_day(team: Team) -> None:
    """Routed at once, and again at once when the rules change."""
    team.rules = communities({"name": "a", "topics": ["coffee"]})
    team.hear(post(), comment("c1", HOT, published="2099-01-01T00:00:00+00:00"))
    assert team.route()["unmatched"] == 1
    team.rules = communities({"name": "b"})
    assert team.route()["tickets"] == 1


def test_those_of_a_community_that_is_gone_come_before_later_leads(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where they are many: leads wait until all of them are due."""
    monkeypatch.setattr(stage, "BATCH", 2)
    team.rules = communities({"name": "old", "capacity": 1})
    team.hear(post(), *buyers(6))
    team.route(MORNING)
    team.hear(late())
    team.rules = communities({"name": "new", "capacity": 5})
    assert team.route(MORNING)["tickets"] == 5
    assert where(team)["晚来90"] == [("new", "blocked_full")]


def test_nobody_rests_from_a_community_that_never_had_a_seat(team: Team) -> None:
    """Its name comes back: they are asked at once."""
    team.rules = communities({"name": "old", "capacity": 1})
    team.hear(post(), *buyers(2))
    team.route(MORNING)
    team.rules = communities({"name": "other", "topics": ["coffee"]})
    assert team.route(MORNING)["unmatched"] == 1
    team.rules = communities({"name": "old", "capacity": 2})
    assert team.route(MORNING)["tickets"] == 1
    assert where(team)["买家1"] == [("old", "expired"), ("old", "assigned")]


def test_what_somebody_works_on_is_left_alone(team: Team) -> None:
    """A waiting ticket under a live lease, or parked, stays; when the lease is over it ends."""
    team.rules = communities({"name": "old", "capacity": 1})
    team.hear(post(), *buyers(3))
    team.route(MORNING)
    with team.begin() as work:
        held = {"leased_by": "小李", "ready_at": now() + timedelta(minutes=15)}
        work._session.execute(update(Ticket).where(Ticket.id == 2).values(held))
        work._session.execute(update(Ticket).where(Ticket.id == 3).values(parked_at=MORNING))
        work.commit()
    team.rules = communities({"name": "new"})
    assert team.route(MORNING)["leads"] == 0
    with team.begin() as work:
        work._session.execute(update(Ticket).where(Ticket.id == 2).values(ready_at=MORNING))
        work.commit()
    assert team.route(MORNING)["tickets"] == 1
    assert where(team)["买家2"] == [("old", "blocked_full")]


def test_who_waits_takes_a_seat_elsewhere_before_a_later_lead(team: Team) -> None:
    """First come first, with an event and the reasons; the ledger is right."""
    team.rules = communities({"name": "a", "capacity": 1}, {"name": "b", "capacity": 1, "cooling_off_days": 300})
    team.hear(post(), *buyers(4))
    team.route(MORNING)
    assert where(team)["买家2"] == where(team)["买家3"] == [("a", "blocked_full")]
    end(team, 2, "lost")
    team.hear(late())
    counts = team.route(MORNING)
    assert (counts["drained"], counts["blocked_full"], counts["tickets"]) == (1, 1, 0)
    found = where(team)
    assert (found["买家2"], found["买家3"]) == ([("b", "assigned")], [("a", "blocked_full")])
    assert ("blocked_full", "assigned", "instead_of:a") in events(team)
    ticket = next(row for row in team.tickets() if row["name"] == "买家2")
    assert (ticket["reasons"], ticket["operator"]) == (["open:b", "full:a"], "小李")
    assert ticket["due_at"] == MORNING + timedelta(hours=24)
    assert seats(team) == {"a/1": (1, 1, False), "b/1": (1, 1, False)}
    assert team.route(MORNING)["drained"] == 0


def test_who_waits_elsewhere_longer_comes_first(team: Team) -> None:
    """Of one who waits for a community and one who would also take it, whoever came first."""
    team.rules = communities({"name": "a", "topics": ["camping"], "capacity": 1}, {"name": "b", "capacity": 1})
    camper = [comment(f"c{n}", f"露营想买，多少钱？{phone(n)}", f"营{n}") for n in range(3)]
    team.hear(post(), *camper, late())
    team.route(MORNING)
    assert where(team)["营2"] == [("a", "blocked_full")]
    assert where(team)["晚来90"] == [("b", "blocked_full")]
    end(team, 2, "lost")
    team.route(MORNING)
    assert (where(team)["营2"], where(team)["晚来90"]) == ([("b", "assigned")], [("b", "blocked_full")])


def test_a_new_community_takes_who_waits_first(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """In small batches too; whom it does not suit waits on."""
    monkeypatch.setattr(stage, "BATCH", 2)
    first = {"name": "a", "capacity": 1}
    team.rules = communities(first)
    team.hear(post(), *buyers(3), *buyers(9, text="露营想买，多少钱？")[3:])
    team.route(MORNING)
    team.hear(late(words="露营想买，多少钱？"))
    team.rules = communities(first, {"name": "b", "topics": ["camping"], "capacity": 4})
    assert team.route(MORNING)["drained"] == 4
    found = where(team)
    assert [found[f"买家{n}"][0] for n in (1, 2, 8)] == [("a", "blocked_full")] * 3
    assert {found[f"买家{n}"][0] for n in (3, 4, 5, 6)} == {("b", "assigned")}
    assert found["晚来90"] == [("b", "blocked_full")]
    assert team.route(MORNING)["drained"] == 0


def test_a_member_or_somebody_who_rests_is_not_brought_there(team: Team) -> None:
    """Tiers and cooling-off hold for those who wait as for new leads."""
    team.rules = communities({"name": "a", "capacity": 1}, {"name": "b", "capacity": 2, "cooling_off_days": 30})
    team.hear(post(), comment("c1", HOT), *buyers(3))
    team.route(MORNING)
    (resting,) = (row["id"] for row in team.tickets() if row["name"] == "买家0")
    end(team, resting, "lost")
    with team.begin() as work:
        waits = {"community": "a", "state": "blocked_full", "group_id": None, "operator": None, "due_at": None}
        person = work._session.get_one(Ticket, resting).person_id
        lead = work._session.get_one(Ticket, resting).lead_id
        row = {"lead_id": lead, "person_id": person, "post_id": None, **waits, "reasons": ["open:a", "full:b"]}
        work._session.execute(update(Lead).where(Lead.id == lead).values(route_at=None))
        work.routing.open_tickets([{**row, "reason": "all_full"}], actor="yinliu", now=MORNING)
        work.commit()
    assert team.route(MORNING)["drained"] == 1
    assert where(team)["买家0"] == [("b", "lost"), ("a", "blocked_full")]


def test_those_who_wait_cost_nothing_where_nothing_is_free(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is looked at; where a seat is free, only so many as there are seats."""
    team.rules = communities({"name": "a", "capacity": 1}, {"name": "b", "capacity": 1})
    team.hear(post(), *buyers(9))
    team.route(MORNING)
    asked: list[int] = []
    others = waiting_rows.WaitingRows.others

    def counted(self: waiting_rows.WaitingRows, *names: str, **values: object) -> list[tuple[int, int]]:
        found = others(self, *names, **values)  # type: ignore[arg-type]
        asked.append(len(found))
        return found

    monkeypatch.setattr(waiting_rows.WaitingRows, "others", counted)
    team.route(MORNING)
    assert asked == []
    end(team, 2, "lost")
    team.route(MORNING)
    assert asked == [1]


@pytest.mark.parametrize("renamed", [False, True])
def test_a_simulation_seats_those_who_waited_first(team: Team, renamed: bool) -> None:
    """As route then does; what became of them since changes nothing."""
    team.rules = communities({"name": "a", "capacity": 1})
    team.hear(post(), *buyers(3))
    team.route()
    since = now()
    team.hear(late(91), late(92))
    new = communities(
        {"name": "z" if renamed else "a", "capacity": 3 - renamed}, {"name": "c", "topics": ["coffee"], "capacity": 1}
    )
    first = simulate(team.begin, now=team.rules, new=new, since=since, zone=ZoneInfo("Asia/Shanghai"))
    assert (first.people, first.waited) == (2, 2)
    assert (first.now.people.total(), first.now.waiting["a"]) == (0, 4)
    assert (first.new.people.total(), first.new.waiting.total()) == (2, 2)
    assert [one.name for one in first.changes[:2]] == ["买家1", "买家2"]
    old, team.rules = team.rules, new
    team.route()
    found = where(team)
    assert [found[name][-1][1] for name in ("买家1", "买家2", "晚来91", "晚来92")] == ["assigned"] * 2 + [
        "blocked_full"
    ] * 2
    again = simulate(team.begin, now=old, new=new, since=since, zone=ZoneInfo("Asia/Shanghai"))
    assert (again.waited, again.new.people.total(), again.new.waiting.total()) == (2, 2, 2)


def test_a_simulation_takes_who_waited_where_a_seat_is_free(team: Team) -> None:
    """A community that the new file adds."""
    team.rules = communities({"name": "a", "capacity": 1})
    team.hear(post(), *buyers(3))
    team.route()
    new = communities({"name": "a", "capacity": 1}, {"name": "b", "capacity": 1})
    found = simulate(team.begin, now=team.rules, new=new, since=now(), zone=ZoneInfo("Asia/Shanghai"))
    assert (found.people, found.waited) == (0, 2)
    assert (found.new.people["b"], found.new.waiting["a"]) == (1, 1)
    assert [(one.name, one.new.community) for one in found.changes if one.new] == [("买家1", "b")]


def test_whom_nothing_suits_any_more_waits_where_they_wait(team: Team) -> None:
    """Their community is for others now, and full: they are told of that one alone."""
    team.rules = communities({"name": "a", "capacity": 1})
    team.hear(post(), *buyers(2))
    team.route(MORNING)
    team.rules = communities(
        {"name": "a", "capacity": 1, "topics": ["coffee"]}, {"name": "b", "capacity": 1, "topics": ["camping"]}
    )
    assert team.route(MORNING)["drained"] == 0
    assert where(team)["买家1"] == [("a", "blocked_full")]
    assert [row["reasons"] for row in team.tickets() if row["name"] == "买家1"] == [["full:a"]]


def test_who_waits_longest_comes_first_in_batches_too(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who waits for a short line passes those at the end of a long one."""
    monkeypatch.setattr(stage, "BATCH", 2)
    full = ({"name": "a", "capacity": 1, "topics": ["camping"]}, {"name": "b", "capacity": 1, "topics": ["coffee"]})
    team.rules = communities(*full)
    team.hear(post(), *buyers(5, text="露营想买，多少钱？"), *buyers(8, text="咖啡想买，多少钱？")[5:])
    team.route(MORNING)
    team.rules = communities(*full, {"name": "c", "capacity": 3})
    assert team.route(MORNING)["drained"] == 3
    assert sorted(name for name, rows in where(team).items() if rows[0][0] == "c") == ["买家1", "买家2", "买家3"]
