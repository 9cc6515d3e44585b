"""The part of undoing a merge that is about leads: each person has their own again, and what points at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.content import Comment
from models.onboarding import Ticket
from models.people import CrmExport, Identity, Lead
from models.repositories.snapshots import Row, add_row, row_where, rows_where, table_of, values_of

_IDENTITY, _LEAD, _TICKET, _EXPORT, _COMMENT = map(table_of, (Identity, Lead, Ticket, CrmExport, Comment))


def restore_leads(
    session: Session, before: Row, tickets: Iterable[list[int]], *, holder: int, back: int, now: datetime
) -> None:
    """Give both persons the lead they had; one that was scored since the merge is scored anew."""
    current = row_where(session, _LEAD, _LEAD.c.person_id == holder)
    untouched = current == before["lead_after"]
    _restore_dropped(session, before, back=back, holder=holder, untouched=untouched, now=now)
    _restore_kept(session, before, holder=holder, untouched=untouched, now=now)
    _restore_exports(session, before, current=current, back=back)
    for ticket, lead in tickets:
        known = row_where(session, _LEAD, _LEAD.c.id == lead, _LEAD.c.person_id == back)
        if known:
            session.execute(update(_TICKET).where(_TICKET.c.id == ticket).values(lead_id=lead))
    for person in (holder, back):
        _tie_tickets(session, person, now=now)


def _restore_dropped(session: Session, before: Row, *, back: int, holder: int, untouched: bool, now: datetime) -> None:
    lead = before["dropped_lead"]
    if lead is None:
        return
    scored = values_of(_LEAD, lead) if untouched else {"rescore_at": now}
    there = row_where(session, _LEAD, _LEAD.c.id == lead["id"])
    if there is None:
        values = values_of(_LEAD, lead) | scored
        session.execute(insert(_LEAD).values(**values | {"person_id": back}))
    elif there["person_id"] == holder and before["kept_lead"] is None:
        session.execute(update(_LEAD).where(_LEAD.c.id == lead["id"]).values(**scored | {"person_id": back}))


def _restore_kept(session: Session, before: Row, *, holder: int, untouched: bool, now: datetime) -> None:
    lead = before["kept_lead"]
    if lead is not None and untouched:
        session.execute(update(_LEAD).where(_LEAD.c.id == lead["id"]).values(**values_of(_LEAD, lead)))
    elif row_where(session, _LEAD, _LEAD.c.person_id == holder):
        session.execute(update(_LEAD).where(_LEAD.c.person_id == holder).values(rescore_at=now))
    elif not untouched:
        _qualify_again(session, holder)


def _qualify_again(session: Session, person: int) -> None:
    """What a person's accounts wrote is to be looked at anew: they may be a lead by what came since the merge."""
    accounts = select(_IDENTITY.c.account_id).where(_IDENTITY.c.person_id == person)
    session.execute(update(_COMMENT).where(_COMMENT.c.account_id.in_(accounts)).values(qualified_version=None))


def _restore_exports(session: Session, before: Row, *, current: Row | None, back: int) -> None:
    """The ledger's lines that the merge moved or removed."""
    lead = row_where(session, _LEAD, _LEAD.c.person_id == back)
    if lead is None or current is None or "exports" not in before:
        return
    moved = rows_where(session, _EXPORT, _EXPORT.c.id.in_(before["exports"]), _EXPORT.c.lead_id == current["id"])
    for row in moved:
        session.execute(update(_EXPORT).where(_EXPORT.c.id == row["id"]).values(lead_id=lead["id"]))
    for row in before["exports_removed"]:
        taken = row_where(session, _EXPORT, _EXPORT.c.id == row["id"]) is not None
        kept = {name: value for name, value in row.items() if name != "id" or not taken}
        add_row(session, _EXPORT, kept | {"lead_id": lead["id"]})


def _tie_tickets(session: Session, person: int, *, now: datetime) -> None:
    """A ticket that came since points at its person's own lead; where they have none they get a copy of it."""
    query = select(_TICKET.c.id, _TICKET.c.lead_id).join(_LEAD, _LEAD.c.id == _TICKET.c.lead_id)
    astray = list(session.execute(query.where(_TICKET.c.person_id == person, _LEAD.c.person_id != person)))
    for ticket, lead in astray:
        own = row_where(session, _LEAD, _LEAD.c.person_id == person)
        key = own["id"] if own else _copy(session, lead, person=person, now=now)
        session.execute(update(_TICKET).where(_TICKET.c.id == ticket).values(lead_id=key))


def _copy(session: Session, lead: int, *, person: int, now: datetime) -> int:
    row: Any = row_where(session, _LEAD, _LEAD.c.id == lead)
    copy = {name: value for name, value in row.items() if name != "id"}
    return add_row(session, _LEAD, copy | {"person_id": person, "rescore_at": now.isoformat(), "route_at": None})
