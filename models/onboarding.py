"""How people are brought in: communities, their groups and seats, operators' turns, tickets, what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal

OPEN_STATES = ("queued", "assigned", "invited", "added", "joined", "blocked_full")
"""The states of a ticket that is not ended; of a person and community only one such ticket exists."""

ALIVE_STATES = (*OPEN_STATES, "retained")
"""The states of a ticket that may still be worked on, and that another one of its person and community may meet."""

SEATED_STATES = ("queued", "assigned", "invited", "added", "joined", "retained")
"""The states in which a ticket holds a seat of its community."""

UNDER_WAY_STATES = ("queued", "assigned", "invited", "added", "blocked_full")
"""The states in which a person is being brought to a community: one at a time."""


def among(states: Sequence[str], *, column: str = "state") -> str:
    """SQL: the state is one of these, written out so that the partial indexes serve it."""
    return "{} IN ({})".format(column, ", ".join(f"'{state}'" for state in states))


_OPEN = text(among(OPEN_STATES))
_UNDER_WAY = text(among(UNDER_WAY_STATES))
_READY = text("state = 'assigned' AND parked_at IS NULL")
_WAITING = text("state = 'queued' AND parked_at IS NULL")
_BLOCKED = text("state = 'blocked_full'")
_HELD = text("released_at IS NULL")
_UNSETTLED = text("state IN ('intended', 'unknown')")
_PARKED = text("parked_at IS NOT NULL")
_DUE = text("state IN ('queued', 'assigned') AND parked_at IS NULL AND escalation < 3")


class Community(Base):
    """A community of the team's, as ``communities.yaml`` last said. ``turn``: when it was last served, by count.

    ``rules``: a digest of whom it suits (topics, cities, intents, tier), so that a change is noticed.
    """

    __tablename__ = "community"

    name: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    title: Mapped[str] = mapped_column(info=PLAIN)
    hub: Mapped[str] = mapped_column(info=PLAIN)
    position: Mapped[int]
    turn: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    rules: Mapped[str] = mapped_column(default="", server_default=text("''"), info=PLAIN)


class CommunityGroup(Base):
    """A group chat of a community. ``taken``: seats reserved or confirmed.

    They are more than there are only where a merge was undone, the capacity lowered, or somebody came in by themselves
    (:class:`WalkIn`). ``closed``: takes nobody in (``communities.yaml`` says so, or does not name it any more).
    """

    __tablename__ = "community_group"
    __table_args__ = (UniqueConstraint("community", "name"), CheckConstraint("taken >= 0", name="taken"))

    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(ForeignKey("community.name"), info=PLAIN)
    name: Mapped[str] = mapped_column(info=PLAIN)
    title: Mapped[str] = mapped_column(info=PLAIN)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    position: Mapped[int]
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())


class Operator(Base):
    """Whose turn it is: ``turn`` counts up with every ticket given; ``given`` tickets on ``day`` (the team's)."""

    __tablename__ = "operator"

    name: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    turn: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    day: Mapped[str] = mapped_column(info=PLAIN)
    given: Mapped[int]


class Ticket(Base):
    """The work of bringing one person into one community; at most one open a person and community, one under way.

    ``ready_at``: from when it can be claimed (a lease or a delay ends). ``leased_by`` holds it until then by
    ``lease_token``, which only grows: whoever has an older one can change nothing. ``parked_at``: waits for a person.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("uq_ticket_open", "person_id", "community", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_ticket_under_way", "person_id", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index("ix_ticket_state", "state", "id"),
        Index("ix_ticket_changed_at", "state", "changed_at"),
        Index("ix_ticket_person_id", "person_id"),
        Index("ix_ticket_ready", "operator", "ready_at", "id", sqlite_where=_READY, postgresql_where=_READY),
        Index("ix_ticket_waiting", "community", "ready_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_ticket_blocked", "community", "id", sqlite_where=_BLOCKED, postgresql_where=_BLOCKED),
        Index("ix_ticket_parked", "parked_at", sqlite_where=_PARKED, postgresql_where=_PARKED),
        Index("ix_ticket_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    community: Mapped[str] = mapped_column(ForeignKey("community.name"), info=PLAIN)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community_group.id"))
    state: Mapped[str] = mapped_column(info=PLAIN)
    operator: Mapped[str | None] = mapped_column(info=PLAIN)
    reasons: Mapped[list[Any]] = mapped_column(info=PLAIN)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    ready_at: Mapped[datetime]
    leased_by: Mapped[str | None] = mapped_column(info=PLAIN)
    lease_token: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    parked_at: Mapped[datetime | None]
    parked_reason: Mapped[str | None] = mapped_column(info=PLAIN)


class TicketEvent(Base):
    """One move of a ticket: from, to, when, who, why, by which lease; append-only."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    happened_at: Mapped[datetime]
    before: Mapped[str | None] = mapped_column(info=PLAIN)
    after: Mapped[str] = mapped_column(info=PLAIN)
    actor: Mapped[str] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(info=PLAIN)
    token: Mapped[int | None]


class WalkIn(Base):
    """Somebody who came into a group without a ticket, as an operator saw: they followed a link, or nobody knows why.

    ``name``: what they call themselves there, contacts in it masked. ``left_at``: they are out again; ``undone_at``:
    it was noted by mistake, and counts for nothing.
    """

    __tablename__ = "walk_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"))
    operator: Mapped[str] = mapped_column(info=PLAIN)
    name: Mapped[str | None] = mapped_column(info=personal("public_name"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class Seat(Base):
    """A line of the seat ledger: reserved, confirmed when the person joined, released when the ticket ended.

    It is a ticket's, or that of somebody who walked in: confirmed at once, released when they left.
    """

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("(ticket_id IS NULL) <> (walk_in_id IS NULL)", name="whose"),
        Index("uq_seat_held", "ticket_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("uq_seat_walked_in", "walk_in_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_seat_group_id", "group_id", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    walk_in_id: Mapped[int | None] = mapped_column(ForeignKey("walk_in.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"))
    reserved_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class Send(Base):
    """An invitation by a hub: its row is written before the send (``intended``), its result after it.

    States: intended, sent, refused (the hub said no), failed (certainly not sent), unknown (may have been sent: looked
    up at the hub), parked (nobody can know: a person decides). A ticket has one unsettled send.
    """

    __tablename__ = "send"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("uq_send_unsettled", "ticket_id", unique=True, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
        Index("ix_send_unsettled", "intended_at", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
        Index("ix_send_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"))
    hub: Mapped[str] = mapped_column(info=PLAIN)
    key: Mapped[str] = mapped_column(info=PLAIN)
    address_hmac: Mapped[str] = mapped_column(info=personal("pseudonym"))
    token: Mapped[int]
    state: Mapped[str] = mapped_column(info=PLAIN)
    intended_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    detail: Mapped[str | None] = mapped_column(info=PLAIN)
