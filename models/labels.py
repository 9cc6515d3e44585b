"""What people say of texts: labels to train heads with; and which bundles of rules and heads have read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PLAIN, Base, personal


class Label(Base):
    """One person's label for a comment, a post, or a free ``text`` (exactly one of the three), under one head.

    ``labelled_by`` is a colleague's account name.
    """

    __tablename__ = "label"
    __table_args__ = (
        UniqueConstraint("head", "comment_id", "labelled_by"),
        UniqueConstraint("head", "post_id", "labelled_by"),
        Index("ix_label_comment_id", "comment_id"),
        Index("ix_label_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    head: Mapped[str] = mapped_column(info=PLAIN)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    text: Mapped[str | None] = mapped_column(info=personal("public_text"))
    label: Mapped[str] = mapped_column(info=PLAIN)
    labelled_by: Mapped[str] = mapped_column(info=personal("public_name"))
    labelled_at: Mapped[datetime]


class Bundle(Base):
    """A version of the bundle that tagged something, and what it was compiled from."""

    __tablename__ = "bundle"

    version: Mapped[str] = mapped_column(primary_key=True, info=PLAIN)
    ingredients: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    first_used_at: Mapped[datetime]
