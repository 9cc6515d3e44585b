"""qualify reads again what it has read, by other topics or other rules: nobody's lead is moved by half of a reading."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from models.people import Lead
from tests.stages.team import SCORING, Team, comment, communities, post
from yinliu.stages.qualify import qualify
from yinliu.workspace.policies import Scoring


def reread(team: Team, *topics: str, after: int | None = None) -> list[dict[str, tuple[Any, ...]]]:
    """Qualify by other served topics, a comment at a time; the leads after each. ``after`` so many it is killed."""
    seen: list[dict[str, tuple[Any, ...]]] = []

    def progress(_: int) -> None:
        seen.append(standing(team))
        if len(seen) == after:
            raise KeyboardInterrupt

    rules = {"version": team.tagger.version, "policy": team.scoring, "served_topics": topics, "colleagues": ()}
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr("yinliu.stages.qualify.BATCH", 1)
        qualify(team.begin, **rules, progress=progress)
    return seen


def standing(team: Team) -> dict[str, tuple[Any, ...]]:
    """Score, qualified, route_at and times of each lead by name."""
    with team.begin() as work:
        names = {lead["id"]: lead["name"] for lead in work.leads.listing(qualified=False)}
    rows = team.rows(Lead.id, Lead.score, Lead.qualified, Lead.route_at, Lead.qualified_at, Lead.changed_at)
    return {names[key]: tuple(what) for key, *what in rows}


TWO_HALVES = [
    post(),
    comment("a1", "13912345678", "甲"),
    comment("b1", "想买，多少钱？13800000001", "乙"),
    comment("a2", "想买", "甲"),
]


def members(team: Team) -> dict[str, tuple[Any, ...]]:
    """Two people joined a community while another one suits them too; how their leads stand."""
    team.rules = communities({"name": "one"})
    team.hear(*TWO_HALVES)
    team.route()
    for ticket in team.tickets():
        team.move(ticket["id"], "joined")
    team.rules = communities({"name": "one"}, {"name": "two"})
    team.route()
    return standing(team)


def test_a_second_reading_in_many_batches_moves_no_lead(team: Team) -> None:
    """What one batch has read of somebody is a part of what they said; nobody is routed anew for it."""
    before = members(team)
    assert {name: row[:3] for name, row in before.items()} == {"甲": (90, True, None), "乙": (110, True, None)}
    seen = reread(team, "coffee")
    assert len(seen) >= 3
    assert all(one == before for one in seen)
    team.route()
    assert [ticket["state"] for ticket in team.tickets()] == ["joined", "joined"]


@pytest.mark.parametrize("after", [1, 2, 3, 4])
@pytest.mark.parametrize("again", [True, False])
def test_a_second_reading_that_is_killed_ends_the_same(team: Team, after: int, again: bool) -> None:
    """The next run goes on where it was, by the same topics or by the former ones; a topic that is served counts."""
    team.hear(*TWO_HALVES, comment("a3", "露营", "甲"))
    team.route()
    before = standing(team)
    reread(team, "camping", after=after)
    assert standing(team) == before
    if again:
        reread(team, "camping")
        assert scores(team) == {"甲": 100, "乙": 110}
    reread(team)
    assert scores(team) == {"甲": 95, "乙": 110}
    team.route()
    assert len(team.tickets()) == 2


def scores(team: Team) -> dict[str, int]:
    """Score by name."""
    return {name: lead["score"] for name, lead in team.leads().items()}


@pytest.mark.parametrize("after", [1, 2, 3, 9])
def test_new_words_during_a_second_reading_route_again(team: Team, after: int) -> None:
    """Whichever batch reads them, and also where the run is killed before the score; only who said them."""
    members(team)
    team.land(comment("a9", "好看", "甲"))
    team.load()
    team.tag()
    reread(team, "coffee", after=after)
    reread(team, "coffee")
    at = {name: row[2] for name, row in standing(team).items()}
    assert at["甲"] is not None
    assert at["乙"] is None
    team.route()
    assert [(one["name"], one["state"]) for one in team.tickets()][2:] == [("甲", "assigned")]


def test_words_that_are_tagged_again_are_not_new(team: Team) -> None:
    """By another version of the rules; an edited comment is."""
    members(team)
    team.tagger = replace(team.tagger, version="v2", words=(*team.tagger.words, ("买", "intent", "praise")))
    assert team.tag()["comments"] == 2
    assert team.qualify()["comments"] == 2
    assert team.route()["leads"] == 0
    team.runs = count(1_000_000)  # hours: a crawl after this reading, whatever our clock says
    team.hear(comment("b1", "想买！多少钱？13800000001", "乙"))
    assert team.route()["tickets"] == 1


@pytest.mark.parametrize(("state", "looks"), [("joined", 0), ("lost", 1)])
def test_who_qualifies_once_more_without_a_word(team: Team, state: str, looks: int) -> None:
    """Is looked at again where their ticket had ended: they lost the time to look by not qualifying in between."""
    team.hear(post(), comment("c1", "想买，13912345678"))
    team.route()
    team.move(1, state)
    for grades in (["A"], ["A", "B"], ["A"], ["A", "B"]):
        team.scoring = Scoring.model_validate(
            SCORING.model_dump() | {"grades": {"A": 100, "B": 60, "C": 30}, "qualified": grades}
        )
        team.qualify()
    assert team.route()["leads"] == looks
    assert len(team.tickets()) == 1
