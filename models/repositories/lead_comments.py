"""What the persons of leads wrote: the whole story of one, and of several what came since their lead began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.content import Comment, Contact, Post, Tag
from models.people import Identity, Lead

Row = dict[str, Any]

_FIRST = aliased(Comment)
"""The comment that a lead began with."""


def written(comment: Any = Comment) -> Any:
    """When a comment was written; when it was first seen, where that is not known."""
    return func.coalesce(comment.published_at, comment.first_seen_at, type_=comment.first_seen_at.type)


def comments_of(session: Session, person: int, *, at: datetime | None = None) -> list[Row]:
    """The comments of a person with their tags and contacts; ``at``: those that were written before that moment."""
    query = (
        select(Comment.id, Comment.source, Comment.text, Comment.published_at, Comment.url, Post.title.label("post"))
        .join(Identity, Identity.account_id == Comment.account_id)
        .outerjoin(Post, Post.id == Comment.post_id)
        .where(Identity.person_id == person)
        .order_by(Comment.id)
    )
    comments = _rows(session, query if at is None else query.where(written() < at))
    keys = [row["id"] for row in comments]
    contact = (Contact.comment_id, Contact.kind, Contact.masked, Contact.start, Contact.end, Contact.rule)
    tags = _rows(
        session, select(Tag.comment_id, Tag.kind, Tag.label, Tag.weight, Tag.evidence).where(Tag.comment_id.in_(keys))
    )
    contacts = _rows(session, select(*contact).where(Contact.comment_id.in_(keys)))
    return [
        {
            **row,
            "tags": [tag for tag in tags if tag["comment_id"] == row["id"]],
            "contacts": [contact for contact in contacts if contact["comment_id"] == row["id"]],
        }
        for row in comments
    ]


def said_since(session: Session, leads: Sequence[int]) -> dict[int, list[Row]]:
    """The comments of each lead's person since the one it began with, which is ``first``, the newest last.

    Each with ``intents`` and ``sentiment`` (None: unknown). Those that are gone are left out, but for the first.
    """
    when = written()
    query = (
        select(
            Lead.id.label("lead"), Comment.id, Comment.text, when.label("at"), (Comment.id == _FIRST.id).label("first")
        )
        .join(_FIRST, _FIRST.id == Lead.comment_id)
        .join(Identity, Identity.person_id == Lead.person_id)
        .join(Comment, Comment.account_id == Identity.account_id)
        .where(Lead.id.in_(leads), when >= written(_FIRST), Comment.gone_at.is_(None) | (Comment.id == _FIRST.id))
        .order_by(Lead.id, when, Comment.id)
    )
    rows = _rows(session, query)
    labels: dict[tuple[int, str], list[str]] = {}
    tags = select(Tag.comment_id, Tag.kind, Tag.label).where(Tag.comment_id.in_({row["id"] for row in rows}))
    for tag in session.execute(tags.where(Tag.kind.in_(("intent", "sentiment"))).order_by(Tag.id)):
        labels.setdefault((tag.comment_id, tag.kind), []).append(tag.label)
    found: dict[int, list[Row]] = {}
    for row in rows:
        intents, moods = labels.get((row["id"], "intent"), []), labels.get((row["id"], "sentiment"), [None])
        found.setdefault(row.pop("lead"), []).append({**row, "intents": intents, "sentiment": moods[0]})
    return found


def _rows(session: Session, query: Any) -> list[Row]:
    return [dict(row._mapping) for row in session.execute(query)]
