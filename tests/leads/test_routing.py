"""Routing: the best fit with a free seat, whoever's turn it is, and a reason for everything."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leads.routers import FRIDAY, router, rules, wish
from yinliu.leads.fitting import Wish
from yinliu.leads.routing import Decision
from yinliu.reasons import reason
from yinliu.workspace.communities import TIERS, Communities


def decided(policy: Communities, people: list[Wish]) -> list[Decision | None]:
    """Decisions for people, one after the other."""
    deciding = router(policy)
    return [deciding.decide(one, FRIDAY) for one in people]


TOPICS, CITIES, INTENTS = ("camping", "coffee", "water"), ("杭州", "上海"), ("purchase_intent", "how_to_join")
GROUPS = st.lists(
    st.builds(
        lambda name, capacity, closed: {"name": name, "capacity": capacity, "closed": closed},
        st.sampled_from(("g1", "g2", "g3")),
        st.integers(1, 4),
        st.booleans(),
    ),
    unique_by=lambda group: group["name"],
    min_size=1,
    max_size=3,
)


def some(names: tuple[str, ...], most: int = 2) -> st.SearchStrategy[list[str]]:
    """A few names."""
    return st.lists(st.sampled_from(names), unique=True, max_size=most)


RULES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(("c1", "c2", "c3", "c4")),
            "topics": some(TOPICS),
            "cities": some(CITIES, 1),
            "intents": some(INTENTS, 1),
            "tier": st.sampled_from(TIERS),
            "priority": st.integers(-1, 1),
            "groups": GROUPS,
            "operators": st.lists(st.sampled_from("abc"), unique=True, min_size=1, max_size=3),
        }
    ),
    unique_by=lambda rule: rule["name"],
    max_size=4,
).map(lambda rows: rules(*rows))
MEMBERS = st.dictionaries(
    st.sampled_from(("c1", "c2", "c3", "gone")), st.sampled_from(("joined", "retained")), max_size=2
)
PEOPLE = st.lists(
    st.builds(
        Wish,
        some(TOPICS, 3).map(frozenset),
        some(CITIES).map(frozenset),
        some(INTENTS).map(frozenset),
        MEMBERS,
    ),
    max_size=20,
)


@given(RULES, PEOPLE)
def test_no_group_is_filled_over_its_capacity(policy: Communities, people: list[Wish]) -> None:
    """However many come; a closed one takes nobody."""
    seats = Counter(one.group for one in decided(policy, people) if one and one.group)
    for rule in policy.communities:
        for group in rule.all_groups:
            assert seats[f"{rule.name}/{group.name}"] <= (0 if group.closed else group.capacity)


@given(RULES, PEOPLE)
def test_nobody_is_brought_where_they_do_not_fit(policy: Communities, people: list[Wish]) -> None:
    """One of each kind that a community names is needed; nobody comes twice; every reason has words."""
    for one, decision in zip(people, decided(policy, people), strict=True):
        if decision:
            rule = policy.by_name[decision.community]
            assert rule.name not in one.member
            for wanted, had in ((rule.topics, one.topics), (rule.cities, one.cities), (rule.intents, one.intents)):
                assert not wanted or set(wanted) & had
            assert decision.reasons
            assert all(str(reason(code)) != code for code in decision.reasons)


@given(RULES, PEOPLE)
def test_who_waits_waits_because_all_are_full(policy: Communities, people: list[Wish]) -> None:
    """A seat exactly where one is free in a community they may enter; whoever has one has an operator or is queued."""
    deciding = router(policy)
    for one in people:
        free = {name: deciding.free(name) for name in deciding.rules}
        decision = deciding.decide(one, FRIDAY)
        if decision and decision.state == "blocked_full":
            assert (decision.group, decision.operator) == (None, None)
            assert not free[decision.community]
        elif decision:
            assert free[decision.community] == deciding.free(decision.community) + 1
            assert (decision.operator is None) == (decision.state == "queued")


@given(RULES, PEOPLE)
def test_nobody_jumps_over_a_tier(policy: Communities, people: list[Wish]) -> None:
    """A higher tier than the lowest that suits is entered only from right below, by somebody who stayed."""
    ladder = [tier for tier in TIERS if any(rule.tier == tier for rule in policy.communities)]
    for one, decision in zip(people, decided(policy, people), strict=True):
        if decision:
            step = ladder.index(policy.by_name[decision.community].tier)
            suiting = router(policy).suiting(one)
            lowest = min(ladder.index(fit.community.tier) for fit in suiting)
            stayed = [name for name, state in one.member.items() if state == "retained" and name in policy.by_name]
            assert step == lowest or any(ladder.index(policy.by_name[name].tier) == step - 1 for name in stayed)


def test_everything_full_waits_for_the_best() -> None:
    """No operator, and the reasons name every community that is full."""
    policy = rules({"name": "camping", "topics": ["camping"], "capacity": 1}, {"name": "all", "capacity": 1})
    one = decided(policy, [wish("camping")] * 3)[-1]
    assert one == Decision("camping", None, None, ("topic:camping", "full:camping", "full:all"), "blocked_full")


def test_nobody_fits_nowhere() -> None:
    """No community, no decision."""
    assert decided(rules({"name": "c", "topics": ["coffee"]}), [wish("camping")]) == [None]
    assert decided(rules(), [wish("camping")]) == [None]


@pytest.mark.parametrize(
    ("one", "where", "why"),
    [
        (wish("camping", cities=("杭州",)), "city", ("city:杭州",)),
        (wish("camping", intents=("how_to_join",)), "topic", ("topic:camping",)),
        (wish("coffee", intents=("how_to_join",)), "intent", ("intent:how_to_join",)),
        (wish("water"), "all", ("open:all",)),
    ],
)
def test_the_best_fit_wins(one: Wish, where: str, why: tuple[str, ...]) -> None:
    """A city weighs more than a topic, a topic as much as an intent; the reasons say so."""
    policy = rules(
        {"name": "topic", "topics": ["camping"]},
        {"name": "city", "cities": ["杭州"]},
        {"name": "intent", "intents": ["how_to_join"]},
        {"name": "all"},
    )
    assert decided(policy, [one]) == [Decision(where, f"{where}/1", "a", why, "assigned")]


def test_the_next_best_takes_over_when_the_best_is_full() -> None:
    """The reasons tell what was passed over."""
    policy = rules({"name": "camping", "topics": ["camping"], "capacity": 1}, {"name": "all"})
    first, second = decided(policy, [wish("camping")] * 2)
    assert first == Decision("camping", "camping/1", "a", ("topic:camping",), "assigned")
    assert second == Decision("all", "all/1", "b", ("open:all", "full:camping"), "assigned")


def test_a_full_group_rolls_over_to_the_next() -> None:
    """Closed ones are skipped, and the reasons tell of it."""
    groups = [{"name": "1", "capacity": 1}, {"name": "2", "capacity": 9, "closed": True}, {"name": "3", "capacity": 1}]
    found = decided(rules({"name": "all", "groups": groups}), [wish()] * 3)
    assert [one.group if one else "" for one in found] == ["all/1", "all/3", None]
    assert found[1] and found[1].reasons == ("open:all", "next_group")


def test_a_group_with_more_people_than_seats_takes_nobody() -> None:
    """A smaller capacity throws nobody out."""
    deciding = router(rules({"name": "all"}), taken={"all/1": 5})
    one = deciding.decide(wish(), FRIDAY)
    assert one and one.state == "blocked_full"


def test_equal_fits_are_served_in_turn() -> None:
    """First by priority, then whoever was served longest ago, then the order of the file."""
    policy = rules(*({"name": name, "capacity": 9} for name in ("c1", "c2", "c3")))
    found = decided(policy, [wish()] * 4)
    assert [one.community if one else "" for one in found] == ["c1", "c2", "c3", "c1"]
    assert found[0] and found[0].reasons == ("open:c1",)  # nobody was served: the file decides
    assert found[1] and found[1].reasons == ("open:c2", "turn")
    preferred = rules({"name": "c1", "capacity": 9}, {"name": "c2", "capacity": 2, "priority": 5})
    found = decided(preferred, [wish()] * 3)
    assert [one.community if one else "" for one in found] == ["c2", "c2", "c1"]
    assert found[0] and found[0].reasons == ("open:c2", "priority:5")


def test_a_turn_that_decided_is_told() -> None:
    """A community that was served before the other steps back."""
    one = router(rules({"name": "c1"}, {"name": "c2"}), turns={"c1": 7, "c2": 3}).decide(wish(), FRIDAY)
    assert one and (one.community, one.reasons) == ("c2", ("open:c2", "turn"))


LADDER = (
    {"name": "door", "tier": "open", "topics": ["coffee"]},
    {"name": "course", "tier": "paid", "topics": ["coffee"]},
    {"name": "club", "tier": "members"},
)


@pytest.mark.parametrize(
    ("member", "where"),
    [
        ({}, "door"),
        ({"door": "joined"}, None),
        ({"door": "retained"}, "course"),
        ({"door": "retained", "course": "joined"}, None),
        ({"door": "retained", "course": "retained"}, "club"),
        ({"club": "retained"}, "door"),
    ],
)
def test_people_climb_one_tier_at_a_time(member: dict[str, str], where: str | None) -> None:
    """Once they stayed in the one below; whoever is where they may be goes nowhere."""
    (one,) = decided(rules(*LADDER), [wish("coffee", **member)])
    assert (one.community if one else None) == where
    if one and member and where != "door":
        assert f"tier:{LADDER[['door', 'course', 'club'].index(one.community)]['tier']}" in one.reasons


def test_the_lowest_tier_is_that_of_what_suits() -> None:
    """Who suits no open group enters the paid one."""
    (one,) = decided(rules({"name": "door", "topics": ["tea"]}, {"name": "course", "tier": "paid"}), [wish()])
    assert one and one.community == "course"


def test_seats_that_are_held_back_are_given_to_nobody() -> None:
    """Somebody waits for them already."""
    deciding = router(rules({"name": "all"}))
    deciding.hold_back("all")
    one = deciding.decide(wish(), FRIDAY)
    assert one and one.state == "blocked_full"


def test_what_was_served_is_kept() -> None:
    """Turns go on from where they were."""
    first = router(rules({"name": "all"}), operators={"a": (41, "2026-11-20", 2)}, turns={"all": 8})
    first.decide(wish(), FRIDAY)
    assert first.served() == {"all": 9}
    assert first.roster.served() == {"b": (42, "2026-11-20", 1)}


@pytest.mark.parametrize("text", ["", "💡", "\x00", "a" * 1_000_000])
def test_odd_names_break_nothing(text: str) -> None:
    """Interests are what people wrote."""
    found: list[Any] = decided(rules({"name": "all"}), [wish(text, cities=(text,))])
    assert found[0].community == "all"
