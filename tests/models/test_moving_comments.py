"""A comment that is known under another platform, or without one: whose it is, and what goes along with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crawlers.items import CommentItem
from tests.models.test_upgrade import rows
from tests.stages.team import MONDAY

Make = Callable[..., Any]


def say(begin: Make, words: str, *, platform: str, key: str = "c1", who: str | None = "7") -> None:
    """Store one comment, as it reads now."""
    item = CommentItem(external_id=key, post_id="p1", author_id=who, author="小王", text=words)
    with begin() as work:
        work.content.store_comments([item], source="inbox", platform=platform, now=MONDAY)
        work.commit()


def silence(engine: Engine, *comments: int | None) -> None:
    """Suppress the accounts 1, 2, …: by an operator (None), or by a comment."""
    with engine.begin() as connection:
        for account, comment in enumerate(comments, start=1):
            connection.execute(
                text(
                    "INSERT INTO suppression (account_id, comment_id, said, actor, reason, happened_at)"
                    " VALUES (:account, :comment, :said, '店长', '电话', :at)"
                ),
                {"account": account, "comment": comment, "said": True, "at": MONDAY},
            )


SILENT = "SELECT account_id, comment_id, actor, reason FROM suppression ORDER BY account_id"
WHOSE = "SELECT platform, account_id FROM comment ORDER BY id"


@pytest.mark.parametrize("known", [("weibo",), ("weibo", "bilibili"), ("weibo", "bilibili", "file")])
def test_a_comment_edited_without_a_platform_stays_whose_it_is(
    engine: Engine, begin: Make, known: tuple[str, ...]
) -> None:
    """Also where the same id is known of others: it is the comment that tells who it is."""
    for number, platform in enumerate(known, start=1):
        say(begin, "想买", platform=platform, key=f"c{number}")
    before = rows(engine, WHOSE)
    say(begin, "想买，改了", platform="file")
    assert rows(engine, "SELECT text FROM comment WHERE id = 1") == [("想买，改了",)]
    assert rows(engine, WHOSE) == before


@pytest.mark.parametrize("words", ["想买", "想买，改了"])
@pytest.mark.parametrize("by", [None, 2])
def test_an_opt_out_goes_along_with_a_comment(engine: Engine, begin: Make, words: str, by: int | None) -> None:
    """An operator's, or the comment's own, however it reads now: it may be of either person of a shared account."""
    say(begin, "好看", platform="file")
    say(begin, "想买", platform="file", key="c2")
    silence(engine, by)
    say(begin, "好看", platform="weibo")
    assert rows(engine, SILENT) == [(1, by, "店长", "电话")]
    for _ in range(2):
        say(begin, words, platform="bilibili", key="c2")
        assert rows(engine, WHOSE) == [("weibo", 1), ("bilibili", 2)]
        assert rows(engine, SILENT) == [(1, by, "店长", "电话"), (2, by, "店长", "电话")]


def test_an_opt_out_goes_along_where_a_comments_writer_is_known_no_more(engine: Engine, begin: Make) -> None:
    """The account that stands for the writer of one comment is as silent as they are."""
    say(begin, "想买", platform="feed")
    silence(engine, None)
    say(begin, "想买，改了", platform="feed", who=None)
    assert rows(engine, SILENT) == [(1, None, "店长", "电话"), (2, None, "店长", "电话")]


def test_another_comments_opt_out_stays_where_it_is(engine: Engine, begin: Make) -> None:
    """Of two who shared an account, it is theirs who wrote that comment; what they say of themselves stays too."""
    for key in ("c1", "c2", "c3"):
        say(begin, "想买", platform="file", key=key)
    silence(engine, 1)
    for key, platform in (("c1", "weibo"), ("c2", "bilibili")):
        say(begin, "想买", platform=platform, key=key)
    assert rows(engine, SILENT) == [(1, 1, "店长", "电话")]
    with engine.begin() as connection:
        connection.execute(text("UPDATE suppression SET comment_id = NULL"))
        connection.execute(
            text(
                "INSERT INTO suppression (account_id, comment_id, actor, reason, happened_at)"
                " VALUES (2, 2, '她', '', :at)"
            ),
            {"at": MONDAY},
        )
    say(begin, "想买", platform="bilibili", key="c3")
    assert rows(engine, SILENT) == [(1, None, "店长", "电话"), (2, 2, "她", "")]
