"""suggest: what the database says of a week, against the weeks before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.content import Comment, Tag
from tests.stages.team import MONDAY, Team, comment, post
from yinliu.errors import NothingToDo
from yinliu.reports.week import Week
from yinliu.stages.suggest import Suggestion, suggest

WEEK = Week.parse("2026-W47")
ZONE = ZoneInfo("Asia/Shanghai")
FRAMES = ("想问{}怎么收费", "有{}吗", "附近的{}靠谱么", "求推荐{}！", "昨天看到{}，心动", "{}多少钱一天")
TOPICS = {"camping": ["露营", "天幕"], "tea": ["茶"]}


def talk(term: str, number: int, *, weeks_ago: int = 0, who: str = "人", **what: Any) -> list[dict[str, Any]]:
    """So many people who speak of a term under two posts."""
    at = MONDAY - timedelta(weeks=weeks_ago)
    return [
        comment(
            f"{who}{term}{weeks_ago}-{n}",
            FRAMES[n % len(FRAMES)].format(term),
            f"{who}{n}",
            post_id=f"p{n % 2 + 1}",
            published=(at + timedelta(minutes=n)).isoformat(),
            **what,
        )
        for n in range(number)
    ]


@pytest.fixture
def heard(team: Team) -> Team:
    """Two posts; 木桌 is said every week, 帐篷租赁 in week 47 only."""
    posts = (post("p1", title="秋天去哪玩"), post("p2", title="周末好去处"))
    usual = [row for ago in range(4) for row in talk("木桌", 12, weeks_ago=ago, who=f"旧{ago}")]
    gather(team, *posts, *usual, *talk("帐篷租赁", 18))
    return team


def gather(team: Team, *records: dict[str, Any]) -> None:
    """What landed is loaded."""
    team.land(*records)
    team.load()


def made(team: Team, *, week: Week = WEEK, dismissed: Collection[str] = ()) -> dict[str, Suggestion]:
    """Suggestions by term."""
    found = suggest(team.begin, week=week, zone=ZONE, topics=TOPICS, dismissed=dismissed, most=20)
    return {one.term.text: one for one in found}


def test_what_rose_is_suggested(heard: Team) -> None:
    """Not what is said every week; with a new topic where it is said with none."""
    found = made(heard)
    assert "木桌" not in found
    one = found["帐篷租赁"]
    assert (one.term.accounts, one.term.posts, one.joins) == (18, 2, None)
    assert one.new_topic is not None
    assert (one.new_topic.title, one.new_topic.terms[0]) == ("帐篷租赁", "帐篷租赁")


def test_the_topic_of_a_post_is_that_of_its_comments(team: Team) -> None:
    """The title says what a comment is about."""
    others = [row for ago in range(3) for row in talk("木桌", 12, weeks_ago=ago, who="旧")]
    gather(team, post("p1", title="露营指南"), post("p2", title="露营好去处"), *others, *talk("帐篷租赁", 18))
    one = made(team)["帐篷租赁"]
    assert (one.joins, one.new_topic) == ("camping", None)
    assert [near.topic for near in one.near] == ["camping"]


def test_dismissed_terms_and_topics_words_are_left_out(heard: Team) -> None:
    """Neither comes back."""
    assert "帐篷租赁" not in made(heard, dismissed=["帐篷租赁"])
    topics = {"rent": ["帐篷租赁"]}
    found = suggest(heard.begin, week=WEEK, zone=ZONE, topics=topics, dismissed=(), most=20)
    assert "帐篷租赁" not in [one.term.text for one in found]


def test_adverts_are_not_heard(heard: Team) -> None:
    """What was tagged an advert makes no trend."""
    rows = heard.rows(Comment.id, Comment.text)
    with heard.begin() as work:
        tag = {"kind": "intent", "label": "spam_ad", "weight": 1.0, "version": "v1", "evidence": []}
        work._session.add_all(Tag(comment_id=key, **tag) for key, text in rows if "帐篷" in text)
        work.commit()
    assert "帐篷租赁" not in made(heard)


def test_an_empty_week_says_so(heard: Team) -> None:
    """A week in which nobody said anything is nothing to do, and is named."""
    with pytest.raises(NothingToDo, match="2026-W30") as told:
        made(heard, week=Week.parse("2026-W30"))
    assert told.value.exit_code == 99


def test_texts_of_a_window(team_sqlite: Team) -> None:
    """Posts and comments between two moments, with account, post and title; what is gone is not among them."""
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    gather(
        team_sqlite,
        post("p1", title="题", body="文", author="编辑", published=(monday + timedelta(hours=1)).isoformat()),
        comment("c1", "在内", published=monday.isoformat()),
        comment("c2", "在外", published=(monday + timedelta(days=7)).isoformat()),
        comment("c3", "没有文章", post_id="p9", published=monday.isoformat()),
    )
    with team_sqlite.begin() as work:
        said = work.texts.said(monday, monday + timedelta(days=7))
    assert [(row.text, row.title) for row in said] == [("题\n\n文", "题"), ("在内", "题"), ("没有文章", "")]
    assert said[0].account == "author:blog:编辑"
    assert said[0].post == said[1].post
    assert said[1].account == said[2].account
    assert said[2].post == "untied:blog:p9"
