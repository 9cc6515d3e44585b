"""What ``route`` reads and writes: communities as the file says, whoever waits, turns, and new tickets in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, as_json, moment_of

Row = dict[str, Any]

_ROUTING = 0x726F757465
"""The number of PostgreSQL's advisory lock on routing."""

_ASKED = "(SELECT coalesce(published_at, first_seen_at) FROM comment WHERE comment.id = lead.comment_id)"
_FORGET = f"""
    UPDATE lead SET route_note = NULL, route_at = CASE WHEN qualified THEN {_ASKED} END WHERE route_note IS NOT NULL
"""  # noqa: S608 - our own words
_COMMUNITIES = "SELECT name, title, hub, position, rules FROM community"
_KEEP_COMMUNITY = """
    INSERT INTO community (name, title, hub, position, rules) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name)
    DO UPDATE SET title = excluded.title, hub = excluded.hub, position = excluded.position, rules = excluded.rules
"""
_GROUPS = "SELECT community, name, title, capacity, position, closed FROM community_group"
_KEEP_GROUP = """
    INSERT INTO community_group (community, name, title, capacity, position, closed) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (community, name) DO UPDATE SET title = excluded.title, capacity = excluded.capacity,
    position = excluded.position, closed = excluded.closed
"""
_CLOSE = "UPDATE community_group SET closed = ? WHERE community = ? AND name = ?"
_KEEP_OPERATOR = "INSERT INTO operator (name, turn, day, given) VALUES (?, 0, '', 0) ON CONFLICT (name) DO NOTHING"
_SEATS = "SELECT id, community, CASE WHEN closed THEN 0 ELSE capacity - taken END FROM community_group"
_OPERATORS = "SELECT name, turn, day, given FROM operator ORDER BY name"
_DUE = """
    SELECT lead.id, lead.person_id, lead.post_id, lead.route_at, person.suppressed_at IS NOT NULL FROM lead
    JOIN person ON person.id = lead.person_id
    WHERE lead.route_at IS NOT NULL AND lead.route_at <= :now AND lead.qualified
    ORDER BY lead.route_at, lead.id LIMIT
"""
_SAID = """
    SELECT DISTINCT identity.person_id, tag.kind, tag.label FROM identity
    JOIN comment ON comment.account_id = identity.account_id JOIN tag ON tag.comment_id = comment.id
    WHERE identity.person_id{persons} AND tag.kind IN ('topic', 'place', 'intent')
"""
_READ = """
    SELECT DISTINCT identity.person_id, tag.kind, tag.label FROM identity
    JOIN comment ON comment.account_id = identity.account_id JOIN tag ON tag.post_id = comment.post_id
    WHERE identity.person_id{persons} AND tag.kind = 'topic'
"""
_STANDING = "SELECT person_id, community, state, changed_at FROM ticket WHERE person_id{persons} ORDER BY id"
_BLOCKED = "SELECT id FROM ticket WHERE state = 'blocked_full' AND community = :community ORDER BY id LIMIT"
_WAITING = """
    SELECT id FROM ticket WHERE state = 'queued' AND parked_at IS NULL AND community = :community
    ORDER BY ready_at, id LIMIT
"""
_TURNS = """
    INSERT INTO operator (name, turn, day, given) VALUES (?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET turn = excluded.turn, day = excluded.day, given = excluded.given
"""
_MOVE = """
    UPDATE ticket SET state = ?, operator = ?, group_id = coalesce(?, group_id), due_at = ?, changed_at = ?,
    ready_at = ?, late_at = NULL WHERE id = ?
"""
_TICKET = (
    "id, lead_id, person_id, community, group_id, state, operator, reasons, post_id, created_at, changed_at, due_at"
)
_EVENT = 'ticket_id, happened_at, "before", "after", actor, reason'


class RoutingRepository:
    """Routing, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bulk = Bulk(session)

    def lock(self) -> None:
        """Let nobody else route until this transaction ends (SQLite has one writer at a time anyway)."""
        if not self._bulk.sqlite:
            self._bulk.find("SELECT pg_advisory_xact_lock(:key)", key=_ROUTING)

    def keep_communities(self, communities: Sequence[Row], groups: Sequence[Row], operators: Iterable[str]) -> bool:
        """Make communities, groups and operators be as ``communities.yaml`` says; True where rules changed.

        Nothing is deleted: a group that is not named any more is closed. What is as it was is not written.
        """
        rows = [tuple(row[name] for name in ("name", "title", "hub", "position", "rules")) for row in communities]
        known = {row[0]: row for row in self._bulk.find(_COMMUNITIES)}
        changed = [row for row in rows if known.get(row[0]) != row]
        self._bulk.write(_KEEP_COMMUNITY, changed)
        self._keep_groups(groups)
        self._bulk.write(_KEEP_OPERATOR, [(name,) for name in operators if name not in self._operators()])
        return any(row[0] not in known or known[row[0]][4] != row[4] for row in changed)

    def _keep_groups(self, groups: Sequence[Row]) -> None:
        columns = ("community", "name", "title", "capacity", "position", "closed")
        rows = [tuple(row[name] for name in columns) for row in groups]
        known = {row[:2]: (*row[:5], bool(row[5])) for row in self._bulk.find(_GROUPS)}
        self._bulk.write(_KEEP_GROUP, [row for row in rows if known.get(row[:2]) != row])
        named = {row[:2] for row in rows}
        gone = [key for key, row in known.items() if key not in named and not row[5]]
        self._bulk.write(_CLOSE, [(True, *key) for key in gone])

    def _operators(self) -> set[str]:
        return {name for (name,) in self._bulk.find("SELECT name FROM operator")}

    def forget_notes(self) -> None:
        """Let leads that no community took be looked at again: the communities have changed."""
        self._bulk.change(_FORGET)

    def free_seats(self, *, lock: bool = True) -> dict[str, dict[Hashable, int]]:
        """Free seats by group and community, in the order in which groups fill up; locked until the transaction ends.

        A smaller capacity may make it a negative number; a closed group has none.
        """
        found: dict[str, dict[Hashable, int]] = {}
        for key, community, free in self._bulk.find(
            f"{_SEATS} ORDER BY community, position, id {self._locked(lock)}"  # our own words
        ):
            found.setdefault(community, {})[key] = free
        return found

    def operator_turns(self, *, lock: bool = True) -> dict[str, tuple[int, str, int]]:
        """(turn, day, given on that day) by operator."""
        rows = self._bulk.find(f"{_OPERATORS} {self._locked(lock)}")
        return {name: (turn, day, given) for name, turn, day, given in rows}

    def community_turns(self) -> dict[str, int]:
        """When each community was last served, by count."""
        return dict(self._bulk.find("SELECT name, turn FROM community"))

    def _locked(self, lock: bool = True, *, skip: bool = False, of: str = "") -> str:
        if self._bulk.sqlite or not lock:
            return ""
        return f"FOR NO KEY UPDATE {of} {'SKIP LOCKED' if skip else ''}"

    def due(self, now: datetime, *, limit: int) -> list[tuple[int, int, int | None, datetime, bool]]:
        """(lead, person, post, since when, suppressed) of leads to route: who asked first comes first.

        They and their persons are locked until the transaction ends; what somebody else has locked comes later.
        """
        query = f"{_DUE} {limit} {self._locked(skip=True, of='OF lead, person')}"
        rows = self._bulk.find(query, now=self._bulk.stamp(now))
        return [(lead, person, post, _known(since), bool(no)) for lead, person, post, since, no in rows]

    def interests(self, persons: Sequence[int]) -> dict[int, dict[str, set[str]]]:
        """What persons talk about: topics, places, intents of their comments, and topics of the posts they read."""
        found: dict[int, dict[str, set[str]]] = {
            key: {"topic": set(), "place": set(), "intent": set()} for key in persons
        }
        for query in (_SAID, _READ):
            for person, kind, label in self._bulk.find(query, {"persons": persons}):
                found[person][kind].add(label)
        return found

    def standing(self, persons: Sequence[int]) -> dict[int, list[tuple[str, str, datetime]]]:
        """(community, state, since when) of the tickets of persons, the oldest first; without any, none."""
        found: dict[int, list[tuple[str, str, datetime]]] = {}
        for person, community, state, changed in self._bulk.find(_STANDING, {"persons": persons}):
            found.setdefault(person, []).append((community, state, _known(changed)))
        return found

    def blocked(self, community: str, *, limit: int) -> list[int]:
        """Tickets that wait for a seat of a community, first come first; locked."""
        rows = self._bulk.find(f"{_BLOCKED} {int(limit)} {self._locked()}", community=community)
        return [key for (key,) in rows]

    def has_blocked(self, community: str) -> bool:
        """Whether somebody waits for a seat of a community."""
        return bool(self._bulk.find(f"{_BLOCKED} 1", community=community))

    def waiting(self, community: str, *, limit: int) -> list[int]:
        """Tickets with a seat and without an operator, who waits longest first; locked."""
        rows = self._bulk.find(f"{_WAITING} {int(limit)} {self._locked(skip=True)}", community=community)
        return [key for (key,) in rows]

    def keep_turns(self, operators: Mapping[str, tuple[int, str, int]], communities: Mapping[str, int]) -> None:
        """Keep whose turn it was: (turn, day, given) by operator, turn by community."""
        self._bulk.write(_TURNS, [(name, *values) for name, values in operators.items()])
        self._bulk.write("UPDATE community SET turn = ? WHERE name = ?", [(turn, n) for n, turn in communities.items()])

    def open_tickets(self, rows: Sequence[Row], *, actor: str, now: datetime) -> Sequence[int]:
        """New tickets with their first events and seats; ``reason`` is the event's. Gives their numbers."""
        stamp, keys = self._bulk.stamp(now), self._bulk.new_ids("ticket", len(rows)) if rows else []
        pairs = list(zip(keys, rows, strict=True))
        columns = f"{_TICKET}, ready_at"
        self._bulk.insert(
            "ticket",
            columns,
            [(key, *self._ticket(row), stamp, stamp, self._bulk.stamp(row["due_at"]), stamp) for key, row in pairs],
        )
        self._bulk.insert(
            "ticket_event", _EVENT, [(key, stamp, None, row["state"], actor, row["reason"]) for key, row in pairs]
        )
        self._reserve([(key, row["group_id"]) for key, row in pairs if row["group_id"] is not None], stamp)
        return keys

    @staticmethod
    def _ticket(row: Row) -> tuple[Any, ...]:
        names = ("lead_id", "person_id", "community", "group_id", "state", "operator")
        return (*(row[name] for name in names), as_json(row["reasons"]), row["post_id"])

    def move_tickets(self, rows: Sequence[Row], *, actor: str, now: datetime) -> None:
        """Move tickets (``ticket before state operator group_id due_at reason``), each with its event.

        A group is that of a new seat, which is reserved; None leaves the ticket where it is.
        """
        stamp = self._bulk.stamp(now)
        names = ("state", "operator", "group_id")
        moved = [
            (*(row[n] for n in names), self._bulk.stamp(row["due_at"]), stamp, stamp, row["ticket"]) for row in rows
        ]
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
            query = "UPDATE lead SET route_at = NULL, route_note = :note WHERE id{leads}"
            self._bulk.change(query, {"leads": leads}, note=note)

    def postpone(self, leads: Mapping[int, datetime]) -> None:
        """Look at leads again from a time on."""
        rows = [(self._bulk.stamp(moment), lead) for lead, moment in leads.items()]
        self._bulk.write("UPDATE lead SET route_at = ? WHERE id = ?", rows)


def _known(value: Any) -> datetime:
    found = moment_of(value)
    assert found is not None
    return found
