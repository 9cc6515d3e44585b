"""Signposts: one a combination, followed and counted, credited once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from models.onboarding import Ticket, TicketEvent
from models.unit_of_work import UnitOfWork
from tests.stages.signposted import NOW, add_groups, add_post, add_ticket
from tests.stages.team import communities
from yinliu.errors import Misconfigured
from yinliu.leads.codes import read, sign
from yinliu.reasons import reason
from yinliu.stages.links import address, credit, follow, link_for

Begin = Callable[[], UnitOfWork]
KEY = bytes(32)
TODAY = date(2026, 11, 22)
TWO_GROUPS = [{"name": "one", "capacity": 2}, {"name": "two", "capacity": 2}]
RULES = communities(
    {"name": "camping", "topics": ["camping"], "groups": TWO_GROUPS, "capacity": None}, {"name": "welcome"}
).by_name


def clicks(begin: Begin) -> dict[str, int]:
    """How often the links were followed on each day."""
    with begin() as work:
        rows = work._session.execute(text("SELECT day, sum(hits) FROM click GROUP BY day ORDER BY day"))
        return {day: int(hits) for day, hits in rows}


def made(begin: Begin, **what: Any) -> str:
    """A link's code."""
    with begin() as work:
        code = link_for(work, key=KEY, now=NOW, **what)
        work.commit()
    return code


def seen(begin: Begin, code: str, *, counted: bool = True, **what: Any) -> Any:
    """What a visitor sees."""
    with begin() as work:
        found = follow(work, code, key=KEY, communities=RULES, today=TODAY, **what)
        if found and counted:
            work.links.click(found.link, TODAY.isoformat())
        work.commit()
    return found


@pytest.fixture
def posts(begin: Begin) -> Begin:
    """Post 1 about camping, post 2 about nothing; group one is full."""
    with begin() as work:
        add_post(work, 1, topics=("camping",))
        add_post(work, 2)
        add_groups(work, "camping", ("one", 2, 2), ("two", 2, 1))
        work.commit()
    return begin


def test_the_same_combination_has_one_code(posts: Begin) -> None:
    """Another post, campaign, community or operator has another."""
    combinations: list[dict[str, Any]] = [
        {"post_id": 1},
        {"post_id": 2},
        {"post_id": 1, "operator": "小李"},
        {"campaign": "双十一"},
        {"campaign": "1"},
        {"community": "camping"},
        {"campaign": "camping"},
        {"post_id": 1, "campaign": "双十一", "community": "camping", "operator": "小李"},
    ]
    first = [made(posts, **one) for one in combinations]
    assert [made(posts, **one) for one in combinations] == first and len(set(first)) == len(first)
    assert [read(code, key=KEY) for code in first] == list(range(1, len(first) + 1))
    assert made(posts, campaign="  双十一 ") == first[3]


def test_a_combination_made_by_many_at_once_has_one_code(posts: Begin) -> None:
    """None of them fails."""
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: made(posts, campaign="同时"), range(16)))
    assert len(set(codes)) == 1 and seen(posts, codes[0]) is not None


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, "bad_link"),
        ({"operator": "小李"}, "bad_link"),
        ({"post_id": 99}, "no_post"),
        ({"campaign": " "}, "bad_campaign"),
        ({"campaign": "长" * 61}, "bad_campaign"),
        ({"campaign": "a\x00b"}, "bad_campaign"),
        ({"campaign": "\ud800"}, "bad_campaign"),
    ],
)
def test_what_makes_no_link(posts: Begin, what: dict[str, Any], code: str) -> None:
    """Each is told; no row is written."""
    with pytest.raises(Misconfigured) as caught:
        made(posts, **what)
    assert caught.value.code == code
    with posts() as work:
        assert work.links.listing() == []


def test_following_counts_and_shows(posts: Begin) -> None:
    """The community that suits the post, and its first group with room."""
    code = made(posts, post_id=1, operator="小李")
    found = seen(posts, code.upper())
    assert (found.state, found.community.name, found.post, found.operator) == ("open", "camping", "文章1", "小李")
    assert (found.entrance.group.name, found.code) == ("two", code)
    seen(posts, code, counted=False)
    assert clicks(posts) == {"2026-11-22": 1}


def test_a_full_community_and_one_that_is_gone(posts: Begin) -> None:
    """Both are said, and counted."""
    with posts() as work:
        work._session.connection().exec_driver_sql("UPDATE community_group SET taken = 2")
        work.commit()
    assert seen(posts, made(posts, post_id=1)).state == "full"
    gone = seen(posts, made(posts, community="former"))
    assert (gone.state, gone.community, gone.entrance) == ("closed", None, None)
    with posts() as work:
        code = made(posts, campaign="双十一")
        unfit = follow(work, code, key=KEY, communities={"camping": RULES["camping"]}, today=TODAY)
    assert unfit and (unfit.state, unfit.campaign, unfit.community) == ("unready", "双十一", None)
    assert seen(posts, made(posts, campaign="x")).community.name == "welcome"
    with posts() as work:
        assert [row["clicks"] for row in work.links.listing()] == [1, 1, 0, 1]


def test_a_code_that_is_none_is_not_counted(posts: Begin) -> None:
    """Altered, or well signed for a link that is not there."""
    code = made(posts, post_id=1)
    for bad in (code[:-1], code + "2", "", "口令", "\x00", "\ud800", sign(77, key=KEY), sign(1, key=b"other")):
        assert seen(posts, bad) is None
    assert clicks(posts) == {}


def test_clicks_of_many_at_once_are_all_counted(posts: Begin) -> None:
    """On either database."""
    code = made(posts, post_id=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: seen(posts, code), range(120)))
    assert clicks(posts) == {"2026-11-22": 120}


@pytest.fixture
def tickets(posts: Begin) -> Begin:
    """Tickets 1 (joined) and 2 (added)."""
    with posts() as work:
        add_ticket(work, 1)
        add_ticket(work, 2, state="added")
        work.commit()
    return posts


def credited(begin: Begin, ticket: int, code: str) -> None:
    """By an operator."""
    with begin() as work:
        credit(work, ticket, code, key=KEY, actor="小李", now=NOW)
        work.commit()


def rows(begin: Begin, *columns: Any) -> list[tuple[Any, ...]]:
    """Columns of a table."""
    with begin() as work:
        return [tuple(row) for row in work._session.execute(select(*columns).order_by(columns[0]))]


def test_a_join_is_credited_once(tickets: Begin) -> None:
    """To the link, its post, with an event; the same code again, however it is typed, changes nothing."""
    code = made(tickets, post_id=1, campaign="双十一", operator="小李")
    for said in (code, code.upper(), f" {code} ", address(code, base="https://go.example.com"), f"口令：{code}"):
        credited(tickets, 1, said)
    assert rows(tickets, Ticket.id, Ticket.link_id, Ticket.post_id) == [(1, 1, 1), (2, None, None)]
    event = (1, "joined", "joined", "小李", f"credited:{code}")
    told = (TicketEvent.ticket_id, TicketEvent.before, TicketEvent.after, TicketEvent.actor, TicketEvent.reason)
    assert rows(tickets, *told) == [event]
    assert code in str(reason(event[-1]))
    credited(tickets, 2, code)
    with tickets() as work:
        (row,) = work.links.listing()
    assert (row["clicks"], row["tickets"], row["joins"]) == (0, 2, 1)


def test_the_post_of_the_lead_stays(tickets: Begin) -> None:
    """A ticket knows already why the person was found."""
    with tickets() as work:
        work._session.get_one(Ticket, 1).post_id = 2
        work.commit()
    credited(tickets, 1, made(tickets, post_id=1))
    assert rows(tickets, Ticket.id, Ticket.link_id, Ticket.post_id)[0] == (1, 1, 2)


def test_a_ticket_changed_in_the_same_transaction(tickets: Begin) -> None:
    """What is not written yet is neither lost nor written over."""
    code = made(tickets, post_id=1)
    with tickets() as work:
        ticket = work._session.get_one(Ticket, 2)
        ticket.state = "joined"
        credit(work, 2, code, key=KEY, now=NOW)
        ticket.attempts = 3
        work.commit()
    assert rows(tickets, Ticket.id, Ticket.state, Ticket.link_id, Ticket.attempts)[1] == (2, "joined", 1, 3)


@pytest.mark.parametrize("change", ["cut", "altered", "longer", "other", "unknown", "empty"])
def test_a_bad_code_is_told(tickets: Begin, change: str) -> None:
    """With the code and what to do; nothing is credited."""
    code = made(tickets, post_id=1)
    swapped = code[1:] + code[0]
    said = {
        "cut": code[:12],
        "altered": swapped,
        "longer": code + "7",
        "other": sign(1, key=b"other"),
        "unknown": sign(99, key=KEY),
        "empty": "",
    }[change]
    with pytest.raises(Misconfigured) as caught:
        credited(tickets, 1, said)
    assert caught.value.code == "bad_code" and caught.value.exit_code == 2
    assert said in str(caught.value) and "yinliu links" in str(caught.value)
    assert rows(tickets, Ticket.link_id) == [(None,), (None,)]


@pytest.mark.parametrize("said", ["13812345678", "x" * 1_000_000, "\ud800\x00", "😀" * 1000])
def test_a_bad_code_is_told_shortly_and_masked(tickets: Begin, said: str) -> None:
    """It may be anything that somebody pasted."""
    with pytest.raises(Misconfigured) as caught:
        credited(tickets, 1, said)
    assert "13812345678" not in str(caught.value) and len(str(caught.value)) < 900
    assert str(caught.value).encode()


def test_another_code_is_refused(tickets: Begin) -> None:
    """A join has one link; both codes are named."""
    first, second = made(tickets, post_id=1), made(tickets, post_id=2)
    credited(tickets, 1, first)
    with pytest.raises(Misconfigured) as caught:
        credited(tickets, 1, second)
    assert caught.value.code == "credited_already" and first in str(caught.value) and second in str(caught.value)
    assert rows(tickets, Ticket.id, Ticket.link_id)[0] == (1, 1)


def test_a_ticket_that_is_not_there(tickets: Begin) -> None:
    """It is told."""
    with pytest.raises(Misconfigured) as caught:
        credited(tickets, 99, made(tickets, post_id=1))
    assert caught.value.code == "no_ticket"


def test_two_codes_at_once_credit_one(tickets: Begin) -> None:
    """The other is refused, on either database."""
    codes = [made(tickets, post_id=1), made(tickets, post_id=2)] * 4

    def attempt(code: str) -> str:
        try:
            credited(tickets, 1, code)
        except Misconfigured as error:
            return error.code
        return "credited"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(attempt, codes))
    assert sorted(set(told)) == ["credited", "credited_already"] and told.count("credited") == 4
    assert len(rows(tickets, TicketEvent.id)) == 1


def test_an_address_begins_where_the_team_says() -> None:
    """Or on this machine."""
    assert address("x", base="https://go.example.com") == "https://go.example.com/j/x"
    assert address("x", base=None) == "http://127.0.0.1:8090/j/x"


@pytest.mark.parametrize(
    "state", ["queued", "assigned", "invited", "left", "lost", "expired", "opted_out", "blocked_full"]
)
def test_who_did_not_come_is_not_credited(posts: Begin, state: str) -> None:
    """The state and the next step are told; nothing is written."""
    with posts() as work:
        add_ticket(work, 1, state=state)
        work.commit()
    with pytest.raises(Misconfigured) as caught:
        credited(posts, 1, made(posts, post_id=1))
    assert caught.value.code == "not_joined" and "queue complete 1" in str(caught.value)
    assert rows(posts, Ticket.link_id) == [(None,)] and rows(posts, TicketEvent.id) == []


def test_a_code_of_another_community_is_refused(tickets: Begin) -> None:
    """Both are named by their titles; a code that names none, or the ticket's own, is credited."""
    with tickets() as work:
        work._session.connection().exec_driver_sql("UPDATE community SET title = '露营同好' WHERE name = 'camping'")
        work._session.connection().exec_driver_sql("UPDATE community SET title = '大家' WHERE name = 'all'")
        work.commit()
    code = made(tickets, post_id=1, community="camping")
    with pytest.raises(Misconfigured) as caught:
        credited(tickets, 1, code)
    assert caught.value.code == "other_community"
    assert all(word in str(caught.value) for word in (code, "露营同好", "大家", "工单 1"))
    assert rows(tickets, Ticket.link_id) == [(None,), (None,)] and rows(tickets, TicketEvent.id) == []
    credited(tickets, 1, made(tickets, community="all"))
    credited(tickets, 2, made(tickets, post_id=1))
    assert rows(tickets, Ticket.id, Ticket.link_id) == [(1, 2), (2, 3)]
    with tickets() as work:
        assert [row["joins"] for row in work.links.listing()] == [0, 1, 0]


def test_comments_of_a_source_are_heard_or_not(tickets: Begin) -> None:
    """The page promises an answer only below posts whose source gives comments."""
    with tickets() as work:
        add_post(work, 3, source="silent")
        work.commit()
    assert seen(tickets, made(tickets, post_id=1)).heard
    assert not seen(tickets, made(tickets, post_id=3)).heard and not seen(tickets, made(tickets, campaign="x")).heard
