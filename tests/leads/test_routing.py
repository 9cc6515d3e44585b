"""Routing: the best fit with a free seat, the least busy operator, and a reason for everything."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yinliu.leads.routing import Decision, fits, route
from yinliu.workspace.communities import CommunityRule


def community(name: str = "camping", **what: Any) -> CommunityRule:
    """A community with defaults."""
    return CommunityRule.model_validate({"name": name, "title": name, "capacity": 3, "operators": ["a", "b"], **what})


def decided(communities: list[CommunityRule], people: list[tuple[set[str], set[str]]]) -> list[Decision | None]:
    """Decisions for people (topics, cities), one after the other, each counted."""
    taken: Counter[str] = Counter()
    in_hand: Counter[str] = Counter()
    decisions = []
    for topics, cities in people:
        found = route(fits(communities, topics=topics, cities=cities), taken=taken, in_hand=in_hand)
        if found and found.operator:
            taken[found.community] += 1
            in_hand[found.operator] += 1
        decisions.append(found)
    return decisions


TOPICS, CITIES = ("camping", "coffee", "water"), ("杭州", "上海")
COMMUNITIES = st.lists(
    st.builds(
        community,
        st.sampled_from(("c1", "c2", "c3", "c4")),
        topics=st.lists(st.sampled_from(TOPICS), unique=True, max_size=2),
        cities=st.lists(st.sampled_from(CITIES), unique=True, max_size=1),
        capacity=st.integers(0, 4),
        operators=st.lists(st.sampled_from("abc"), unique=True, min_size=1, max_size=3),
    ),
    unique_by=lambda rule: rule.name,
    max_size=4,
)
PEOPLE = st.lists(st.tuples(st.sets(st.sampled_from(TOPICS)), st.sets(st.sampled_from(CITIES))), max_size=20)


@given(COMMUNITIES, PEOPLE)
def test_no_community_is_filled_over_its_capacity(
    communities: list[CommunityRule], people: list[tuple[set[str], set[str]]]
) -> None:
    """However many come."""
    seats = Counter(one.community for one in decided(communities, people) if one and one.operator)
    assert all(seats[rule.name] <= rule.capacity for rule in communities)


@given(COMMUNITIES, PEOPLE)
def test_nobody_is_brought_where_they_do_not_fit(
    communities: list[CommunityRule], people: list[tuple[set[str], set[str]]]
) -> None:
    """A community for topics or cities takes only who has one of each."""
    rules = {rule.name: rule for rule in communities}
    for (topics, cities), one in zip(people, decided(communities, people), strict=True):
        if one:
            rule = rules[one.community]
            assert not rule.topics or set(rule.topics) & topics
            assert not rule.cities or set(rule.cities) & cities


@given(COMMUNITIES, PEOPLE)
def test_a_wait_or_a_none_has_its_reason(
    communities: list[CommunityRule], people: list[tuple[set[str], set[str]]]
) -> None:
    """None exactly where nothing fits; without an operator exactly where all that fits is full."""
    for (topics, cities), one in zip(people, decided(communities, people), strict=True):
        candidates = fits(communities, topics=topics, cities=cities)
        assert (one is None) == (not candidates)
        if one and one.operator is None:
            assert {f"full:{fit.community.name}" for fit in candidates} <= set(one.reasons)


@given(st.integers(1, 5), st.integers(0, 40))
def test_operators_of_a_community_share_its_work(operators: int, people: int) -> None:
    """None is ever more than one ticket ahead of another."""
    names = [f"o{number}" for number in range(operators)]
    rule = community(operators=names, topics=[], capacity=1000)
    work = Counter(one.operator for one in decided([rule], [(set(), set())] * people) if one)
    shares = [work[name] for name in names]
    assert max(shares) - min(shares) <= 1


def test_everything_full_waits_for_the_best() -> None:
    """No operator, and the reasons name every community that is full."""
    rules = [community("camping", topics=["camping"], capacity=0), community("all", capacity=0)]
    (one,) = decided(rules, [({"camping"}, set())])
    assert one == Decision("camping", None, ("topic:camping", "full:camping", "full:all"))


def test_nobody_fits_nowhere() -> None:
    """No community, no decision."""
    assert decided([community(topics=["coffee"])], [({"camping"}, set())]) == [None]
    assert decided([], [({"camping"}, set())]) == [None]


def test_a_city_weighs_more_than_a_topic() -> None:
    """People meet where they live; the reasons say so."""
    rules = [community("topic", topics=["camping"]), community("city", cities=["杭州"])]
    (one,) = decided(rules, [({"camping"}, {"杭州"})])
    assert one == Decision("city", "a", ("city:杭州",))


def test_the_next_best_takes_over_when_the_best_is_full() -> None:
    """The reasons tell what was passed over."""
    rules = [community("camping", topics=["camping"], capacity=1), community("all")]
    first, second = decided(rules, [({"camping"}, set())] * 2)
    assert first == Decision("camping", "a", ("topic:camping",))
    assert second == Decision("all", "b", ("open:all", "full:camping"))


def test_equal_fits_keep_the_order_of_the_file() -> None:
    """The first one wins."""
    (one,) = decided([community("first"), community("second")], [(set(), set())])
    assert one and one.community == "first"
