"""Communities, tickets and their events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.content import Comment, Contact, Post, Tag
from models.onboarding import OPEN_STATES, SEATED_STATES, Community, Ticket, TicketEvent
from models.people import Identity, Lead, Person
from models.repositories.upsert import upsert

Row = dict[str, Any]
_BUSY_STATES = ("queued", "assigned", "invited", "added")


class TicketRepository:
    """The onboarding queue, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep_communities(self, rows: Sequence[Row]) -> None:
        """Make the communities be as ``communities.yaml`` says."""
        upsert(self._session, Community, rows, key=("name",), update=("title", "capacity", "position"))

    def lock_communities(self) -> None:
        """Let nobody else give seats away until this transaction ends."""
        self._session.execute(select(Community.name).order_by(Community.name).with_for_update()).all()

    def has_seat(self, community: str) -> bool:
        """True where a community has a free seat."""
        capacity = self._session.scalar(select(Community.capacity).where(Community.name == community)) or 0
        return self.seats_taken().get(community, 0) < capacity

    def seats_taken(self) -> dict[str, int]:
        """Seats held in each community."""
        return self._count(Ticket.community, Ticket.state.in_(SEATED_STATES))

    def work_in_hand(self) -> dict[str, int]:
        """Tickets that each operator still has to work on."""
        return self._count(Ticket.operator, Ticket.state.in_(_BUSY_STATES))

    def _count(self, column: Any, *where: Any) -> dict[str, int]:
        query = select(column, func.count()).where(column.is_not(None), *where).group_by(column)
        return dict(self._session.execute(query).all())

    def blocked(self) -> Sequence[Ticket]:
        """Tickets that wait for a seat, first come first."""
        return self._session.scalars(select(Ticket).where(Ticket.state == "blocked_full").order_by(Ticket.id)).all()

    def unrouted(self, *, limit: int) -> Sequence[Lead]:
        """Qualified leads that never had a ticket and no note why not; who asked first comes first."""
        had = select(Ticket.id).where(Ticket.person_id == Lead.person_id).exists()
        asked = func.coalesce(Comment.published_at, Comment.first_seen_at)
        query = select(Lead).join(Comment, Comment.id == Lead.comment_id)
        query = query.where(Lead.qualified, ~had, Lead.route_note.is_(None))
        return self._session.scalars(query.order_by(asked, Comment.source, Comment.external_id).limit(limit)).all()

    def forget_notes(self) -> None:
        """Let leads that no community took be looked at again: the communities may have changed."""
        self._session.execute(update(Lead).where(Lead.route_note.is_not(None)).values(route_note=None))

    def interests(self, persons: Sequence[int]) -> dict[int, dict[str, set[str]]]:
        """What persons talk about: topics of their comments and of the posts they commented on, places named."""
        found: dict[int, dict[str, set[str]]] = {person: {"topic": set(), "place": set()} for person in persons}
        base = select(Identity.person_id, Tag.kind, Tag.label).join(Comment, Comment.account_id == Identity.account_id)
        own = base.join(Tag, Tag.comment_id == Comment.id).where(Tag.kind.in_(("topic", "place")))
        posts = base.join(Tag, Tag.post_id == Comment.post_id).where(Tag.kind == "topic")
        for query in (own, posts):
            for person, kind, label in self._session.execute(query.where(Identity.person_id.in_(persons))):
                found[person][kind].add(label)
        return found

    def open(self, row: Row, *, actor: str, reason: str) -> Ticket:
        """A new ticket, with its first event."""
        ticket = Ticket(**row)
        self._session.add(ticket)
        self._session.flush()
        self._event(ticket, before=None, actor=actor, reason=reason, now=row["created_at"])
        return ticket

    def move(self, ticket: Ticket, state: str, *, actor: str, reason: str, now: datetime, **values: Any) -> None:
        """Put a ticket into a state, with its event."""
        before, ticket.state, ticket.changed_at = ticket.state, state, now
        for name, value in values.items():
            setattr(ticket, name, value)
        self._event(ticket, before=before, actor=actor, reason=reason, now=now)

    def note(self, ticket: Ticket, *, actor: str, reason: str, now: datetime) -> None:
        """An event that leaves the state as it is."""
        self._event(ticket, before=ticket.state, actor=actor, reason=reason, now=now)

    def _event(self, ticket: Ticket, *, before: str | None, actor: str, reason: str, now: datetime) -> None:
        self._session.add(
            TicketEvent(
                ticket_id=ticket.id, happened_at=now, before=before, after=ticket.state, actor=actor, reason=reason
            )
        )

    def get(self, ticket: int) -> Ticket | None:
        """A ticket by its number, locked until this transaction ends."""
        return self._session.scalar(select(Ticket).where(Ticket.id == ticket).with_for_update())

    def overdue(self, now: datetime) -> Sequence[Ticket]:
        """Tickets that nobody worked on in time and that are not marked late yet."""
        waiting = Ticket.state.in_(("queued", "assigned"))
        query = select(Ticket).where(waiting, Ticket.due_at < now, Ticket.late_at.is_(None)).order_by(Ticket.id)
        return self._session.scalars(query).all()

    def untouched_since(self, moment: datetime) -> Sequence[Ticket]:
        """Tickets that an operator holds and did not move since ``moment``."""
        held = Ticket.state.in_(("assigned", "invited", "added"))
        return self._session.scalars(select(Ticket).where(held, Ticket.changed_at < moment).order_by(Ticket.id)).all()

    def queue(self, *, community: str | None = None, everything: bool = False) -> list[Row]:
        """Tickets with the person, the lead and the post behind them; without ``everything`` only open ones."""
        query = (
            select(*_QUEUED)
            .join(Community, Community.name == Ticket.community)
            .join(Person, Person.id == Ticket.person_id)
            .join(Lead, Lead.id == Ticket.lead_id)
            .outerjoin(Post, Post.id == Ticket.post_id)
            .order_by(Ticket.id)
        )
        query = query if everything else query.where(Ticket.state.in_(OPEN_STATES))
        query = query.where(Ticket.community == community) if community else query
        rows = [dict(row._mapping) for row in self._session.execute(query)]
        contacts = self._masked([row["lead_id"] for row in rows])
        return [{**row, "contacts": contacts.get(row["lead_id"], [])} for row in rows]

    def _masked(self, leads: Sequence[int]) -> dict[int, list[str]]:
        query = (
            select(Lead.id, Contact.masked)
            .join(Identity, Identity.person_id == Lead.person_id)
            .join(Comment, Comment.account_id == Identity.account_id)
            .join(Contact, Contact.comment_id == Comment.id)
            .order_by(Contact.id)
        )
        found: dict[int, list[str]] = {}
        wanted = set(leads)
        for lead, masked in self._session.execute(query):
            if lead in wanted and masked not in found.setdefault(lead, []):
                found[lead].append(masked)
        return found


_QUEUED = (
    Ticket.id,
    Ticket.state,
    Ticket.community,
    Community.title,
    Ticket.operator,
    Ticket.created_at,
    Ticket.due_at,
    Ticket.late_at,
    Ticket.reasons,
    Ticket.lead_id,
    Person.name,
    Lead.score,
    Lead.grade,
    Post.title.label("post"),
    Post.url.label("url"),
)
