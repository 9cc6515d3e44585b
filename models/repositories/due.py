"""Tickets whose time has come: late ones, those that nobody moved, members of a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line

_FREE = "(leased_by IS NULL OR ready_at <= @clock)"
_ROW = "id, state, community, operator, lead_id, escalation, CASE WHEN late_at IS NULL THEN 0 ELSE 1 END"
_LATE = f"""
    SELECT {_ROW} FROM ticket @by_due
    WHERE state IN ('queued', 'assigned') AND parked_at IS NULL AND escalation < 3 AND due_at < :now AND {_FREE}
    ORDER BY due_at LIMIT :number @skip
"""  # noqa: S608 - our own words
_UNMOVED = f"""
    SELECT {_ROW} FROM ticket
    WHERE state = '{{state}}' AND changed_at <= :before AND parked_at IS NULL AND {_FREE}
    ORDER BY changed_at LIMIT :number @skip
"""  # noqa: S608
_WAIT = "UPDATE ticket SET due_at = :due, late_at = :now WHERE id = :ticket"
_ESCALATE = """
    UPDATE ticket SET operator = :operator, state = :state, due_at = :due, late_at = :now,
    escalation = :escalation, leased_by = NULL WHERE id = :ticket
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A ticket that something is due for; ``escalation``: how far it was passed on (2: to the lead).

    ``marked``: it was late before, since it was last given to somebody.
    """

    ticket: int
    state: str
    community: str
    operator: str | None
    lead_id: int
    escalation: int
    marked: int


class DueRepository:
    """What time does to tickets, in one session; nothing under a live lease is given, and all of it is locked."""

    def __init__(self, session: Session | Line) -> None:
        self._bulk = Bulk(session)

    def late(self, now: datetime, *, limit: int) -> Sequence[Due]:
        """Tickets that nobody worked on in time, until they were late three times; the latest first."""
        return self._found(_LATE, now=self._bulk.stamp(now), number=limit)

    def unmoved(self, state: str, *, before: datetime, limit: int) -> Sequence[Due]:
        """Tickets that are in a state since ``before`` or longer."""
        if not state.isidentifier():
            raise ValueError(f"no state: {state!r}")
        return self._found(_UNMOVED.replace("{state}", state), before=self._bulk.stamp(before), number=limit)

    def _found(self, statement: str, **values: Any) -> Sequence[Due]:
        rows = self._bulk.find(statement, **values)
        return [Due(*row) for row in rows]

    def wait(self, ticket: int, *, due_at: datetime, now: datetime) -> None:
        """Mark a ticket late that is to be passed on at ``due_at``, when somebody is there."""
        self._bulk.change(_WAIT, ticket=ticket, due=self._bulk.stamp(due_at), now=self._bulk.stamp(now))

    def pass_on(
        self, ticket: int, *, operator: str | None, state: str, escalation: int, due_at: datetime, now: datetime
    ) -> None:
        """Mark a ticket late, so far passed on; it is ``operator``'s from now on, with a new time to answer by."""
        whose: dict[str, Any] = {"operator": operator, "state": state, "escalation": escalation}
        self._bulk.change(_ESCALATE, ticket=ticket, due=self._bulk.stamp(due_at), now=self._bulk.stamp(now), **whose)
