"""Contacts of the team's own: who repeats one left none, is nobody else by it, and is not invited by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import yinliu.stages.qualify
from models.content import Comment
from models.onboarding import CommunityGroup, Ticket
from models.people import Identity, Person, Signal
from tests.stages.team import KeywordTagger, Team, comment, communities, post
from yinliu.stages import persons

WRITERS = (("blog", "店长"), ("blog", "甲"), ("shop", "乙"), ("forum", "丙"))
OURS = "微信 team_shop1"


def said(who: str, minute: int, text: str = f"想买，多少钱？{OURS}") -> dict[str, Any]:
    """A comment that somebody published at a minute."""
    return comment(who[0] + "x" * (minute - 1), text, who)


def left(team: Team) -> set[str]:
    """The names of those whose contact is their own."""
    with team.begin() as work:
        rows = work._session.query(Person.name, Signal.kind).join(Identity, Identity.person_id == Person.id)
        found = rows.join(Signal, Signal.account_id == Identity.account_id).filter(Signal.withdrawn_at.is_(None))
        found = found.join(Comment, Comment.id == Signal.comment_id).filter(Signal.version == Comment.qualified_version)
        return {name for name, kind in found if kind == "contact_left"}


def test_strangers_who_repeat_it_stay_strangers(team: Team) -> None:
    """Nobody leaves a contact by it or is shown with it, and the opt-out of one is not that of the others."""
    team.colleagues = ("店长",)
    team.hear(post(), said("店长", 1))
    for source, who in WRITERS[1:]:
        team.hear(said(who, 2), said(who, 3, "电话139" + str(ord(who))[-5:].rjust(8, "0")), source=source)
    team.route()
    assert (len(team.rows(Person.id)), len(team.rows(Ticket.id))) == (4, 3)
    with team.begin() as work:
        shown = [lead["contacts"] for lead in work.leads.listing(qualified=True)]
        assert [[one["kind"] for one in contacts] for contacts in shown] == [["phone"]] * 3
        assert [len(row["contacts"]) for row in work.tickets.queue()] == [1, 1, 1]
    persons.opt_out(team.begin, 2, actor="小李", reason="")
    assert [bool(row[0]) for row in team.rows(Person.suppressed_at)] == [False, True, False, False]


@pytest.mark.parametrize("post_first", [True, False])
def test_what_stands_in_a_post_is_the_teams_too(team: Team, post_first: bool) -> None:
    """Whichever is loaded first, and whichever post the comment is below."""
    speaks = post("p2", body=f"进群加客服{OURS}", published="2026-11-01T00:00:00+00:00")
    for records in ([speaks], [post(), said("甲", 2), said("乙", 2, "想买，多少钱？微信 lily_8899")])[
        :: 1 if post_first else -1
    ]:
        team.hear(*records)
    assert left(team) == {"乙"}


def test_a_customers_contact_that_a_colleague_repeats_stays_theirs(team: Team) -> None:
    """已加您 lily_8899: the customer wrote it first."""
    team.colleagues = ("店长",)
    team.hear(post(), said("甲", 1, "想买，多少钱？微信 lily_8899"), said("店长", 2, "已加您，微信 lily_8899"))
    assert left(team) == {"甲"}
    with team.begin() as work:
        (lead,) = work.leads.listing(qualified=True)
    assert (lead["name"], len(lead["contacts"])) == ("甲", 1)


def test_nobody_is_recognised_by_the_teams_address(team_sqlite: Team) -> None:
    """A room in which the helper sits has nobody's ticket; nor is the helper invited instead of somebody."""
    team = team_sqlite
    team.colleagues, team.rules = ("店长",), communities({"name": "all"})
    team.hear(post(), said("店长", 1, "进群找 @helper:peer.test"))
    team.hear(said("甲", 2, "想买，多少钱？已加 @helper:peer.test"), said("甲", 3, "电话13912345678"))
    team.route()
    with team.begin() as work:
        ((group,),) = team.rows(CommunityGroup.name)
        (ticket,) = work.sends.awaited(community="all", group=group, kinds=["matrix"])
        assert ticket.digests == frozenset()
        assert (work.sends.contacts(2, kinds=["matrix"]), len(work.sends.contacts(2, kinds=["phone"]))) == ([], 1)


def test_what_is_taken_away_is_nobodys(team: Team) -> None:
    """A post or a colleague without the contact they had: who repeats it has it; and again when it is back."""
    team.colleagues = ("店长",)
    speaks, silent = (post("p2", body=body, published="2026-11-01T00:00:00+00:00") for body in (f"客服{OURS}", "客服"))
    team.hear(post(), speaks, said("甲", 2))
    for told, names in ((silent, {"甲"}), (speaks, set()), (silent, {"甲"})):
        team.hear(told)
        assert left(team) == names
    for text, names in ((OURS, set()), ("不留了", {"甲"})):
        team.hear(said("店长", 1, text))
        assert left(team) == names


def test_who_is_no_colleague_any_more_has_their_contact(team: Team) -> None:
    """And who becomes one has it not, in however many batches that is read."""
    team.hear(post(), said("店长", 1), said("甲", 2))
    for colleagues, names in (((), {"店长", "甲"}), (("店长",), set()), ((), {"店长", "甲"})):
        team.colleagues = colleagues
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yinliu.stages.qualify, "BATCH", 1)
            team.qualify()
        assert left(team) == names


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_it_stays_the_teams_while_all_is_tagged_anew(team: Team, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """New rules: until qualify has read the colleague again nobody is merged, left alone, or reached by it."""
    monkeypatch.setattr(yinliu.stages.qualify, "BATCH", batch)
    team.colleagues = ("店长",)
    helper = f"@helper:peer.test {OURS}"
    team.hear(post(), said("店长", 1, helper))
    team.hear(said("甲", 3, f"已加 {helper}"), source="blog")
    team.hear(said("乙", 3, f"已加 {helper}"), source="shop")
    team.tagger = KeywordTagger(version="v2", words=(*KeywordTagger().words, ("helper", "topic", "coffee")))
    team.tag()
    with team.begin() as work:
        assert [work.sends.contacts(person, kinds=["matrix"]) for person in (1, 2, 3)] == [[], [], []]
    persons.opt_out(team.begin, 2, actor="小李", reason="")
    team.qualify()
    assert len(team.rows(Person.id)) == 3
    assert [at is not None for (at,) in team.rows(Person.suppressed_at)] == [False, True, False]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(1, 3), min_size=4, max_size=4),
    order=st.permutations(range(4)),
    batch=st.integers(1, 4),
    at_once=st.booleans(),
)
def test_the_order_of_arrival_changes_nothing(
    fresh: Callable[[], Team], minutes: list[int], order: list[int], batch: int, at_once: bool
) -> None:
    """Whoever published it first has it; customers who share their own are one person."""
    check_order(fresh(), minutes, order, batch=batch, at_once=at_once)


@pytest.mark.parametrize("minutes", [[2, 1, 2, 3], [1, 1, 2, 3], [3, 3, 2, 3]])
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_nor_does_it_over_either_database(team: Team, minutes: list[int], order: list[int]) -> None:
    """The same for a few orders, each comment in a batch of its own."""
    check_order(team, minutes, order, batch=1, at_once=False)


def check_order(team: Team, minutes: list[int], order: list[int], *, batch: int, at_once: bool) -> None:
    """Let the team hear the writers, each at their minute, in an order, in one run or in several."""
    team.colleagues = ("店长",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yinliu.stages.qualify, "BATCH", batch)
        team.hear(post())
        for number in order:
            source, who = WRITERS[number]
            team.land(post(), said(who, minutes[number]), source=source)
            if not at_once:
                hear(team)
        hear(team)
    ours, *theirs = minutes
    if ours <= min(theirs):
        assert left(team) == set()
    else:
        assert len(team.rows(Person.id)) == 2
        lasting = [kind for kind, withdrawn in team.rows(Signal.kind, Signal.withdrawn_at) if withdrawn is None]
        assert lasting.count("contact_left") == 3


def hear(team: Team) -> None:
    """Whatever landed."""
    team.load()
    team.tag()
    team.qualify()
