"""load: a landing file that was loaded while it was being copied is loaded again when the rest is there."""

from __future__ import annotations

import json
from pathlib import Path

from models.content import Comment, Quarantine, Visit
from models.runs import LandingLoad
from tests.stages.team import Team, comment, metric, post


def cut(path: Path, size: int) -> bytes:
    """Leave so many bytes of a file; gives what all of it was."""
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    return whole


def test_the_rest_of_a_file_is_loaded_when_it_is_there(team: Team) -> None:
    """However it is cut: what was half a line is no bad line any more, its cursor counts, nothing is there twice."""
    path = team.land(post(), *(comment(f"c{n}", "想买") for n in range(9)), metric(3, "3"))
    whole = cut(path, path.stat().st_size // 2)
    counts = team.load()
    assert 1 < counts["stored"] < 11
    assert (counts["quarantined"], team.load()["files"]) == (1, 0)
    path.write_bytes(whole)
    counts = team.load()
    assert (counts["files"], counts["inputs"], counts["stored"], counts["quarantined"]) == (1, 11, 11, 0)
    assert len(team.rows(Comment.id)) == 9
    assert all(resolved for (resolved,) in team.rows(Quarantine.resolved_at))
    with team.begin() as work:
        assert work.runs.cursor("blog") == {"run": 1}
        assert (work.runs.states()[0]["problem"], work.runs.problems()) == (None, [])
    assert team.load()["files"] == 0
    assert team.rows(LandingLoad.cut_at) == [(None,)]


def test_a_file_may_grow_more_than_once(team: Team) -> None:
    """At every size it is loaded once; from nothing at all, too."""
    path = team.land(post(), comment("c1", "想买"))
    whole = path.read_bytes()
    found = []
    for size in (0, 0, 10, len(whole) // 2, len(whole) // 2, len(whole) - 9, len(whole), len(whole)):
        path.write_bytes(whole[:size])
        found.append(team.load()["files"])
    assert found == [1, 0, 1, 1, 0, 1, 1, 0]


def test_a_line_that_is_bad_in_the_whole_file_too_stays_in_quarantine(team: Team) -> None:
    """Only the half line is over; another source's lines of that number are not touched."""
    other = team.land(b"{", source="blog_2")
    path = team.land(b"{", post(), post("p2"))
    path = path.rename(path.with_name(other.name))
    whole = cut(path, path.stat().st_size - 60)
    team.load()
    path.write_bytes(whole)
    team.load()
    open_lines = {place for place, over in team.rows(Quarantine.locator, Quarantine.resolved_at) if over is None}
    assert open_lines == {f"blog/{path.name}:2", f"blog_2/{path.name}:2"}


def test_a_walk_whose_end_was_not_there_yet_is_complete_in_the_end(team: Team) -> None:
    """Until then the next visit stops at nothing known."""
    path = team.land(
        post(),
        comment("c1", "想买"),
        {"kind": "visit", "post_id": "p1", "ids": ["c1"], "last": False},
        {"kind": "visit", "post_id": "p1", "page": 2, "ids": []},
    )
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))
    team.load()
    with team.begin() as work:
        assert [row.comments_seen for row in work._session.query(Visit)] == [None]
    path.write_bytes(whole)
    team.load()
    with team.begin() as work:
        assert [row.comments_seen for row in work._session.query(Visit)] == [1]


def test_a_file_with_its_end_is_not_loaded_again(team: Team) -> None:
    """Whatever is written behind it."""
    path = team.land(post())
    team.load()
    with path.open("ab") as file:
        file.write(json.dumps(post("p2")).encode() + b"\n")
    assert team.load()["files"] == 0
