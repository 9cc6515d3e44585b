"""The onboarding queue's leases: who works on which ticket until when, fenced by a token that only grows.

The clock is the database's own. A worker whose lease ended, or was given to somebody else, changes no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.repositories import queue_sql as sql
from models.repositories.bulk import Bulk, Line, known_moment
from models.repositories.seats import SeatRepository

COOLING_OFF = timedelta(days=30)
"""How long somebody whose ticket ended is left in peace, unless ``communities.yaml`` says otherwise."""

_RELEASING = ("left", "lost", "expired", "opted_out")
_COOLING = ("left", "lost", "expired")
_BEGINNINGS = ("queued", "assigned", "blocked_full")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A ticket under a lease: the token to change it with, what it is, and until when the lease is live."""

    ticket: int
    token: int
    state: str
    community: str
    group_id: int | None
    person_id: int
    lead_id: int
    attempts: int
    until: datetime


class QueueRepository:
    """Leases on tickets, in one session; every change notes an event."""

    def __init__(self, session: Session | Line) -> None:
        self._session = session
        self._bulk = Bulk(session)

    @property
    def _seats(self) -> SeatRepository:
        return SeatRepository(self._session)

    def claim(self, *, actor: str, communities: Sequence[str], limit: int = 1, lease: timedelta) -> list[Claimed]:
        """Lease up to ``limit`` tickets that are ready: those assigned to the actor, then queued ones.

        A queued one becomes the actor's. Of several communities the one whose ticket is ready longest comes first.
        """
        found = self._take(sql.TAKE_READY, actor, before="assigned", actor=actor, limit=limit, lease=lease)
        for name in self._oldest_first(communities) if len(found) < limit else ():
            if len(found) < limit:
                left = limit - len(found)
                found += self._take(sql.TAKE_WAITING, name, before="queued", actor=actor, limit=left, lease=lease)
        return found

    def _take(
        self, statement: str, name: str, *, before: str, actor: str, limit: int, lease: timedelta
    ) -> list[Claimed]:
        rows = self._bulk.find(sql.limited(statement, limit), name=name, actor=actor, seconds=lease.total_seconds())
        return self._claimed(rows, before=before, actor=actor)

    def _oldest_first(self, communities: Sequence[str]) -> Sequence[str]:
        """Those in which somebody waits, by since when; a single one is not asked."""
        if len(communities) <= 1:
            return communities
        rows = self._bulk.find(sql.WAITING_SINCE, {"names": list(dict.fromkeys(communities))})
        return [name for _, name in sorted((str(moment), name) for name, moment in rows if moment is not None)]

    def claim_one(
        self, ticket: int, *, actor: str, lease: timedelta, take: bool = True, noted: bool = True
    ) -> Claimed | None:
        """Lease this ticket, whatever it waits for; None where it is ended or another's lease is live.

        A queued one becomes the actor's, unless ``take`` is False. One's own lease is renewed with a new token.
        ``noted`` False: without an event, where the step that needs the lease follows in the same transaction.
        """
        states = self._bulk.find(sql.CAN_TAKE, ticket=ticket, actor=actor)
        if not states:
            return None
        before = states[0][0]
        statement = sql.TAKE_ONE if take and before == "queued" else sql.HOLD_ONE
        rows = self._bulk.find(statement, ticket=ticket, actor=actor, seconds=lease.total_seconds())
        return self._claimed(rows, before=before, actor=actor, noted=noted)[0]

    def _claimed(
        self, rows: Sequence[tuple[Any, ...]], *, before: str, actor: str, noted: bool = True
    ) -> list[Claimed]:
        found = sorted((_claimed(row) for row in rows), key=lambda one: one.ticket)
        if noted:
            self._note_now([(one.ticket, before, one.state, actor, "claimed", one.token) for one in found])
        return found

    def holds(self, ticket: int, *, token: int, actor: str) -> bool:
        """True where this lease is live; the ticket is then locked until the transaction ends."""
        return self._locked(ticket, token=token, actor=actor) is not None

    def heartbeat(self, ticket: int, *, token: int, actor: str, lease: timedelta) -> datetime | None:
        """Let a live lease last ``lease`` from now; until when, None where it is over."""
        rows = self._bulk.find(sql.BEAT, ticket=ticket, token=token, actor=actor, seconds=lease.total_seconds())
        return known_moment(rows[0][0]) if rows else None

    def release(
        self,
        ticket: int,
        *,
        token: int,
        actor: str,
        reason: str,
        delay: timedelta,
        counted: bool = True,
        anybody: bool = False,
    ) -> bool:
        """Give a ticket back, to be claimed again after ``delay``; False where the lease is over.

        ``counted``: it was an attempt. ``anybody``: an assigned one is queued again for everybody of the community.
        """
        before = self._locked(ticket, token=token, actor=actor)
        if before is None:
            return False
        again = anybody and before == "assigned"
        statement = sql.REQUEUE if again else sql.RELEASE
        self._bulk.change(statement, ticket=ticket, seconds=delay.total_seconds(), counted=int(counted))
        self._note_now([(ticket, before, "queued" if again else before, actor, reason, token)])
        return True

    def park(self, ticket: int, *, token: int, actor: str, reason: str) -> bool:
        """Put a ticket aside until a person decides; False where the lease is over."""
        before = self._locked(ticket, token=token, actor=actor)
        if before is None:
            return False
        self._bulk.change(sql.PARK, ticket=ticket, reason=reason)
        self._note_now([(ticket, before, before, actor, reason, token)])
        return True

    def unpark(self, ticket: int, *, actor: str, reason: str) -> bool:
        """Let a parked ticket be claimed again, with all its attempts; False where it is not parked."""
        found = self._bulk.find(sql.PARKED, ticket=ticket)
        if not found:
            return False
        self._bulk.change(sql.UNPARK, ticket=ticket)
        self._note_now([(ticket, found[0][0], found[0][0], actor, reason, None)])
        return True

    def advance(
        self,
        ticket: int,
        *,
        token: int,
        actor: str,
        state: str,
        reason: str,
        now: datetime,
        cooling_off: timedelta = COOLING_OFF,
    ) -> bool:
        """Put a ticket into a state, which ends the lease; False where the lease is over, and nothing is changed.

        ``joined`` confirms its seat, an exit releases it. The lead is looked at again when its time has come: at once
        when retained, after ``cooling_off`` when the ticket was lost, left or expired.
        """
        when = self._bulk.stamp(now)
        moved = {"actor": actor, "state": state, "reason": reason, "now": when}
        if self._bulk.change(sql.EVENT_HELD, None, ticket=ticket, token=token, **moved) != 1:
            return False
        self._put(ticket, state=state, now=now, when=when, cooling_off=cooling_off)
        return True

    def put(
        self,
        ticket: int,
        *,
        before: str,
        state: str,
        actor: str,
        reason: str,
        now: datetime,
        cooling_off: timedelta = COOLING_OFF,
    ) -> None:
        """Move a ticket that this transaction has locked, and that nobody holds a live lease on but who moves it."""
        self.note([(ticket, before, state, None)], actor=actor, reason=reason, now=now)
        self._put(ticket, state=state, now=now, when=self._bulk.stamp(now), cooling_off=cooling_off)

    def _put(self, ticket: int, *, state: str, now: datetime, when: str | None, cooling_off: timedelta) -> None:
        self._bulk.change(sql.ADVANCE, ticket=ticket, state=state, now=when)
        # the seat before the lead: route holds groups when it looks at leads
        if state in ("joined", "retained"):
            self._seats.confirm(ticket, now=now)
        elif state in _RELEASING:
            self._seats.release(ticket, now=now)
        if state in _COOLING or state == "retained":
            again = now if state == "retained" else now + cooling_off
            self._bulk.change(sql.LOOK_AGAIN, ticket=ticket, moment=self._bulk.stamp(again))
        elif state in _BEGINNINGS:
            self._bulk.change(sql.LOOK_NO_MORE, ticket=ticket)

    def unconfirm(self, ticket: int) -> None:
        """Let a locked ticket's seat be reserved only: its person did not join, though it was noted."""
        self._bulk.change(sql.UNCONFIRM, ticket=ticket)

    def give(self, ticket: int, *, operator: str | None, due_at: datetime | None) -> None:
        """Whose a locked ticket is from now on, and until when they answer; it is not late any more."""
        self._bulk.change(sql.GIVE, ticket=ticket, operator=operator, due=self._bulk.stamp(due_at))

    def note(
        self, moves: Sequence[tuple[int, str | None, str, int | None]], *, actor: str, reason: str, now: datetime
    ) -> None:
        """Events of tickets: (ticket, state before, state after, token) each."""
        when = self._bulk.stamp(now)
        self._bulk.write(sql.EVENT, [(*move[:3], actor, reason, move[3], when) for move in moves])

    def _note_now(self, rows: list[tuple[Any, ...]]) -> None:
        self._bulk.write(sql.EVENT_NOW, rows)

    def _locked(self, ticket: int, *, token: int, actor: str) -> str | None:
        found = self._bulk.find(sql.HOLDS, ticket=ticket, token=token, actor=actor)
        return str(found[0][0]) if found else None


def _claimed(row: tuple[Any, ...]) -> Claimed:
    ticket, token, state, community, group, person, lead, attempts, until = row
    return Claimed(ticket, token, state, community, group, person, lead, attempts, known_moment(until))
