"""What was said between two moments: the texts that new words are found in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.content import Comment, Post, Tag


class Said(NamedTuple):
    """A post or a comment: its text, whose it is, under which post it stands, and that post's title."""

    text: str
    account: str
    post: str
    title: str


class TextRepository:
    """Texts between ``start`` and ``end`` (exclusive), in one session; what is gone or was tagged an advert is not
    among them. A text without a believable time counts when it was first seen, as in the weekly report."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def said(self, start: datetime, end: datetime) -> list[Said]:
        """Posts (title, labels, body), then comments, each in the order they came."""
        return [*self._posts(start, end), *self._comments(start, end)]

    def _posts(self, start: datetime, end: datetime) -> list[Said]:
        columns = (Post.id, Post.source, Post.author, Post.title, Post.labels, Post.body)
        query = select(*columns).where(*_within(Post, start, end), ~_advert(Tag.post_id, Post.id)).order_by(Post.id)
        return [
            Said(
                "\n".join((title, " ".join(map(str, labels)), body)),
                f"author:{source}:{author}" if author else f"post:{key}",
                f"post:{key}",
                title,
            )
            for key, source, author, title, labels, body in self._session.execute(query)
        ]

    def _comments(self, start: datetime, end: datetime) -> list[Said]:
        columns = (
            Comment.text,
            Comment.account_id,
            Comment.post_id,
            Comment.source,
            Comment.post_external_id,
            Post.title,
        )
        query = (
            select(*columns)
            .outerjoin(Post, Post.id == Comment.post_id)
            .where(*_within(Comment, start, end), ~_advert(Tag.comment_id, Comment.id))
            .order_by(Comment.id)
        )
        return [
            Said(text, f"account:{account}", f"post:{post}" if post else f"untied:{source}:{external}", title or "")
            for text, account, post, source, external, title in self._session.execute(query)
        ]


def _within(table: type[Any], start: datetime, end: datetime) -> tuple[Any, ...]:
    at = func.coalesce(table.published_at, table.first_seen_at, type_=table.first_seen_at.type)
    return at >= start, at < end, table.gone_at.is_(None)


def _advert(reference: Any, key: Any) -> Any:
    return select(Tag.id).where(reference == key, Tag.kind == "intent", Tag.label == "spam_ad").exists()
