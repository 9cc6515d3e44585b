"""People who came into a group without a ticket: a seat, a join of their code, and out again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.onboarding import CommunityGroup, Seat, Ticket, WalkIn
from models.unit_of_work import UnitOfWork
from tests.models.crowd import held_seats
from tests.stages.signposted import NOW, add_groups, add_post, add_ticket
from tests.stages.team import Team, buyers, communities
from tests.stages.test_links import KEY, made, rows
from yinliu.errors import Misconfigured, NothingToDo
from yinliu.leads.codes import sign
from yinliu.stages.route import keep_communities
from yinliu.stages.walkins import TWICE, Newcomer, WalkedIn, walk_in, walk_out

Begin = Callable[[], UnitOfWork]
TWO = [{"name": "one", "title": "一群", "capacity": 2}, {"name": "two", "capacity": 2}]
RULES = communities(
    {"name": "camping", "title": "露营同好", "groups": TWO, "capacity": None, "topics": ["camping"], "lead": "店长"},
    {"name": "tea", "title": "茶友", "capacity": 1, "operators": ["阿禾"]},
)


@pytest.fixture
def room(begin: Begin) -> Begin:
    """Post 1 about camping, and the communities as the file says."""
    with begin() as work:
        add_post(work, 1, topics=("camping",))
        keep_communities(work, RULES)
        work.commit()
    return begin


def came(begin: Begin, name: str | None = "momo", *, operator: str = "小李", **what: Any) -> WalkedIn:
    """Somebody as an operator notes them; into the first group of camping unless said otherwise."""
    options = {key: what.pop(key) for key in ("again", "now") if key in what}
    where = {"community": "camping", "group": "one"} | what
    whole = {"now": NOW} | options
    return walk_in(begin, policy=RULES, operator=operator, who=Newcomer(name, **where), key=KEY, **whole)


def left(begin: Begin, number: int, *, operator: str = "小李", undo: bool = False) -> None:
    """Out again."""
    walk_out(begin, policy=RULES, number=number, operator=operator, undo=undo, now=NOW)


def sound(begin: Begin) -> bool:
    """Whether every group counts the seats that the ledger holds."""
    with begin() as work:
        return held_seats(work._session)


def taken(begin: Begin) -> list[int]:
    """Seats by group."""
    return [count for _, count in rows(begin, CommunityGroup.id, CommunityGroup.taken)]


def listed(begin: Begin) -> list[dict[str, Any]]:
    """Every link's counts."""
    with begin() as work:
        return work.links.listing()


def test_a_seat_is_taken_and_the_link_has_a_join(room: Begin) -> None:
    """Of its post, campaign, community and operator; the page counts them among those who came."""
    code = made(room, post_id=1, campaign="双十一", community="camping", operator="小李")
    found = came(room, code=f"口令：{code.upper()}")
    assert (found.number, found.taken, found.capacity, found.link and found.link.code) == (1, 1, 2, code)
    assert taken(room) == [1, 0, 0] and sound(room)
    kept = (WalkIn.id, WalkIn.group_id, WalkIn.link_id, WalkIn.operator, WalkIn.name, WalkIn.joined_at, WalkIn.left_at)
    assert rows(room, *kept) == [(1, 1, 1, "小李", "momo", NOW, None)]
    assert rows(room, Seat.walk_in_id, Seat.ticket_id, Seat.group_id, Seat.confirmed_at) == [(1, None, 1, NOW)]
    (row,) = listed(room)
    assert (row["tickets"], row["joins"]) == (0, 1)
    assert [row[name] for name in ("post_id", "campaign", "community", "operator")] == [1, "双十一", "camping", "小李"]
    with room() as work:
        group = work.links.groups("camping")["one"]
    assert (group.taken, group.members) == (1, 1)


def test_who_left_had_joined_and_who_was_a_mistake_had_not(room: Begin) -> None:
    """Both free the seat; each is noted once."""
    code = made(room, post_id=1)
    for number, undo in ((1, False), (2, True)):
        came(room, f"n{number}", code=code)
        left(room, number, undo=undo)
        with pytest.raises(NothingToDo):
            left(room, number, undo=undo)
    assert taken(room) == [0, 0, 0] and sound(room) and listed(room)[0]["joins"] == 1
    left(room, 1, undo=True)
    assert taken(room) == [0, 0, 0] and sound(room) and listed(room)[0]["joins"] == 0
    with pytest.raises(NothingToDo):
        left(room, 1)


def test_who_is_in_a_full_group_is_noted_all_the_same(room: Begin) -> None:
    """The operator reports a fact; routing gives nobody else a seat there."""
    assert [came(room, f"n{number}").taken for number in range(4)] == [1, 2, 3, 4]
    assert taken(room) == [4, 0, 0] and sound(room)
    with room() as work:
        assert work.routing.free_seats()["camping"] == {1: -2, 2: 2}


def test_the_same_again_is_told(room: Begin) -> None:
    """By name while they are in, whichever group or code; without a name for some minutes; unless it is another."""
    code = made(room, post_id=1)
    came(room, code=code)
    for what in ({}, {"group": "two"}, {"name": " momo "}, {"now": NOW + timedelta(days=9)}, {"code": code}):
        with pytest.raises(NothingToDo) as caught:
            came(room, **{"code": made(room, campaign="x"), **what})
        assert caught.value.code == "recorded_already" and all(
            word in str(caught.value) for word in ("--again", "walk-out 1 --undo", code)
        )
    assert came(room, again=True).number == 2
    assert came(room, None).number == 3
    for moment in (NOW, NOW + TWICE - timedelta(seconds=1)):
        with pytest.raises(NothingToDo):
            came(room, None, now=moment)
    assert came(room, None, now=NOW + TWICE).number == 4
    left(room, 1)
    left(room, 2)
    assert came(room).number == 5 and sound(room)


def test_a_code_that_turns_up_later_is_credited(room: Begin) -> None:
    """Once, and nobody is counted twice."""
    came(room)
    found = came(room, group="two", code=made(room, post_id=1))
    assert (found.number, found.late, found.group.name) == (1, True, "one")
    assert taken(room) == [1, 0, 0] and listed(room)[0]["joins"] == 1
    with pytest.raises(NothingToDo):
        came(room, code=made(room, campaign="x"))


def test_a_code_of_somebody_without_a_name_turns_up_later(room: Begin) -> None:
    """Within minutes and in the same group it is theirs, once; else, or with ``again``, it is another's."""
    code = made(room, post_id=1)
    came(room, None)
    assert came(room, None, code=code, group="two").number == 2
    assert came(room, None, code=code, again=True).number == 3
    found = came(room, None, code=made(room, campaign="x"), now=NOW + TWICE - timedelta(seconds=1))
    assert (found.number, found.late, found.link and found.link.campaign) == (1, True, "x")
    assert taken(room) == [2, 1, 0] and sound(room)
    with pytest.raises(NothingToDo):
        came(room, None, code=code)
    came(room, None)
    assert came(room, None, code=made(room, campaign="y"), now=NOW + TWICE).number == 5


@pytest.mark.parametrize("what", ["community", "group"])
def test_what_somebody_wrote_is_masked_in_the_answer(room: Begin, what: str) -> None:
    """A number pasted into the wrong option is not repeated, in either language."""
    with pytest.raises(Misconfigured) as caught:
        came(room, **{what: "13812345678"})
    for said in (caught.value.message.zh, caught.value.message.en):
        assert "138****5678" in said and "13812345678" not in said


def test_the_code_says_which_community(room: Begin) -> None:
    """By its own or by its post; without either it must be said."""
    code = made(room, community="tea")
    assert came(room, operator="阿禾", code=code, community=None, group=None).rule.name == "tea"
    assert came(room, "b", code=made(room, post_id=1), community=None).rule.name == "camping"
    for what in ({}, {"code": made(room, community="former")}):
        with pytest.raises(Misconfigured) as caught:
            came(room, "c", community=None, group=None, **what)
        assert caught.value.code == "no_community"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"operator": "谁"}, "no_operator"),
        ({"operator": "阿禾"}, "not_theirs"),
        ({"community": "nowhere"}, "no_community"),
        ({"group": None}, "no_group"),
        ({"group": "three"}, "no_group"),
        ({"code": "abc"}, "bad_code"),
        ({"code": sign(99, key=KEY)}, "bad_code"),
        ({"code": ""}, "bad_code"),
        ({}, "other_community"),
    ],
)
def test_what_is_refused(room: Begin, what: dict[str, Any], code: str) -> None:
    """Each is told; no row is written and no seat taken."""
    told = {"code": made(room, community="tea")} if code == "other_community" else what
    with pytest.raises(Misconfigured) as caught:
        came(room, **told)
    assert caught.value.code == code
    assert code != "other_community" or ("茶友" in str(caught.value) and "露营同好" in str(caught.value))
    assert code != "no_group" or "one（一群）、two" in str(caught.value)
    assert rows(room, WalkIn.id) == [] and taken(room) == [0, 0, 0]


def test_a_group_goes_by_its_title_and_the_lead_may_note_it(room: Begin) -> None:
    """And the only open one need not be named."""
    assert came(room, group="一群", operator="店长").group.name == "one"
    closed = communities({"name": "camping", "groups": [{**TWO[0], "closed": True}, TWO[1]], "capacity": None})
    assert walk_in(room, policy=closed, operator="小李", who=Newcomer("b", "camping")).group.name == "two"


def test_a_group_that_the_ledger_does_not_know_yet(begin: Begin) -> None:
    """It is new in the file: it is kept first, and route goes on as before."""
    assert came(begin, group="two").number == 1
    assert taken(begin) == [0, 1, 0] and sound(begin)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  小 王 ", "小 王"),
        ("加我13812345678", "加我138****5678"),
        ("", None),
        ("\ud800\x00\u200b", None),
        ("😀" * 100, "😀" * 60),
        ("x" * 1_000_000, "x" * 60),
    ],
)
def test_a_name_is_kept_in_one_masked_line(room: Begin, name: str, kept: str | None) -> None:
    """Whatever somebody calls themselves."""
    assert came(room, name).name == kept
    assert rows(room, WalkIn.name) == [(kept,)]


def test_a_ticket_of_the_same_name_is_told(room: Begin) -> None:
    """Of this community, and not ended."""
    with room() as work:
        add_ticket(work, 1, state="invited", community="camping")
        add_ticket(work, 2, state="lost", community="camping")
        add_ticket(work, 3, state="joined", community="tea")
        work.commit()
    assert came(room, "小王").tickets == (1,) and came(room, "b").tickets == ()


def test_nobody_has_this_number(room: Begin) -> None:
    """However large."""
    for number in (0, -1, 7, 2**40):
        with pytest.raises(Misconfigured) as caught:
            left(room, number)
        assert caught.value.code == "no_walk_in"
    came(room)
    with pytest.raises(Misconfigured) as caught:
        left(room, 1, operator="阿禾")
    assert caught.value.code == "not_theirs"


def test_many_at_once(room: Begin) -> None:
    """The same name is noted once, others each; the counter is what the ledger says."""

    def attempt(name: str) -> bool:
        try:
            came(room, name)
        except NothingToDo:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(attempt, ["momo"] * 8 + [f"n{number}" for number in range(8)]))
    assert told[:8].count(True) == 1 and all(told[8:])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: left(room, number), range(1, 9)))
    assert taken(room) == [1, 0, 0] and sound(room)


def test_a_freed_seat_goes_to_who_waits(team: Team) -> None:
    """Those in a group by themselves leave no seat for others; when they are out, the next run brings the next in."""
    team.rules = communities({"name": "all", "capacity": 2})
    team.route()
    who = [Newcomer(name, "all") for name in ("a", "b")]
    for one in who:
        walk_in(team.begin, policy=team.rules, operator="小李", who=one)
    team.hear(*buyers(2))
    team.route()
    assert team.rows(Ticket.state) == [("blocked_full",)] * 2
    walk_out(team.begin, policy=team.rules, number=1, operator="小李")
    team.upkeep()
    assert team.rows(Ticket.state) == [("assigned",), ("blocked_full",)]
    assert team.rows(CommunityGroup.taken) == [(2,)] and sound(team.begin)


def test_a_simulation_counts_them(team: Team) -> None:
    """As seats that were held at the moment."""
    team.rules = communities({"name": "all", "capacity": 2})
    walk_in(team.begin, policy=team.rules, operator="小李", who=Newcomer("a", "all"), now=NOW)
    with team.begin() as work:
        assert work.replay.taken_before(NOW) == {}
        assert work.replay.taken_before(NOW + timedelta(seconds=1)) == {("all", "1"): 1}


def test_the_weekly_report_counts_them(room: Begin) -> None:
    """Among the joins of their post and the seats of their community; a mistake in neither."""
    code = made(room, post_id=1)
    for name in ("a", "b", "c"):
        came(room, name, code=code)
    left(room, 1)
    left(room, 2, undo=True)
    with room() as work:
        joins = work.weekly.joins(NOW, NOW + timedelta(days=7))
        (camping, _) = work.weekly.communities(NOW, NOW + timedelta(days=7))
        assert work.weekly.joins(NOW + timedelta(days=1), NOW + timedelta(days=7)) == []
    assert [(row["person_id"], row["community"], row["post_id"]) for row in joins] == [
        (-1, "camping", 1),
        (-3, "camping", 1),
    ]
    assert camping["taken"] == 1


STEPS = st.lists(
    st.tuples(st.sampled_from(("enter", "leave", "undo", "seat", "free", "shrink")), st.integers(1, 4)), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps=STEPS)
def test_the_counter_is_always_the_ledger(fresh: Callable[[], Team], steps: list[tuple[str, int]]) -> None:
    """Whatever is noted, taken back, routed or changed, in any order."""
    begin = fresh().begin
    with begin() as work:
        add_groups(work, "tea", ("1", 2, 0))
        for number in range(1, 5):
            add_ticket(work, number, community="tea", state="assigned")
        work.commit()
    for step, number in steps:
        _do(begin, step, number)
    assert sound(begin)
    with begin() as work:
        inside = [row["id"] for row in work.walk_ins.listing(community="tea")]
        held = work._session.scalar(text("SELECT count(*) FROM seat WHERE walk_in_id > 0 AND released_at IS NULL"))
    assert len(inside) == held


def _do(begin: Begin, step: str, number: int) -> None:
    try:
        if step == "enter":
            walk_in(begin, policy=RULES, operator="阿禾", who=Newcomer(f"n{number}", "tea", "1"))
        elif step in ("leave", "undo"):
            left(begin, number, operator="阿禾", undo=step == "undo")
    except (NothingToDo, Misconfigured):
        return
    with begin() as work:
        if step == "seat":
            work.seats.reserve(number, community="tea", now=NOW)
        elif step == "free":
            work.seats.release(number, now=NOW)
        elif step == "shrink":
            work._session.execute(text("UPDATE community_group SET capacity = :number"), {"number": number})
        work.commit()
