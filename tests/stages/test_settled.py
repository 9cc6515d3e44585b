"""A source that could not be gathered is told until it is gathered again."""

from __future__ import annotations

from tests.stages.team import Team, post


def _told(team: Team) -> list[str]:
    with team.begin() as work:
        return [code for _, code, _ in work.runs.problems()]


def test_a_source_wide_problem_ends_with_the_next_whole_crawl(team: Team) -> None:
    """Once the source is gathered whole its problem is over; a single page's problem stays; a relapse is told again."""
    wide = {"kind": "problem", "code": "site_unreachable", "url": "http://x", "detail": "down", "scope": "source"}
    single = {"kind": "problem", "code": "not_found", "url": "http://x/1", "detail": "HTTP 404", "scope": "item"}
    team.land(wide, single)
    team.load()
    assert sorted(_told(team)) == ["not_found", "site_unreachable"]
    team.land(post())
    team.load()
    assert _told(team) == ["not_found"]
    team.land(wide)
    team.load()
    assert sorted(_told(team)) == ["not_found", "site_unreachable"]
