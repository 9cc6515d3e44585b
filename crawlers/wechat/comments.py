"""Comments of an article, as ``comment/list`` gives them, with the account's own replies.

``user_comment_id`` is asked for together with the article everywhere, so our id has both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawlers.items import CommentItem, ProblemItem
from crawlers.text import clean
from crawlers.wechat.articles import incomplete, rows_of
from crawlers.wechat.days import read_moment


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page: its comments and replies, what could not be read, how many comments it has, and how many in all."""

    comments: tuple[CommentItem, ...]
    problems: tuple[ProblemItem, ...]
    size: int
    total: int

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the comments and replies on it."""
        return tuple(item.external_id for item in self.comments)

    @property
    def oldest(self) -> datetime | None:
        """The oldest known time on it."""
        return min((item.published for item in self.comments if item.published), default=None)


def parse_comments(answer: dict[str, Any], *, post_id: str, account: str, now: datetime) -> CommentPage:
    """One page of comments; ``account`` is who replies."""
    rows = rows_of(answer.get("comment"))
    items = [item for row in rows for item in _read(row, post_id=post_id, account=account, now=now)]
    total = answer.get("total")
    return CommentPage(
        comments=tuple(item for item in items if isinstance(item, CommentItem)),
        problems=tuple(item for item in items if isinstance(item, ProblemItem)),
        size=len(rows),
        total=total if isinstance(total, int) else 0,
    )


def _read(row: dict[str, Any], *, post_id: str, account: str, now: datetime) -> Iterator[CommentItem | ProblemItem]:
    number = row.get("user_comment_id")
    if not isinstance(number, int | str) or not str(number).isdigit() or "content" not in row:
        # The row is not kept as payload: it would carry what somebody wrote and who.
        yield incomplete({"fields": sorted(row)}, f"user_comment_id, content; comment of {post_id}")
        return
    key = f"{post_id}:{number}"
    openid = str(row.get("openid") or "") or None
    yield _comment(row, key=key, post_id=post_id, author=openid, now=now)
    reply = row.get("reply")
    if isinstance(reply, dict) and reply.get("content"):
        yield _comment(reply, key=f"{key}:reply", post_id=post_id, author=f"account:{account}", parent=key, now=now)


def _comment(
    row: dict[str, Any], *, key: str, post_id: str, author: str | None, now: datetime, parent: str | None = None
) -> CommentItem:
    text, spoilt = clean(str(row.get("content") or ""))
    published, raw, late = read_moment(row.get("create_time"), now=now)
    return CommentItem(
        external_id=key,
        post_id=post_id,
        parent_id=parent,
        author_id=author,
        text=text,
        published=published,
        published_raw=raw,
        flaws=(*spoilt, *late),
    )
