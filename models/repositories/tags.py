"""Tags and contacts: what still has to be tagged, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from models.content import Comment, Contact, Post, PostContact, Tag
from models.repositories.bulk import Bulk
from models.repositories.contacts import note_news
from models.repositories.upsert import chunks

Row = dict[str, Any]
Kind = Literal["post", "comment"]
KINDS: tuple[Kind, ...] = ("post", "comment")

_TABLES: dict[Kind, Any] = {"post": Post, "comment": Comment}

_ANSWERED = 2000
"""Characters of what is answered that are read."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text to be tagged; ``answers`` is what a comment answers: another comment, else the post."""

    id: int
    text: str
    answers: str | None = None
    at: datetime | None = None


class TagRepository:
    """Texts without tags of a version, and the tags of texts, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def untagged_posts(self, version: str, *, limit: int) -> list[TextRow]:
        """Posts (title, labels and text) that this version did not tag yet."""
        return self._posts(_stale(Post, version), limit=limit)

    def untagged_comments(self, version: str, *, limit: int) -> list[TextRow]:
        """Comments that this version did not tag yet."""
        return self._comments(_stale(Comment, version), limit=limit)

    def of_version(self, kind: Kind, version: str, *, limit: int) -> list[TextRow]:
        """Posts or comments that this version tagged last."""
        read = self._posts if kind == "post" else self._comments
        return read(_TABLES[kind].tagged_version == version, limit=limit)

    def versions(self) -> set[str]:
        """The versions that tagged anything that is still as they left it."""
        found = (self._session.scalars(select(table.tagged_version).distinct()) for table in (Post, Comment))
        return {version for versions in found for version in versions if version is not None}

    def adopt(self, kind: Kind, keys: Collection[int], *, version: str | None) -> None:
        """Texts whose tags stand under another version too; under None they are to be tagged."""
        table = _TABLES[kind]
        for part in chunks(list(keys)):
            self._session.execute(update(table).where(table.id.in_(part)).values(tagged_version=version))

    def keep_post_tags(
        self, posts: Sequence[int], tags: Sequence[Row], contacts: Sequence[tuple[int, str]] = (), *, version: str
    ) -> None:
        """Replace the tags of these posts, and their contacts: (post, keyed digest).

        Their comments, which share their topics, are to be qualified anew; whose contacts are is worked out anew.
        """
        gone = select(PostContact.value_hmac).where(PostContact.post_id.in_(posts))
        below = select(Contact.value_hmac).join(Comment, Comment.id == Contact.comment_id)
        self._note(gone.union(below.where(Comment.post_id.in_(posts))), (digest for _, digest in contacts))
        for table in (Tag, PostContact):
            self._session.execute(delete(table).where(table.post_id.in_(posts)))
        self._insert(Tag, tags)
        self._insert(PostContact, [{"post_id": post, "value_hmac": digest} for post, digest in contacts])
        self._session.execute(update(Post).where(Post.id.in_(posts)).values(tagged_version=version))
        self._session.execute(update(Comment).where(Comment.post_id.in_(posts)).values(qualified_version=None))

    def keep_comment_tags(
        self, comments: Sequence[int], tags: Sequence[Row], contacts: Sequence[Row], *, version: str
    ) -> None:
        """Replace the tags and contacts of these comments; they, and whose contacts are, are to be worked out anew."""
        self._note(
            select(Contact.value_hmac).where(Contact.comment_id.in_(comments)), (row["value_hmac"] for row in contacts)
        )
        self._session.execute(delete(Tag).where(Tag.comment_id.in_(comments)))
        self._session.execute(delete(Contact).where(Contact.comment_id.in_(comments)))
        self._insert(Tag, tags)
        self._insert(Contact, contacts)
        done = {"tagged_version": version, "qualified_version": None}
        self._session.execute(update(Comment).where(Comment.id.in_(comments)).values(done))

    def _posts(self, condition: Any, *, limit: int) -> list[TextRow]:
        query = select(Post.id, Post.title, Post.labels, Post.body, Post.published_at).where(condition)
        rows = self._session.execute(query.order_by(Post.id).limit(limit).with_for_update(skip_locked=True))
        return [
            TextRow(key, "\n".join((title, " ".join(map(str, labels)), body)), at=at)
            for key, title, labels, body, at in rows
        ]

    def _comments(self, condition: Any, *, limit: int) -> list[TextRow]:
        parent = aliased(Comment)
        on_sqlite = self._session.get_bind().dialect.name == "sqlite"
        end_of_post = func.substr(Post.body, -_ANSWERED) if on_sqlite else func.right(Post.body, _ANSWERED)
        query = (
            select(Comment.id, Comment.text, func.coalesce(parent.text, end_of_post), Comment.published_at)
            .outerjoin(parent, parent.id == Comment.parent_id)
            .outerjoin(Post, Post.id == Comment.post_id)
            .where(condition)
            .order_by(Comment.id)
            .limit(limit)
            .with_for_update(of=Comment, skip_locked=True)
        )
        return [TextRow(*row) for row in self._session.execute(query)]

    def _note(self, before: Any, now: Iterable[str]) -> None:
        """Contacts that were there before, or are from now on."""
        note_news(Bulk(self._session), {*self._session.scalars(before), *now})

    def _insert(self, table: type[Any], rows: Sequence[Row]) -> None:
        if rows:
            self._session.execute(insert(table), list(rows))


def _stale(table: type[Any], version: str) -> Any:
    return or_(table.tagged_version.is_(None), table.tagged_version != version)
