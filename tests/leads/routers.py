"""A router over a file that one can read, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from yinliu.leads.fitting import Wish
from yinliu.leads.routing import Router
from yinliu.workspace.communities import Communities

CHINA = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""A workday, ten in the morning in Shanghai."""


def rules(*communities: dict[str, Any], **options: Any) -> Communities:
    """A file with defaults: for everybody, three seats, two operators."""
    rows = []
    for row in communities:
        seats = {} if "groups" in row else {"capacity": 3}
        rows.append({"title": row["name"], "operators": ["a", "b"], **seats, **row})
    return Communities.model_validate({"communities": rows, **options})


def router(policy: Communities, *, taken: Mapping[str, int] | None = None, **state: Any) -> Router:
    """With all seats free but those ``taken`` (``COMMUNITY/GROUP``), and nobody served yet."""
    used = taken or {}
    seats = {
        rule.name: {
            f"{rule.name}/{group.name}": 0
            if group.closed
            else group.capacity - used.get(f"{rule.name}/{group.name}", 0)
            for group in rule.all_groups
        }
        for rule in policy.communities
    }
    return Router(policy, **{"zone": CHINA, "seats": seats, "operators": {}, "turns": {}, **state})


def wish(*topics: str, cities: tuple[str, ...] = (), intents: tuple[str, ...] = (), **member: str) -> Wish:
    """What somebody talks about; ``member``: their state by community."""
    return Wish(frozenset(topics), frozenset(cities), frozenset(intents), member)
