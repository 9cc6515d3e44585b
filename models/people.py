"""Who showed interest and where they go: persons, signals, leads, communities, tickets, exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal

OPEN_STATES = ("queued", "assigned", "invited", "added", "joined", "blocked_full")
"""The states of a ticket that is not ended; of a person and community only one such ticket exists."""

SEATED_STATES = ("queued", "assigned", "invited", "added", "joined", "retained")
"""The states in which a ticket holds a seat of its community."""

_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STATES)))


class Person(Base):
    """One human being, as far as is known."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(info=personal("public_name"))
    first_seen_at: Mapped[datetime]


class Identity(Base):
    """Which person an account is, how that is known and how sure it is (0..1)."""

    __tablename__ = "identity"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(info=PLAIN)
    confidence: Mapped[float]


class MergeEvent(Base):
    """Two persons that turned out to be one: who was kept, who was dropped, and which accounts moved (to undo it)."""

    __tablename__ = "merge_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept: Mapped[int]
    dropped: Mapped[int]
    how: Mapped[str] = mapped_column(info=PLAIN)
    accounts: Mapped[list[Any]] = mapped_column(info=PLAIN)
    happened_at: Mapped[datetime]


class Signal(Base):
    """One thing a person did that says something about their interest; unique by its evidence.

    It is taken back only where its comment was edited and no longer says it.
    """

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("person_id", "kind", "evidence", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(info=PLAIN)
    evidence: Mapped[str] = mapped_column(info=PLAIN)
    version: Mapped[str] = mapped_column(info=PLAIN)
    label: Mapped[str] = mapped_column(info=PLAIN)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    happened_at: Mapped[datetime]


class Lead(Base):
    """What a person's signals add up to, and the post and comment that it began with."""

    __tablename__ = "lead"
    __table_args__ = (Index("ix_lead_qualified", "qualified", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(info=PLAIN)
    qualified: Mapped[bool]
    breakdown: Mapped[list[Any]] = mapped_column(info=PLAIN)
    scoring_version: Mapped[str] = mapped_column(info=PLAIN)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    qualified_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    route_note: Mapped[str | None] = mapped_column(info=PLAIN)


class Community(Base):
    """A community of the team's, as ``communities.yaml`` last said."""

    __tablename__ = "community"

    name: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    title: Mapped[str] = mapped_column(info=PLAIN)
    capacity: Mapped[int]
    position: Mapped[int]


class Ticket(Base):
    """The work of bringing one person into one community; at most one open a person and community."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("uq_ticket_open", "person_id", "community", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_ticket_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    community: Mapped[str] = mapped_column(ForeignKey("community.name"), info=PLAIN)
    state: Mapped[str] = mapped_column(info=PLAIN)
    operator: Mapped[str | None] = mapped_column(info=PLAIN)
    reasons: Mapped[list[Any]] = mapped_column(info=PLAIN)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]


class TicketEvent(Base):
    """One move of a ticket: from, to, when, who, why; append-only."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    happened_at: Mapped[datetime]
    before: Mapped[str | None] = mapped_column(info=PLAIN)
    after: Mapped[str] = mapped_column(info=PLAIN)
    actor: Mapped[str] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(info=PLAIN)


class CrmExport(Base):
    """The ledger of what was sent where: the row is written before the send, ``sent_at`` after it."""

    __tablename__ = "crm_export"
    __table_args__ = (
        UniqueConstraint("target", "lead_id", "content_hash"),
        Index("ix_crm_export_batch", "target", "batch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(info=PLAIN)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    content_hash: Mapped[str] = mapped_column(info=personal("pseudonym"))
    batch: Mapped[str] = mapped_column(info=PLAIN)
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
