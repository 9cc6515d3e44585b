"""A freed seat for somebody who waited: with whoever is on duty, or in line for the next shift."""

from __future__ import annotations

from datetime import timedelta

from tests.leads.routers import FRIDAY, router, rules
from yinliu.leads.routing import Decision


def test_a_freed_seat_is_given_with_an_operator_or_without() -> None:
    """In the first group with room; none where all are full."""
    shift = {"days": "everyday", "from": "09:00", "to": "18:00"}
    policy = rules({"name": "c", "operators": ["a"], "capacity": 2}, operators=[{"name": "a", "shifts": [shift]}])
    deciding, why = router(policy), ("seat_freed",)
    group = f"c/{policy.communities[0].all_groups[0].name}"
    assert deciding.seat("c", FRIDAY) == Decision("c", group, "a", why, "assigned")
    assert deciding.seat("c", FRIDAY + timedelta(hours=10)) == Decision("c", group, None, why, "queued")
    assert deciding.seat("c", FRIDAY) is None
