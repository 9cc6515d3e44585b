"""load: what contradicts what is known, what is worth a note, and how the last crawl went."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.content import Comment, MetricSnapshot, Quarantine
from tests.stages.team import Team, comment, metric, post

TOLD = (Quarantine.code, Quarantine.scope, Quarantine.locator, Quarantine.detail)


@pytest.mark.parametrize("twice", ["one file", "two files"])
@pytest.mark.parametrize(
    ("other", "detail"),
    [
        ({"post_id": "p2"}, "known under post 'p1', now under 'p2'; the known one stays"),
        ({"who": "老李"}, "known under this post ('p1') by another account; the known one stays"),
    ],
)
def test_an_id_that_belongs_to_another_comment_is_put_aside(
    team: Team, twice: str, other: dict[str, Any], detail: str
) -> None:
    """The known comment stays; the message names no account, the payload is the line."""
    wrong = comment("c1", "多少钱", **other)
    if twice == "two files":
        team.land(post(), comment("c1", "想买"))
        team.land(wrong)
    else:
        team.land(post(), comment("c1", "想买"), wrong)
    counts = team.load()
    assert (counts["inputs"], counts["stored"], counts["quarantined"]) == (3, 2, 1)
    assert team.rows(Comment.text) == [("想买",)]
    assert team.rows(*TOLD) == [("identity_conflict", "item", "comment c1", detail)]
    assert json.loads(team.rows(Quarantine.payload)[0][0]) == wrong


def test_a_counter_that_fell_is_kept_and_noted_once_a_file(team: Team) -> None:
    """Notes are not counted among what was put aside."""
    team.land(post(), metric(9, "9"), metric(5, "5", name="views"))
    team.land(metric(3, "3"), metric(4, "4", name="views"))
    counts = team.load()
    assert (counts["stored"], counts["quarantined"]) == (5, 0)
    assert team.rows(MetricSnapshot.value, MetricSnapshot.regressed)[2:] == [(3, True), (4, True)]
    assert team.rows(*TOLD) == [("metric_regressed", "note", "p1", "2 in this file; first: likes 9 -> 3")]


def test_flaws_of_stored_items_are_noted_once_a_file_and_kind(team: Team) -> None:
    """With the first one's place, and its time as it was written; never its text."""
    flawed = {"flaws": ["bad_timestamp", "invalid_text", "made_up"], "published_raw": "第八天"}
    team.land(post(**flawed), comment("c1", "想买", **flawed), comment("c2", "想买", url="https://x.cn/c2"))
    counts = team.load()
    assert (counts["stored"], counts["quarantined"]) == (3, 0)
    assert team.rows(*TOLD) == [
        ("bad_timestamp", "note", "https://x.cn/p1", "2 in this file; first: '第八天'"),
        ("invalid_text", "note", "https://x.cn/p1", "2 in this file"),
    ]


def test_a_note_that_is_not_made_again_is_over_after_a_week(team: Team) -> None:
    """Problems of the status are those of now."""
    team.land(post(flaws=["invalid_text"]))
    team.load()
    for _ in range(24 * 7 + 1):
        next(team.runs)
    with team.begin() as work:
        assert work.runs.problems() == [("blog", "invalid_text", 1)]
    team.land(post("p2"))
    team.load()
    with team.begin() as work:
        assert work.runs.problems() == []


def test_how_the_last_crawl_went_is_kept(team: Team) -> None:
    """Requests and rows as its last line says, and its errors by code."""
    bad = {"kind": "problem", "code": "not_html", "url": "https://x.cn/a.pdf", "detail": "pdf"}
    end = {"kind": "end", "lines": 4, "cursor": {}, "requests": 7}
    team.land(post(), bad, bad | {"url": "https://x.cn/b"}, b"{", json.dumps(end).encode(), whole=False)
    team.load()
    with team.begin() as work:
        (state,) = work.runs.states()
    assert (state["requests"], state["rows"]) == (7, 4)
    assert state["errors"] == {"bad_record": 1, "not_html": 2}


@pytest.mark.parametrize("said", ["7", -1, 2**40, True, None])
def test_a_last_line_that_says_nothing_of_use_is_unknown(team: Team, said: Any) -> None:
    """Requests are then unknown, not 0; an older crawl does not tell."""
    end = {"kind": "end", "cursor": {}, "requests": said}
    team.land(post(), json.dumps(end).encode(), whole=False)
    team.load()
    with team.begin() as work:
        (state,) = work.runs.states()
    assert (state["requests"], state["rows"], state["errors"]) == (None, 1, {})
