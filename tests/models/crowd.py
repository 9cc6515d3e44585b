"""Persons with accounts, leads, tickets, seats and exports, drawn at random, to be merged and taken apart again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import Session

from models.content import Account, Comment
from models.onboarding import ALIVE_STATES, UNDER_WAY_STATES, Community, CommunityGroup, Seat, Ticket
from models.people import CrmExport, Identity, Lead, Person, Suppression
from models.repositories.merging import merge_persons
from models.repositories.snapshots import rows_where, table_of
from models.repositories.suppressing import stop_bringing, suppress_accounts

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COMMUNITIES = ("camping", "coffee")
STATES = ("queued", "assigned", "invited", "added", "joined", "retained", "left", "lost", "expired", "blocked_full")
SEATED = ("queued", "assigned", "invited", "added", "joined", "retained")


@dataclass(frozen=True)
class Somebody:
    """One person as drawn: when first seen, by what name, how many accounts, a lead, tickets, and what was sent.

    ``waits``: from when their lead is to be routed, and why it was not.
    """

    name: str | None
    day: int
    accounts: int
    lead: bool
    tickets: tuple[tuple[str, str], ...]
    exports: tuple[str, ...]
    suppressed: bool
    waits: tuple[datetime | None, str | None] = (NOW, None)


def one(**what: Any) -> Somebody:
    """Somebody with one account and a lead."""
    plain = {"name": "小王", "day": 1, "accounts": 1, "lead": True, "tickets": (), "exports": (), "suppressed": False}
    return Somebody(**plain | what)


def _allowed(tickets: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those that a person may have side by side."""
    kept: list[tuple[str, str]] = []
    for community, state in tickets:
        busy = state in UNDER_WAY_STATES and any(other in UNDER_WAY_STATES for _, other in kept)
        twice = state in ALIVE_STATES and any(c == community and s in ALIVE_STATES for c, s in kept)
        if not (busy or twice):
            kept.append((community, state))
    return tuple(kept)


TICKETS = st.lists(st.tuples(st.sampled_from(COMMUNITIES), st.sampled_from(STATES)), max_size=3).map(_allowed)
SOMEBODY = st.builds(
    lambda lead, tickets, exports, **rest: Somebody(
        lead=lead, tickets=tickets if lead else (), exports=exports if lead else (), **rest
    ),
    name=st.sampled_from((None, "", "小王", "小李", "Lily")),
    day=st.integers(1, 4),
    accounts=st.integers(0, 2),
    lead=st.booleans(),
    tickets=TICKETS,
    exports=st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
    suppressed=st.sampled_from((False, False, False, True)),
    waits=st.sampled_from(((NOW, None), (LATER, None), (None, "no_community"), (None, None))),
)
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""For properties over a database that a fixture gives: each trial leaves it as it was."""
CROWD = st.lists(SOMEBODY, min_size=2, max_size=5)
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=4)


@contextmanager
def trial(engine: Engine, crowd: list[Somebody]) -> Iterator[tuple[Session, list[int]]]:
    """A crowd in a database that forgets it."""
    with Session(engine) as session:
        yield session, settle(session, crowd)
        session.rollback()


def merge_some(session: Session, people: list[int], pairs: list[tuple[int, int]]) -> list[int]:
    """Merge pairs of whoever is left, a minute after each other; gives the events."""
    left, events = list(people), []
    for minute, (first, other) in enumerate(pairs, 1):
        keep, drop = left[first % len(left)], left[other % len(left)]
        if keep != drop:
            now = NOW + timedelta(minutes=minute)
            events.append(merge_persons(session, keep=keep, drop=drop, how="operator", actor="店长", now=now))
            left.remove(drop)
    return events


def sound(session: Session) -> bool:
    """Whether nobody has two tickets under way, every ticket points at its person's lead, and seats add up."""
    under_way = select(Ticket.person_id, func.count()).where(Ticket.state.in_(UNDER_WAY_STATES))
    tied = select(Ticket.id).join(Lead, Lead.id == Ticket.lead_id).where(Lead.person_id != Ticket.person_id)
    many = session.execute(under_way.group_by(Ticket.person_id).having(func.count() > 1)).all()
    return not many and not session.execute(tied).all() and held_seats(session)


def settle(session: Session, crowd: list[Somebody]) -> list[int]:
    """Write a crowd into an empty database; gives the persons' ids."""
    for position, name in enumerate(COMMUNITIES):
        row = {"name": name, "title": name, "hub": "manual", "position": position}
        session.execute(insert(Community).values(**row))
        group = {"id": position + 1, "community": name, "name": "1", "title": name, "capacity": 50, "position": 0}
        session.execute(insert(CommunityGroup).values(**group))
    return [_person(session, number, one) for number, one in enumerate(crowd, 1)]


def _person(session: Session, number: int, one: Somebody) -> int:
    seen = NOW - timedelta(days=10 - one.day)
    session.execute(insert(Person).values(id=number, name=one.name, first_seen_at=seen))
    for turn in range(one.accounts):
        _account(session, number * 10 + turn, number)
    if one.lead:
        _lead(session, number, one)
    if one.suppressed and one.accounts:
        persons = suppress_accounts(session, {number * 10: None}, actor="店长", now=NOW - timedelta(days=1))
        stop_bringing(session, persons, actor="店长", now=NOW - timedelta(days=1))
    return number


def _account(session: Session, key: int, person: int) -> None:
    session.execute(insert(Account).values(id=key, source=f"s{key}", platform="feed", external_id="a"))
    row = {"account_id": key, "person_id": person, "how": "new", "confidence": 1.0}
    session.execute(insert(Identity).values(**row))
    add_comment(session, key, key)


def add_comment(session: Session, key: int, account: int) -> None:
    """A comment of an account, qualified already."""
    row = {"id": key, "source": f"s{account}", "platform": "feed", "external_id": f"c{key}", "post_external_id": "p"}
    row |= {"account_id": account, "text": "想买", "flaws": [], "content_hash": "", "first_seen_at": NOW}
    session.execute(insert(Comment).values(**row, changed_at=NOW, qualified_version="r1"))


def lead_row(person: int, *, comment: int, score: int = 70) -> dict[str, Any]:
    """A lead that is to be routed."""
    row = {"person_id": person, "score": score, "grade": "B", "qualified": True, "scoring_version": "v"}
    row |= {"breakdown": [{"kind": "praise", "points": score}], "comment_id": comment, "qualified_at": NOW}
    return row | {"changed_at": NOW, "scored_at": NOW, "route_at": NOW, "rescore_at": NOW + timedelta(days=3)}


def _lead(session: Session, number: int, one: Somebody) -> None:
    if not one.accounts:
        session.execute(insert(Account).values(id=number * 10 + 9, source=f"s{number}", platform="f", external_id="z"))
        add_comment(session, number * 10 + 9, number * 10 + 9)
    comment = number * 10 + (0 if one.accounts else 9)
    row = lead_row(number, comment=comment, score=number) | {"route_at": one.waits[0], "route_note": one.waits[1]}
    session.execute(insert(Lead).values(id=number + 100, **row))
    for turn, (community, state) in enumerate(one.tickets):
        add_ticket(session, number * 10 + turn, number, lead=number + 100, community=community, state=state)
    for turn, content in enumerate(one.exports):
        row = {"id": number * 10 + turn, "target": "csv", "lead_id": number + 100, "content_hash": content}
        session.execute(insert(CrmExport).values(**row, batch="b", written_at=NOW, sent_at=None))


def add_ticket(session: Session, key: int, person: int, *, lead: int, community: str, state: str) -> None:
    """A ticket and, where its state has one, its seat."""
    group = COMMUNITIES.index(community) + 1
    row = {"id": key, "lead_id": lead, "person_id": person, "community": community, "group_id": group, "state": state}
    row |= {"operator": "小李", "reasons": [], "created_at": NOW, "changed_at": NOW, "ready_at": NOW}
    session.execute(insert(Ticket).values(**row))
    if state in SEATED:
        session.execute(insert(Seat).values(id=key, ticket_id=key, group_id=group, reserved_at=NOW))
        taken = update(CommunityGroup).where(CommunityGroup.id == group).values(taken=CommunityGroup.taken + 1)
        session.execute(taken.execution_options(synchronize_session=False))


KEPT = (Person, Identity, Lead, Ticket, CrmExport, Seat, CommunityGroup, Suppression)


def picture(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All rows that merging and unmerging may touch, but for the tokens of leases, which only grow."""
    found = {model.__tablename__: rows_where(session, table_of(model)) for model in KEPT}
    for row in found["ticket"]:
        del row["lease_token"]
    return found


def held_seats(session: Session) -> bool:
    """Whether every group counts exactly the seats that the ledger holds."""
    rows = session.execute(select(CommunityGroup.id, CommunityGroup.taken)).all()
    held = list(session.scalars(select(Seat.group_id).where(Seat.released_at.is_(None))))
    return all(taken == held.count(group) for group, taken in rows)
