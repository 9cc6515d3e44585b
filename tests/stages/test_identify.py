"""Who is who, over a database: contacts of the team's own, and tickets that begin again."""

from __future__ import annotations

import pytest

from models.content import Contact
from models.onboarding import CommunityGroup
from models.people import CrmExport, Lead, MergeEvent, Person
from tests.stages.team import HOT, MONDAY, KeywordTagger, Team, buyers, comment, post
from yinliu.stages.persons import maybe_same, not_same


def test_the_teams_own_contact_makes_nobody_a_colleague(team: Team) -> None:
    """A customer who repeats the WeChat id that a colleague wrote stays a person, and a lead, of their own."""
    team.hear(
        post(author="店长"),
        comment("c1", "加我微信 team_shop1 详聊", who="店长"),
        comment("c2", "想买，是加微信 team_shop1 吗？多少钱？我的电话13800001111", who="小王"),
    )
    assert "小王" in team.leads()
    assert team.leads()["小王"]["qualified"]


@pytest.mark.parametrize(
    ("text", "persons"),
    [("想买，微信 lily_8899", 1), ("想买，QQ群：123456789", 2), ("想买，客服电话 400-820-8820", 2)],
)
def test_only_ones_own_contact_makes_two_accounts_one(team_sqlite: Team, text: str, persons: int) -> None:
    """The number of a group or a firm is shared by many."""
    team_sqlite.hear(post(), comment("c1", text, who="小王"), source="blog")
    team_sqlite.hear(post(), comment("c2", text, who="小李"), source="shop")
    assert len(team_sqlite.rows(Person.id)) == persons
    assert len(team_sqlite.rows(Contact.id)) == 2


XHS, OTHER = "5f2a9c0e0000000001003b7d", "61b7e8d2000000001000aa4f"


def test_the_same_global_id_in_two_files_is_one_person(team: Team) -> None:
    """Two exports of one platform; another id there is another person, whatever contact they share."""
    for source, who, text in (("july", XHS, "想买"), ("august", XHS, "想买"), ("may", OTHER, "想买，微信 lily_8899")):
        row = comment(f"c-{source}", text, who="林", author_id=who)
        team.land(post(), row, source=source, platform="file")
        team.load()
        team.tag()
        team.qualify()
    assert len(team.rows(Person.id)) == 2
    with team.begin() as work:
        first = work.persons.accounts([1])[1]
    assert [(one["source"], one["how"]) for one in first] == [("july", "new"), ("august", "verified_id")]


def test_the_same_id_on_another_platform_says_nothing(team_sqlite: Team) -> None:
    """A shop's customer 1 is not the blog's."""
    team_sqlite.hear(post(), comment("c1", "想买", who="1"), source="blog")
    team_sqlite.hear(post(), comment("c2", "想买", who="1"), source="shop")
    assert len(team_sqlite.rows(Person.id)) == 2


def merge_and_undo(team: Team) -> None:
    """Two accounts become one person by a contact, and two again by an operator."""
    team.hear(post(), comment("c1", "想买，微信 lily_8899", who="小王"), source="blog")
    team.hear(post(), comment("c2", "想买", who="小李"), source="shop")
    team.hear(post(), comment("c3", "我微信 lily_8899", who="小李"), source="shop")
    with team.begin() as work:
        work.identities.unmerge(1, actor="店长", now=MONDAY)
        work.commit()


def test_what_was_taken_apart_is_not_merged_by_the_next_run(team: Team) -> None:
    """The same contact again, by either account: two persons, each with their comments."""
    merge_and_undo(team)
    team.hear(post(), comment("c4", "还是微信 lily_8899", who="小李"), source="shop")
    team.hear(post(), comment("c5", "再说一次 微信 lily_8899", who="小王"), source="blog")
    assert [(undone is not None) for (undone,) in team.rows(MergeEvent.undone_at)] == [True]
    assert len(team.rows(Person.id)) == 2


def test_what_is_no_more_noted_is_merged_by_the_next_run(team: Team) -> None:
    """By what they wrote long ago, though nobody writes anything new; once."""
    merge_and_undo(team)
    team.qualify()
    assert len(team.rows(Person.id)) == 2
    assert maybe_same(team.begin, 1, 2).noted == (("店长", MONDAY),)
    assert [team.qualify()["comments"] for _ in range(2)] == [3, 0]
    assert team.rows(Person.id) == [(1,)]
    events = team.rows(MergeEvent.how, MergeEvent.undone_at)
    assert [(how, undone is not None) for how, undone in events] == [("contact", True), ("contact", False)]


def test_the_same_global_id_merges_what_is_no_more_noted(team: Team) -> None:
    """Noted between two files' accounts of one id, who were two persons already."""
    for source in ("july", "august"):
        team.land(post(), comment(f"c-{source}", "想买", author_id=XHS), source=source, platform="file")
        team.load()
    with team.begin() as work:
        work.identities.add_persons([(person, "林", MONDAY) for person in work.identities.new_persons(2)])
        work.identities.add_identities([(1, 1, "new", 1.0), (2, 2, "new", 1.0)])
        work.commit()
    not_same(team.begin, 1, 2, actor="店长")
    team.tag()
    team.qualify()
    assert len(team.rows(Person.id)) == 2
    assert maybe_same(team.begin, 1, 2).barred is None
    team.qualify()
    assert team.rows(MergeEvent.how) == [("verified_id",)]
    assert team.rows(Person.id) == [(1,)]


def test_what_is_read_again_is_not_said_again(team: Team) -> None:
    """Withdrawing a note routes nobody anew: no signal is new, and no lead has another turn."""
    team.hear(post(), comment("c1", HOT, who="小王"), comment("c2", "好看", who="小王"), source="blog")
    team.hear(post("p2"), comment("c3", "想买", who="小李", post_id="p2"), source="shop")
    team.route()
    not_same(team.begin, 1, 2, actor="店长")
    before = team.rows(Lead.id, Lead.score, Lead.route_at, Lead.changed_at)
    maybe_same(team.begin, 1, 2)
    counts = team.qualify()
    assert (counts["comments"], counts["signals"], counts["persons"]) == (3, 0, 0)
    assert team.rows(Lead.id, Lead.score, Lead.route_at, Lead.changed_at) == before


def test_a_note_of_somebody_else_still_keeps_them_apart(team: Team) -> None:
    """Two notes, one withdrawn: the same contact merges the one pair, and never the other."""
    for number, who in enumerate(("小王", "小李", "小张"), 1):
        team.hear(post(), comment(f"c{number}", "想买", who=who), source=f"s{number}")
    not_same(team.begin, 1, 2, actor="店长")
    not_same(team.begin, 1, 3, actor="店长")
    for number, who in enumerate(("小王", "小李", "小张"), 1):
        team.hear(post(), comment(f"d{number}", "微信 lily_8899", who=who), source=f"s{number}")
    assert len(team.rows(Person.id)) == 3
    maybe_same(team.begin, 2, 1)
    team.qualify()
    assert team.rows(Person.id) == [(1,), (3,)]


def test_a_new_account_of_somebody_who_opted_out_is_left_alone(team: Team) -> None:
    """Known by the contact: no ticket, no export, whichever account they come back with."""
    team.hear(post(), comment("c1", f"{HOT} 想买", who="小王"), source="blog")
    with team.begin() as work:
        assert work.identities.suppress({1: None}, actor="店长", now=MONDAY) == (1,)
        assert work.identities.suppress({1: None}, actor="店长", now=MONDAY) == ()
        work.commit()
    team.hear(post(), comment("c2", f"{HOT} 还想买", who="小李"), source="shop")
    assert len(team.rows(Person.id)) == 1
    team.route()
    assert team.tickets() == []
    with team.begin() as work:
        assert work.leads.listing(qualified=True) == []
        assert [row["suppressed_at"] for row in work.leads.listing(qualified=False)] == [MONDAY]
    assert team.export()[0]["sent"] == 0


def test_who_opts_out_in_words_is_suppressed_at_once(team: Team) -> None:
    """What was under way for them ends, its seat is free, and nothing is routed or exported again."""
    team.tagger = KeywordTagger(words=(*team.tagger.words, ("别联系我", "guard", "opt_out")))
    team.hear(post(), comment("c1", HOT, who="小王"))
    team.route()
    assert [ticket["state"] for ticket in team.tickets()] == ["assigned"]
    team.hear(post(), comment("c22", "别联系我", who="小王"))
    assert [ticket["state"] for ticket in team.tickets()] == ["opted_out"]
    assert team.rows(CommunityGroup.taken) == [(0,)]
    assert team.rows(Person.suppressed_at)[0][0] is not None
    team.route()
    assert len(team.tickets()) == 1
    assert team.export()[0]["sent"] == 0


def test_a_batch_that_was_interrupted_leaves_out_who_opted_out_since(team_sqlite: Team) -> None:
    """They were in the ledger and not sent: the ledger forgets them."""
    team_sqlite.hear(post(), *buyers(2))
    with team_sqlite.begin() as work:
        work.leads.intend("csv", {1: "x", 2: "y"}, batch="b1", now=MONDAY)
        work.identities.suppress({1: None}, actor="店长", now=MONDAY)
        work.commit()
    team_sqlite.export()
    assert team_sqlite.rows(CrmExport.lead_id)[:1] == [(2,)]
    assert {lead for (lead,) in team_sqlite.rows(CrmExport.lead_id)} == {2}


def test_a_recycled_ticket_begins_anew(team: Team) -> None:
    """A ticket that is assigned again after it expired has a new time to be answered by, and is not late."""
    team.hear(post(), comment("c1", "想买，多少钱？电话13800001111"))
    team.route()
    (ticket,) = team.tickets()
    team.move(ticket["id"], "expired")
    team.move(ticket["id"], "assigned")
    (again,) = team.tickets()
    assert again["due_at"] > ticket["due_at"]
    assert again["late_at"] is None
