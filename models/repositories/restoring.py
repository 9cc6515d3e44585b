"""The part of undoing a merge that is about leads: each person has their own again, and what points at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.content import Comment
from models.onboarding import Ticket, TicketEvent
from models.people import CrmExport, Identity, Lead, MergeEvent
from models.repositories.snapshots import Row, add_row, row_where, rows_where, table_of, values_of

_IDENTITY, _LEAD, _TICKET, _EXPORT, _COMMENT, _EVENT, _STEP = map(
    table_of, (Identity, Lead, Ticket, CrmExport, Comment, MergeEvent, TicketEvent)
)
_DECIDED = ("left", "lost", "expired", "retained")


def restore_leads(
    session: Session, merge: Row, tickets: Iterable[list[int]], *, holder: int, back: int, now: datetime
) -> None:
    """Give both persons the lead they had; one that was scored since the merge is scored anew.

    ``merge``: the whole event, not marked as undone yet; ``tickets``: those that went back, each with its lead before.
    """
    before = merge["before"]
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
        _wait_again(session, person, merge, now=now)


def _restore_dropped(session: Session, before: Row, *, back: int, holder: int, untouched: bool, now: datetime) -> None:
    lead = before["dropped_lead"]
    if lead is None:
        return
    scored = values_of(_LEAD, lead) if untouched else {"rescore_at": now}
    there = row_where(session, _LEAD, _LEAD.c.id == lead["id"])
    if there is None:
        values = values_of(_LEAD, lead) | scored
        session.execute(insert(_LEAD).values(**values | {"person_id": back}))
    elif there["person_id"] == holder:
        session.execute(update(_LEAD).where(_LEAD.c.id == lead["id"]).values(**scored | {"person_id": back}))
        _take_over(session, holder, gone=lead["id"], now=now)


def _take_over(session: Session, person: int, *, gone: int, now: datetime) -> None:
    """Whose lead went has the one that another merge took from whoever became them, with its exports."""
    stands = _EVENT.c.kept == person, _EVENT.c.undone_at.is_(None)
    for before in session.scalars(select(_EVENT.c.before).where(*stands).order_by(_EVENT.c.id)):
        lead = before.get("dropped_lead")
        if lead and row_where(session, _LEAD, _LEAD.c.id == lead["id"]) is None:
            session.execute(insert(_LEAD).values(**values_of(_LEAD, lead) | {"person_id": person, "rescore_at": now}))
            moved = _EXPORT.c.id.in_(before.get("exports", ())), _EXPORT.c.lead_id == gone
            session.execute(update(_EXPORT).where(*moved).values(lead_id=lead["id"]))
            return


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


def _wait_again(session: Session, person: int, merge: Row, *, now: datetime) -> None:
    """A lead whose turn to be routed a merge took has it again, where nobody routed its person since.

    So has one whose ticket ended since: the merged lead's turn was set for it. Giving a turn too often does no harm,
    ``route`` passes over who is being brought somewhere or rests.
    """
    lead = row_where(session, _LEAD, _LEAD.c.person_id == person, _LEAD.c.route_at.is_(None))
    if lead is None:
        return
    known, since = _first_seen(session, lead["id"], merge)
    wait = {name: value for name, value in values_of(_LEAD, known).items() if name in ("route_at", "route_note")}
    if wait.get("route_at") is None and _ended_since(session, person, since):
        wait["route_at"] = now
    routed = rows_where(session, _TICKET, _TICKET.c.person_id == person, _TICKET.c.created_at > since)
    if not routed and any(wait.values()):
        session.execute(update(_LEAD).where(_LEAD.c.id == lead["id"]).values(**wait))


def _ended_since(session: Session, person: int, since: datetime) -> bool:
    """Whether somebody's step, not a merge, ended a ticket of a person, or made them a member for good."""
    step = _STEP.c.after.in_(_DECIDED), _STEP.c.reason != "merged", _STEP.c.happened_at > since
    query = select(_STEP.c.id).join(_TICKET, _TICKET.c.id == _STEP.c.ticket_id)
    return session.scalar(query.where(_TICKET.c.person_id == person, *step).limit(1)) is not None


def _first_seen(session: Session, lead: int, merge: Row) -> tuple[Row, datetime]:
    """A lead as the first of the merges found it that are undone and stood when this one was made; and when.

    Empty, and when this one was made, where it came since.
    """
    moment: datetime = values_of(_EVENT, {"happened_at": merge["happened_at"]})["happened_at"]
    stood = (_EVENT.c.id < merge["id"]) & (_EVENT.c.undone_at > moment)
    query = select(_EVENT.c.before, _EVENT.c.happened_at).where((_EVENT.c.id == merge["id"]) | stood)
    for before, since in session.execute(query.order_by(_EVENT.c.id)):
        for row in (before.get("kept_lead"), before.get("dropped_lead")):
            if row and row["id"] == lead:
                return row, since
    return {}, moment
