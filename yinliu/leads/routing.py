"""Which community a person is brought to, and by whom: the best fit with a free seat, the least busy operator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from yinliu.workspace.communities import CommunityRule

TOPIC_POINTS = 2
CITY_POINTS = 3
"""A city weighs more than one topic: people meet where they live."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a community suits a person, and why (``topic:camping``, ``city:杭州``, ``open:welcome``)."""

    community: CommunityRule
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a person goes. ``operator`` None: every fitting community is full, and they wait for this one."""

    community: str
    operator: str | None
    reasons: tuple[str, ...]


def fits(communities: Sequence[CommunityRule], *, topics: Collection[str], cities: Collection[str]) -> list[Fit]:
    """The communities that a person suits, best first; equal ones in the order of the file."""
    found = [fit for community in communities if (fit := _fit(community, topics, cities))]
    return sorted(found, key=lambda fit: -fit.points)


def _fit(community: CommunityRule, topics: Collection[str], cities: Collection[str]) -> Fit | None:
    """None where a community is for topics or cities and the person has none of them."""
    if not community.topics and not community.cities:
        return Fit(community, 0, (f"open:{community.name}",))
    shared_topics = [topic for topic in community.topics if topic in topics]
    shared_cities = [city for city in community.cities if city in cities]
    if (community.topics and not shared_topics) or (community.cities and not shared_cities):
        return None
    points = TOPIC_POINTS * len(shared_topics) + CITY_POINTS * len(shared_cities)
    return Fit(community, points, (*(f"topic:{t}" for t in shared_topics), *(f"city:{c}" for c in shared_cities)))


def route(candidates: Sequence[Fit], *, taken: Mapping[str, int], in_hand: Mapping[str, int]) -> Decision | None:
    """The decision for one person; None when no community suits them. ``taken`` are seats, ``in_hand`` open tickets."""
    if not candidates:
        return None
    for fit in candidates:
        if taken.get(fit.community.name, 0) < fit.community.capacity:
            passed_over = tuple(f"full:{other.community.name}" for other in candidates[: candidates.index(fit)])
            return Decision(fit.community.name, least_busy(fit.community, in_hand), (*fit.reasons, *passed_over))
    best = candidates[0]
    return Decision(best.community.name, None, (*best.reasons, *(f"full:{fit.community.name}" for fit in candidates)))


def least_busy(community: CommunityRule, in_hand: Mapping[str, int]) -> str:
    """The operator with the fewest open tickets; equal ones in the order of the file."""
    return min(community.operators, key=lambda operator: in_hand.get(operator, 0))
