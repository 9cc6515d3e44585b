"""Tags and contacts: what still has to be tagged, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from models.content import Comment, Contact, Post, Tag

Row = dict[str, Any]


class TagRepository:
    """Texts without tags of a version, and the tags of texts, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def untagged_posts(self, version: str, *, limit: int) -> list[tuple[int, str]]:
        """(id, title, labels and text) of posts that this version did not tag yet."""
        query = select(Post.id, Post.title, Post.labels, Post.body).where(_stale(Post, version)).order_by(Post.id)
        rows = self._session.execute(query.limit(limit).with_for_update(skip_locked=True))
        return [(key, "\n".join((title, " ".join(map(str, labels)), body))) for key, title, labels, body in rows]

    def untagged_comments(self, version: str, *, limit: int) -> list[tuple[int, str]]:
        """(id, text) of comments that this version did not tag yet."""
        query = select(Comment.id, Comment.text).where(_stale(Comment, version)).order_by(Comment.id)
        return list(self._session.execute(query.limit(limit).with_for_update(skip_locked=True)))

    def keep_post_tags(self, posts: Sequence[int], tags: Sequence[Row], *, version: str) -> None:
        """Replace the tags of these posts."""
        self._session.execute(delete(Tag).where(Tag.post_id.in_(posts)))
        self._insert(Tag, tags)
        self._session.execute(update(Post).where(Post.id.in_(posts)).values(tagged_version=version))

    def keep_comment_tags(
        self, comments: Sequence[int], tags: Sequence[Row], contacts: Sequence[Row], *, version: str
    ) -> None:
        """Replace the tags and contacts of these comments; they are to be qualified anew."""
        self._session.execute(delete(Tag).where(Tag.comment_id.in_(comments)))
        self._session.execute(delete(Contact).where(Contact.comment_id.in_(comments)))
        self._insert(Tag, tags)
        self._insert(Contact, contacts)
        done = {"tagged_version": version, "qualified_version": None}
        self._session.execute(update(Comment).where(Comment.id.in_(comments)).values(done))

    def _insert(self, table: type[Any], rows: Sequence[Row]) -> None:
        if rows:
            self._session.execute(insert(table), list(rows))


def _stale(table: type[Any], version: str) -> Any:
    return or_(table.tagged_version.is_(None), table.tagged_version != version)
