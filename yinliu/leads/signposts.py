"""Where a signpost leads: the community that suits the post it stands under, and the group that has room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from yinliu.leads.fitting import Wish, fits
from yinliu.workspace.communities import CommunityRule, GroupRule

State = Literal["open", "full", "closed", "unready"]
"""There is room; there is none now; there is no such community any more; there is none yet that suits."""


class Seats(Protocol):
    """What the ledger knows of a group."""

    @property
    def capacity(self) -> int:
        """How many it holds."""

    @property
    def taken(self) -> int:
        """How many are held."""

    @property
    def members(self) -> int:
        """How many of them by people who came."""

    @property
    def closed(self) -> bool:
        """Whether it takes nobody in."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The group that people are shown, and how they get in: its picture, its address, or by being invited."""

    group: GroupRule
    picture: bool
    address: bool


def community_of(
    rules: Sequence[CommunityRule], *, topics: Collection[str], cities: Collection[str]
) -> CommunityRule | None:
    """The open community that suits a post best, as it would suit a person; None where none does.

    Communities behind an entry tier, or for an intent that no post has, are reached by a link that names them.
    """
    entered = [rule for rule in rules if rule.tier == "open"]
    found = fits(entered, Wish(topics=frozenset(topics), cities=frozenset(cities)))
    return found[0].community if found else None


def entrance(
    rule: CommunityRule,
    seats: Mapping[str, Seats],
    *,
    today: date,
    drawn: Callable[[GroupRule], bool] = lambda group: True,
    invited_to: str | None = None,
) -> Entrance | None:
    """The first group with room, in the order in which they fill up; None when all are full or closed.

    One that people can enter by themselves goes before one to which they must be invited; ``drawn``: whether the
    picture of a group is there. ``invited_to``: the group in which a seat is held for who follows the link.
    """
    groups = [(group, seats.get(group.name)) for group in rule.all_groups]
    kept = [group for group, held in groups if group.name == invited_to and _awaits(group, held)]
    free = kept or [group for group, held in groups if _has_room(group, held)]
    ways = [_entrance(group, today, drawn) for group in free]
    return next((one for one in ways if one.picture or one.address), ways[0] if ways else None)


def totals(rows: Iterable[Mapping[str, object]], by: str) -> dict[object, dict[str, int]]:
    """Clicks, tickets and joins of links added up by one of their columns; links without it are left out."""
    found: dict[object, dict[str, int]] = {}
    for row in rows:
        if row[by] is not None:
            sums = found.setdefault(row[by], {"links": 0, "clicks": 0, "tickets": 0, "joins": 0})
            sums["links"] += 1
            for name in ("clicks", "tickets", "joins"):
                sums[name] += int(str(row[name]))
    return found


def _has_room(group: GroupRule, seats: Seats | None) -> bool:
    """A group that the ledger does not know yet is new, and empty."""
    if group.closed:
        return False
    return seats is None or (not seats.closed and seats.taken < seats.capacity)


def _awaits(group: GroupRule, seats: Seats | None) -> bool:
    """Somebody who was invited has not come yet: the group looks full and is not."""
    return not group.closed and seats is not None and not seats.closed and seats.members < seats.capacity


def _entrance(group: GroupRule, today: date, drawn: Callable[[GroupRule], bool]) -> Entrance:
    fresh = group.qr_until is None or today <= group.qr_until
    return Entrance(group, picture=bool(group.qr) and fresh and drawn(group), address=bool(group.invite_url))
