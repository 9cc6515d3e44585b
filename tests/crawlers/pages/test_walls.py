"""Redirects to a login: no post is overwritten by it, no comment is taken as gone, and the post is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import ProblemItem
from crawlers.pages.walls import has_moved, is_wall, place
from tests.crawlers.pages.conftest import COMMENTS, LISTED, article, comment, listing
from tests.crawlers.pages.site_in_memory import BASE, Answer, Moved, Read, crawl, due

SOURCE: dict[str, Any] = {**LISTED, "comments": COMMENTS}
LOGIN = article("请登录")
EMPTY: dict[str, Answer] = {"/": listing(["/none"]), "/none": "<p>x</p>", "/login": LOGIN, "/welcome": LOGIN}


def read(pages: dict[str, Answer], *visited: str, cursor: dict[str, Any] | None = None) -> Read:
    """A crawl with some posts that are due."""
    return crawl({**EMPTY, **pages}, SOURCE, cursor=cursor or {}, visits=due(*visited))


def test_a_login_wall_overwrites_nothing() -> None:
    """Two due posts lead to the login page: neither is stored, and nothing is told of their comments."""
    found = read({"/a": Moved("/login?next=/a"), "/b": Moved("/login?next=/b")}, "/a", "/b")
    assert (found.posts, found.visits) == ([], [])
    told = [item for item in found.items if isinstance(item, ProblemItem) and item.code == "auth_expired"]
    assert [item.url for item in told] == [f"{BASE}/a", f"{BASE}/b"]
    assert told[0].detail == f"led to {BASE}/login, which looks like a login; not read as the post"


def test_a_wall_without_a_name_is_known_by_the_second_post_that_leads_there() -> None:
    """The way back in its query makes no other page of it."""
    found = read({"/a": Moved("/welcome?back=%2Fa"), "/b": Moved("/welcome?back=%2Fb")}, "/a", "/b")
    assert found.posts == ["/a"]
    assert [(visit.post_id, visit.whole) for visit in found.visits] == [(f"{BASE}/a", False)]
    assert found.codes.count("auth_expired") == 1


def test_posts_whose_addresses_differ_by_their_query_are_posts() -> None:
    """Two short links lead to two articles of one script."""
    pages: dict[str, Answer] = {"/view": article("文"), "/t-1": Moved("/view?tid=1"), "/t-2": Moved("/view?tid=2")}
    assert read(pages, "/t-1", "/t-2").posts == ["/t-1", "/t-2"]


@pytest.mark.parametrize("to", ["/elsewhere", "/elsewhere?id=1"])
def test_a_visit_that_was_led_elsewhere_proves_nothing(to: str) -> None:
    """The page is read, but comments that it does not show are not gone; on its own path they are."""
    page = article("文", comments=comment(1))
    (visit,) = read({"/a": Moved(to), "/elsewhere": page}, "/a").visits
    assert (visit.whole, visit.ids) == (False, (f"{BASE}/a|1",))
    (visit,) = read({"/a": Moved("/a/"), "/a/": page}, "/a").visits
    assert visit.whole


def test_new_posts_behind_a_wall_are_read_when_it_is_gone() -> None:
    """All are refused, whatever the wall is called, then owed; while the wall stands one of them is tried a crawl."""
    paths = ["/p-1", "/p-2", "/p-3"]
    walled: dict[str, Answer] = {"/": listing(paths), **{path: Moved(f"/login?to={path}") for path in paths}}
    first = read(walled)
    again = read(walled, cursor=first.cursor)
    assert (first.posts, again.posts, len(again.asked)) == ([], [], 2)
    renamed: dict[str, Answer] = {"/": listing(paths), **{path: Moved("/welcome") for path in paths}}
    assert read(renamed, cursor=again.cursor).posts == []
    opened: dict[str, Answer] = {"/": listing(paths), **{path: article(path) for path in paths}}
    assert sorted(read(opened, cursor=again.cursor).posts) == paths


@pytest.mark.parametrize(
    ("address", "wall"),
    [
        ("https://a.example/login", True),
        ("https://a.example/user_login.php?x=1", True),
        ("https://a.example/accounts/sign-in/", True),
        ("https://passport.a.example/", True),
        ("https://a.example/Captcha/show", True),
        ("https://a.example/how-to-verify-a-login-page", False),
        ("https://a.example/post/1?next=/login", False),
        ("https://a.example/blogging", False),
    ],
)
def test_a_login_is_known_by_a_whole_part_of_its_address(address: str, wall: bool) -> None:
    """An article about logins is none."""
    assert is_wall(address) is wall


@given(st.from_regex(r"/[a-z]{1,8}(/[a-z0-9]{1,8})?", fullmatch=True), st.from_regex(r"[a-z]{1,5}", fullmatch=True))
def test_the_way_back_makes_no_other_place(path: str, name: str) -> None:
    """However the parameter is called; a slash at the end is no move."""
    came = f"{BASE}/wall"
    assert place(BASE + path, f"{came}?{name}={path}") == place(BASE + path, came)
    assert not has_moved(BASE + path, f"{BASE}{path}/")
