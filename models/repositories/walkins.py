"""Who came into a group without a ticket: noted with a seat and a link, out again, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.onboarding import ALIVE_STATES, among
from models.repositories.bulk import Bulk, Line, known_moment, moment_of
from models.repositories.seats import SeatRepository

Row = dict[str, Any]

_NOTING = 0x77616C6B
"""The number of PostgreSQL's advisory lock on noting people who walked in."""
_NAMES = ("id", "name", "operator", "community", "group", "title", "link_id", "code", "joined_at", "left_at")
_LISTED = """
    SELECT w.id, w.name, w.operator, g.community, g.name, g.title, w.link_id, l.code, w.joined_at, w.left_at
    FROM walk_in w JOIN community_group g ON g.id = w.group_id LEFT JOIN link l ON l.id = w.link_id
    WHERE w.undone_at IS NULL
"""
_NAMESAKE = f"{_LISTED} AND g.community = :community AND w.name = :name AND w.left_at IS NULL ORDER BY w.id LIMIT 1"
_NAMELESS = f"""{_LISTED} AND w.group_id = :key AND w.name IS NULL AND w.left_at IS NULL AND w.joined_at > :since
    AND coalesce(w.link_id, 0) = :link ORDER BY w.id LIMIT 1
"""
_ADD = (
    "INSERT INTO walk_in (id, group_id, link_id, operator, name, joined_at)"
    " VALUES (:number, :key, :link, :operator, :name, :now)"
)
_OUT = "UPDATE walk_in SET left_at = :now WHERE id = :number AND left_at IS NULL AND undone_at IS NULL"
_UNDO = (
    "UPDATE walk_in SET left_at = coalesce(left_at, :now), undone_at = :now WHERE id = :number AND undone_at IS NULL"
)
_CREDIT = "UPDATE walk_in SET link_id = :link WHERE id = :number AND link_id IS NULL"
_STANDING = """
    SELECT g.community, g.title, w.name, w.left_at, w.undone_at FROM walk_in w
    JOIN community_group g ON g.id = w.group_id WHERE w.id = :number
"""
_TICKETS = f"""
    SELECT ticket.id FROM ticket JOIN person ON person.id = ticket.person_id
    WHERE ticket.community = :community AND person.name = :name AND {among(ALIVE_STATES, column="ticket.state")}
    ORDER BY ticket.id LIMIT 5
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class StoredWalkIn:
    """Somebody who walked in, as they stand: in which community and group, and since when they are out again."""

    community: str
    group: str
    name: str | None
    left_at: datetime | None
    undone_at: datetime | None


class WalkInRepository:
    """People without a ticket in groups, in one session. Each holds a seat of the ledger until they leave."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk, self._seats = Bulk(session), SeatRepository(session)

    def take_turn(self) -> None:
        """Let nobody else note anybody until this transaction ends; before anything else is locked.

        SQLite has one writer at a time anyway.
        """
        if not self._bulk.sqlite:
            self._bulk.find("SELECT pg_advisory_xact_lock(:key)", key=_NOTING)

    def group(self, community: str, name: str) -> int | None:
        """The number of a community's group; None where the ledger does not know it yet."""
        query = "SELECT id FROM community_group WHERE community = :community AND name = :name"
        rows = self._bulk.find(query, community=community, name=name)
        return int(rows[0][0]) if rows else None

    def namesake(self, community: str, name: str) -> Row | None:
        """Who is in a community by this name already; None where nobody is."""
        return self._first(_NAMESAKE, community=community, name=name)

    def nameless(self, group: int, *, link: int | None, since: datetime) -> Row | None:
        """Somebody without a name who came into a group by the same link (None: by none) after a moment."""
        return self._first(_NAMELESS, key=group, link=link or 0, since=self._bulk.stamp(since))

    def _first(self, query: str, **values: Any) -> Row | None:
        rows = self._bulk.find(query, **values)
        return _row(rows[0]) if rows else None

    def enter(
        self, group: int, *, link: int | None, operator: str, name: str | None, now: datetime
    ) -> tuple[int, int, int]:
        """Note who is in a group, and their seat, though it be full: (number, seats taken now, capacity)."""
        (number,) = self._bulk.new_ids("walk_in", 1)
        whose: dict[str, Any] = {"link": link, "operator": operator, "name": name}
        self._bulk.change(_ADD, number=number, key=group, now=self._bulk.stamp(now), **whose)
        return number, *self._seats.sit(number, group=group, now=now)

    def credit(self, number: int, *, link: int) -> bool:
        """Credit somebody to the link that turned up later; False where they are credited already."""
        return self._bulk.change(_CREDIT, number=number, link=link) == 1

    def standing(self, number: int) -> StoredWalkIn | None:
        """How somebody stands; None where nobody was noted under this number."""
        rows = self._bulk.find(_STANDING, number=number)
        if not rows:
            return None
        community, group, name, left, undone = rows[0]
        return StoredWalkIn(community, group, name, moment_of(left), moment_of(undone))

    def leave(self, number: int, *, undo: bool = False, now: datetime) -> bool:
        """Note that somebody is out again, or (``undo``) never was in; their seat is free. False where it was noted."""
        if not self._bulk.change(_UNDO if undo else _OUT, number=number, now=self._bulk.stamp(now)):
            return False
        self._seats.stand_up(number, now=now)
        return True

    def listing(self, *, community: str | None = None, everybody: bool = False) -> list[Row]:
        """Who walked in, the newest first; those who left only where ``everybody`` is asked for."""
        where = (" AND g.community = :community" if community else "") + ("" if everybody else " AND w.left_at IS NULL")
        values: Row = {"community": community} if community else {}
        return [
            _row(row) for row in self._bulk.find(f"{_LISTED}{where} ORDER BY w.joined_at DESC, w.id DESC", **values)
        ]

    def tickets_of(self, community: str, name: str) -> list[int]:
        """Tickets of a community, not ended, whose person has this name: perhaps it is them."""
        return [key for (key,) in self._bulk.find(_TICKETS, community=community, name=name)]


def _row(row: tuple[Any, ...]) -> Row:
    found = dict(zip(_NAMES, row, strict=True))
    return found | {"joined_at": known_moment(found["joined_at"]), "left_at": moment_of(found["left_at"])}
