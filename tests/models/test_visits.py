"""Visits: which are due, which rest, and what they are told; whatever else the database knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from crawlers.items import CommentItem, PostItem
from models.content import Comment, Post, Visit
from models.repositories.visits import KNOWN_COMMENTS, Walked
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
NOW = datetime(2026, 11, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOW + HOUR
"""When walks are made: after the crawl that brought the comments."""


def known(begin: Begin, posts: int, *, source: str = "blog", comments: int = 0) -> None:
    """Posts, the first the newest, each with comments, the last the newest."""
    where = {"source": source, "platform": "feed", "now": NOW}
    found = [
        PostItem(external_id=f"p{n}", url=f"https://x.cn/p{n}", title="t", body="b", published=NOW - n * HOUR)
        for n in range(posts)
    ]
    said = [
        CommentItem(external_id=f"c{n}.{m}", post_id=f"p{n}", text="a", published=NOW - 300 * HOUR + m * HOUR)
        for n in range(posts)
        for m in range(comments)
    ]
    with begin() as work:
        work.content.store_posts(found, **where)
        work.content.store_comments(said, **where)
        work.commit()


def plan(begin: Begin, *rows: tuple[int, int | None], source: str = "blog", seen: int | None = None) -> None:
    """(post, hours until its visit is due or None); ``seen``: how many comments the last walk met."""
    with begin() as work:
        full = [(post, NOW + post * HOUR, None if due is None else NOW + due * HOUR, None, seen) for post, due in rows]
        work.visits.plan(full, source=source)
        work.commit()


def ask(begin: Begin, what: str, *values: Any) -> Any:
    """What a question to the visits answers."""
    with begin() as work:
        return getattr(work.visits, what)("blog", *values)


def test_the_most_overdue_comes_first(begin: Begin) -> None:
    """What is not due and what rests does not come."""
    known(begin, 4)
    plan(begin, (1, -1), (2, 5), (3, -9), (4, None))
    assert [one.post for one in ask(begin, "due", NOW, 9)] == ["p2", "p0"]
    assert [one.post for one in ask(begin, "due", NOW, 1)] == ["p2"]
    assert ask(begin, "next_due") == NOW - 9 * HOUR


def test_what_rests_comes_in_turn(begin: Begin) -> None:
    """Whoever was looked at longest ago is first."""
    known(begin, 3)
    plan(begin, (3, None), (1, None), (2, 1))
    assert [one.post for one in ask(begin, "resting", 9)] == ["p0", "p2"]
    plan(begin, (1, None), (2, None), (3, None))
    assert [one.post for one in ask(begin, "resting", 2)] == ["p0", "p1"]
    assert ask(begin, "next_due") is None


def test_a_visit_is_told_the_newest_comments(begin: Begin) -> None:
    """So many, those without a time last, none that is gone, and where the post is."""
    known(begin, 2, comments=KNOWN_COMMENTS + 20)
    plan(begin, (1, -1), seen=KNOWN_COMMENTS + 20)
    with begin() as work:
        work._session.execute(text("UPDATE comment SET gone_at = :now WHERE external_id = 'c0.119'"), {"now": NOW})
        work._session.execute(text("UPDATE comment SET published_at = NULL WHERE external_id > 'c0.2' AND post_id = 1"))
        work.commit()
    (visit,) = ask(begin, "due", NOW, 9)
    assert visit.url == "https://x.cn/p0"
    assert len(visit.known) == KNOWN_COMMENTS
    assert "c0.119" not in visit.known
    assert (visit.known[0], visit.known[31]) == ("c0.118", "c0.0")
    assert len(set(visit.known)) == KNOWN_COMMENTS


def test_a_visit_is_told_no_comments_before_a_walk_came_to_its_end(begin: Begin) -> None:
    """What is older than a known one may be unread; that goes for posts that rest, too."""
    known(begin, 2, comments=3)
    plan(begin, (1, -1), (2, None), seen=3)
    assert [len(one.known) for one in (*ask(begin, "due", NOW, 9), *ask(begin, "resting", 9))] == [3, 3]
    with begin() as work:
        work.visits.distrust(["p0", "p1", "p9"], source="blog")
        work.commit()
    assert [one.known for one in (*ask(begin, "due", NOW, 9), *ask(begin, "resting", 9))] == [(), ()]


def test_a_visit_that_is_put_off_keeps_what_is_known(begin: Begin) -> None:
    """How many comments the last walk met, and when the newest was written."""
    known(begin, 1)
    with begin() as work:
        work.visits.plan([(1, NOW, NOW, NOW - HOUR, 7)], source="blog")
        work.visits.put_off([(1, LATER + HOUR)], now=LATER)
        work.commit()
        (row,) = work._session.scalars(select(Visit))
        assert (row.visited_at, row.due_at) == (LATER, LATER + HOUR)
        assert (row.newest_comment_at, row.comments_seen) == (NOW - HOUR, 7)


def test_the_newest_posts_are_known(begin: Begin) -> None:
    """The newest first, of one source, no more than asked for."""
    known(begin, 5)
    known(begin, 3, source="shop")
    assert ask(begin, "known_posts", 3) == ["p0", "p1", "p2"]
    assert len(ask(begin, "known_posts")) == 5


def test_one_source_does_not_hear_of_another(begin: Begin) -> None:
    """Visits are its own."""
    known(begin, 1, source="shop")
    plan(begin, (1, -1), source="shop")
    assert ask(begin, "due", NOW, 9) == ask(begin, "resting", 9) == []
    assert ask(begin, "next_due") is None


def test_a_post_that_is_gone_rests(begin: Begin) -> None:
    """The sweep looks again, after all others; seen again it is visited as a new one is."""
    known(begin, 3)
    plan(begin, (1, -1), (2, None), (3, None))
    with begin() as work:
        assert work.visits.leave(["p0", "p1", "p9"], source="blog", now=NOW + 5 * HOUR) == 2
        assert work.visits.leave(["p0"], source="blog", now=NOW + 6 * HOUR) == 0
        work.commit()
    assert ask(begin, "due", NOW + 99 * HOUR, 9) == []
    assert [one.post for one in ask(begin, "resting", 9)] == ["p2", "p1", "p0"]
    with begin() as work:
        assert set(work._session.scalars(select(Post.gone_at))) == {NOW + 5 * HOUR, None}
        back = PostItem(external_id="p0", url="https://x.cn/p0", title="t", body="b", published=NOW)
        found = work.content.store_posts([back], source="blog", platform="feed", now=NOW)
        assert found.unvisited == [(1, NOW)]
        assert work._session.scalar(select(Post.gone_at).where(Post.id == 1)) is None
        work.visits.bring_back(["p1", "p9"], source="blog")
        assert set(work._session.scalars(select(Post.gone_at))) == {None}


def walk(begin: Begin, *ids: str, whole: bool = True, oldest: datetime | None = None) -> tuple[list[str], bool]:
    """The comments that are gone after a walk through the first post's comments, and whether it is in doubt."""
    with begin() as work:
        (visited,) = work.visits.finish([Walked("p0", frozenset(ids), whole, oldest)], source="blog", now=LATER)
        gone = list(
            work._session.scalars(select(Comment.external_id).where(Comment.gone_at == LATER).order_by(Comment.id))
        )
        work.commit()
    return gone, visited.doubtful


def test_a_whole_walk_tells_all_that_is_gone(begin: Begin) -> None:
    """Of this post only."""
    known(begin, 2, comments=4)
    assert walk(begin, "c0.3", "c0.1", "c1.0") == (["c0.0", "c0.2"], False)


def test_a_walk_that_stopped_tells_what_is_gone_above_where_it_stopped(begin: Begin) -> None:
    """Older comments were not looked at."""
    known(begin, 1, comments=6)
    assert walk(begin, "c0.5", "c0.3", whole=False, oldest=NOW - 297 * HOUR) == (["c0.4"], False)


@pytest.mark.parametrize("whole", [True, False])
def test_a_comment_of_the_same_crawl_is_not_missed(begin: Begin, whole: bool) -> None:
    """It was written after the walk and came by another list."""
    known(begin, 1, comments=2)
    late = CommentItem(external_id="late", post_id="p0", text="a", published=NOW + HOUR / 2)
    with begin() as work:
        work.content.store_comments([late], source="blog", platform="feed", now=LATER)
        work.commit()
    assert walk(begin, "c0.1", whole=whole, oldest=NOW - 300 * HOUR) == (["c0.0"] if whole else [], False)


def test_a_walk_that_stopped_without_times_tells_nothing(begin: Begin) -> None:
    """Nobody knows where it stopped."""
    known(begin, 1, comments=6)
    assert walk(begin, "c0.5", whole=False) == ([], False)


def test_a_reply_is_missed_only_where_its_comment_was_met(begin: Begin) -> None:
    """Below a comment that the walk did not reach, nothing is known to be gone."""
    known(begin, 1, comments=2)
    replies = [
        CommentItem(external_id=f"r{n}", post_id="p0", parent_id=f"c0.{n}", text="a", published=NOW) for n in (0, 1)
    ]
    with begin() as work:
        work.content.store_comments(replies, source="blog", platform="feed", now=NOW)
        work.commit()
    assert walk(begin, "c0.1", whole=False, oldest=NOW - 299 * HOUR) == (["r1"], False)
    assert walk(begin, "c0.1") == (["c0.0", "r0", "r1"], False)


@pytest.mark.parametrize("whole", [True, False])
def test_nothing_where_much_is_known_is_a_broken_site(begin: Begin, whole: bool) -> None:
    """No deletions, and it is told."""
    known(begin, 1, comments=5)
    assert walk(begin, whole=whole) == ([], True)


def test_nothing_where_little_is_known_is_believed(begin: Begin) -> None:
    """Four comments may well have been deleted."""
    known(begin, 1, comments=4)
    assert len(walk(begin)[0]) == 4


def test_what_is_met_again_is_back(begin: Begin) -> None:
    """By a walk, or because it was gathered."""
    known(begin, 1, comments=3)
    assert walk(begin, "c0.2") == (["c0.0", "c0.1"], False)
    assert walk(begin, "c0.2", "c0.1") == (["c0.0"], False)
    known(begin, 1, comments=3)
    with begin() as work:
        assert work._session.scalars(select(Comment.id).where(Comment.gone_at.is_not(None))).all() == []


def test_the_pace_of_comments(begin: Begin) -> None:
    """The faster of the last day's and the last week's, and the newest."""
    known(begin, 1)
    times = [NOW - 2 * HOUR, NOW - 3 * HOUR, *[NOW - 48 * HOUR] * 19, NOW - 400 * HOUR]
    said = [CommentItem(external_id=f"c{n}", post_id="p0", text="a", published=at) for n, at in enumerate(times)]
    with begin() as work:
        work.content.store_comments(said, source="blog", platform="feed", now=NOW)
        (visited,) = work.visits.finish([Walked("p0", frozenset(["c0"]), False, None)], source="blog", now=NOW)
    assert (visited.newest, visited.lately, visited.seen) == (NOW - 2 * HOUR, 3.0, 1)


def test_a_walk_of_an_unknown_post_is_left_out(begin: Begin) -> None:
    """There is nothing to compare it with."""
    with begin() as work:
        assert work.visits.finish([Walked("p9", frozenset(["c0"]), True, None)], source="blog", now=NOW) == []


QUESTIONS = {
    "due": "SELECT * FROM visit WHERE source = 'blog' AND due_at <= '2026' ORDER BY due_at LIMIT 9",
    "resting": "SELECT * FROM visit WHERE source = 'blog' AND due_at IS NULL ORDER BY visited_at LIMIT 9",
    "next_due": "SELECT min(due_at) FROM visit WHERE source = 'blog'",
    "known comments": "SELECT external_id FROM comment WHERE post_id = 1 AND published_at IS NOT NULL"
    " ORDER BY published_at DESC LIMIT 100",
    "known posts": "SELECT external_id FROM post WHERE source = 'blog' AND published_at IS NOT NULL"
    " ORDER BY published_at DESC LIMIT 500",
    "untied": "SELECT count(*) FROM comment WHERE source = 'blog' AND post_id IS NULL",
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_question_reads_a_whole_table(sqlite_engine: Engine, question: str) -> None:
    """Every one is answered from an index, in its order."""
    with sqlite_engine.connect() as connection:
        steps = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question}"))]
    assert all("SCAN" not in step and "TEMP B-TREE" not in step for step in steps), steps


def test_the_visits_of_an_older_database_rest(begin: Begin) -> None:
    """What the migration wrote for posts that were there: each is found by the sweep."""
    known(begin, 2)
    with begin() as work:
        insert = "INSERT INTO visit (post_id, source, visited_at) SELECT id, source, first_seen_at FROM post"
        work._session.execute(text(insert))
        work.commit()
        assert {row.visited_at for row in work._session.scalars(select(Visit))} == {NOW}
    assert len(ask(begin, "resting", 9)) == 2
