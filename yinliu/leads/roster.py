"""Whose turn it is: of the operators on duty with quota left, whoever was given work longest ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yinliu.leads.duty import doubtful_year, is_on_shift, next_shift
from yinliu.workspace.communities import Communities, CommunityRule, OperatorRule

UNLIMITED = 1_000_000_000
"""The quota of somebody without one."""


@dataclass(slots=True)
class Turn:
    """When somebody was last given work, by count, and how many tickets on which day (the team's)."""

    turn: int = 0
    day: str = ""
    given: int = 0


class Roster:
    """The operators of one file: who is on duty at a moment, and what each was given."""

    def __init__(self, policy: Communities, *, zone: ZoneInfo, turns: Mapping[str, tuple[int, str, int]]) -> None:
        self._zone, self._calendar = zone, policy.calendar
        self._rules = {name: policy.operator(name) for name in policy.everybody}
        self._turns = {name: Turn(*turns.get(name, (0, "", 0))) for name in self._rules}
        self._count = max((turn for turn, _, _ in turns.values()), default=0)
        self._served: set[str] = set()
        self._asked: dict[tuple[str, datetime], list[str]] = {}
        self._days: dict[datetime, str] = {}

    def serve(self, community: CommunityRule, moment: datetime, *, besides: str | None = None) -> str | None:
        """Give a ticket to whoever's turn it is, but not ``besides``; None when nobody is on duty with quota left."""
        day, on_duty = self._day(moment), self._on_duty(community, moment)
        free = [name for name in on_duty if name != besides and self._left(name, day) > 0]
        if not free:
            return None
        name = min(free, key=lambda one: self._turns[one].turn)
        turn = self._turns[name]
        self._count += 1
        turn.turn, turn.given, turn.day = self._count, 1 + (turn.given if turn.day == day else 0), day
        self._served.add(name)
        return name

    def room(self, community: CommunityRule, moment: datetime) -> int:
        """How many tickets of a community the operators on duty can still be given today."""
        day = self._day(moment)
        return min(UNLIMITED, sum(self._left(name, day) for name in self._on_duty(community, moment)))

    def absence(self, community: CommunityRule, moment: datetime) -> tuple[str, ...]:
        """Why nobody can be given a ticket, and from when on somebody can."""
        rules = self._all(community)
        reasons = ["quota_used" if self._on_duty(community, moment) else "off_duty"]
        back, doubt = self.back(community, moment), doubtful_year(rules, moment, self._zone, self._calendar)
        reasons += [f"next_shift:{back.astimezone(self._zone):%Y-%m-%d %H:%M}"] if back else []
        return (*reasons, *([f"calendar:{doubt}"] if doubt else []))

    def back(self, community: CommunityRule, moment: datetime, *, besides: str | None = None) -> datetime | None:
        """When the next shift of somebody but ``besides`` begins who can then be given a ticket.

        Whoever has no quota left today can be given one from midnight on (the team's).
        """
        day, everybody = self._day(moment), [rule for rule in self._all(community) if rule.name != besides]
        midnight = moment.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        tomorrow = midnight + timedelta(days=1) - timedelta(microseconds=1)
        fresh = [rule for rule in everybody if self._left(rule.name, day) > 0]
        spent = [rule for rule in everybody if rule not in fresh]
        turns = ((fresh, moment), (spent, tomorrow))
        begins = (next_shift(rules, after, self._zone, self._calendar) for rules, after in turns)
        return min((begin for begin in begins if begin is not None), default=None)

    def served(self) -> dict[str, tuple[int, str, int]]:
        """(turn, day, given) of those who were given something."""
        turns = {name: self._turns[name] for name in sorted(self._served)}
        return {name: (turn.turn, turn.day, turn.given) for name, turn in turns.items()}

    def _all(self, community: CommunityRule) -> list[OperatorRule]:
        return [self._rules[name] for name in community.operators]

    def _left(self, name: str, day: str) -> int:
        quota, turn = self._rules[name].daily_quota, self._turns[name]
        return UNLIMITED if quota is None else quota - (turn.given if turn.day == day else 0)

    def _on_duty(self, community: CommunityRule, moment: datetime) -> list[str]:
        asked = (community.name, moment)
        if asked not in self._asked:
            if len(self._asked) > 10_000:  # noqa: PLR2004 - a simulation asks for every lead's own moment
                self._asked.clear()
            rules = (rule for rule in self._all(community) if is_on_shift(rule, moment, self._zone, self._calendar))
            self._asked[asked] = [rule.name for rule in rules]
        return self._asked[asked]

    def _day(self, moment: datetime) -> str:
        if moment not in self._days:
            self._days = {moment: f"{moment.astimezone(self._zone):%Y-%m-%d}"}
        return self._days[moment]
