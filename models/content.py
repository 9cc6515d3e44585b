"""What was published and said: posts, comments, their authors, counters, tags, and what could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal


class Account(Base):
    """Somebody as one source knows them on one platform (``feed``, ``file``: how it is read, where none is known)."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("source", "external_id", "platform"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    external_id: Mapped[str] = mapped_column(info=personal("pseudonym"))
    name: Mapped[str | None] = mapped_column(info=personal("public_name"))


class Post(Base):
    """One published post."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_post_published_at", "published_at"),
        Index("ix_post_source_published_at", "source", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    external_id: Mapped[str] = mapped_column(info=PLAIN)
    url: Mapped[str] = mapped_column(info=PLAIN)
    title: Mapped[str] = mapped_column(info=personal("public_text"))
    body: Mapped[str] = mapped_column(info=personal("public_text"))
    author: Mapped[str | None] = mapped_column(info=personal("public_name"))
    labels: Mapped[list[Any]] = mapped_column(info=PLAIN)
    published_at: Mapped[datetime | None]
    published_raw: Mapped[str | None] = mapped_column(info=PLAIN)
    flaws: Mapped[list[Any]] = mapped_column(info=PLAIN)
    content_hash: Mapped[str] = mapped_column(info=PLAIN)
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    tagged_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)


_NO_POST = text("post_id IS NULL")
_NO_PARENT = text("parent_id IS NULL AND parent_external_id IS NOT NULL")


class Comment(Base):
    """One comment or reply; ``post_id`` and ``parent_id`` are tied as soon as the other row is known.

    ``gone_at``: when a visit did not find it any more; NULL again as soon as it is seen.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_comment_published_at", "published_at"),
        Index("ix_comment_post_id_published_at", "post_id", "published_at"),
        Index(
            "ix_comment_without_post", "source", "post_external_id", sqlite_where=_NO_POST, postgresql_where=_NO_POST
        ),
        Index(
            "ix_comment_without_parent",
            "source",
            "parent_external_id",
            sqlite_where=_NO_PARENT,
            postgresql_where=_NO_PARENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    external_id: Mapped[str] = mapped_column(info=PLAIN)
    post_external_id: Mapped[str] = mapped_column(info=PLAIN)
    parent_external_id: Mapped[str | None] = mapped_column(info=PLAIN)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    url: Mapped[str | None] = mapped_column(info=PLAIN)
    text: Mapped[str] = mapped_column(info=personal("public_text"))
    published_at: Mapped[datetime | None]
    published_raw: Mapped[str | None] = mapped_column(info=PLAIN)
    flaws: Mapped[list[Any]] = mapped_column(info=PLAIN)
    content_hash: Mapped[str] = mapped_column(info=PLAIN)
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    tagged_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)
    qualified_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)


class MetricSnapshot(Base):
    """A counter of a post as it stood at ``taken_at``; append-only; NULL is "unknown".

    A row when it changed, and one for every ``window`` of the post's age ("1h" … "30d") in which it was seen.
    ``regressed``: the value lies below the last one that was known.
    """

    __tablename__ = "metric_snapshot"
    __table_args__ = (
        UniqueConstraint("post_id", "name", "taken_at"),
        Index("uq_metric_snapshot_window", "post_id", "name", "window", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    name: Mapped[str] = mapped_column(info=PLAIN)
    value: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[str] = mapped_column(info=PLAIN)
    taken_at: Mapped[datetime]
    window: Mapped[str | None] = mapped_column(info=PLAIN)
    regressed: Mapped[bool] = mapped_column(default=False, server_default=false())


_RESTING = text("due_at IS NULL")


class Visit(Base):
    """When a post's comments are read again: at ``due_at``, or now and then where it is NULL (the post rests).

    ``visited_at``: when they were last read, or when the post was first seen. A post that is gone rests.
    ``comments_seen``: how many the last walk met; NULL until one came to its end, and again when one did not.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_source_due_at", "source", "due_at"),
        Index("ix_visit_resting", "source", "visited_at", sqlite_where=_RESTING, postgresql_where=_RESTING),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(info=PLAIN)
    visited_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    newest_comment_at: Mapped[datetime | None]
    comments_seen: Mapped[int | None]


class Tag(Base):
    """A topic, an intent or a place found in a post or a comment, with its evidence (spans, rules, weights)."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint("post_id", "kind", "label"),
        UniqueConstraint("comment_id", "kind", "label"),
        Index("ix_tag_kind_label", "kind", "label"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    kind: Mapped[str] = mapped_column(info=PLAIN)
    label: Mapped[str] = mapped_column(info=PLAIN)
    weight: Mapped[float]
    version: Mapped[str] = mapped_column(info=PLAIN)
    evidence: Mapped[list[Any]] = mapped_column(info=personal("public_text"))


class Contact(Base):
    """A contact detail that somebody left in a comment: encrypted, found again by a keyed HMAC, shown masked."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("comment_id", "kind", "value_hmac"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    kind: Mapped[str] = mapped_column(info=PLAIN)
    value_cipher: Mapped[bytes] = mapped_column(info=personal("contact", days=365))
    value_hmac: Mapped[str] = mapped_column(index=True, info=personal("pseudonym", days=365))
    masked: Mapped[str] = mapped_column(info=personal("pseudonym", days=365))
    start: Mapped[int]
    end: Mapped[int]
    rule: Mapped[str] = mapped_column(info=PLAIN)


class PostContact(Base):
    """A contact that the team itself wrote into a post: only known again, by a keyed HMAC."""

    __tablename__ = "post_contact"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    value_hmac: Mapped[str] = mapped_column(primary_key=True, index=True, info=personal("pseudonym", days=365))


class TeamContact(Base):
    """A contact that is the team's own, for the team published it first."""

    __tablename__ = "team_contact"

    value_hmac: Mapped[str] = mapped_column(primary_key=True, info=personal("pseudonym", days=365))


class ContactNews(Base):
    """A contact that was written or taken away since it was worked out whose it is."""

    __tablename__ = "contact_news"

    value_hmac: Mapped[str] = mapped_column(primary_key=True, info=personal("pseudonym", days=365))


class ContactReading(Base):
    """By which reading (who the team is) it was last worked out whose contacts are: one row."""

    __tablename__ = "contact_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(info=PLAIN)


_OPEN = text("resolved_at IS NULL")


class Quarantine(Base):
    """What could not be fetched or read, with its reason; the same thing again only counts up.

    ``scope``: "item" (one thing was not stored), "source" (the crawl is not whole), "note" (stored, but worth telling).
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        UniqueConstraint("source", "code", "locator", "digest"),
        Index("ix_quarantine_open", "source", "scope", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    code: Mapped[str] = mapped_column(info=PLAIN)
    locator: Mapped[str] = mapped_column(info=PLAIN)
    digest: Mapped[str] = mapped_column(info=PLAIN)
    detail: Mapped[str] = mapped_column(info=PLAIN)
    scope: Mapped[str] = mapped_column(info=PLAIN)
    payload: Mapped[str | None] = mapped_column(info=personal("public_text", days=90))
    seen: Mapped[int]
    resolved_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
