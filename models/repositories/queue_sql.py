"""The queue's statements: states are written out, so that the partial indexes serve them.

What begins with ``@`` is said by each database in its own words (:mod:`models.repositories.dialects`).
"""

from __future__ import annotations

from models.onboarding import ALIVE_STATES, OPEN_STATES, among
from models.repositories.sends_sql import SENDING


def limited(statement: str, number: int) -> str:
    """A statement for so many rows at most, written out.

    PostgreSQL guesses a tenth of all that wait for a number it is not told, and then plans every claim anew.
    """
    return statement.replace("@number", str(int(number)))


_ROW = "id, lease_token, state, community, group_id, person_id, lead_id, attempts, ready_at"
_LEASED = "leased_by = :actor, lease_token = lease_token + 1, ready_at = @later"
_MINE = f"{_LEASED}, state = 'assigned', operator = :actor, changed_at = @clock"
_LIVE = "id = :ticket AND leased_by = :actor AND lease_token = :token AND ready_at > @clock"
_READY = "state = 'assigned' AND parked_at IS NULL AND operator = "
_WAITING = "state = 'queued' AND parked_at IS NULL AND community = "
_FIRST = f"AND ready_at <= @once AND NOT EXISTS ({SENDING}) ORDER BY ready_at, id LIMIT @number @skip"
"""Who may have been invited already is looked up at the hub first, not invited by hand."""


def _take(change: str, where: str) -> str:
    chosen = f"SELECT id FROM ticket WHERE {where}:name {_FIRST}"  # noqa: S608 - our own words
    return f"UPDATE ticket SET {change} WHERE id@some({chosen}@end RETURNING {_ROW}"  # noqa: S608 - our own words


TAKE_READY = _take(_LEASED, _READY)
"""Lease what is assigned to somebody."""
TAKE_WAITING = _take(_MINE, _WAITING)
"""Lease what is queued in a community, and make it the actor's."""
WAITING_SINCE = f"""
    SELECT each.name, (SELECT min(ready_at) FROM ticket WHERE {_WAITING}each.name AND ready_at <= @once)
    FROM (@each) AS each
"""  # noqa: S608 - our own words
"""Since when the first queued ticket of each community is ready; NULL without any."""

CAN_TAKE = f"""
    SELECT state FROM ticket WHERE id = :ticket AND {among(ALIVE_STATES)}
    AND (leased_by IS NULL OR leased_by = :actor OR ready_at <= @clock) @lock
"""  # noqa: S608 - our own words
"""The state of a ticket that somebody may lease."""
HOLD_ONE = f"UPDATE ticket SET {_LEASED} WHERE id = :ticket RETURNING {_ROW}"  # noqa: S608 - our own words
TAKE_ONE = f"UPDATE ticket SET {_MINE} WHERE id = :ticket RETURNING {_ROW}"  # noqa: S608 - our own words

HOLDS = f"SELECT state FROM ticket WHERE {_LIVE} @lock"  # noqa: S608 - our own words
BEAT = f"UPDATE ticket SET ready_at = @later WHERE {_LIVE} RETURNING ready_at"  # noqa: S608 - our own words
RELEASE = """
    UPDATE ticket SET leased_by = NULL, ready_at = @later, attempts = attempts + :counted WHERE id = :ticket
"""
REQUEUE = """
    UPDATE ticket SET leased_by = NULL, ready_at = @later, attempts = attempts + :counted, state = 'queued',
    operator = NULL, changed_at = @clock WHERE id = :ticket
"""
PARK = "UPDATE ticket SET leased_by = NULL, parked_at = @clock, parked_reason = :reason WHERE id = :ticket"
PARKED = f"""
    SELECT state FROM ticket WHERE id = :ticket AND parked_at IS NOT NULL AND {among(OPEN_STATES)} @lock
"""  # noqa: S608 - our own words
UNPARK = """
    UPDATE ticket SET leased_by = NULL, parked_at = NULL, parked_reason = NULL, attempts = 0, ready_at = @clock
    WHERE id = :ticket
"""
ADVANCE = """
    UPDATE ticket SET state = :state, changed_at = :now, ready_at = @clock, leased_by = NULL, attempts = 0,
    parked_at = NULL, parked_reason = NULL WHERE id = :ticket
"""
_LEAD = "id = (SELECT lead_id FROM ticket WHERE id = :ticket)"
LOOK_AGAIN = f"UPDATE lead SET route_at = :moment WHERE {_LEAD} AND qualified"  # noqa: S608 - our own words
LOOK_NO_MORE = f"UPDATE lead SET route_at = NULL WHERE {_LEAD} AND route_at IS NOT NULL"  # noqa: S608 - our own words
UNCONFIRM = "UPDATE seat SET confirmed_at = NULL WHERE ticket_id = :ticket AND released_at IS NULL"
GIVE = "UPDATE ticket SET operator = :operator, due_at = :due, late_at = NULL, escalation = 0 WHERE id = :ticket"

_EVENT = 'INSERT INTO ticket_event (ticket_id, "before", "after", actor, reason, token, happened_at)'
EVENT = f"{_EVENT} VALUES (?, ?, ?, ?, ?, ?, ?)"
_MOVED = "SELECT id, state, :state, :actor, :reason, lease_token, :now FROM ticket"
EVENT_HELD = f"{_EVENT} {_MOVED} WHERE {_LIVE} @lock"
"""The event of a move under a live lease, with the ticket locked; nothing where the lease is over."""
EVENT_NOW = f"{_EVENT} VALUES (?, ?, ?, ?, ?, ?, @clock)"
