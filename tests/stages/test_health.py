"""How sources stand: what went well, what waits, and what somebody must do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.stages.team import Team
from yinliu.stages.health import SourceHealth, health

POST = {"kind": "post", "external_id": "1", "url": "http://x/1", "title": "题", "body": "文"}


def problem(code: str, *, scope: str = "source") -> dict[str, Any]:
    """A problem's landing line."""
    return {"kind": "problem", "code": code, "url": "http://x/", "detail": "d", "scope": scope}


def of(team: Team, *names: str) -> list[SourceHealth]:
    """The health of these configured sources."""
    return health(team.begin, configured=[SimpleNamespace(name=name, platform="feed", revisits=True) for name in names])


def test_a_source_that_was_never_crawled_says_so(team: Team) -> None:
    """Unknown is not zero."""
    (one,) = of(team, "blog")
    assert (one.standing, one.rows, one.succeeded_at) == ("never", None, None)


def test_a_good_crawl_is_good(team: Team) -> None:
    """Its rows are told, and nobody must do anything."""
    team.land(POST)
    team.load()
    (one,) = of(team, "blog")
    assert (one.standing, one.rows, one.errors, one.actions) == ("good", 1, {}, ())
    assert one.succeeded_at is not None


def test_a_problem_says_what_is_to_be_done(team: Team) -> None:
    """The code, its meaning and the next step; the last success stays what it was."""
    team.land(POST)
    team.land(problem("auth_expired"))
    team.load()
    (one,) = of(team, "blog")
    assert (one.standing, one.problem, one.errors) == ("act", "auth_expired", {"auth_expired": 1})
    assert one.succeeded_at is not None
    assert one.crawled_at is not None
    assert one.crawled_at > one.succeeded_at
    assert [(action.code, bool(action.next_step)) for action in one.actions] == [("auth_expired", True)]


def test_what_passes_by_itself_is_not_for_somebody_to_do(team: Team) -> None:
    """A server error is retried, a spent budget goes on."""
    team.land(problem("server_error"), source="down")
    team.land(problem("crawl_budget_exhausted"), source="large")
    team.load()
    assert [one.standing for one in of(team, "down", "large")] == ["retry", "unfinished"]


def test_small_problems_are_counted_by_code(team: Team) -> None:
    """Of the last crawl; only those that somebody can mend are asked for."""
    small = [problem(code, scope="item") for code in ("not_html", "not_html", "robots_disallowed")]
    team.land(POST, *small)
    team.load()
    (one,) = of(team, "blog")
    assert (one.standing, one.errors) == ("good", {"not_html": 2, "robots_disallowed": 1})
    assert [action.code for action in one.actions] == ["robots_disallowed"]


def test_a_source_that_left_the_configuration_is_still_shown(team: Team) -> None:
    """After those that are configured."""
    team.land(POST, source="old")
    team.load()
    assert [(one.source, one.configured) for one in of(team, "blog")] == [("blog", True), ("old", False)]
