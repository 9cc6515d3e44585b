"""The seat ledger: a seat is reserved when a ticket is routed, confirmed at joining, released when the ticket ends.

Who came into a group without a ticket sits there too: their seat is confirmed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line

_OPEN_GROUPS = """
    SELECT id FROM community_group WHERE community = :community AND NOT closed AND taken < capacity
    ORDER BY position, id
"""
_TAKE = "UPDATE community_group SET taken = taken + 1 WHERE id = :key AND taken < capacity AND NOT closed"
_GIVE_BACK = "UPDATE community_group SET taken = taken - 1 WHERE id = :key"
_HELD = "SELECT group_id FROM seat WHERE ticket_id = :ticket AND released_at IS NULL"
_RESERVED = "INSERT INTO seat (ticket_id, group_id, reserved_at) VALUES (:ticket, :key, :now)"
_CONFIRMED = """
    UPDATE seat SET confirmed_at = :now WHERE ticket_id = :ticket AND released_at IS NULL AND confirmed_at IS NULL
"""
_GIVE_ALL_BACK = """
    UPDATE community_group SET taken = taken - (SELECT count(*) FROM seat
    WHERE seat.group_id = community_group.id AND released_at IS NULL AND ticket_id{tickets})
    WHERE id IN (SELECT group_id FROM seat WHERE released_at IS NULL AND ticket_id{tickets})
"""
_ALL_RELEASED = "UPDATE seat SET released_at = :now WHERE released_at IS NULL AND ticket_id{tickets}"
_SIT = "UPDATE community_group SET taken = taken + 1 WHERE id = :key RETURNING taken, capacity"
_SEATED = "INSERT INTO seat (walk_in_id, group_id, reserved_at, confirmed_at) VALUES (:number, :key, :now, :now)"
_STOOD_UP = "UPDATE seat SET released_at = :now WHERE walk_in_id = :number AND released_at IS NULL RETURNING group_id"
_RELEASED = "UPDATE seat SET released_at = :now WHERE ticket_id = :ticket AND released_at IS NULL"


class SeatRepository:
    """Seats of groups, in one session. ``community_group.taken`` is always the number of seats that are held."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def reserve(self, ticket: int, *, community: str, now: datetime) -> int | None:
        """Hold a seat in the first group with a free one, and put the ticket there; its id, None where all are full.

        A ticket that holds a seat keeps it. However many ask at once, no group is filled over its capacity: whoever
        changes the counter has the seat.
        """
        held = self._bulk.find(_HELD, ticket=ticket)
        if held:
            return int(held[0][0])
        for (key,) in self._bulk.find(_OPEN_GROUPS, community=community):
            if self._bulk.change(_TAKE, key=key) == 1:
                self._bulk.change(_RESERVED, ticket=ticket, key=key, now=self._bulk.stamp(now))
                self._bulk.change("UPDATE ticket SET group_id = :key WHERE id = :ticket", key=key, ticket=ticket)
                return int(key)
        return None

    def confirm(self, ticket: int, *, now: datetime) -> bool:
        """Note that the person sits there; False where no seat is held, or it was confirmed before."""
        return self._bulk.change(_CONFIRMED, ticket=ticket, now=self._bulk.stamp(now)) == 1

    def release(self, ticket: int, *, now: datetime) -> bool:
        """Give the ticket's seat back; False where it holds none. The ticket keeps its group, for the history."""
        held = self._bulk.find(_HELD, ticket=ticket)
        if not held or self._bulk.change(_RELEASED, ticket=ticket, now=self._bulk.stamp(now)) != 1:
            return False
        self._bulk.change(_GIVE_BACK, key=held[0][0])
        return True

    def sit(self, walk_in: int, *, group: int, now: datetime) -> tuple[int, int]:
        """Hold a seat for somebody who is in a group already, also where it is full: (seats taken now, capacity)."""
        ((taken, capacity),) = self._bulk.find(_SIT, key=group)
        self._bulk.change(_SEATED, number=walk_in, key=group, now=self._bulk.stamp(now))
        return int(taken), int(capacity)

    def stand_up(self, walk_in: int, *, now: datetime) -> bool:
        """Give the seat back of somebody who walked in; False where they hold none."""
        held = self._bulk.find(_STOOD_UP, number=walk_in, now=self._bulk.stamp(now))
        for (group,) in held:
            self._bulk.change(_GIVE_BACK, key=group)
        return bool(held)

    def release_all(self, tickets: Sequence[int], *, now: datetime) -> None:
        """Give the seats of tickets back, those that hold one."""
        self._bulk.change(_GIVE_ALL_BACK, {"tickets": tickets})
        self._bulk.change(_ALL_RELEASED, {"tickets": tickets}, now=self._bulk.stamp(now))
