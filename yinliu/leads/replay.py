"""The same people under two files: who would go where, who changes, and what starves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from yinliu.leads.fitting import Wish
from yinliu.leads.routing import Decision, Router
from yinliu.workspace.communities import Communities

Taken = Mapping[tuple[str, str], int]
"""Seats held at the beginning, by community and group."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who qualified: the lead, the person's name, when, and what they wish.

    ``waits_for``: the community for a seat of which they waited already; ``at`` is then when the simulation begins.
    """

    lead: int
    name: str | None
    at: datetime
    wish: Wish
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one file does with the people: how many each community and operator is given, who waits, who fits nowhere.

    ``people``: with a seat, by community; ``waiting``: without one; ``queued``: of ``people``, with nobody on duty;
    ``free``: seats left; ``unmatched``: leads without a community.
    """

    people: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    queued: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)
    free: dict[str, int] = field(default_factory=dict)
    unmatched: list[int] = field(default_factory=list)

    def count(self, lead: int, decision: Decision | None) -> None:
        """One more."""
        if decision is None:
            self.unmatched.append(lead)
        elif decision.state == "blocked_full":
            self.waiting[decision.community] += 1
        else:
            self.people[decision.community] += 1
            self.queued[decision.community] += decision.operator is None
        if decision and decision.operator:
            self.operators[decision.operator] += 1


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody who would go elsewhere, or would wait where they did not (or the other way); None: no community."""

    lead: int
    name: str | None
    now: Decision | None
    new: Decision | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files over the same people. ``other_operator``: how many would only meet somebody else.

    ``people``: leads that qualified; ``waited``: those besides them who waited for a seat before.
    """

    people: int
    waited: int
    now: Tally
    new: Tally
    changes: list[Change]
    other_operator: int
    idle_communities: list[str]
    idle_operators: list[str]


def compare(people: Sequence[Asked], *, now: Communities, new: Communities, taken: Taken, zone: ZoneInfo) -> Comparison:
    """Both files decide for all people in order, from the same seats, with nobody served before.

    Those who waited before come first in ``people``.
    """
    decided = [_decided(people, policy, taken, zone) for policy in (now, new)]
    (before, tally_now), (after, tally_new) = decided
    changes, other = [], 0
    for one, old, fresh in zip(people, before, after, strict=True):
        if _place(old) != _place(fresh):
            changes.append(Change(one.lead, one.name, old, fresh))
        elif old and fresh and old.operator != fresh.operator:
            other += 1
    return Comparison(
        people=sum(one.waits_for is None for one in people),
        waited=sum(one.waits_for is not None for one in people),
        now=tally_now,
        new=tally_new,
        changes=changes,
        other_operator=other,
        idle_communities=[rule.name for rule in new.communities if not tally_new.people[rule.name]],
        idle_operators=[
            name
            for name in dict.fromkeys(name for rule in new.communities for name in rule.operators)
            if not tally_new.operators[name]
        ],
    )


def _place(decision: Decision | None) -> tuple[str, str] | None:
    return (decision.community, decision.state) if decision else None


def _decided(
    people: Sequence[Asked], policy: Communities, taken: Taken, zone: ZoneInfo
) -> tuple[list[Decision | None], Tally]:
    router = Router(policy, zone=zone, seats=_seats(policy, taken), operators={}, turns={})
    tally, decisions = Tally(), []
    for one in people:
        decision = _decide(router, one)
        decisions.append(decision)
        tally.count(one.lead, decision)
    tally.free.update({name: router.free(name) for name in router.rules})
    return decisions, tally


def _decide(router: Router, one: Asked) -> Decision | None:
    """As ``route`` does: whoever waits for a community of the file is given a seat there or elsewhere, or waits on."""
    if one.waits_for not in router.rules or one.waits_for is None:
        return router.decide(one.wish, one.at)
    elsewhere = router.seat(one.waits_for, one.at) or router.decide(one.wish, one.at)
    if elsewhere and elsewhere.group is not None:
        return elsewhere
    reasons = elsewhere.reasons if elsewhere else (f"full:{one.waits_for}",)
    return Decision(one.waits_for, None, None, reasons, "blocked_full")


def _seats(policy: Communities, taken: Taken) -> dict[str, dict[object, int]]:
    return {
        rule.name: {
            group.name: 0 if group.closed else group.capacity - taken.get((rule.name, group.name), 0)
            for group in rule.all_groups
        }
        for rule in policy.communities
    }
