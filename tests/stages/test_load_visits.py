"""load: walks through posts' comments tell what is gone, and when to come again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.content import Comment, Post, Quarantine, Visit
from tests.stages.team import MONDAY, Team, comment, post

HOUR = timedelta(hours=1)


def visit(*ids: str, **what: Any) -> dict[str, Any]:
    """A page of a walk as it lands."""
    return {"kind": "visit", "post_id": "p1", "ids": list(ids)} | what


def at(hours: float) -> str:
    """A time as it lands."""
    return (MONDAY + hours * HOUR).isoformat()


def visits(team: Team, *columns: Any) -> list[tuple[Any, ...]]:
    """Columns of the visits, by post."""
    with team.begin() as work:
        return [tuple(row) for row in work._session.execute(select(*columns).order_by(Visit.post_id))]


def gone(team: Team) -> list[str]:
    """The external ids of the comments that are gone."""
    return [key for key, since in team.rows(Comment.external_id, Comment.gone_at) if since is not None]


def said(number: int) -> list[dict[str, Any]]:
    """A post and so many comments on it, an hour apart."""
    return [post(published=at(0)), *(comment(f"c{n}", "想买", published=at(-n)) for n in range(number))]


def test_a_comment_that_a_visit_does_not_find_is_gone(team: Team) -> None:
    """Every page of the walk counts as stored."""
    team.land(*said(3))
    team.load()
    team.land(visit("c0", page=1, last=False, oldest=at(0)), visit("c2", page=2, oldest=at(-2)))
    counts = team.load()
    assert (counts["inputs"], counts["stored"], counts["gone"]) == (2, 2, 1)
    assert gone(team) == ["c1"]
    assert team.rows(Comment.gone_at)[1] == (MONDAY + 2 * HOUR,)


def test_a_comment_that_is_seen_again_is_back(team: Team) -> None:
    """It was hidden for a while."""
    team.land(*said(2))
    team.land(visit("c0"))
    assert team.load()["gone"] == 1
    team.land(comment("c1", "想买", published=at(-1)))
    assert team.load()["same"] == 1
    assert gone(team) == []


def test_a_walk_with_a_missing_page_tells_nothing(team: Team) -> None:
    """Nor does one whose end is missing; the visit is still due."""
    team.land(*said(3))
    team.land(visit("c0", page=2), visit("c1", page=1, last=False, post_id="p2"))
    assert team.load()["gone"] == 0
    assert visits(team, Visit.comments_seen) == [(None,)]


def told(team: Team) -> list[int]:
    """To how many known comments the next visits of all posts stop."""
    with team.begin() as work:
        late = MONDAY + timedelta(days=999)
        return [len(one.known) for one in (*work.visits.due("blog", late, 9), *work.visits.resting("blog", 9))]


@pytest.mark.parametrize(
    "cut",
    [
        [visit("c0", last=False, oldest=at(0))],
        [visit("c2", page=2, oldest=at(-2))],
        [visit("c0", last=False, oldest=at(0)), visit(page=2, whole=False)],
    ],
    ids=["no end", "no beginning", "a lost page"],
)
def test_after_an_incomplete_walk_the_next_one_stops_at_nothing(team: Team, cut: list[dict[str, Any]]) -> None:
    """Its second page may never have been read; a complete walk stops at known comments again."""
    team.land(*said(3))
    team.load()
    assert told(team) == [0]
    team.land(visit("c0", "c1", "c2", oldest=at(-2)))
    team.load()
    assert (told(team), visits(team, Visit.comments_seen)) == ([3], [(3,)])
    team.land(*cut)
    team.load()
    assert (told(team), visits(team, Visit.comments_seen)) == ([0], [(None,)])
    team.land(visit("c0", last=False, oldest=at(0)), visit("c1", "c2", page=2, oldest=at(-2)))
    team.load()
    assert told(team) == [3]


def test_a_comment_written_between_the_visit_and_the_list_is_there(team: Team) -> None:
    """The site-wide list brought it in the same crawl; the next visit may miss it."""
    team.land(*said(2))
    team.load()
    team.land(comment("late", "想买", published=at(1)), visit("c0", "c1", whole=False, oldest=at(-1)))
    assert (team.load()["gone"], gone(team)) == (0, [])
    team.land(visit("c0", "c1", whole=False, oldest=at(-1)))
    assert (team.load()["gone"], gone(team)) == (1, ["late"])


def test_pages_in_any_order_and_of_many_posts_are_put_together(team: Team) -> None:
    """A resumed crawl writes them as they come."""
    team.land(*said(3), post("p2"), comment("d1", "想买", post_id="p2"))
    team.land(
        visit("c2", page=2),
        visit(page=1, post_id="p2"),
        visit("c0", page=1, last=False),
    )
    assert team.load()["gone"] == 2
    assert gone(team) == ["c1", "d1"]


def test_a_walk_before_its_post_is_applied_at_the_end(team_sqlite: Team) -> None:
    """Or as soon as the next walk comes; nothing is lost, nothing breaks."""
    team_sqlite.land(visit("c0"))
    assert team_sqlite.load() == team_sqlite.load() | {"files": 1, "inputs": 1, "stored": 1}


def test_nothing_where_much_is_known_is_told_and_deletes_nothing(team: Team) -> None:
    """The site is broken, not empty."""
    team.land(*said(5))
    team.land(visit())
    assert team.load()["gone"] == 0
    assert team.rows(Quarantine.code, Quarantine.scope, Quarantine.locator) == [
        ("item_incomplete", "note", "https://x.cn/p1")
    ]
    assert told(team) == [0]


def test_a_post_that_is_gone_rests_until_it_is_seen_again(team: Team) -> None:
    """The sweep asks for it in its turn: one answer of 404 is not for ever."""
    team.land(post(published=at(0)))
    team.land(visit(gone=True))
    assert team.load()["gone"] == 1
    assert team.rows(Post.gone_at) == [(MONDAY + 2 * HOUR,)]
    assert visits(team, Visit.due_at, Visit.visited_at) == [(None, MONDAY + 2 * HOUR)]
    with team.begin() as work:
        assert [one.post for one in work.visits.resting("blog", 9)] == ["p1"]
    team.land(post(published=at(0)), visit(ids=["c1"]))
    team.load()
    assert team.rows(Post.gone_at) == [(None,)]
    assert visits(team, Visit.due_at) == [(MONDAY + 6 * HOUR,)]


def test_a_post_that_is_still_gone_goes_on_resting(team: Team) -> None:
    """It is gone since it was first missed, and is counted once; other posts come before it."""
    team.land(*said(1))
    team.land(visit(gone=True))
    assert team.load()["gone"] == 1
    team.land(visit("c0"), visit(gone=True))
    team.land(visit(gone=True), visit())
    assert team.load()["gone"] == 1  # the comment, which a walk did not find
    assert team.rows(Post.gone_at) == [(MONDAY + 2 * HOUR,)]
    assert visits(team, Visit.due_at, Visit.visited_at) == [(None, MONDAY + 4 * HOUR)]


def test_comments_below_a_post_that_was_gone_bring_it_back(team: Team) -> None:
    """A platform whose visits read comments only; none at all say nothing."""
    team.land(*said(1))
    team.land(visit(gone=True))
    team.land(visit())
    team.load()
    assert (team.rows(Post.gone_at), visits(team, Visit.due_at)) == ([(MONDAY + 2 * HOUR,)], [(None,)])
    team.land(visit("c0"))
    team.load()
    assert (team.rows(Post.gone_at), visits(team, Visit.due_at)) == ([(None,)], [(MONDAY + 6 * HOUR,)])


def test_a_new_post_is_visited_at_the_next_age_that_counts(team: Team) -> None:
    """An old one rests; so does one that is loaded again."""
    team.land(post(published=at(0)), post("p2", published=at(-24 * 40)), post("p3"))
    team.load()
    assert visits(team, Visit.due_at) == [(MONDAY + 6 * HOUR,), (None,), (MONDAY + 2 * HOUR,)]
    team.land(post(published=at(0)))
    team.load()
    assert visits(team, Visit.due_at)[0] == (MONDAY + 6 * HOUR,)


def test_a_visit_plans_the_next_one_by_what_it_found(team: Team) -> None:
    """A hundred comments in a day: again in a little more than an hour."""
    many = [comment(f"c{n}", "想买", published=at(0)) for n in range(100)]
    team.land(post(published=at(-24 * 100)), *many, visit(*(one["external_id"] for one in many)))
    team.load()
    ((due, newest, seen),) = visits(team, Visit.due_at, Visit.newest_comment_at, Visit.comments_seen)
    assert (newest, seen) == (MONDAY, 100)
    assert due == MONDAY + HOUR + timedelta(days=5 / 100)
    with team.begin() as work:
        assert work.runs.states()[0]["next_due"] == due
        (found,) = work.visits.due("blog", datetime.max.replace(tzinfo=MONDAY.tzinfo), 5)
    assert (found.post, len(found.known)) == ("p1", 100)
