"""Whoever asks not to be contacted is left alone: by whichever way it is said, with whoever leaves the same contact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

import yinliu.stages.qualify
from models.content import Account
from models.onboarding import CommunityGroup, TicketEvent
from models.people import Identity, Person, Suppression
from models.repositories import merging, suppressing
from models.unit_of_work import UnitOfWork
from tests.patience import PATIENCE, wait_until
from tests.stages.team import HOT, KeywordTagger, Team, comment, communities, phone, post
from yinliu.stages import persons, queue

GUARDED = KeywordTagger(words=(*KeywordTagger().words, ("别联系我", "guard", "opt_out")))
ASKS = f"想买，多少钱？{phone(1)}"


@pytest.fixture(autouse=True)
def _guarded(request: pytest.FixtureRequest) -> None:
    """The tagger knows who asks not to be contacted."""
    for name in {"team", "team_sqlite"}.intersection(request.fixturenames):
        request.getfixturevalue(name).tagger = GUARDED


def silent(team: Team) -> set[str]:
    """The accounts whose persons are suppressed, by name."""
    query = select(Account.name).join(Identity, Identity.account_id == Account.id)
    query = query.join(Person, Person.id == Identity.person_id).where(Person.suppressed_at.is_not(None))
    with team.begin() as work:
        return {str(name) for name in work._session.scalars(query)}


def states(team: Team) -> list[str]:
    """The states of all tickets."""
    return [ticket["state"] for ticket in team.tickets()]


def moved(team: Team, ticket: int) -> str:
    """An operator moves it."""
    return team.move(ticket, "opted_out")


def completed(team: Team, ticket: int) -> str:
    """An operator completes it, under a lease."""
    rules: dict[str, Any] = {"policy": team.rules, "ticket": ticket, "operator": "小李"}
    (found,) = queue.claim(team.begin, **rules)
    return queue.complete(team.begin, **rules, state="opted_out", reason="电话里说的", token=found.token)


@pytest.mark.parametrize("end", [moved, completed])
def test_whom_an_operator_notes_as_opted_out_is_suppressed(team: Team, end: Callable[[Team, int], str]) -> None:
    """Exported and routed no more, however keen they are later; it is known who said so."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    end(team, 1)
    assert silent(team) == {"小王"}
    with team.begin() as work:
        assert work._session.scalars(select(Suppression.actor)).all() == ["小李"]
    assert team.export()[0]["sent"] == 0
    team.hear(comment("c22", "想买，多少钱？"))
    assert team.route()["leads"] == 0
    assert states(team) == ["opted_out"]


def test_a_ticket_that_waits_for_a_seat_opts_out_as_well(team: Team) -> None:
    """And with it whoever leaves the same contact; everybody's seat is free, each end is one event."""
    team.rules = communities({"name": "all", "capacity": 1})
    team.hear(post(), comment("c1", ASKS, "甲"), comment("c2", ASKS, "乙"), comment("c3", HOT, "丙"))
    team.route()
    assert states(team) == ["assigned", "blocked_full", "blocked_full"]
    moved(team, 2)
    assert (states(team), silent(team)) == (["opted_out", "opted_out", "blocked_full"], {"甲", "乙"})
    assert team.rows(CommunityGroup.taken) == [(0,)]
    assert [after for (after,) in team.rows(TicketEvent.after)].count("opted_out") == 2


def test_a_refused_move_suppresses_nobody(team: Team) -> None:
    """The ticket is over already."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    team.move(1, "lost")
    with pytest.raises(Exception, match="opted_out"):
        team.move(1, "opted_out")
    assert silent(team) == set()


OPTS_OUT = comment("o1", f"{phone(1)} 别联系我", "乙")
KEEN = comment("c1", ASKS, "甲")


@pytest.mark.parametrize("order", [[[KEEN], [OPTS_OUT]], [[OPTS_OUT], [KEEN]], [[OPTS_OUT, KEEN]], [[KEEN, OPTS_OUT]]])
def test_an_opt_out_reaches_who_left_the_same_contact(team: Team, order: list[list[dict[str, Any]]]) -> None:
    """Earlier, later, at once; what was under way for them ends."""
    team.hear(post())
    for records in order:
        team.hear(*records)
        team.route()
    assert silent(team) == {"甲", "乙"}
    assert set(states(team)) <= {"opted_out"}
    assert team.export()[0]["sent"] == 0


def test_an_operators_opt_out_reaches_them_too(team: Team) -> None:
    """Whose number it is is not to be contacted; said a second time it says nothing new."""
    team.hear(post(), comment("c1", ASKS, "甲"), comment("c2", ASKS, "乙"), comment("c3", HOT, "丙"))
    team.route()
    assert persons.opt_out(team.begin, 1, actor="小李", reason="电话")
    assert not persons.opt_out(team.begin, 2, actor="小李", reason="电话")
    assert (silent(team), states(team)) == ({"甲", "乙"}, ["opted_out", "opted_out", "assigned"])


def test_what_a_suppressed_account_leaves_later_counts(team: Team) -> None:
    """The contact that they give away after their word is theirs as well."""
    team.hear(post(), KEEN, comment("o1", "别联系我", "乙"))
    assert silent(team) == {"乙"}
    team.hear(comment("o22", f"我的电话{phone(1)}", "乙"))
    assert silent(team) == {"甲", "乙"}


def test_the_word_of_an_account_that_was_not_read_yet_holds(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its contact is known from a comment that a later batch reads; no batch makes it a person to be contacted."""
    monkeypatch.setattr(yinliu.stages.qualify, "BATCH", 1)
    seen = []
    monkeypatch.setattr(Team, "qualify", lambda team: _each(team, lambda: seen.append(silent(team))))
    team.hear(post(), OPTS_OUT, comment("c22", "想买，多少钱？", "甲"), comment("c333", ASKS, "甲"))
    assert seen[:3] == [{"乙"}, {"甲", "乙"}, {"甲", "乙"}]


def _each(team: Team, after: Callable[[], None]) -> dict[str, int]:
    return yinliu.stages.qualify.qualify(
        team.begin,
        version=team.tagger.version,
        policy=team.scoring,
        served_topics=(),
        colleagues=(),
        progress=lambda done: after() if done else None,
    )


TOLD = [
    ("blog", comment("a1", "别联系我", "甲")),
    ("blog", comment("a2", f"电话{phone(1)}，QQ群：123456789，微信 team_shop1", "甲")),
    ("blog", comment("b1", f"想买，多少钱？{phone(1)}", "乙")),
    ("blog", comment("b2", "我的微信 lily_8899", "乙")),
    ("shop", comment("b3", f"想买 {phone(1)}", "乙二")),
    ("blog", comment("c1", "想买，多少钱？微信 lily_8899", "丙")),
    ("blog", comment("d1", f"想买，多少钱？QQ群：123456789，{phone(2)}", "丁")),
    ("blog", comment("e1", f"想买，多少钱？微信 team_shop1，{phone(4)}", "戊")),
    ("shop", comment("e2", f"想买，多少钱？{phone(3)}", "己")),
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(TOLD), size=st.integers(1, len(TOLD)), batch=st.integers(1, 5))
def test_the_order_changes_nothing(
    fresh: Callable[[], Team], order: list[tuple[str, dict[str, Any]]], size: int, batch: int
) -> None:
    """From contact to contact: the same are left alone, in whatever order and pieces they are heard.

    A group's number and what the team wrote itself make nobody anybody else.
    """
    team = fresh()
    team.tagger = GUARDED
    check_order(team, [order[start : start + size] for start in range(0, len(order), size)], batch=batch)


@pytest.mark.parametrize("size", [1, 4, 9])
@pytest.mark.parametrize("turn", [0, 2, 5])
def test_nor_does_it_over_either_database(team: Team, size: int, turn: int) -> None:
    """The same for a few orders."""
    order = [*TOLD[turn:], *TOLD[:turn]][:: -1 if turn else 1]
    check_order(team, [order[start : start + size] for start in range(0, len(order), size)], batch=2)


def check_order(team: Team, pieces: list[list[tuple[str, dict[str, Any]]]], *, batch: int) -> None:
    """Let the team hear these pieces; then 甲, whoever shares a contact with them, and whoever with those is silent."""
    team.colleagues = ("店长",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yinliu.stages.qualify, "BATCH", batch)
        team.land(post(), source="shop")
        team.hear(post(), comment("t1", "加我微信 team_shop1", "店长"))
        for piece in pieces:
            for source in ("blog", "shop"):
                team.land(*(row for whose, row in piece if whose == source), source=source)
            team.load()
            team.tag()
            team.qualify()
        team.route()
    assert silent(team) == {"甲", "乙", "乙二", "丙"}
    with team.begin() as work:
        assert {lead["name"] for lead in work.leads.listing(qualified=True)} == {"丁", "戊", "己"}


def test_opting_out_and_routing_by_new_rules_never_wait_for_each_other(
    postgres_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qualify gives a seat back when route, whose rules have changed, looks at every noted lead again."""
    team = with_a_noted_lead(postgres_engine, tmp_path)
    monkeypatch.setattr(suppressing, "end_tickets", before_which_route_waits(team, suppressing.end_tickets))
    both(team, comment("d1", "别联系我", "坐着"), comment("d2", "别联系我", "无处"))
    assert silent(team) == {"坐着", "无处"}


def test_merging_and_routing_by_new_rules_never_wait_for_each_other(
    postgres_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where two persons turn out to be one, and then two more with a seat each."""
    team = with_a_noted_lead(postgres_engine, tmp_path)
    team.hear(post(), comment("e1", f"咖啡，{HOT}", "坐着二"), comment("f1", "想买，多少钱？", "无处二"), source="shop")
    team.route()
    slow = before_which_route_waits(team, merging.end_tickets, after=1)
    monkeypatch.setattr(merging, "end_tickets", slow)
    both(team, comment("f2", phone(2), "无处二"), comment("g3", phone(1), "坐着二"), source="shop")
    assert (states(team), len(team.rows(Person.id))) == (["assigned", "lost"], 2)


def with_a_noted_lead(engine: Engine, folder: Path) -> Team:
    """Somebody with a seat, and somebody whom no community took."""
    team = Team(lambda: UnitOfWork(engine), folder / "data", tagger=GUARDED)
    team.rules = communities({"name": "c", "topics": ["coffee"]})
    team.hear(post(), comment("c1", f"咖啡，{ASKS}", "坐着"), comment("c2", f"想买，多少钱？{phone(2)}", "无处"))
    assert team.route()["unmatched"] == 1
    return team


def before_which_route_waits(team: Team, act: Callable[..., Any], *, after: int = 0) -> Callable[..., Any]:
    """``act``, begun (the first time after so many calls) when another transaction waits for a lock of ours."""
    calls = iter(range(1000))

    def slow(*values: Any, **named: Any) -> Any:
        if next(calls) == after:
            _going.set()
            wait_until(lambda: _somebody_waits(team))
        return act(*values, **named)

    _going.clear()
    return slow


_going = threading.Event()
"""Set when route is to begin."""


def _somebody_waits(team: Team) -> bool:
    with team.begin() as work:
        return bool(work._session.scalar(select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))))


def both(team: Team, *records: dict[str, Any], source: str = "blog") -> None:
    """Hear these, and route by other rules in the middle of it; what either fails with is raised."""
    failed: list[BaseException] = []

    def hear() -> None:
        try:
            team.hear(*records, source=source)
        except BaseException as error:
            failed.append(error)

    hearing = threading.Thread(target=hear)
    hearing.start()
    assert _going.wait(PATIENCE)
    team.rules = communities({"name": "c", "topics": ["coffee"]}, {"name": "e", "topics": ["hiking"]})
    try:
        team.route()
    finally:
        hearing.join(2 * PATIENCE)
    assert not hearing.is_alive()
    assert not failed, failed
