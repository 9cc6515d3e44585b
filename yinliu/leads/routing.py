"""Which community a person is brought to, into which group, and by whom; every choice has its reasons."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from yinliu.leads.fitting import Fit, Wish, enterable, fits
from yinliu.leads.roster import Roster
from yinliu.workspace.communities import Communities

Group = Hashable
"""A group's key: its number in the database, or any other name."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a person goes.

    ``assigned``: with a seat and an operator; ``queued``: with a seat, and nobody on duty; ``blocked_full``: every
    community that suits them is full, and they wait for this one.
    """

    community: str
    group: Group | None
    operator: str | None
    reasons: tuple[str, ...]
    state: Literal["assigned", "queued", "blocked_full"]


class Router:
    """Decides for one person after the other, over plain state that it keeps up to date.

    ``seats``: free seats by group in the order in which groups fill up, by community; ``operators``: (turn, day, given
    that day); ``turns``: when a community was last served, by count.
    """

    def __init__(
        self,
        policy: Communities,
        *,
        zone: ZoneInfo,
        seats: Mapping[str, Mapping[Group, int]],
        operators: Mapping[str, tuple[int, str, int]],
        turns: Mapping[str, int],
    ) -> None:
        self.rules = policy.by_name
        self.roster = Roster(policy, zone=zone, turns=operators)
        self._seats = {name: dict(seats.get(name, {})) for name in self.rules}
        self._turns = {name: turns.get(name, 0) for name in self.rules}
        self._count = max(turns.values(), default=0)
        self._known: dict[tuple[frozenset[str], frozenset[str], frozenset[str]], list[Fit]] = {}
        self._touched: set[str] = set()
        self._named = tuple(
            frozenset(name for rule in policy.communities for name in getattr(rule, kind))
            for kind in ("topics", "cities", "intents")
        )

    def suiting(self, wish: Wish) -> list[Fit]:
        """The communities that suit a person, those included in which they are."""
        topics, cities, intents = self._named
        key = (wish.topics & topics, wish.cities & cities, wish.intents & intents)
        if key not in self._known:
            self._known[key] = fits(list(self.rules.values()), Wish(*key))
        return self._known[key]

    def decide(self, wish: Wish, now: datetime) -> Decision | None:
        """The decision for one person at a moment; None where they may enter no community."""
        candidates = sorted(enterable(self.suiting(wish), wish, self.rules), key=self._rank)
        for place, fit in enumerate(candidates):
            group = self.take_seat(fit.community.name)
            if group is not None:
                full = [f"full:{other.community.name}" for other in candidates[:place]]
                reasons = (*fit.reasons, *self._chosen(candidates, place, wish), *full)
                return self._placed(fit, group, reasons, now)
        if not candidates:
            return None
        best = candidates[0]
        reasons = (*best.reasons, *(f"full:{fit.community.name}" for fit in candidates))
        return Decision(best.community.name, None, None, reasons, "blocked_full")

    def _placed(self, fit: Fit, group: Group, reasons: tuple[str, ...], now: datetime) -> Decision:
        name = fit.community.name
        first = next(iter(self._seats[name]))
        reasons = (*reasons, *(["next_group"] if group != first else []))
        operator = self.roster.serve(fit.community, now)
        self._count += 1
        self._turns[name] = self._count
        self._touched.add(name)
        if operator is None:
            return Decision(name, group, None, (*reasons, *self.roster.absence(fit.community, now)), "queued")
        return Decision(name, group, operator, reasons, "assigned")

    def _rank(self, fit: Fit) -> tuple[int, int, int, int]:
        return -fit.points, -fit.community.priority, self._turns[fit.community.name], fit.position

    def _chosen(self, candidates: list[Fit], place: int, wish: Wish) -> list[str]:
        """What besides the fit put this community before the ones behind it."""
        fit, behind = candidates[place], candidates[place + 1 :]
        equal = [other for other in behind if other.points == fit.points]
        reasons = [f"tier:{fit.community.tier}"] if self._climbs(fit, wish) else []
        if any(other.community.priority < fit.community.priority for other in equal):
            reasons.append(f"priority:{fit.community.priority}")
        if any(self._turns[other.community.name] > self._turns[fit.community.name] for other in equal):
            reasons.append("turn")
        return reasons

    def _climbs(self, fit: Fit, wish: Wish) -> bool:
        members = (self.rules[name] for name in wish.member if name in self.rules)
        return any(rule.tier != fit.community.tier for rule in members)

    def seat(self, community: str, now: datetime) -> Decision | None:
        """A seat for somebody who waited for it; None where all are full."""
        group = self.take_seat(community)
        if group is None:
            return None
        operator = self.roster.serve(self.rules[community], now)
        return Decision(community, group, operator, ("seat_freed",), "assigned" if operator else "queued")

    def take_seat(self, community: str) -> Group | None:
        """A seat in the first group with a free one; None where all are full."""
        seats = self._seats[community]
        for group, free in seats.items():
            if free > 0:
                seats[group] = free - 1
                return group
        return None

    def hold_back(self, community: str) -> None:
        """Give no seat of a community away: somebody else is to have it."""
        self._seats[community] = dict.fromkeys(self._seats[community], 0)

    def free(self, community: str) -> int:
        """Free seats of a community."""
        return sum(max(0, free) for free in self._seats[community].values())

    def served(self) -> dict[str, int]:
        """When those communities that took somebody in were last served, by count."""
        return {name: self._turns[name] for name in sorted(self._touched)}
