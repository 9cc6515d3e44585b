"""Two real APIs by the examples of ``docs/json.md``, only their hosts replaced: nothing is missing, little is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.jsonapi.conftest import Crawling, Landed
from tests.crawlers.jsonapi.examples import example

WORDPRESS, ISSO, CLUB = "http://127.0.0.1:18410", "http://127.0.0.1:18470", "http://127.0.0.1:18471/#"
POSTS, COMMENTS, REPLIES = 40, 480, 120


def _crawling(folder: Path) -> Crawling:
    folder.mkdir()
    return Crawling(folder)


def _blog() -> dict[str, Any]:
    return example("blog", hosts={"https://blog.example": WORDPRESS})


def _notes() -> dict[str, Any]:
    return example("notes", hosts={"https://comments.example": ISSO, "https://notes.example": CLUB})


def _told(landed: Landed) -> tuple[list[Any], list[Any]]:
    """What people wrote, without the ids of authors: each platform names those in its own way."""
    posts = sorted(
        (one["external_id"], one["url"], one["title"], one["body"], one["published"]) for one in landed.of("post")
    )
    names = ("external_id", "post_id", "parent_id", "text", "author", "published")
    return posts, sorted(tuple(str(one[name]) for name in names) for one in landed.of("comment"))


def test_wordpress_is_the_same_as_by_its_own_platform(tmp_path: Path) -> None:
    """Every post and every comment, to the character and the second; a second crawl costs two requests."""
    by_json = _crawling(tmp_path / "json")
    first = by_json(_blog())
    own = _crawling(tmp_path / "wordpress")({"platform": "wordpress", "url": f"{WORDPRESS}/"})
    assert (len(first.ids("post")), len(first.ids("comment")), first.codes) == (POSTS, COMMENTS, {})
    assert _told(first) == _told(own)
    assert first.requests == 7
    again = by_json(_blog(), cursor=first.cursor, known_posts=first.ids("post"))
    assert (again.requests, again.codes) == (2, {})
    assert again.cursor == first.cursor


def test_isso_stands_by_itself(tmp_path: Path, seed: dict[str, Any]) -> None:
    """All 480 comments of 40 threads from ``/latest``; thread by thread they are the same; a second crawl asks once."""
    crawling = _crawling(tmp_path / "isso")
    first = crawling(_notes())
    assert (len(first.ids("post")), len(first.ids("comment")), first.codes) == (POSTS, COMMENTS, {})
    assert sum(1 for one in first.of("comment") if one["parent_id"]) == REPLIES
    wanted = Counter(f"/posts/{one['slug']}" for one in seed["comments"])
    assert Counter(one["post_id"] for one in first.of("comment")) == wanted
    assert first.requests == 4
    again = crawling(_notes(), cursor=first.cursor, known_posts=first.ids("post"))
    assert (again.requests, again.ids("post"), again.cursor) == (1, [], first.cursor)


@pytest.mark.parametrize("number", [0, 39])
def test_a_visit_finds_the_thread_of_a_post(tmp_path: Path, number: int) -> None:
    """One request for its comments, all of them there, none said to be gone."""
    crawling = _crawling(tmp_path / "isso")
    first = crawling(_notes())
    post = first.of("post")[number]
    known = [one["external_id"] for one in first.of("comment") if one["post_id"] == post["external_id"]]
    visits = [{"post_id": post["external_id"], "url": post["url"], "known": known}]
    found = crawling(_notes(), cursor=first.cursor, known_posts=first.ids("post"), visits=visits)
    (visit,) = found.of("visit")
    assert found.requests == 2
    assert (set(visit["ids"]), visit["last"], visit["gone"]) == (set(known), True, False)


def test_threads_one_by_one_hold_the_same_comments(tmp_path: Path) -> None:
    """With ``of_new_posts`` each thread is asked for too: the same 480, and each visit whole."""
    source = _notes()
    source["comments"]["of_new_posts"] = True
    found = _crawling(tmp_path / "isso")(source)
    assert (len(set(found.ids("comment"))), len(found.ids("comment"))) == (COMMENTS, 2 * COMMENTS)
    assert [visit["whole"] for visit in found.of("visit")] == [True] * POSTS
    assert found.requests == 4 + POSTS
