"""Which communities suit a person, how well, and which of them they may enter now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yinliu.workspace.communities import TIERS, CommunityRule

TOPIC_POINTS = 2
INTENT_POINTS = 2
CITY_POINTS = 3
"""A city weighs more than one topic: people meet where they live."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person talks about, and the communities they are in (``joined`` or ``retained``, by name)."""

    topics: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    intents: frozenset[str] = frozenset()
    member: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a community suits a person, and why (``topic:camping``, ``city:杭州``, ``open:welcome``)."""

    community: CommunityRule
    position: int
    points: int
    reasons: tuple[str, ...]


def fits(communities: Sequence[CommunityRule], wish: Wish) -> list[Fit]:
    """The communities that suit a person, best first; equal ones by priority, then in the order of the file."""
    found = [fit for position, rule in enumerate(communities) if (fit := _fit(rule, position, wish))]
    return sorted(found, key=lambda fit: (-fit.points, -fit.community.priority, fit.position))


def _fit(rule: CommunityRule, position: int, wish: Wish) -> Fit | None:
    """None where a community names topics, cities or intents, and the person has none of one kind it names."""
    points, reasons = 0, []
    for kind, wanted, had, worth in (
        ("topic", rule.topics, wish.topics, TOPIC_POINTS),
        ("city", rule.cities, wish.cities, CITY_POINTS),
        ("intent", rule.intents, wish.intents, INTENT_POINTS),
    ):
        shared = [name for name in dict.fromkeys(wanted) if name in had]
        if wanted and not shared:
            return None
        points += worth * len(shared)
        reasons += [f"{kind}:{name}" for name in shared]
    return Fit(rule, position, points, tuple(reasons or [f"open:{rule.name}"]))


def ladder(communities: Sequence[CommunityRule]) -> dict[str, int]:
    """The step of each tier that the file uses."""
    used = {rule.tier for rule in communities}
    return {tier: step for step, tier in enumerate(tier for tier in TIERS if tier in used)}


def enterable(candidates: Sequence[Fit], wish: Wish, communities: Mapping[str, CommunityRule]) -> list[Fit]:
    """Those that a person may enter: of the lowest tier that suits them, or right above one in which they stayed.

    Never one in which they are.
    """
    if not candidates:
        return []
    steps = ladder(list(communities.values()))
    lowest = min(steps[fit.community.tier] for fit in candidates)
    stayed = (communities[name] for name, state in wish.member.items() if state == "retained" and name in communities)
    allowed = {lowest, *(steps[rule.tier] + 1 for rule in stayed)}
    return [fit for fit in candidates if fit.community.name not in wish.member and steps[fit.community.tier] in allowed]
