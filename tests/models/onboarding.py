"""A small onboarding world for the queue's tests: persons with leads, communities with groups, tickets with seats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from models.content import Account, Comment
from models.onboarding import Community, CommunityGroup, Seat, Ticket, TicketEvent
from models.people import Lead, Person
from models.unit_of_work import UnitOfWork

LONG = timedelta(minutes=15)
PAST = datetime(2026, 11, 1, tzinfo=UTC)
Begin = Callable[[], UnitOfWork]


class World:
    """Communities and tickets made by hand, and questions asked of the database."""

    def __init__(self, begin: Begin, *, capacity: int = 100, communities: tuple[str, ...] = ("club",)) -> None:
        self.begin = begin
        with begin() as work:
            session = work._session
            session.add_all(
                Community(name=name, title=name, hub="manual", position=at) for at, name in enumerate(communities)
            )
            session.flush()
            session.add_all(
                CommunityGroup(community=name, name=group, title=group, capacity=capacity, position=at)
                for name in communities
                for at, group in enumerate(("1", "2"))
            )
            account = Account(source="blog", platform="feed", external_id="u1", name="小王")
            session.add(account)
            session.flush()
            session.add(_comment(account.id))
            work.commit()

    def ticket(self, **what: Any) -> int:
        """A new person with a lead and an open ticket, assigned to 甲 with a seat unless told otherwise."""
        with self.begin() as work:
            session = work._session
            person = what.pop("person_id", None) or self._person(work)
            lead = session.scalar(select(Lead.id).where(Lead.person_id == person))
            state = what.get("state", "assigned")
            row = {"community": "club", "state": state, "operator": "甲" if state == "assigned" else None} | what
            row = {"reasons": [], "created_at": PAST, "changed_at": PAST, "ready_at": PAST} | row
            ticket = Ticket(lead_id=lead, person_id=person, **row)
            session.add(ticket)
            session.flush()
            session.add(
                TicketEvent(
                    ticket_id=ticket.id, happened_at=PAST, before=None, after=state, actor="yinliu", reason="routed"
                )
            )
            session.flush()
            if state not in ("blocked_full", "lost", "left", "expired", "opted_out"):
                work.seats.reserve(ticket.id, community=row["community"], now=PAST)
            work.commit()
            return ticket.id

    def _person(self, work: UnitOfWork) -> int:
        session = work._session
        person = Person(name="小王", first_seen_at=PAST)
        session.add(person)
        session.flush()
        session.add(
            Lead(
                person_id=person.id,
                score=80,
                grade="A",
                qualified=True,
                breakdown=[],
                scoring_version="1",
                comment_id=1,
                changed_at=PAST,
                scored_at=PAST,
            )
        )
        session.flush()
        return int(person.id)

    def back(self, ticket: int, **moved: timedelta) -> None:
        """Let times of a ticket be earlier than they are."""
        with self.begin() as work:
            found = work._session.get(Ticket, ticket)
            assert found is not None
            for name, by in moved.items():
                setattr(found, name, getattr(found, name) - by)
            work.commit()

    def row(self, ticket: int) -> Ticket:
        """A ticket as it is stored."""
        with self.begin() as work:
            found = work._session.get(Ticket, ticket)
            assert found is not None
            work._session.expunge(found)
            return found

    def lead(self, ticket: int) -> Lead:
        """The lead of a ticket."""
        with self.begin() as work:
            found = work._session.get(Lead, self.row(ticket).lead_id)
            assert found is not None
            work._session.expunge(found)
            return found

    def events(self, ticket: int) -> list[tuple[str | None, str, str, str, int | None]]:
        """(before, after, actor, reason, token) of a ticket's events, in order."""
        columns = (TicketEvent.before, TicketEvent.after, TicketEvent.actor, TicketEvent.reason, TicketEvent.token)
        with self.begin() as work:
            query = select(*columns).where(TicketEvent.ticket_id == ticket).order_by(TicketEvent.id)
            return [tuple(row) for row in work._session.execute(query)]  # type: ignore[misc]

    def seats(self) -> tuple[int, int, int]:
        """(taken as counted by the groups, lines of the ledger that are held, of these confirmed)."""
        with self.begin() as work:
            session = work._session
            taken = session.scalar(text("SELECT coalesce(sum(taken), 0) FROM community_group"))
            held = session.scalars(select(Seat).where(Seat.released_at.is_(None))).all()
            return int(taken or 0), len(held), sum(seat.confirmed_at is not None for seat in held)


def _comment(account: int) -> Comment:
    return Comment(
        id=1,
        source="blog",
        platform="feed",
        external_id="c1",
        post_external_id="p1",
        account_id=account,
        text="想买",
        flaws=[],
        content_hash="x",
        first_seen_at=PAST,
        changed_at=PAST,
    )
