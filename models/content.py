"""What was published and said: posts, comments, their authors, counters, tags, and what could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal


class Account(Base):
    """Somebody as one source knows them; ``external_id`` is unique in its source."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    external_id: Mapped[str] = mapped_column(info=personal("pseudonym"))
    name: Mapped[str | None] = mapped_column(info=personal("public_name"))


class Post(Base):
    """One published post."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index("ix_post_published_at", "published_at"))

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
    tagged_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)


class Comment(Base):
    """One comment or reply; ``post_id`` and ``parent_id`` are tied as soon as the other row is known."""

    __tablename__ = "comment"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index("ix_comment_published_at", "published_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=PLAIN)
    platform: Mapped[str] = mapped_column(info=PLAIN)
    external_id: Mapped[str] = mapped_column(info=PLAIN)
    post_external_id: Mapped[str] = mapped_column(info=PLAIN)
    parent_external_id: Mapped[str | None] = mapped_column(info=PLAIN)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
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
    tagged_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)
    qualified_version: Mapped[str | None] = mapped_column(index=True, info=PLAIN)


class MetricSnapshot(Base):
    """A counter of a post as it stood at ``taken_at``; append-only, a row only when it changed; NULL is "unknown"."""

    __tablename__ = "metric_snapshot"
    __table_args__ = (UniqueConstraint("post_id", "name", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    name: Mapped[str] = mapped_column(info=PLAIN)
    value: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[str] = mapped_column(info=PLAIN)
    taken_at: Mapped[datetime]


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


class Quarantine(Base):
    """What could not be fetched or read, with its reason; the same thing again only counts up."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("source", "code", "locator", "digest"),)

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
