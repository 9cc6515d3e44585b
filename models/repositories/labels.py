"""Labels that people gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from models.content import Comment, Post
from models.labels import Label
from models.repositories.upsert import upsert


@dataclass(frozen=True)
class Labelled:
    """(text, label) of what all who labelled it agree on, oldest first; ``disputed``: texts they do not agree on."""

    rows: list[tuple[str, str]]
    disputed: int


class LabelRepository:
    """Labels by head, in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def label_comment(self, comment: int, *, head: str, label: str, by: str, now: datetime) -> None:
        """Somebody's label for a comment, in place of the one they gave before."""
        self._put({"comment_id": comment}, head=head, label=label, by=by, now=now)

    def label_post(self, post: int, *, head: str, label: str, by: str, now: datetime) -> None:
        """Somebody's label for a post, in place of the one they gave before."""
        self._put({"post_id": post}, head=head, label=label, by=by, now=now)

    def label_text(self, text: str, *, head: str, label: str, by: str, now: datetime) -> None:
        """Somebody's label for a text of their own, in place of the one they gave before."""
        same = (Label.head == head, Label.text == text, Label.labelled_by == by)
        self._session.execute(delete(Label).where(*same))
        self._session.add(Label(head=head, text=text, label=label, labelled_by=by, labelled_at=now))
        self._session.flush()

    def _put(self, subject: Mapping[str, int], *, head: str, label: str, by: str, now: datetime) -> None:
        row = {**subject, "head": head, "label": label, "labelled_by": by, "labelled_at": now}
        upsert(self._session, Label, [row], key=("head", *subject, "labelled_by"), update=("label", "labelled_at"))

    def rows(self, head: str) -> Labelled:
        """The labelled texts of a head: comments, then posts (title, labels, body), then free texts."""
        comments = select(Comment.id, Comment.text, Label.label).join(Label, Label.comment_id == Comment.id)
        posts = select(Post.id, Post.title, Post.labels, Post.body, Label.label).join(Label, Label.post_id == Post.id)
        free = select(Label.text, Label.text, Label.label).where(Label.text.is_not(None))
        told = (
            ((id_, "\n".join((title, " ".join(map(str, own)), body)), label))
            for id_, title, own, body, label in self._of(posts, head)
        )
        parts = [_agreed(rows) for rows in (self._of(comments, head), told, self._of(free, head))]
        return Labelled([row for part in parts for row in part.rows], sum(part.disputed for part in parts))

    def _of(self, query: Any, head: str) -> Iterable[Any]:
        chosen: ColumnElement[bool] = Label.head == head
        return self._session.execute(query.where(chosen).order_by(Label.id))

    def counts(self) -> dict[str, dict[str, int]]:
        """How often each label was given, by head."""
        found: dict[str, dict[str, int]] = {}
        for head, label in self._session.execute(select(Label.head, Label.label).order_by(Label.head, Label.label)):
            found.setdefault(head, {})[label] = found.get(head, {}).get(label, 0) + 1
        return found


def _agreed(rows: Iterable[tuple[Any, str, str]]) -> Labelled:
    """(key, text, label) rows as texts with one label; those with several are disputed."""
    texts: dict[Any, str] = {}
    labels: dict[Any, set[str]] = {}
    for key, text, label in rows:
        texts[key] = text
        labels.setdefault(key, set()).add(label)
    agreed = [(texts[key], next(iter(found))) for key, found in labels.items() if len(found) == 1]
    return Labelled(agreed, len(labels) - len(agreed))
