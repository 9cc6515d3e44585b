"""What was gathered is stored once, changes when it changed, and is tied together however late its parts come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from crawlers.items import CommentItem, MetricItem, PostItem
from models.content import Account, Comment, MetricSnapshot, Post, Quarantine
from models.repositories.comments import Conflict
from models.repositories.gathered import Tally
from models.repositories.metrics import Measured
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def post(key: str = "p1", **what: Any) -> PostItem:
    """A post as it was gathered."""
    row = {"external_id": key, "url": f"https://x.cn/{key}", "title": "露营", "body": "文", "labels": ("a",)}
    return PostItem(**(row | {"published": MONDAY} | what))


def comment(key: str = "c1", **what: Any) -> CommentItem:
    """A comment as it was gathered."""
    row = {"external_id": key, "author": "小王", "author_id": "a1", "text": "想买", "post_id": "p1"}
    return CommentItem(**(row | what))


def metric(value: int | None, raw: str, **what: Any) -> MetricItem:
    """A counter as it was gathered."""
    return MetricItem(**({"post_id": "p1", "name": "likes", "value": value, "raw": raw} | what))


def stored(
    begin: Begin, *, posts: Any = (), comments: Any = (), now: datetime = MONDAY, source: str = "blog"
) -> tuple[Tally, Tally]:
    """Store items in one transaction."""
    where = {"source": source, "platform": "feed", "now": now}
    with begin() as work:
        found = work.content.store_posts(posts, **where).tally
        tally, conflicts = work.content.store_comments(comments, **where)
        work.commit()
    assert not conflicts
    return found, tally


def refused(begin: Begin, *comments: CommentItem) -> list[Conflict]:
    """The comments that may not have the id they claim."""
    with begin() as work:
        _, conflicts = work.content.store_comments(comments, source="blog", platform="feed", now=TUESDAY)
        work.commit()
    return conflicts


def measured(begin: Begin, *items: MetricItem, at: datetime = MONDAY) -> Measured:
    """Store counters."""
    with begin() as work:
        found = work.content.store_metrics(items, source="blog", now=at)
        work.commit()
    assert not found.orphans
    return found


def all_of(begin: Begin, column: Any) -> list[Any]:
    """A column's values, by row."""
    with begin() as work:
        return list(work._session.scalars(select(column).order_by(column.class_.id)))


def test_a_row_is_new_then_the_same_then_changed(begin: Begin) -> None:
    """Each is told apart, and nothing is stored twice."""
    assert stored(begin, posts=[post()], comments=[comment()]) == (Tally(new=1), Tally(new=1))
    assert stored(begin, posts=[post()], comments=[comment()]) == (Tally(same=1), Tally(same=1))
    changed = stored(begin, posts=[post(title="天幕")], comments=[comment(text="不买了")], now=TUESDAY)
    assert changed == (Tally(changed=1), Tally(changed=1))
    assert (all_of(begin, Post.title), all_of(begin, Comment.text)) == (["天幕"], ["不买了"])


def test_a_change_keeps_when_it_was_first_seen(begin: Begin) -> None:
    """And says when it changed."""
    stored(begin, posts=[post()])
    stored(begin, posts=[post(body="新")], now=TUESDAY)
    assert (all_of(begin, Post.first_seen_at), all_of(begin, Post.changed_at)) == ([MONDAY], [TUESDAY])


def test_a_changed_text_is_tagged_anew(begin: Begin) -> None:
    """An unchanged one is not."""
    stored(begin, posts=[post()], comments=[comment()])
    with begin() as work:
        work.tags.keep_post_tags([1], [], version="v1")
        work.tags.keep_comment_tags([1], [], [], version="v1")
        work.commit()
    stored(begin, posts=[post()], comments=[comment(text="多少钱")])
    with begin() as work:
        assert work.tags.untagged_posts("v1", limit=9) == []
        assert [row.text for row in work.tags.untagged_comments("v1", limit=9)] == ["多少钱"]


def test_the_same_row_twice_at_once_is_one(begin: Begin) -> None:
    """The later one counts; the numbers still add up."""
    (tally, _) = stored(begin, posts=[post(), post(title="天幕")])
    assert tally.stored == 2
    assert all_of(begin, Post.title) == ["天幕"]


def test_one_id_in_two_sources_is_two(begin: Begin) -> None:
    """Ids are unique in their source only."""
    stored(begin, posts=[post()])
    stored(begin, posts=[post()], source="shop")
    assert len(all_of(begin, Post.id)) == 2


def test_more_rows_than_fit_a_statement(begin: Begin) -> None:
    """1,100 of each, stored and found again."""
    posts, comments = [post(f"p{n}") for n in range(1100)], [comment(f"c{n}", author_id=f"a{n}") for n in range(1100)]
    assert stored(begin, posts=posts, comments=comments) == (Tally(new=1100), Tally(new=1100))
    assert stored(begin, posts=posts, comments=comments) == (Tally(same=1100), Tally(same=1100))


def test_an_account_is_one_and_takes_its_newest_name(begin: Begin) -> None:
    """However many comments it wrote."""
    stored(begin, comments=[comment("c1"), comment("c2"), comment("c3", author="王先生")])
    assert all_of(begin, Account.name) == ["王先生"]


def test_a_reply_is_tied_to_a_parent_that_comes_later(begin: Begin) -> None:
    """And to a post that comes later still."""
    stored(begin, comments=[comment("reply", parent_id="c1")])
    with begin() as work:
        assert work.content.untied("blog") == 1
    stored(begin, comments=[comment("c1")])
    stored(begin, posts=[post()])
    assert all_of(begin, Comment.parent_id) == [2, None]
    assert all_of(begin, Comment.post_id) == [1, 1]
    with begin() as work:
        assert work.content.untied("blog") == 0


def test_a_reply_is_tied_within_its_source(begin: Begin) -> None:
    """Another source's comment of the same id is not its parent."""
    stored(begin, comments=[comment("c1"), comment("reply", parent_id="c9")], source="shop")
    stored(begin, comments=[comment("c9")])
    assert all_of(begin, Comment.parent_id) == [None, None, None]


def test_a_counter_is_kept_when_it_changed(begin: Begin) -> None:
    """The same value again adds no row, where nobody knows the post's age."""
    stored(begin, posts=[post(published=None)])
    for day, value in enumerate((3, 3, 5, 5, 3)):
        measured(begin, metric(value, str(value)), at=MONDAY + timedelta(days=day))
    assert all_of(begin, MetricSnapshot.value) == [3, 5, 3]


def test_an_unknown_counter_stays_unknown(begin: Begin) -> None:
    """What could not be read as a number is stored without one, never as 0, beside what was written."""
    stored(begin, posts=[post()])
    measured(begin, metric(None, "1.2万"))
    assert all_of(begin, MetricSnapshot.value) == [None]
    assert all_of(begin, MetricSnapshot.raw) == ["1.2万"]


def test_a_counter_may_be_large(begin: Begin) -> None:
    """A topic's three billion views."""
    stored(begin, posts=[post()])
    measured(begin, metric(3_456_789_012, "3456789012"))
    assert all_of(begin, MetricSnapshot.value) == [3_456_789_012]


def test_a_counter_of_an_unknown_post_is_given_back(begin: Begin) -> None:
    """The stage says so in quarantine."""
    with begin() as work:
        found = work.content.store_metrics([metric(1, "1")], source="blog", now=MONDAY)
    assert (found.tally.stored, [item.post_id for item in found.orphans]) == (0, ["p1"])


@pytest.mark.parametrize("late", [False, True])
def test_a_reply_before_its_comment_is_tied_in_the_same_piece(begin: Begin, late: bool) -> None:
    """In whatever order they stand."""
    pair = [comment("c1"), comment("reply", parent_id="c1")]
    stored(begin, posts=[post()], comments=pair[::-1] if late else pair)
    assert all_of(begin, Comment.parent_id) == ([2, None] if late else [None, 1])


def test_a_comment_that_answers_another_one_now_is_tied_anew(begin: Begin) -> None:
    """Also to one that is not known yet."""
    stored(begin, comments=[comment("c1"), comment("c2"), comment("reply", parent_id="c1")])
    stored(begin, comments=[comment("reply", parent_id="c2")])
    assert all_of(begin, Comment.parent_id) == [None, None, 2]
    stored(begin, comments=[comment("reply", parent_id="c3")])
    stored(begin, comments=[comment("c3")])
    assert all_of(begin, Comment.parent_id) == [None, None, 4, None]


@pytest.mark.parametrize("other", [{"post_id": "p2"}, {"author_id": "a2"}])
def test_a_known_id_under_another_post_or_by_another_account_is_refused(begin: Begin, other: dict[str, str]) -> None:
    """The known comment stays as it is, and nobody new is added."""
    stored(begin, comments=[comment()])
    assert refused(begin, comment("c0"), comment(**other, text="别的")) == [Conflict(1, "p1")]
    assert all_of(begin, Comment.text) == ["想买", "想买"]
    assert all_of(begin, Account.external_id) == ["a1"]


def test_two_comments_of_one_id_at_once_are_told_apart(begin: Begin) -> None:
    """The first one stays."""
    assert refused(begin, comment(), comment(author_id="a2"), comment(text="不买了")) == [Conflict(1, "p1")]
    assert all_of(begin, Comment.text) == ["不买了"]


def test_a_writer_who_becomes_known_is_no_contradiction(begin: Begin) -> None:
    """An account that stands for a comment's unknown writer gives way to the real one."""
    stored(begin, comments=[comment(author_id=None)])
    assert stored(begin, comments=[comment()])[1] == Tally(changed=1)
    assert all_of(begin, Account.external_id) == ["comment:c1", "a1"]


def test_a_name_that_is_not_given_changes_none(begin: Begin) -> None:
    """Unknown is not empty."""
    stored(begin, comments=[comment()])
    stored(begin, comments=[comment("c2", author=None)])
    assert all_of(begin, Account.name) == ["小王"]


def test_what_is_stored_in_bulk_is_what_the_column_types_store(begin: Begin) -> None:
    """Byte for byte: times, JSON and NULL."""
    stored(begin, posts=[post(labels=("露营", "a"), flaws=("bad_timestamp",))], comments=[comment(published=TUESDAY)])
    with begin() as work:
        for table in (Post, Comment):
            (row,) = work._session.scalars(select(table))
            values = {c.name: getattr(row, c.name) for c in table.__table__.columns if c.name != "id"}
            raw = text(f"SELECT * FROM {table.__tablename__} WHERE id = :id")
            ours = dict(work._session.execute(raw, {"id": row.id}).one()._mapping)
            other = values | {"external_id": "other"}
            key = work._session.execute(insert(table).values(other).returning(table.id)).scalar_one()
            theirs = dict(work._session.execute(raw, {"id": key}).one()._mapping)
            assert {**ours, "id": 0, "external_id": ""} == {**theirs, "id": 0, "external_id": ""}


def test_quarantine_counts_up(begin: Begin) -> None:
    """The same thing again is one row seen twice; another one is another row."""
    row = {"source": "blog", "code": "not_html", "locator": "https://x.cn/", "detail": "pdf", "payload": None}
    for moment in (MONDAY, TUESDAY):
        with begin() as work:
            work.content.quarantine([row, {**row, "detail": "png"}, row], now=moment)
            work.commit()
    assert all_of(begin, Quarantine.seen) == [4, 2]
    assert set(all_of(begin, Quarantine.last_seen_at)) == {TUESDAY}
    assert set(all_of(begin, Quarantine.first_seen_at)) == {MONDAY}


def test_what_is_not_committed_is_gone(begin: Begin) -> None:
    """Leaving without a commit leaves nothing."""
    with begin() as work:
        work.content.store_posts([post()], source="blog", platform="feed", now=MONDAY)
    assert all_of(begin, Post.id) == []


def test_an_error_leaves_nothing(begin: Begin) -> None:
    """Nor does an exception on the way."""
    with contextlib.suppress(ZeroDivisionError), begin() as work:
        raise ZeroDivisionError(work.content.store_posts([post()], source="blog", platform="feed", now=MONDAY))
    with begin() as work:
        assert work._session.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize("times", [1, 3])
def test_a_landing_file_is_claimed_once(begin: Begin, times: int) -> None:
    """The second claim of the same run is none."""
    claims = []
    for _ in range(times):
        with begin() as work:
            claims.append(work.runs.claim_load(source="blog", run="r1", now=MONDAY))
            work.commit()
    assert claims == ["new", *[None] * (times - 1)]


def test_a_landing_file_that_was_cut_is_claimed_again_when_it_grew(begin: Begin) -> None:
    """Once a size; whole at last, it is claimed no more."""
    claims = []
    for size, cut_at in ((100, 100), (100, None), (90, None), (3 * 2**31, 3 * 2**31), (2**33, None), (2**34, None)):
        with begin() as work:
            claims.append(claim := work.runs.claim_load(source="blog", run="r1", now=MONDAY, size=size))
            if claim:
                work.runs.finish_load(source="blog", run="r1", counts={}, cut_at=cut_at)
            work.commit()
            assert work.runs.loaded() == {("blog", "r1"): 100 if size <= 100 else cut_at}
    assert claims == ["new", None, None, "grown", "grown", None]
