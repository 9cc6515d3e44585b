"""The tickets that leads are listed with: as they are, or as they were at a moment, by their events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from models.content import Post
from models.onboarding import Community, Ticket, TicketEvent

Row = dict[str, Any]

INSTEAD_OF = "instead_of:"
"""How the reason of an event begins that brings a ticket to another community: the one it had follows."""


_THEN, _SINCE, _MOVED = aliased(TicketEvent), aliased(TicketEvent), aliased(TicketEvent)
"""Of a ticket: its last event before a moment, the first since, and the first since that changed its community."""

_STANDS = (Ticket.state, Ticket.community, Ticket.operator)
_STOOD: tuple[Any, ...] = (
    _THEN.after,
    func.coalesce(func.substr(_MOVED.reason, len(INSTEAD_OF) + 1), Ticket.community),
    case((_SINCE.id.is_(None), Ticket.operator)),
)
"""A ticket before a moment. Events do not say whose it is: that is known where nothing happened to it since."""


def tickets_of(session: Session, persons: Sequence[int] | None, *, at: datetime | None) -> dict[int, Row]:
    """The newest ticket by person, of all or of some persons; of those there were before a moment, as they were."""
    state, community, operator = _STANDS if at is None else _STOOD
    query = select(
        Ticket.person_id,
        Ticket.id,
        state.label("state"),
        operator.label("operator"),
        Ticket.reasons,
        community.label("community"),
        Community.title,
        Post.title.label("post"),
        Post.url.label("post_url"),
    )
    query = query.select_from(Ticket)
    query = query if at is None else _with_events(query, persons, at)
    query = query.join(Community, Community.name == community).outerjoin(Post, Post.id == Ticket.post_id)
    query = query if persons is None else query.where(Ticket.person_id.in_(persons))
    return {row.person_id: dict(row._mapping) for row in session.execute(query.order_by(Ticket.id))}


def _with_events(query: Select[Any], persons: Sequence[int] | None, at: datetime) -> Select[Any]:
    """Tickets that there were before a moment, with their events; grouped once, not looked up ticket by ticket."""
    some = select(TicketEvent.ticket_id).group_by(TicketEvent.ticket_id)
    theirs = select(Ticket.id).where(Ticket.person_id.in_(persons or ()))
    some = some if persons is None else some.where(TicketEvent.ticket_id.in_(theirs))
    elsewhere = TicketEvent.reason.startswith(INSTEAD_OF, autoescape=True)
    moved = case((and_(TicketEvent.before == "blocked_full", elsewhere), TicketEvent.id))
    first, changed = func.min(TicketEvent.id).label("first"), func.min(moved).label("changed")
    last = some.add_columns(func.max(TicketEvent.id).label("last")).where(TicketEvent.happened_at < at).subquery()
    later = some.add_columns(first, changed).where(TicketEvent.happened_at >= at).subquery()
    query = query.join(last, last.c.ticket_id == Ticket.id).join(_THEN, _THEN.id == last.c.last)
    query = query.outerjoin(later, later.c.ticket_id == Ticket.id).outerjoin(_SINCE, _SINCE.id == later.c.first)
    return query.outerjoin(_MOVED, _MOVED.id == later.c.changed)
