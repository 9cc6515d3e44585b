"""Two persons become one: accounts, leads, tickets and exports move, and all that changes is remembered.

Signals belong to accounts and move with them. :mod:`models.repositories.unmerging` is the exact inverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.onboarding import ALIVE_STATES, UNDER_WAY_STATES, Ticket
from models.people import CrmExport, Identity, Lead, MergeEvent, Person
from models.repositories.endings import INSIDE, end_tickets
from models.repositories.snapshots import Row, row_where, rows_where, table_of, values_of
from models.repositories.suppressing import refresh_suppression, stop_bringing

_PERSON, _IDENTITY, _LEAD, _TICKET, _EXPORT, _EVENT = map(
    table_of, (Person, Identity, Lead, Ticket, CrmExport, MergeEvent)
)


def merge_persons(
    session: Session,
    *,
    keep: int,
    drop: int,
    how: str,
    actor: str,
    now: datetime,
    reason: str = "",
    confidence: float | None = None,
) -> int:
    """Move everything of ``drop`` to ``keep``, remove ``drop``, and write down what undoing needs; gives the event.

    With a ``confidence``, accounts of ``drop`` that nothing else had led to are known by ``how``, that sure.
    :class:`LookupError` where one of the two is not there.
    """
    session.flush()
    kept, dropped = (row_where(session, _PERSON, _PERSON.c.id == person) for person in (keep, drop))
    if kept is None or dropped is None or keep == drop:
        raise LookupError(f"persons {keep} and {drop} cannot become one")
    accounts = list(
        session.scalars(select(_IDENTITY.c.account_id).where(_IDENTITY.c.person_id == drop).order_by("account_id"))
    )
    before: Row = {"kept": kept, "dropped": dropped, "reason": reason}
    session.execute(update(_IDENTITY).where(_IDENTITY.c.person_id == drop).values(person_id=keep))
    if confidence is not None:
        before["known"] = _know_by(session, accounts, how=how, confidence=confidence)
    before["ended"] = _end_twins(session, keep=keep, drop=drop, actor=actor, now=now)
    before["tickets"] = _move_tickets(session, keep=keep, drop=drop)
    before |= _move_lead(session, keep=keep, drop=drop, now=now)
    session.execute(delete(_PERSON).where(_PERSON.c.id == drop))
    _name(session, kept, dropped)
    before["ended"] += _settle(session, keep, actor=actor, now=now)
    before["lead_after"] = row_where(session, _LEAD, _LEAD.c.person_id == keep)
    row = {"kept": keep, "dropped": drop, "how": how, "actor": actor, "accounts": accounts, "before": before}
    done: Any = session.execute(insert(_EVENT).values(happened_at=now, **row))
    return int(done.inserted_primary_key[0])


def _know_by(session: Session, accounts: Sequence[int], *, how: str, confidence: float) -> list[list[Any]]:
    """Accounts that stood for themselves are known by ``how``, as had they come later; how they were known before."""
    alone = _IDENTITY.c.account_id.in_(accounts), _IDENTITY.c.how == "new"
    known = [[row["account_id"], row["how"], row["confidence"]] for row in rows_where(session, _IDENTITY, *alone)]
    session.execute(update(_IDENTITY).where(*alone).values(how=how, confidence=confidence))
    return known


def _end_twins(session: Session, *, keep: int, drop: int, actor: str, now: datetime) -> list[Row]:
    """A person has one open ticket a community and one under way: of two the later ends."""
    rows = rows_where(session, _TICKET, _TICKET.c.person_id.in_((keep, drop)), _TICKET.c.state.in_(ALIVE_STATES))
    return end_tickets(session, _twins(rows), state="lost", reason="merged", actor=actor, now=now)


def _twins(rows: Sequence[Row]) -> Iterator[Row]:
    """The tickets that cannot go on beside the others; who is inside a community stays there."""
    communities: set[str] = set()
    busy = False
    for row in sorted(rows, key=lambda row: (row["state"] not in INSIDE, row["id"])):
        under_way = row["state"] in UNDER_WAY_STATES
        met = row["community"] in communities and row["state"] != "retained"
        if met or (under_way and busy):
            yield row
        else:
            communities.add(row["community"])
            busy |= under_way


def _move_tickets(session: Session, *, keep: int, drop: int) -> list[list[int]]:
    """Gives (ticket, its lead before) of each ticket that moved."""
    found = session.execute(select(_TICKET.c.id, _TICKET.c.lead_id).where(_TICKET.c.person_id == drop).order_by("id"))
    moved = [[ticket, lead] for ticket, lead in found]
    session.execute(update(_TICKET).where(_TICKET.c.person_id == drop).values(person_id=keep))
    return moved


def _move_lead(session: Session, *, keep: int, drop: int, now: datetime) -> Row:
    """One person is one lead: the kept person's stays, what points at the other points at it; it is scored anew."""
    kept, dropped = (row_where(session, _LEAD, _LEAD.c.person_id == person) for person in (keep, drop))
    moved: Row = {}
    if kept is None:
        session.execute(update(_LEAD).where(_LEAD.c.person_id == drop).values(person_id=keep))
    elif dropped is not None:
        session.execute(update(_TICKET).where(_TICKET.c.lead_id == dropped["id"]).values(lead_id=kept["id"]))
        moved = _move_exports(session, keep=kept["id"], drop=dropped["id"])
        session.execute(delete(_LEAD).where(_LEAD.c.id == dropped["id"]))
    session.execute(update(_LEAD).where(_LEAD.c.person_id == keep).values(rescore_at=now))
    return {"kept_lead": kept, "dropped_lead": dropped, **moved}


def _move_exports(session: Session, *, keep: int, drop: int) -> Row:
    """The ledger's lines of a lead; what was sent of both alike stands there once."""
    known = {(row["target"], row["content_hash"]) for row in rows_where(session, _EXPORT, _EXPORT.c.lead_id == keep)}
    rows = rows_where(session, _EXPORT, _EXPORT.c.lead_id == drop)
    twins = [row for row in rows if (row["target"], row["content_hash"]) in known]
    session.execute(delete(_EXPORT).where(_EXPORT.c.id.in_([row["id"] for row in twins])))
    session.execute(update(_EXPORT).where(_EXPORT.c.lead_id == drop).values(lead_id=keep))
    return {"exports": [row["id"] for row in rows if row not in twins], "exports_removed": twins}


def _name(session: Session, kept: Row, dropped: Row) -> None:
    """The earlier one's name stays."""
    session.execute(update(_PERSON).where(_PERSON.c.id == kept["id"]).values(**earliest_name((kept, dropped))))


def earliest_name(persons: Iterable[Row]) -> Row:
    """Name and first sight of the earliest of remembered persons."""
    rows = (values_of(_PERSON, person) for person in persons)
    earliest = min(rows, key=lambda row: (row["first_seen_at"], row["name"] or ""))
    return {name: earliest[name] for name in ("name", "first_seen_at")}


def _settle(session: Session, person: int, *, actor: str, now: datetime) -> list[Row]:
    """What one of the two asked for holds for both; who is being brought somewhere is not routed again."""
    if refresh_suppression(session, person):
        return stop_bringing(session, [person], actor=actor, now=now)
    if rows_where(session, _TICKET, _TICKET.c.person_id == person, _TICKET.c.state.in_(UNDER_WAY_STATES)):
        session.execute(update(_LEAD).where(_LEAD.c.person_id == person).values(route_at=None))
    return []
