"""Where signposts lead: the community that suits the post, the group that has room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from yinliu.leads.signposts import community_of, entrance, totals
from yinliu.workspace.communities import CommunityRule

TODAY = date(2026, 11, 22)
URL = "https://hub.example/g/1"


@dataclass(frozen=True)
class Held:
    """A line of the ledger."""

    capacity: int
    taken: int
    closed: bool = False


def rule(name: str = "all", **what: Any) -> CommunityRule:
    """A community with one group, unless it says otherwise."""
    seats = {} if "groups" in what else {"capacity": 5}
    return CommunityRule.model_validate({"name": name, "title": name, "operators": ["小李"]} | seats | what)


def group(name: str, **what: Any) -> dict[str, Any]:
    """A group of two with an address."""
    return {"name": name, "capacity": 2, "invite_url": URL} | what


@pytest.mark.parametrize(
    ("topics", "cities", "found"),
    [
        (["camping"], [], "camping"),
        (["coffee", "camping"], [], "both"),
        (["camping"], ["杭州"], "hangzhou"),
        (["tea"], [], "welcome"),
        ([], [], "welcome"),
    ],
)
def test_the_community_that_suits_the_post(topics: list[str], cities: list[str], found: str) -> None:
    """By topics and cities; one for everybody takes the others; one behind a tier is never guessed."""
    rules = [
        rule("paid", tier="paid", topics=["camping", "coffee"]),
        rule("welcome"),
        rule("camping", topics=["camping"]),
        rule("both", topics=["camping", "coffee"]),
        rule("hangzhou", cities=["杭州"]),
    ]
    chosen = community_of(rules, topics=topics, cities=cities)
    assert chosen is not None and chosen.name == found


def test_priority_then_order_decide() -> None:
    """Between communities that suit alike."""
    rules = [rule("first"), rule("second"), rule("urgent", priority=3)]
    assert community_of(rules, topics=(), cities=()) == rules[2]
    assert community_of(rules[:2], topics=(), cities=()) == rules[0]
    assert community_of([rule("tea", topics=["tea"])], topics=(), cities=()) is None


def test_no_post_has_an_intent() -> None:
    """A community for those who want to buy is not guessed from what a post is about."""
    buyers, everybody = rule("buyers", intents=["purchase_intent"], topics=["camping"]), rule("welcome")
    assert community_of([buyers, everybody], topics=["camping"], cities=()) == everybody


@pytest.mark.parametrize(
    ("seats", "found"),
    [
        ({}, "one"),
        ({"one": Held(2, 1)}, "one"),
        ({"one": Held(2, 2)}, "two"),
        ({"one": Held(2, 0, closed=True)}, "two"),
        ({"one": Held(1, 2), "two": Held(2, 2)}, None),
    ],
)
def test_the_first_group_with_room(seats: dict[str, Held], found: str | None) -> None:
    """In the order of the file; over-full counts as full; one that the ledger does not know is empty."""
    chosen = entrance(rule(groups=[group("one"), group("two")]), seats, today=TODAY)
    assert (chosen and chosen.group.name) == found


def test_a_closed_group_is_passed_over() -> None:
    """Where the file says it, before the ledger knows."""
    chosen = entrance(rule(groups=[group("one", closed=True), group("two")]), {}, today=TODAY)
    assert chosen and chosen.group.name == "two"


@pytest.mark.parametrize(("until", "picture"), [("2026-11-22", True), ("2026-11-21", False), (None, True)])
def test_a_picture_ends_with_its_day(until: str | None, picture: bool) -> None:
    """The last day counts."""
    rules = rule(groups=[group("one", qr="one.png", qr_until=until)])
    chosen = entrance(rules, {}, today=TODAY)
    assert chosen and (chosen.picture, chosen.address) == (picture, True)


def test_a_group_that_can_be_entered_goes_first() -> None:
    """Before one to which people must be invited; that one is better than none."""
    dead = {"name": "dead", "capacity": 2, "qr": "dead.png", "qr_until": "2020-01-01"}
    chosen = entrance(rule(groups=[dead, group("two")]), {}, today=TODAY)
    assert chosen and chosen.group.name == "two"
    alone = entrance(rule(groups=[dead]), {}, today=TODAY)
    assert alone and (alone.group.name, alone.picture, alone.address) == ("dead", False, False)


def test_links_added_up() -> None:
    """By post, campaign, community or operator; without one they are left out."""
    row = {"clicks": 2, "tickets": 1, "joins": 1}
    rows = [{**row, "campaign": "a"}, {**row, "campaign": "a"}, {**row, "campaign": None}, {**row, "campaign": "b"}]
    assert totals(rows, "campaign") == {
        "a": {"links": 2, "clicks": 4, "tickets": 2, "joins": 2},
        "b": {"links": 1, "clicks": 2, "tickets": 1, "joins": 1},
    }
