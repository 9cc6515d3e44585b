"""Tickets that end because of whose they are (a merge, an opt-out), and how such an end is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, insert, select, true, update
from sqlalchemy.orm import Session

from models.onboarding import ALIVE_STATES, UNDER_WAY_STATES, CommunityGroup, Seat, Ticket, TicketEvent
from models.people import Identity, Withdrawal
from models.repositories.seats import SeatRepository
from models.repositories.snapshots import Row, row_where, rows_where, table_of, values_of

INSIDE = ("joined", "retained")
"""The states of who is in a community."""

_WAITING = ("queued", "assigned", "blocked_full")
_TICKET, _EVENT, _SEAT, _GROUP, _IDENTITY, _WITHDRAWAL = map(
    table_of, (Ticket, TicketEvent, Seat, CommunityGroup, Identity, Withdrawal)
)


def end_tickets(
    session: Session, tickets: Iterable[Row], *, state: str, reason: str, actor: str, now: datetime
) -> list[Row]:
    """End tickets (whole rows) in a state: seats are released and leases void. Gives what :func:`begin_again` needs."""
    return [_end(session, row, state=state, reason=reason, actor=actor, now=now) for row in tickets]


def _end(session: Session, row: Row, *, state: str, reason: str, actor: str, now: datetime) -> Row:
    held = session.scalar(select(_SEAT.c.id).where(_SEAT.c.ticket_id == row["id"], _SEAT.c.released_at.is_(None)))
    SeatRepository(session).release(row["id"], now=now)
    _change(session, row["id"], state=state, changed_at=now, leased_by=None, lease_token=row["lease_token"] + 1)
    _tell(session, row["id"], before=row["state"], after=state, actor=actor, reason=reason, now=now)
    return {"id": row["id"], "state": row["state"], "changed_at": row["changed_at"], "ended": state, "seat": held}


def opt_out_of(session: Session, row: Row) -> Row | None:
    """How a ticket (a whole row) ended by its person's opt-out, as :func:`begin_again` needs it.

    None where it goes on, or where somebody ended it otherwise: a step by hand has a lease's token. None too where the
    opt-out was taken back since: that brings no ticket back, its person is routed anew.
    """
    said = _EVENT.c.reason == "opt_out", _EVENT.c.after == row["state"], _EVENT.c.token.is_(None)
    query = select(_EVENT.c.before, _EVENT.c.happened_at).where(_EVENT.c.ticket_id == row["id"], *said)
    event = session.execute(query.order_by(_EVENT.c.id.desc()).limit(1)).first()
    if event is None or event.happened_at.isoformat() != row["changed_at"] or _taken_back(session, row, event):
        return None
    freed = _SEAT.c.ticket_id == row["id"], _SEAT.c.released_at == event.happened_at
    seat = session.scalar(select(_SEAT.c.id).where(*freed).order_by(_SEAT.c.id.desc()).limit(1))
    return {"id": row["id"], "state": event.before, "changed_at": None, "ended": row["state"], "seat": seat}


def _taken_back(session: Session, row: Row, event: Any) -> bool:
    theirs = select(_IDENTITY.c.account_id).where(_IDENTITY.c.person_id == row["person_id"])
    since = _WITHDRAWAL.c.account_id.in_(theirs), _WITHDRAWAL.c.happened_at >= event.happened_at
    return session.scalar(select(_WITHDRAWAL.c.id).where(*since).limit(1)) is not None


def begin_again(session: Session, ended: Mapping[str, Any], *, actor: str, now: datetime) -> bool:
    """Put a ticket back where it was before it ended; ``changed_at`` None: it is there since now.

    Who is in a group, or was invited to it, has their seat again, also where the group is full or closed by now;
    who was not, and whose group has none left, waits for one. Nothing is done, and False given, where somebody moved
    the ticket since or its person is being brought elsewhere.
    """
    row = row_where(session, _TICKET, _TICKET.c.id == ended["id"])
    if row is None or row["state"] != ended["ended"] or not _may(session, row, ended["state"]):
        return False
    seated = ended["seat"] is None or _sit_again(session, ended["seat"], promised=ended["state"] not in _WAITING)
    state = ended["state"] if seated else "blocked_full"
    since = values_of(_TICKET, {"changed_at": ended["changed_at"]})["changed_at"] if seated else None
    _change(session, row["id"], state=state, changed_at=since or now)
    _tell(session, row["id"], before=row["state"], after=state, actor=actor, reason="unmerged", now=now)
    return True


def _may(session: Session, row: Row, state: str) -> bool:
    """Whether the person has no other ticket that this one would meet; a member may be one twice, by two accounts."""
    alive = [other for other in ALIVE_STATES if other != "retained" or state not in INSIDE]
    others = rows_where(
        session, _TICKET, _TICKET.c.person_id == row["person_id"], _TICKET.c.id != row["id"], _TICKET.c.state.in_(alive)
    )
    twice = any(other["community"] == row["community"] for other in others)
    busy = state in UNDER_WAY_STATES and any(other["state"] in UNDER_WAY_STATES for other in others)
    return not (twice or busy)


def _sit_again(session: Session, seat: int, *, promised: bool) -> bool:
    """Hold the same seat again, where it was promised or its group has one free."""
    group = select(_SEAT.c.group_id).where(_SEAT.c.id == seat, _SEAT.c.released_at.is_not(None)).scalar_subquery()
    free = true() if promised else and_(_GROUP.c.taken < _GROUP.c.capacity, _GROUP.c.closed.is_(false()))
    sit = update(_GROUP).where(_GROUP.c.id == group, free)
    taken: Any = session.execute(sit.values(taken=_GROUP.c.taken + 1))
    if taken.rowcount:
        session.execute(update(_SEAT).where(_SEAT.c.id == seat).values(released_at=None))
    return promised or bool(taken.rowcount)


def _change(session: Session, ticket: int, **values: Any) -> None:
    session.execute(update(_TICKET).where(_TICKET.c.id == ticket).values(**values))


def _tell(session: Session, ticket: int, *, before: str, after: str, actor: str, reason: str, now: datetime) -> None:
    event = {"ticket_id": ticket, "before": before, "after": after, "actor": actor, "reason": reason}
    session.execute(insert(_EVENT).values(happened_at=now, **event))
