"""A merge taken back, exactly: both persons have again what they had; what came since goes with its account or ticket.

Merges that built on each other may be undone in any order: what was one person's is taken from wherever it is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.onboarding import UNDER_WAY_STATES, Ticket
from models.people import Identity, MergeEvent, NotSame, Person
from models.repositories.endings import INSIDE, begin_again, opt_out_of
from models.repositories.merging import earliest_name
from models.repositories.restoring import restore_leads
from models.repositories.snapshots import Row, add_row, row_where, rows_where, table_of, values_of
from models.repositories.suppressing import refresh_suppression, stop_bringing
from models.repositories.upsert import upsert

_ENDS = ("lost", "opted_out")
_PERSON, _IDENTITY, _TICKET, _EVENT = map(table_of, (Person, Identity, Ticket, MergeEvent))


def unmerge_persons(session: Session, event: int, *, actor: str, now: datetime) -> tuple[int, int]:
    """Undo a merge; gives (who was kept, who is back), whose accounts are noted as not the same.

    :class:`LookupError`: there is no such merge, it is undone already, or nobody wrote down what it changed.
    """
    session.flush()
    merge = row_where(session, _EVENT, _EVENT.c.id == event)
    if merge is None or merge["undone_at"] is not None or "dropped" not in merge["before"]:
        raise LookupError(f"merge {event} cannot be undone")
    holder = holder_of(session, merge["kept"])
    if holder is None:
        raise LookupError(f"person {merge['kept']} is nowhere")
    before, back = merge["before"], merge["dropped"]
    add_row(session, _PERSON, before["dropped"])
    _move_accounts(session, merge["accounts"], holder=holder, back=back)
    _know_as_before(session, before.get("known", ()), back=back)
    tickets = _move_tickets(session, before["tickets"], holder=holder, back=back)
    restore_leads(session, merge, tickets, holder=holder, back=back, now=now)
    session.execute(update(_EVENT).where(_EVENT.c.id == event).values(undone_at=now))
    _rename(session, (holder, back))
    _settle(session, (holder, back), actor=actor, now=now)
    keep_apart(session, holder, back, actor=actor, now=now)
    return holder, back


def keep_apart(session: Session, one: int, other: int, *, actor: str, now: datetime) -> int:
    """Note that no account of one person is any account of the other's; gives the number of new pairs."""
    query = select(_IDENTITY.c.account_id)
    some, others = (list(session.scalars(query.where(_IDENTITY.c.person_id == person))) for person in (one, other))
    pairs = sorted({(min(pair), max(pair)) for first in some for pair in ((first, second) for second in others)})
    rows = [{"first": first, "second": second, "actor": actor, "happened_at": now} for first, second in pairs]
    return upsert(session, NotSame, rows, key=("first", "second"), update=())


def holder_of(session: Session, person: int) -> int | None:
    """Who has now what a person had: themselves, or whoever they were merged into in the end; None where nobody has."""
    holder: int | None = person
    while holder is not None and row_where(session, _PERSON, _PERSON.c.id == holder) is None:
        merged = _EVENT.c.dropped == holder, _EVENT.c.undone_at.is_(None)
        holder = session.scalar(select(_EVENT.c.kept).where(*merged).order_by(_EVENT.c.id.desc()).limit(1))
    return holder


def _move_accounts(session: Session, accounts: Iterable[int], *, holder: int, back: int) -> None:
    theirs = _IDENTITY.c.account_id.in_(list(accounts)), _IDENTITY.c.person_id == holder
    session.execute(update(_IDENTITY).where(*theirs).values(person_id=back))


def _know_as_before(session: Session, known: Iterable[tuple[int, str, float]], *, back: int) -> None:
    """What stood for itself before the merge does again."""
    for account, how, confidence in known:
        mine = _IDENTITY.c.account_id == account, _IDENTITY.c.person_id == back
        session.execute(update(_IDENTITY).where(*mine).values(how=how, confidence=confidence))


def _move_tickets(session: Session, tickets: Iterable[list[int]], *, holder: int, back: int) -> list[list[int]]:
    """Gives (ticket, its lead before the merge) of those that went back."""
    leads: dict[int, int] = dict(tickets)  # type: ignore[arg-type]
    theirs = _TICKET.c.id.in_(list(leads)), _TICKET.c.person_id == holder
    moved = [row["id"] for row in rows_where(session, _TICKET, *theirs)]
    session.execute(update(_TICKET).where(*theirs).values(person_id=back))
    return [[ticket, leads[ticket]] for ticket in moved]


def _rename(session: Session, persons: Iterable[int]) -> None:
    """The name that each has by all merges that stand."""
    for person in persons:
        known = _bases(session, _members(session, person))
        if known:
            session.execute(update(_PERSON).where(_PERSON.c.id == person).values(**earliest_name(known)))


def _members(session: Session, person: int) -> set[int]:
    """Everybody who is this person by the merges that stand."""
    members, new = {person}, {person}
    while new:
        stands = _EVENT.c.kept.in_(new), _EVENT.c.undone_at.is_(None)
        new = set(session.scalars(select(_EVENT.c.dropped).where(*stands))) - members
        members |= new
    return members


def _bases(session: Session, members: Iterable[int]) -> list[Row]:
    """What each was before any merge."""
    wanted = set(members)
    named = _EVENT.c.kept.in_(wanted) | _EVENT.c.dropped.in_(wanted)
    found: dict[int, Row] = {}
    for event in session.execute(select(_EVENT.c.before).where(named).order_by(_EVENT.c.id)).scalars():
        for row in (event.get("kept"), event.get("dropped")):
            if row and row["id"] in wanted:
                found.setdefault(row["id"], row)
    return list(found.values())


def _settle(session: Session, persons: tuple[int, int], *, actor: str, now: datetime) -> None:
    """Tickets that merges ended go on; who asked not to be contacted is not, whatever was."""
    suppressed = {person for person in persons if refresh_suppression(session, person)}
    stop_bringing(session, suppressed, actor=actor, now=now)
    for person, ended in _endings(session, persons):
        if person not in suppressed or ended["state"] not in UNDER_WAY_STATES:
            begin_again(session, ended, actor=actor, now=now)


def _endings(session: Session, persons: tuple[int, int]) -> list[tuple[int, Row]]:
    """How tickets ended that may go on, each with its person; members first, then the oldest, as in merging.

    Whatever merge ended them, undone or not: the ticket that was in the way may be somebody else's again.
    """
    tickets = rows_where(session, _TICKET, _TICKET.c.person_id.in_(persons))
    merged = _merged(session, tickets)
    found = []
    for row in tickets:
        event, ended = merged.get(row["id"]) or (None, opt_out_of(session, row))
        if ended and not (event and _went_on(session, row, event, tickets)):
            found.append((row["person_id"], ended))
    return sorted(found, key=lambda one: (one[1]["state"] not in INSIDE, one[1]["id"]))


def _merged(session: Session, tickets: Iterable[Row]) -> dict[int, tuple[Row, Row]]:
    """By ticket, the merge that ended it and how, where nobody moved it since."""
    rows = {row["id"]: row for row in tickets if row["state"] in _ENDS}
    moments = {values_of(_TICKET, {"changed_at": row["changed_at"]})["changed_at"] for row in rows.values()}
    return {
        ended["id"]: (event, ended)
        for event in rows_where(session, _EVENT, _EVENT.c.happened_at.in_(moments))
        for ended in event["before"].get("ended", ())
        if ended["id"] in rows and rows[ended["id"]]["changed_at"] == event["happened_at"]
    }


def _went_on(session: Session, row: Row, event: Row, tickets: Iterable[Row]) -> bool:
    """Whether the person is still who the merge made them, and came further by another ticket since."""
    if event["undone_at"] is not None or holder_of(session, event["dropped"]) != row["person_id"]:
        return False
    return any(one["person_id"] == row["person_id"] and one["changed_at"] > row["changed_at"] for one in tickets)
