"""qualify: who is one person, who is a lead, and why; again and again with the same outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from models.people import Lead, MergeEvent, Person, Signal
from models.unit_of_work import UnitOfWork
from tests.stages.team import HOT, SCORING, KeywordTagger, Team, comment, communities, phone, post
from yinliu.stages.qualify import qualify
from yinliu.workspace.policies import Scoring


def changed(kind: str, points: int) -> Scoring:
    """The scoring with other points for one kind."""
    weights = SCORING.model_dump()["signals"] | {kind: {"points": points, "most": 1}}
    return Scoring.model_validate(SCORING.model_dump() | {"signals": weights})


def test_a_wish_with_a_contact_is_a_qualified_lead(team: Team) -> None:
    """Its score is the sum of its parts, and it remembers the comment and post it began with."""
    team.hear(post(), comment("c1", HOT))
    lead = team.leads()["小王"]
    assert (lead["score"], lead["grade"], lead["qualified"]) == (110, "A", True)
    assert sum(part["points"] for part in lead["breakdown"]) == 110
    assert (lead["post"], lead["text"]) == ("周末", HOT)


def test_a_second_run_changes_nothing(team: Team) -> None:
    """No signal, person or lead is added, and no lead says that it changed."""
    team.hear(post(), comment("c1", HOT), comment("c2", "好看", "小张"))
    before = team.rows(Lead.id, Lead.score, Lead.changed_at, Lead.qualified_at), team.rows(Signal.id)
    assert set(team.qualify().values()) == {0}
    assert (team.rows(Lead.id, Lead.score, Lead.changed_at, Lead.qualified_at), team.rows(Signal.id)) == before


def test_praise_alone_makes_no_lead(team_sqlite: Team) -> None:
    """Nor does talking."""
    team_sqlite.hear(post(), comment("c1", "好看"), comment("c2", "路过", "小张"))
    assert team_sqlite.leads() == {}


@pytest.mark.parametrize("intent", ["praise", "spam_ad", "after_sales_complaint", "chat_other"])
def test_what_shows_no_interest_makes_no_lead(team_sqlite: Team, intent: str) -> None:
    """However often it is said; one question does."""
    team_sqlite.tagger = KeywordTagger(words=(("嗯", "intent", intent), ("多少钱", "intent", "price_inquiry")))
    team_sqlite.hear(post(), comment("c1", "嗯"), comment("c2", "嗯嗯"), comment("c3", "多少钱", "小张"))
    assert list(team_sqlite.leads()) == ["小张"]


def test_an_interest_that_weighs_nothing_is_a_lead_without_points(team_sqlite: Team) -> None:
    """It began with what they said."""
    team_sqlite.tagger = KeywordTagger(words=(("怎么进群", "intent", "how_to_join"),))
    team_sqlite.hear(post(), comment("c1", "怎么进群？"))
    lead = team_sqlite.leads()["小王"]
    assert (lead["text"], lead["qualified"]) == ("怎么进群？", False)


@pytest.mark.parametrize("who", ["name", "account", "author"])
def test_a_colleague_is_never_a_qualified_lead(team: Team, who: str) -> None:
    """By their name, their account, or as the post's author."""
    team.colleagues = {"name": ("运营小李",), "account": ("u-7",), "author": ()}[who]
    team.hear(post(author="运营小李" if who == "author" else None), comment("c1", HOT, "运营小李", author_id="u-7"))
    assert not [lead for lead in team.leads().values() if lead["qualified"]]


def test_an_ad_with_a_contact_never_qualifies(team: Team) -> None:
    """Whatever else it says."""
    team.hear(post(), comment("c1", f"代运营，想买的问，多少钱都好谈，好看！{HOT}"))
    assert not team.leads()["小王"]["qualified"]


def test_one_contact_on_two_accounts_is_one_person(team: Team) -> None:
    """On two sources, in one run or in two; they add up to one lead."""
    team.hear(post(), comment("c1", "想买 13912345678", "小王"))
    team.hear(post(), comment("x1", "多少钱 139-1234-5678", "大王"), source="shop")
    assert len(team.rows(Person.id)) == 1
    assert {lead["score"] for lead in team.leads().values()} == {115}


def test_an_account_that_gives_itself_away_later_is_merged(team: Team) -> None:
    """Two persons become one when the second leaves the first's contact; an event tells how to undo it."""
    team.hear(post(), comment("c1", HOT, "小王"))
    team.hear(post(), comment("x1", "想买", "大王"), source="shop")
    assert len(team.rows(Person.id)) == 2
    team.hear(comment("x2", "我的电话13912345678", "大王"), source="shop")
    assert len(team.rows(Person.id)) == 1
    assert team.rows(MergeEvent.how) == [("contact",)]
    assert len(team.leads()) == 1


def test_two_accounts_of_one_name_are_two_persons(team: Team) -> None:
    """A name is nobody's own."""
    team.hear(post(), comment("c1", "想买", "小王", author_id="a"), comment("c2", "想买", "小王", author_id="b"))
    assert len(team.rows(Person.id)) == 2


def test_two_accounts_on_one_source_with_one_contact_stay_two(team: Team) -> None:
    """The source vouches that they are different; a family shares a phone."""
    team.hear(post(), comment("c1", HOT, "小王"), comment("c2", HOT, "小张"))
    assert len(team.rows(Person.id)) == 2


def test_other_points_change_scores_at_the_next_run(team: Team) -> None:
    """Of every lead, without a new comment."""
    team.hear(post(), comment("c1", HOT))
    team.scoring = changed("contact_left", 5)
    counts = team.qualify()
    assert (counts["comments"], team.leads()["小王"]["score"], team.leads()["小王"]["qualified"]) == (0, 60, True)
    team.scoring = changed("contact_left", 1)
    team.qualify()
    assert not team.leads()["小王"]["qualified"]


def test_other_rules_read_every_comment_again(team: Team) -> None:
    """Signals of the old rules no longer count."""
    team.hear(post(), comment("c1", HOT))
    team.tagger = KeywordTagger(version="v2", words=(("多少钱", "intent", "price_inquiry"),))
    team.tag()
    team.qualify()
    assert team.leads()["小王"]["score"] == 80


def test_a_comment_that_takes_its_wish_back_loses_it(team: Team) -> None:
    """What an edited comment no longer says no longer counts."""
    team.hear(post(), comment("c1", HOT))
    team.hear(comment("c1", "好看"))
    assert team.leads()["小王"]["score"] == 5


def test_a_colleague_who_is_named_later_stops_being_a_lead(team: Team) -> None:
    """Editing yinliu.yaml is enough."""
    team.hear(post(), comment("c1", HOT, "小李"))
    team.colleagues = ("小李",)
    team.qualify()
    assert not team.leads()["小李"]["qualified"]


def test_a_topic_that_is_served_later_fits(team: Team) -> None:
    """Editing communities.yaml is enough."""
    team.hear(post(), comment("c1", f"露营 {HOT}"))
    team.rules = communities({"name": "camping", "topics": ["camping"]})
    team.qualify()
    assert team.leads()["小王"]["score"] == 115


def test_a_comment_whose_post_comes_later_is_tied_to_it(team: Team) -> None:
    """The post's topic counts, and the lead names the post."""
    team.rules = communities({"name": "camping", "topics": ["camping"]})
    team.hear(comment("c1", HOT))
    assert team.leads()["小王"]["post"] is None
    team.hear(post(title="露营"))
    assert (team.leads()["小王"]["post"], team.leads()["小王"]["score"]) == ("露营", 115)


def test_more_comments_than_a_batch(team: Team) -> None:
    """450 comments of 90 people are 90 persons, each scored once over all of theirs."""
    people = [comment(f"c{n}", f"想买 {phone(n % 90)}", f"买家{n % 90}") for n in range(450)]
    counts = team.hear(post(), *people)
    assert (counts["comments"], counts["persons"], counts["leads"]) == (450, 90, 90)
    assert {lead["score"] for lead in team.leads().values()} == {95}


def test_who_comes_back_scores_more(team_sqlite: Team) -> None:
    """Up to the `most` of the policy."""
    scores = []
    for number in range(5):
        team_sqlite.hear(comment(f"c{number}", "想买" if not number else "好的"))
        scores.append(team_sqlite.leads()["小王"]["score"])
    assert scores == [30, 35, 40, 40, 40]


def test_two_qualifiers_at_once_make_no_person_twice(team: Team, engine: Engine) -> None:
    """Each takes its turn, batch by batch."""
    team.land(post(), *(comment(f"c{n}", HOT, f"买家{n % 20}") for n in range(1000)))
    team.load()
    team.tag()
    parts = {"version": "v1", "policy": team.scoring, "served_topics": (), "colleagues": ()}
    with ThreadPoolExecutor(max_workers=3) as pool:
        counts = list(pool.map(lambda _: qualify(lambda: UnitOfWork(engine), **parts), range(3)))
    assert sum(one["comments"] for one in counts) == 1000
    assert (len(team.rows(Person.id)), len(team.rows(Lead.id))) == (20, 20)
