"""What a simulation reads: who qualified since a moment, and how seats and people stood then. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line, known_moment
from models.repositories.waiting import STANDING, standing_of

_QUALIFIED = """
    SELECT lead.id, lead.person_id, person.name, lead.qualified_at FROM lead
    JOIN person ON person.id = lead.person_id JOIN comment ON comment.id = lead.comment_id
    WHERE lead.qualified AND lead.qualified_at >= :since AND person.suppressed_at IS NULL
    ORDER BY lead.qualified_at, coalesce(comment.published_at, comment.first_seen_at), lead.id
"""
_TAKEN = """
    SELECT community_group.community, community_group.name, count(*) FROM seat
    JOIN community_group ON community_group.id = seat.group_id
    WHERE seat.reserved_at < :moment AND (seat.released_at IS NULL OR seat.released_at >= :moment)
    GROUP BY community_group.community, community_group.name
"""
_STANDING = f"""
    SELECT {STANDING} FROM ticket WHERE person_id{{persons}} AND created_at < :moment ORDER BY id
"""  # noqa: S608 - our own words
_WAITING = """
    SELECT ticket.lead_id, ticket.person_id, person.name, ticket.community FROM ticket
    JOIN person ON person.id = ticket.person_id
    WHERE ticket.created_at < :moment AND (ticket.state = 'blocked_full' OR ticket.changed_at >= :moment)
    AND person.suppressed_at IS NULL AND (SELECT "after" FROM ticket_event WHERE ticket_id = ticket.id
    AND happened_at < :moment ORDER BY id DESC LIMIT 1) = 'blocked_full' ORDER BY ticket.id
"""


class ReplayRepository:
    """The past as a simulation needs it, in one session."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def qualified_since(self, since: datetime) -> list[tuple[int, int, str | None, datetime]]:
        """(lead, person, name, when) of those who qualified from a moment on, in order; not the suppressed ones."""
        rows = self._bulk.find(_QUALIFIED, since=self._bulk.stamp(since))
        return [(lead, person, name, known_moment(at)) for lead, person, name, at in rows]

    def taken_before(self, moment: datetime) -> dict[tuple[str, str], int]:
        """Seats that were held at a moment, by community and group; groups without any are left out."""
        rows = self._bulk.find(_TAKEN, moment=self._bulk.stamp(moment))
        return {(community, group): taken for community, group, taken in rows}

    def waiting_before(self, moment: datetime) -> list[tuple[int, int, str | None, str]]:
        """(lead, person, name, community) of those who waited for a seat at a moment, first come first."""
        return [tuple(row) for row in self._bulk.find(_WAITING, moment=self._bulk.stamp(moment))]

    def standing_before(self, persons: Sequence[int], moment: datetime) -> dict[int, list[tuple[str, str, datetime]]]:
        """(community, state, since when) of the tickets that persons had before a moment, as they stand now."""
        rows = self._bulk.find(_STANDING, {"persons": persons}, moment=self._bulk.stamp(moment))
        return standing_of(self._bulk, rows)
