"""What ``route`` reads and writes: communities as the file says, whoever waits, turns, and new tickets in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line, as_json, known_moment
from models.repositories.communities import CommunityRows
from models.repositories.seats import SeatRepository
from models.repositories.waiting import STANDING, WaitingRows, standing_of

Row = dict[str, Any]


class Interests(TypedDict):
    """What a person talks about; topics with the posts below which they did (None: below none that is known)."""

    topic: dict[str, set[int | None]]
    place: set[str]
    intent: set[str]


_ROUTING = 0x726F757465
"""The number of PostgreSQL's advisory lock on routing."""

_SEATS = """
    SELECT id, community, CASE WHEN closed THEN 0 ELSE capacity - taken END FROM community_group
    ORDER BY community, position, id
"""
_OPERATORS = "SELECT name, turn, day, given FROM operator ORDER BY name"
_DUE = """
    SELECT lead.id, lead.person_id, lead.post_id, lead.route_at, person.suppressed_at IS NOT NULL FROM lead
    JOIN person ON person.id = lead.person_id
    WHERE lead.route_at IS NOT NULL AND lead.route_at <= :now AND lead.qualified
    ORDER BY lead.route_at, lead.id LIMIT
"""
_ACCOUNTS = "SELECT account_id, person_id FROM identity WHERE person_id{keys}"
_COMMENTS = "SELECT id, account_id, post_id FROM comment WHERE account_id{keys}"
_SAID = "SELECT comment_id, kind, label FROM tag WHERE comment_id{keys}"
_READ = "SELECT post_id, kind, label FROM tag WHERE post_id{keys}"
_STANDING = f"SELECT {STANDING} FROM ticket WHERE person_id{{persons}} ORDER BY id"  # noqa: S608 - our own words
_WAITING = """
    SELECT id FROM ticket WHERE state = 'queued' AND parked_at IS NULL AND community = :community
    AND (leased_by IS NULL OR ready_at <= @clock) ORDER BY ready_at, id LIMIT
"""
_SETTLE = "UPDATE lead SET route_at = NULL, route_note = :note WHERE id{leads}"
_TURNS = """
    INSERT INTO operator (name, turn, day, given) VALUES (?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET turn = excluded.turn, day = excluded.day, given = excluded.given
"""
_MOVE = """
    UPDATE ticket SET state = ?, operator = ?, group_id = coalesce(?, group_id), due_at = ?, changed_at = ?,
    ready_at = @clock, leased_by = NULL, late_at = NULL, escalation = 0 WHERE id = ?
"""
_ELSEWHERE = "UPDATE ticket SET community = ?, reasons = ? WHERE id = ?"
_TICKET = (
    "id, lead_id, person_id, community, group_id, state, operator, reasons, post_id, created_at, changed_at, due_at"
)
_EVENT = 'ticket_id, happened_at, "before", "after", actor, reason'


class RoutingRepository(CommunityRows, WaitingRows):
    """Routing, in one session; with the communities that the file names, and whoever waits for a seat."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk, self._seats = Bulk(session), SeatRepository(session)
        self._locked = "" if self._bulk.sqlite else "FOR NO KEY UPDATE SKIP LOCKED"

    def lock(self) -> None:
        """Let nobody else route or give seats away until this transaction ends (SQLite has one writer anyway).

        To be called before anything else is locked. Whoever has changed a group ends first: nothing is waited for
        while groups are locked, so that nobody can wait for each other.
        """
        if not self._bulk.sqlite:
            self._bulk.find("SELECT pg_advisory_xact_lock(:key)", key=_ROUTING)
            self._bulk.change("LOCK TABLE community_group IN SHARE ROW EXCLUSIVE MODE")

    def free_seats(self) -> dict[str, dict[Hashable, int]]:
        """Free seats by group and community, in the order in which groups fill up.

        A smaller capacity may make it a negative number; a closed group has none.
        """
        found: dict[str, dict[Hashable, int]] = {}
        for key, community, free in self._bulk.find(_SEATS):
            found.setdefault(community, {})[key] = free
        return found

    def operator_turns(self) -> dict[str, tuple[int, str, int]]:
        """(turn, day, given on that day) by operator."""
        return {name: (turn, day, given) for name, turn, day, given in self._bulk.find(_OPERATORS)}

    def community_turns(self) -> dict[str, int]:
        """When each community was last served, by count."""
        return dict(self._bulk.find("SELECT name, turn FROM community"))

    def due(self, now: datetime, *, limit: int) -> list[tuple[int, int, int | None, datetime, bool]]:
        """(lead, person, post, since when, suppressed) of leads to route: who asked first comes first.

        They and their persons are locked until the transaction ends; what somebody else has locked comes later.
        """
        rows = self._bulk.find(f"{_DUE} {limit} {self._locked}", now=self._bulk.stamp(now))
        return [(lead, person, post, known_moment(since), bool(no)) for lead, person, post, since, no in rows]

    def interests(self, persons: Sequence[int]) -> dict[int, Interests]:
        """What persons talk about: topics, places, intents of their comments, and topics of the posts they read."""
        found = {key: Interests(topic={}, place=set(), intent=set()) for key in persons}
        # one step after the other: a join of all four is planned badly where the database knows little of its tables
        accounts = dict(self._bulk.find(_ACCOUNTS, {"keys": persons}))
        comments = self._bulk.find(_COMMENTS, {"keys": list(accounts)})
        writers = {comment: (accounts[account], post) for comment, account, post in comments}
        readers: dict[int, set[int]] = {}
        for person, post in writers.values():
            if post is not None:
                readers.setdefault(post, set()).add(person)
        for key, kind, label in self._bulk.find(_SAID, {"keys": list(writers)}):
            person, post = writers[key]
            if kind == "topic":
                found[person]["topic"].setdefault(label, set()).add(post)
            elif kind == "place":
                found[person]["place"].add(label)
            elif kind == "intent":
                found[person]["intent"].add(label)
        for key, kind, label in self._bulk.find(_READ, {"keys": list(readers)}):
            for person in readers[key] if kind == "topic" else ():
                found[person]["topic"].setdefault(label, set()).add(key)
        return found

    def standing(self, persons: Sequence[int]) -> dict[int, list[tuple[str, str, datetime]]]:
        """(community, state, since when) of the tickets of persons, the oldest first; without any, none."""
        return standing_of(self._bulk, self._bulk.find(_STANDING, {"persons": persons}))

    def waiting(self, community: str, *, limit: int) -> list[int]:
        """Tickets with a seat, no operator and no live lease, who waits longest first; locked."""
        return [key for (key,) in self._bulk.find(f"{_WAITING} {limit} {self._locked}", community=community)]

    def keep_turns(self, operators: Mapping[str, tuple[int, str, int]], communities: Mapping[str, int]) -> None:
        """Keep whose turn it was: (turn, day, given) by operator, turn by community."""
        self._bulk.write(_TURNS, [(name, *values) for name, values in operators.items()])
        self._bulk.write("UPDATE community SET turn = ? WHERE name = ?", [(turn, n) for n, turn in communities.items()])

    def open_tickets(self, rows: Sequence[Row], *, actor: str, now: datetime) -> Sequence[int]:
        """New tickets with their first events and seats; ``reason`` is the event's. Gives their numbers.

        They are ready at once, by the database's clock, also where ours is ahead of it.
        """
        stamp, keys = self._bulk.stamp(now), self._bulk.new_ids("ticket", len(rows)) if rows else []
        ready = self._bulk.stamp(min(now, self._bulk.clock()))
        pairs = list(zip(keys, rows, strict=True))
        self._bulk.insert(
            "ticket",
            f"{_TICKET}, ready_at",
            [(key, *self._ticket(row), stamp, stamp, self._bulk.stamp(row["due_at"]), ready) for key, row in pairs],
        )
        self._bulk.insert(
            "ticket_event", _EVENT, [(key, stamp, None, row["state"], actor, row["reason"]) for key, row in pairs]
        )
        self._reserve([(key, row["group_id"]) for key, row in pairs if row["group_id"] is not None], stamp)
        return keys

    @staticmethod
    def _ticket(row: Row) -> tuple[Any, ...]:
        return (*(row[name] for name in _TICKET.split(", ")[1:7]), as_json(row["reasons"]), row["post_id"])

    def move_tickets(self, rows: Sequence[Row], *, actor: str, now: datetime) -> None:
        """Move tickets (``ticket before state operator group_id due_at reason``), each with its event.

        A group is that of a new seat, which is reserved; None leaves the ticket where it is. A row with ``community``
        and ``reasons`` brings its person to another community than before.
        """
        other = [(row["community"], as_json(row["reasons"]), row["ticket"]) for row in rows if "community" in row]
        self._bulk.write(_ELSEWHERE, other)
        stamp = self._bulk.stamp(now)
        names = ("state", "operator", "group_id")
        moved = [(*(row[n] for n in names), self._bulk.stamp(row["due_at"]), stamp, row["ticket"]) for row in rows]
        self._bulk.write(_MOVE, moved)
        events = [(row["ticket"], stamp, row["before"], row["state"], actor, row["reason"]) for row in rows]
        self._bulk.insert("ticket_event", _EVENT, events)
        self._reserve([(row["ticket"], row["group_id"]) for row in rows if row["group_id"] is not None], stamp)

    def _reserve(self, seats: Sequence[tuple[int, int]], stamp: str | None) -> None:
        """Lines of the ledger, and the counters; the groups are locked, so that the seats are there."""
        self._bulk.insert("seat", "ticket_id, group_id, reserved_at", [(*seat, stamp) for seat in seats])
        counted = Counter(group for _, group in seats)
        self._bulk.write(
            "UPDATE community_group SET taken = taken + ? WHERE id = ?", [(n, key) for key, n in counted.items()]
        )

    def settle(self, leads: Sequence[int], *, note: str | None = None) -> None:
        """Leads that route need not look at again; ``note``: why they have no ticket."""
        if leads:
            self._bulk.change(_SETTLE, {"leads": leads}, note=note)

    def postpone(self, leads: Mapping[int, datetime]) -> None:
        """Look at leads again from a time on."""
        later = [(self._bulk.stamp(moment), lead) for lead, moment in leads.items()]
        self._bulk.write("UPDATE lead SET route_at = ? WHERE id = ?", later)
