"""Visits that a platform cannot make: they do not stand in the way of others for ever."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.stages.team import MONDAY, Team

OLD = (MONDAY - timedelta(hours=4)).isoformat()


def post(key: str) -> dict[str, Any]:
    """A post of five hours ago, so that it is due at the age of six."""
    return {"kind": "post", "external_id": key, "url": f"http://x/{key}", "title": "题", "body": "文", "published": OLD}


def due(team: Team) -> list[str]:
    """What is due three hours later."""
    with team.begin() as work:
        return [visit.post for visit in work.visits.due("blog", MONDAY + timedelta(hours=3), 10)]


def run_line(*offered: Any) -> bytes:
    """A second first line, which says what the crawl was told to visit."""
    started = (MONDAY + timedelta(hours=3)).isoformat()
    line = {"kind": "run", "source": "blog", "platform": "feed", "started_at": started, "visits": list(offered)}
    return json.dumps(line).encode()


def test_what_a_complete_crawl_said_nothing_of_is_put_off(team: Team) -> None:
    """Its next age comes in the end; a visited post has its own plan."""
    team.land(post("1"), post("2"))
    team.load()
    assert due(team) == ["1", "2"]
    team.land(run_line("1", "2", "unknown", 7), {"kind": "visit", "post_id": "1", "ids": []})
    team.load()
    assert due(team) == []


def test_an_incomplete_crawl_puts_nothing_off(team: Team) -> None:
    """A quota was spent, a site was down: they stay due."""
    team.land(post("1"))
    team.load()
    down = {"kind": "problem", "code": "quota_exhausted", "url": "u", "detail": "d", "scope": "source"}
    team.land(run_line("1"), down)
    team.load()
    assert due(team) == ["1"]
