"""Who asked not to be contacted: accounts are written down, and their persons are known by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.onboarding import UNDER_WAY_STATES, Ticket
from models.people import Identity, Lead, Person, Suppression
from models.repositories.endings import end_tickets
from models.repositories.snapshots import Row, rows_where, table_of
from models.repositories.upsert import upsert

_PERSON, _IDENTITY, _LEAD, _TICKET, _SUPPRESSION = map(table_of, (Person, Identity, Lead, Ticket, Suppression))


def suppress_accounts(
    session: Session, accounts: Mapping[int, int | None], *, actor: str, now: datetime, reason: str = ""
) -> tuple[int, ...]:
    """Write down accounts (each with the comment that said so); gives their persons, who are suppressed from now on."""
    rows = [
        {"account_id": account, "comment_id": comment, "actor": actor, "reason": reason, "happened_at": now}
        for account, comment in sorted(accounts.items())
    ]
    upsert(session, Suppression, rows, key=("account_id",), update=())
    query = select(_IDENTITY.c.person_id).where(_IDENTITY.c.account_id.in_(sorted(accounts))).distinct()
    persons = tuple(sorted(session.scalars(query)))
    for person in persons:
        refresh_suppression(session, person)
    return persons


def refresh_suppression(session: Session, person: int) -> bool:
    """Let a person be suppressed since the first of their accounts was, or not at all; gives whether they are."""
    first = (
        select(func.min(_SUPPRESSION.c.happened_at))
        .join(_IDENTITY, _IDENTITY.c.account_id == _SUPPRESSION.c.account_id)
        .where(_IDENTITY.c.person_id == person)
    )
    since = session.scalar(first)
    session.execute(update(_PERSON).where(_PERSON.c.id == person).values(suppressed_at=since))
    return since is not None


def stop_bringing(session: Session, persons: Iterable[int], *, actor: str, now: datetime) -> list[Row]:
    """End what is under way for suppressed persons and route them no more; gives the tickets that ended.

    Who joined already sits in a group: that seat stays taken.
    """
    wanted = sorted(persons)
    under_way = _TICKET.c.state.in_(UNDER_WAY_STATES)
    tickets = rows_where(session, _TICKET, _TICKET.c.person_id.in_(wanted), under_way)
    session.execute(update(_LEAD).where(_LEAD.c.person_id.in_(wanted)).values(route_at=None))
    return end_tickets(session, tickets, state="opted_out", reason="opt_out", actor=actor, now=now)
