"""How a person stands with the communities: where they are, whether they are on their way, until when they rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from yinliu.leads.fitting import Wish
from yinliu.workspace.communities import CommunityRule

Standing = Sequence[tuple[str, str, datetime]]
"""(community, state, since when) of a person's tickets, the oldest first."""

_MEMBER = ("joined", "retained")
_UNDER_WAY = ("queued", "assigned", "invited", "added", "blocked_full")
_ENDED = ("left", "lost", "expired", "opted_out")


def wish_of(interests: Mapping[str, Any], standing: Standing) -> Wish:
    """What a person talks about (``topic``, ``place``, ``intent``), and the communities they are in."""
    member = {community: state for community, state, _ in standing if state in _MEMBER}
    topics, cities, intents = (frozenset(interests[kind]) for kind in ("topic", "place", "intent"))
    return Wish(topics, cities, intents, member)


def is_under_way(standing: Standing) -> bool:
    """Whether somebody is bringing the person to a community: one at a time."""
    return any(state in _UNDER_WAY for _, state, _ in standing)


def rest_until(standing: Standing, rules: Mapping[str, CommunityRule]) -> datetime | None:
    """Until when somebody whose tickets ended is left in peace; None where none ended."""
    ends = [
        since + timedelta(days=rules[community].cooling_off_days)
        for community, state, since in standing
        if state in _ENDED and community in rules
    ]
    return max(ends, default=None)
