"""Visits that a platform cannot make: they do not stand in the way of others for ever."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.content import Visit
from tests.stages.team import MONDAY, Team

HOUR = timedelta(hours=1)
OLD = (MONDAY - 4 * HOUR).isoformat()


def post(key: str) -> dict[str, Any]:
    """A post of five hours ago, so that it is due at the age of six."""
    return {"kind": "post", "external_id": key, "url": f"http://x/{key}", "title": "题", "body": "文", "published": OLD}


def due(team: Team) -> list[str]:
    """What is due three hours later."""
    with team.begin() as work:
        return [visit.post for visit in work.visits.due("blog", MONDAY + timedelta(hours=3), 10)]


def asked(*ids: Any) -> bytes:
    """A last line, which says what the crawl really asked for."""
    return json.dumps({"kind": "end", "cursor": {}, "visits": list(ids)}).encode()


def test_what_a_complete_crawl_said_nothing_of_is_put_off(team: Team) -> None:
    """Its next age comes in the end; a visited post has its own plan."""
    team.land(post("1"), post("2"))
    team.load()
    assert due(team) == ["1", "2"]
    team.land({"kind": "visit", "post_id": "1", "ids": []}, asked("1", "2", "unknown", 7), whole=False)
    team.load()
    assert due(team) == []


@pytest.mark.parametrize("said", [None, "12", {"1": 2}, [], ["unknown"]])
def test_what_was_not_asked_for_stays_due(team: Team, said: Any) -> None:
    """A crawl may end before its visits, and an older one does not tell."""
    team.land(post("1"))
    team.load()
    end = {"kind": "end", "cursor": {}} | ({} if said is None else {"visits": said})
    team.land(json.dumps(end).encode(), whole=False)
    team.load()
    assert due(team) == ["1"]


def test_an_incomplete_crawl_puts_nothing_off(team: Team) -> None:
    """A quota was spent, a site was down: they stay due."""
    team.land(post("1"))
    team.load()
    down = {"kind": "problem", "code": "quota_exhausted", "url": "u", "detail": "d", "scope": "source"}
    team.land(down, asked("1"), whole=False)
    team.load()
    assert due(team) == ["1"]


def test_what_is_put_off_keeps_what_is_known_of_its_comments(team: Team) -> None:
    """How many the last walk met, and when the newest was written."""
    said = {"kind": "comment", "external_id": "c", "post_id": "1", "text": "想买", "published": OLD}
    team.land(post("1"), said, {"kind": "visit", "post_id": "1", "ids": ["c"]})
    team.load()
    team.land(asked("1"), whole=False)
    team.load()
    with team.begin() as work:
        (row,) = work._session.scalars(select(Visit))
        assert (row.visited_at, row.due_at) == (MONDAY + 2 * HOUR, MONDAY + 20 * HOUR)
        assert (row.newest_comment_at, row.comments_seen) == (MONDAY - 4 * HOUR, 1)


def test_a_post_that_is_gone_is_put_behind_the_others_that_rest(team: Team) -> None:
    """It stands in nobody's way, and is not due again."""
    team.land(post("1"), post("2") | {"published": (MONDAY - timedelta(days=99)).isoformat()})
    team.land({"kind": "visit", "post_id": "1", "gone": True})
    team.land({"kind": "visit", "post_id": "2", "ids": []})
    team.load()
    with team.begin() as work:
        assert [visit.post for visit in work.visits.resting("blog", 9)] == ["1", "2"]
    team.land(asked("1"), whole=False)
    team.load()
    with team.begin() as work:
        assert [visit.post for visit in work.visits.resting("blog", 9)] == ["2", "1"]
    assert due(team) == []


def test_a_resting_post_whose_walk_breaks_goes_behind_the_others(team: Team) -> None:
    """Five of them would hold up the sweep for ever; one that is due stays due."""
    ancient = {"published": (MONDAY - timedelta(days=200)).isoformat()}
    team.land(*({**post(key), **ancient} for key in "abc"), post("young"))
    team.load()
    with team.begin() as work:
        assert [visit.post for visit in work.visits.resting("blog", 1)] == ["a"]
    half = {"kind": "visit", "post_id": "a", "page": 1, "last": False, "whole": False, "ids": ["x"]}
    team.land({**half}, {**half, "post_id": "young"})
    team.load()
    with team.begin() as work:
        assert [visit.post for visit in work.visits.resting("blog", 3)] == ["b", "c", "a"]
    assert due(team) == ["young"]
