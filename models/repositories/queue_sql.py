"""The queue's statements, for both databases: states are written out, so that the partial indexes serve them.

``@clock`` is the database's time, ``@once`` the same as one value an index can be searched by, ``@later`` that many
``:seconds`` after it, ``@skip`` what locks rows and passes by those that another has locked.
"""

from __future__ import annotations

from functools import lru_cache

_SQLITE = {
    "@clock": "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
    "@once": "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
    "@later": "(strftime('%Y-%m-%d %H:%M:%f', 'now', :seconds || ' seconds') || '000')",
    "@skip": "",
    "@lock": "",
    "@by_due": "INDEXED BY ix_ticket_due",
    "@each": "SELECT value AS name FROM json_each(:names)",
    "@some(": " IN (",
    "@end": ")",
}
# a volatile function cannot be searched by, a sub-select can; = ANY(ARRAY(…)) keeps to the index in a generic plan
_POSTGRES = {
    "@clock": "clock_timestamp()",
    "@once": "(SELECT clock_timestamp())",
    "@later": "(clock_timestamp() + make_interval(secs => :seconds))",
    "@skip": "FOR UPDATE SKIP LOCKED",
    "@lock": "FOR UPDATE",
    "@by_due": "",
    "@each": "SELECT unnest(:names::text[]) AS name",
    "@some(": " = ANY(ARRAY(",
    "@end": "))",
}

CLOCK = "SELECT @clock"
_ROW = "id, lease_token, state, community, group_id, person_id, lead_id, attempts, ready_at"
_LEASED = "leased_by = :actor, lease_token = lease_token + 1, ready_at = @later"
_MINE = f"{_LEASED}, state = 'assigned', operator = :actor, changed_at = @clock"
_LIVE = "id = :ticket AND leased_by = :actor AND lease_token = :token AND ready_at > @clock"
_READY = "state = 'assigned' AND parked_at IS NULL AND operator = "
_WAITING = "state = 'queued' AND parked_at IS NULL AND community = "
_FIRST = "AND ready_at <= @once ORDER BY ready_at, id LIMIT :number @skip"


def _take(change: str, where: str) -> str:
    chosen = f"SELECT id FROM ticket WHERE {where}:name {_FIRST}"  # noqa: S608 - our own words
    return f"UPDATE ticket SET {change} WHERE id@some({chosen}@end RETURNING {_ROW}"  # noqa: S608 - our own words


def _since(where: str) -> str:
    oldest = f"SELECT min(ready_at) FROM ticket WHERE {where}each.name AND ready_at <= @once"  # noqa: S608 - our own words
    return f"SELECT each.name, ({oldest}) FROM (@each) AS each"  # noqa: S608 - our own words


TAKE_READY = _take(_LEASED, _READY)
"""Lease what is assigned to somebody."""
TAKE_WAITING = _take(_MINE, _WAITING)
"""Lease what is queued in a community, and make it the actor's."""
HOLD_WAITING = _take(_LEASED, _WAITING)
"""Lease what is queued in a community; it stays queued."""
READY_SINCE = _since(_READY)
"""Since when the first ticket of each operator is ready; NULL without any."""
WAITING_SINCE = _since(_WAITING)
"""The same of communities."""

CAN_TAKE = """
    SELECT state FROM ticket WHERE id = :ticket AND state IN ('queued', 'assigned', 'invited', 'added', 'joined',
    'retained', 'blocked_full') AND (leased_by IS NULL OR leased_by = :actor OR ready_at <= @clock) @lock
"""
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
PARKED = "SELECT state FROM ticket WHERE id = :ticket AND parked_at IS NOT NULL @lock"
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
GIVE = "UPDATE ticket SET operator = :operator, due_at = :due, late_at = NULL, escalation = 0 WHERE id = :ticket"

_EVENT = 'INSERT INTO ticket_event (ticket_id, "before", "after", actor, reason, token, happened_at)'
EVENT = f"{_EVENT} VALUES (?, ?, ?, ?, ?, ?, ?)"
_MOVED = "SELECT id, state, :state, :actor, :reason, lease_token, :now FROM ticket"
EVENT_HELD = f"{_EVENT} {_MOVED} WHERE {_LIVE} @lock"
"""The event of a move under a live lease, with the ticket locked; nothing where the lease is over."""
EVENT_NOW = f"{_EVENT} VALUES (?, ?, ?, ?, ?, ?, @clock)"


@lru_cache(maxsize=128)
def spoken(statement: str, sqlite: bool) -> str:
    """A statement in the words of one of the databases."""
    for mark, words in (_SQLITE if sqlite else _POSTGRES).items():
        statement = statement.replace(mark, words)
    return statement
