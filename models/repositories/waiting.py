"""Tickets that wait for a seat: whose turn it is, where else they could go, and who waits in vain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product, takewhile
from typing import Any

from models.repositories.bulk import Bulk, as_json, moment_of
from models.repositories.communities import ASKED
from models.repositories.seats import SeatRepository
from models.repositories.sends_sql import SENDING

GONE = "community_gone"
"""Why a ticket that waits for a seat or for an operator ends whose community the file does not name any more."""
STANDING = "id, person_id, community, state, changed_at, group_id IS NULL"
"""The columns from which :func:`standing_of` reads how persons stand."""
_LAST = "SELECT max(last.id) FROM ticket_event AS last WHERE last.ticket_id = ticket_event.ticket_id"
_IN_VAIN = f"""
    SELECT ticket_id FROM ticket_event WHERE ticket_id{{keys}} AND reason IN ('{GONE}', 'merged') AND id = ({_LAST})
"""  # noqa: S608 - our own words
_MISTAKEN = """
    SELECT ticket.id FROM ticket JOIN identity ON identity.person_id = ticket.person_id
    JOIN withdrawal ON withdrawal.account_id = identity.account_id
    WHERE ticket.id{keys} AND withdrawal.happened_at >= ticket.changed_at
"""
_BLOCKED = "SELECT id FROM ticket WHERE state = 'blocked_full' AND community = :community ORDER BY id LIMIT"
_COUNT_BLOCKED = "SELECT count(*) FROM ticket WHERE state = 'blocked_full' AND community = :community"
_STILL_BLOCKED = "SELECT id FROM ticket WHERE id{keys} AND state = 'blocked_full'"
_FREE_TO_MOVE = "parked_at IS NULL AND (leased_by IS NULL OR ready_at <= @clock)"
_OTHERS = f"""
    SELECT id, person_id FROM ticket WHERE state = 'blocked_full' AND community = :community AND id > :after
    AND {_FREE_TO_MOVE} AND {{mark}} ORDER BY id LIMIT {{limit}}
"""  # noqa: S608
_GONE = f"""
    SELECT ticket.id, ticket.lead_id, ticket.state FROM ticket JOIN lead ON lead.id = ticket.lead_id
    WHERE ticket.state = '{{state}}' AND ticket.community = :community AND {_FREE_TO_MOVE} AND NOT EXISTS ({SENDING})
    ORDER BY ticket.id LIMIT {{limit}}
"""  # noqa: S608
_END = """
    UPDATE ticket SET state = 'expired', changed_at = :now, leased_by = NULL, lease_token = lease_token + 1,
    group_id = NULL WHERE id{keys}
"""
_ANEW = f"UPDATE lead SET route_at = {ASKED}, route_note = NULL WHERE id{{leads}} AND qualified"  # noqa: S608
_EVENT = 'ticket_id, happened_at, "before", "after", actor, reason'


def standing_of(bulk: Bulk, rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[str, str, datetime]]]:
    """(community, state, since when) of tickets by person, in the order of the rows (:data:`STANDING`).

    Who waited in vain for a community that is gone, or whose second ticket ended when two persons became one, has
    nothing to rest from, nor has whose opt-out was taken back: that ticket is left out.
    """
    doubtful = [key for key, *_, state, _, without in rows if state == "lost" or (state == "expired" and without)]
    in_vain = {key for (key,) in bulk.find(_IN_VAIN, {"keys": doubtful})} if doubtful else set()
    opted_out = [key for key, *_, state, _, _ in rows if state == "opted_out"]
    in_vain |= {key for (key,) in bulk.find(_MISTAKEN, {"keys": opted_out})} if opted_out else set()
    found: dict[int, list[tuple[str, str, datetime]]] = {}
    for key, person, community, state, changed, _ in rows:
        since = moment_of(changed)
        if key not in in_vain and since is not None:
            found.setdefault(person, []).append((community, state, since))
    return found


class WaitingRows:
    """Who waits, in one session."""

    _bulk: Bulk
    _seats: SeatRepository
    _locked: str

    def blocked(self, community: str, *, limit: int) -> list[int]:
        """Tickets that wait for a seat of a community, first come first; locked.

        It ends before one that somebody else has locked: nobody is passed over.
        """
        first = [key for (key,) in self._bulk.find(f"{_BLOCKED} {int(limit)}", community=community)]
        free = {key for (key,) in self._bulk.find(f"{_STILL_BLOCKED} {self._locked}", {"keys": first})}
        return list(takewhile(lambda key: key in free, first))

    def has_blocked(self, community: str) -> bool:
        """Whether somebody waits for a seat of a community."""
        return bool(self._bulk.find(f"{_BLOCKED} 1", community=community))

    def count_blocked(self, community: str) -> int:
        """How many wait for a seat of a community."""
        return int(self._bulk.find(_COUNT_BLOCKED, community=community)[0][0])

    def others(self, community: str, *, free: Sequence[str] | None, after: int, limit: int) -> list[tuple[int, int]]:
        """(ticket, person) of those who wait for a community and nobody works on, first come first; locked.

        ``free``: only those who were told that one of these communities suits them too, and is full (None: all);
        ``after``: with a higher number than this.
        """
        marks = {f"full_{'x' * (place + 1)}": f'%"full:{name}"%' for place, name in enumerate(free or ())}
        told = " OR ".join(f"CAST(reasons AS TEXT) LIKE :{mark}" for mark in marks)
        query = _OTHERS.format(mark=f"({told})" if told else "1 = 1", limit=int(limit))
        values: dict[str, Any] = {"community": community, "after": after, **marks}
        return [(ticket, person) for ticket, person in self._bulk.find(f"{query} {self._locked}", **values)]

    def explain(self, reasons: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Why tickets wait where they do, as of now: (ticket, reasons)."""
        self._bulk.write("UPDATE ticket SET reasons = ? WHERE id = ?", [(as_json(list(r)), key) for key, r in reasons])

    def waited_in_vain(self, communities: Sequence[str], *, actor: str, now: datetime, limit: int) -> int:
        """End the tickets that wait in all communities but these, and let their leads be routed anew; how many.

        Nobody is touched who has an operator, or whom somebody works on, or who may have been invited.
        """
        known = [name for (name,) in self._bulk.find("SELECT name FROM community ORDER BY position, name")]
        ended = 0
        for name, state in product(known, ("blocked_full", "queued")):
            if name not in communities and ended < limit:
                query = f"{_GONE.format(state=state, limit=limit - ended)} {self._locked}"
                ended += self._end_gone(self._bulk.find(query, community=name), actor=actor, now=now)
        return ended

    def _end_gone(self, rows: Sequence[tuple[int, int, str]], *, actor: str, now: datetime) -> int:
        stamp, tickets = self._bulk.stamp(now), [key for key, *_ in rows]
        if rows:
            self._bulk.change(_END, {"keys": tickets}, now=stamp)
            self._seats.release_all(tickets, now=now)
            self._bulk.change(_ANEW, {"leads": [lead for _, lead, _ in rows]}, now=stamp)
            events = [(key, stamp, state, "expired", actor, GONE) for key, _, state in rows]
            self._bulk.insert("ticket_event", _EVENT, events)
        return len(rows)
