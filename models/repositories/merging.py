"""Two persons become one: accounts, signals, leads, tickets and exports move, and nothing is counted twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from models.onboarding import OPEN_STATES, Ticket, TicketEvent
from models.people import CrmExport, Identity, Lead, MergeEvent, Person, Signal


def merge_persons(session: Session, *, keep: int, drop: int, how: str, now: datetime) -> None:
    """Move everything of ``drop`` to ``keep`` and remove ``drop``."""
    accounts = list(session.scalars(select(Identity.account_id).where(Identity.person_id == drop)))
    session.execute(update(Identity).where(Identity.person_id == drop).values(person_id=keep))
    _move_signals(session, keep=keep, drop=drop)
    _move_tickets(session, keep=keep, drop=drop, now=now)
    _move_lead(session, keep=keep, drop=drop)
    _keep_earlier_name(session, keep=keep, drop=drop)
    session.execute(delete(Person).where(Person.id == drop))
    session.add(MergeEvent(kept=keep, dropped=drop, how=how, accounts=accounts, happened_at=now))
    session.flush()


def _move_signals(session: Session, *, keep: int, drop: int) -> None:
    known = aliased(Signal)
    twin = select(known.id).where(
        known.person_id == keep,
        known.kind == Signal.kind,
        known.evidence == Signal.evidence,
        known.version == Signal.version,
    )
    _quietly(session, delete(Signal).where(Signal.person_id == drop, twin.exists()))
    _quietly(session, update(Signal).where(Signal.person_id == drop).values(person_id=keep))


def _move_tickets(session: Session, *, keep: int, drop: int, now: datetime) -> None:
    """A person has one open ticket a community: the dropped one's second ticket ends."""
    open_now = Ticket.state.in_(OPEN_STATES)
    taken = set(session.scalars(select(Ticket.community).where(Ticket.person_id == keep, open_now)))
    for ticket in session.scalars(select(Ticket).where(Ticket.person_id == drop)):
        if ticket.state in OPEN_STATES and ticket.community in taken:
            event = TicketEvent(ticket_id=ticket.id, happened_at=now, before=ticket.state, after="lost")
            event.actor, event.reason = "yinliu", "merged"
            session.add(event)
            ticket.state, ticket.changed_at = "lost", now
        ticket.person_id = keep
    session.flush()


def _move_lead(session: Session, *, keep: int, drop: int) -> None:
    """One person is one lead: the kept person's stays, what points at the other points at it."""
    kept, dropped = (session.scalar(select(Lead).where(Lead.person_id == person)) for person in (keep, drop))
    if dropped is None:
        return
    if kept is None:
        dropped.person_id = keep
        session.flush()
        return
    for table in (Ticket, CrmExport):
        _quietly(session, update(table).where(table.lead_id == dropped.id).values(lead_id=kept.id))
    session.delete(dropped)
    session.flush()


def _keep_earlier_name(session: Session, *, keep: int, drop: int) -> None:
    kept, dropped = session.get_one(Person, keep), session.get_one(Person, drop)
    if (dropped.first_seen_at, dropped.name or "") < (kept.first_seen_at, kept.name or ""):
        kept.name, kept.first_seen_at = dropped.name, dropped.first_seen_at
    session.flush()
    session.expunge(dropped)


def _quietly(session: Session, statement: Any) -> None:
    """Execute without looking for loaded rows that it changes: none of these tables' rows are kept loaded."""
    session.execute(statement.execution_options(synchronize_session=False))
