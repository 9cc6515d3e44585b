"""Who showed interest: persons, what tells them apart, signals, leads, and what was exported of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal

_TO_ROUTE = text("route_at IS NOT NULL")
_TO_SCORE = text("rescore_at IS NOT NULL")


class Person(Base):
    """One human being, as far as is known. ``suppressed_at``: an account of theirs asked not to be contacted.

    No id is given twice: a merge that is undone brings the person back under theirs.
    """

    __tablename__ = "person"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(info=personal("public_name"))
    first_seen_at: Mapped[datetime]
    suppressed_at: Mapped[datetime | None]


class Identity(Base):
    """Which person an account is, how that is known and how sure it is (0..1)."""

    __tablename__ = "identity"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(info=PLAIN)
    confidence: Mapped[float]


class MergeEvent(Base):
    """Two persons that turned out to be one: who was kept, who was dropped, and which accounts moved.

    ``before`` holds what the merge changed or removed besides, so that undoing it is its exact inverse.
    """

    __tablename__ = "merge_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept: Mapped[int]
    dropped: Mapped[int]
    how: Mapped[str] = mapped_column(info=PLAIN)
    actor: Mapped[str] = mapped_column(info=PLAIN)
    accounts: Mapped[list[Any]] = mapped_column(info=PLAIN)
    before: Mapped[dict[str, Any]] = mapped_column(info=personal("public_name"))
    happened_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class NotSame(Base):
    """Two accounts (``first`` < ``second``) that somebody said are not one person: nothing merges them."""

    __tablename__ = "not_same"

    first: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    second: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    actor: Mapped[str] = mapped_column(info=PLAIN)
    happened_at: Mapped[datetime]


class Suppression(Base):
    """An account that is never routed, exported or contacted again, since a comment or an operator said so.

    ``said``: of this account; else it left a contact of one of which it was said, in ``comment_id``.
    """

    __tablename__ = "suppression"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    said: Mapped[bool] = mapped_column(server_default=true())
    actor: Mapped[str] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(info=PLAIN)
    happened_at: Mapped[datetime]


class Misheard(Base):
    """A comment that was taken for an opt-out and is none, as long as its text has this digest."""

    __tablename__ = "misheard"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, autoincrement=False)
    text_hash: Mapped[str] = mapped_column(info=PLAIN)
    actor: Mapped[str] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(info=PLAIN)
    happened_at: Mapped[datetime]


class Withdrawal(Base):
    """A suppression of an account that was taken back: who had said so why and when, and who took it back why."""

    __tablename__ = "withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    said: Mapped[bool]
    said_by: Mapped[str] = mapped_column(info=PLAIN)
    said_why: Mapped[str] = mapped_column(info=PLAIN)
    said_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(info=PLAIN)
    happened_at: Mapped[datetime]


class Signal(Base):
    """One thing an account did that says something about its person's interest; unique by its evidence, append-only.

    ``withdrawn_at``: its comment was edited and no longer says it.
    """

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("account_id", "kind", "evidence", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(info=PLAIN)
    evidence: Mapped[str] = mapped_column(info=PLAIN)
    version: Mapped[str] = mapped_column(info=PLAIN)
    label: Mapped[str] = mapped_column(info=PLAIN)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Lead(Base):
    """What a person's signals add up to, and the post and comment that it began with.

    ``rescore_at``: when decay alone may change its grade. ``route_at``: from when on ``route`` looks at it; the order
    is who asked first; NULL: nothing to route. No id is given twice: a CRM knows the lead by it.
    """

    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_qualified", "qualified", "id"),
        Index("ix_lead_route_at", "route_at", "id", sqlite_where=_TO_ROUTE, postgresql_where=_TO_ROUTE),
        Index("ix_lead_rescore_at", "rescore_at", sqlite_where=_TO_SCORE, postgresql_where=_TO_SCORE),
        Index("ix_lead_scoring_version", "scoring_version"),
        {"sqlite_autoincrement": True},
    )

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
    scored_at: Mapped[datetime]
    rescore_at: Mapped[datetime | None]
    route_at: Mapped[datetime | None]
    route_note: Mapped[str | None] = mapped_column(info=PLAIN)


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
