"""One source with exports of several platforms: an account is one platform's, and an old database goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from crawlers.items import CommentItem, PostItem
from models.database import upgrade
from models.repositories.accounts import READERS, Accounts
from models.repositories.bulk import Bulk
from models.unit_of_work import UnitOfWork
from tests.models.test_upgrade import empty, fill, move, rows
from tests.stages.team import MONDAY

BEFORE = "2026-11-01 00:00:00.000000"
SAID = (
    ("c1", "p1", "123", "想买", "小王"),
    ("c2", "p1", "124", "好看", "小李"),
    ("c3", "p2", "123", "不要再联系我", "老张"),
)
"""Comment, post, account, text, name: of 小红书 (p1) and B站 (p2), where 123 is somebody else."""

PLATFORMS = {"p1": "xiaohongshu", "p2": "bilibili"}
Make = Callable[..., Any]


def store(engine: Engine, *, platform: Callable[[str], str]) -> list[int]:
    """Load the two posts and what was said below them; gives how many were new, changed and the same."""
    found = [0, 0, 0]
    with UnitOfWork(engine) as work:
        for post in PLATFORMS:
            where: dict[str, Any] = {"source": "inbox", "platform": platform(post), "now": MONDAY}
            item = PostItem(external_id=post, url="u", title="t", body="b")
            heard = [
                CommentItem(external_id=key, post_id=post, author_id=who, author=name, text=words)
                for key, below, who, words, name in SAID
                if below == post
            ]
            tallies = work.content.store_posts([item], **where).tally, work.content.store_comments(heard, **where)[0]
            for tally in tallies:
                found = [n + m for n, m in zip(found, (tally.new, tally.changed, tally.same), strict=True)]
        work.commit()
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database of the release before, with an inbox in which 123 of two platforms became one account."""
    engine = empty(request, tmp_path, name="before")
    move(engine, "0005")
    store(engine, platform=lambda _: "file")
    fill(
        engine,
        (
            "UPDATE comment SET tagged_version = 'v1', qualified_version = 'r1'",
            f"INSERT INTO person (id, name, first_seen_at, suppressed_at) VALUES (1, '小王', '{BEFORE}', '{BEFORE}'),"
            f" (2, '小李', '{BEFORE}', NULL)",
            "INSERT INTO identity (account_id, person_id, how, confidence) VALUES"
            " (1, 1, 'new', 1.0), (2, 2, 'new', 1.0)",
            "INSERT INTO suppression (account_id, comment_id, actor, reason, happened_at) VALUES"
            f" (1, 3, 'yinliu', '', '{BEFORE}')",
        ),
    )
    return engine


ACCOUNTS = "SELECT id, platform, external_id FROM account ORDER BY id"
COMMENTS = "SELECT id, platform, account_id, tagged_version, qualified_version FROM comment ORDER BY id"


def test_an_upgrade_keeps_accounts_as_they_are(before: Engine) -> None:
    """Their ids, what refers to them, and the rule that a name of a platform makes another account."""
    tables = ("account", "comment", "identity")
    queries = [f"SELECT * FROM {name}" for name in tables] + ["SELECT account_id, comment_id, actor FROM suppression"]
    kept = [rows(before, query) for query in queries]
    upgrade(before)
    assert kept == [rows(before, query) for query in queries]
    (unique,) = inspect(before).get_unique_constraints("account")
    assert (unique["name"], unique["column_names"]) == (
        "uq_account_source_external_id_platform",
        ["source", "external_id", "platform"],
    )
    insert = "INSERT INTO account (id, source, platform, external_id) VALUES (9, 'inbox', '{}', '123')"
    with pytest.raises(IntegrityError), before.begin() as connection:
        connection.execute(text(insert.format("file")))
    with before.begin() as connection:
        connection.execute(text(insert.format("weibo")))
    with pytest.raises(IntegrityError), before.begin() as connection:
        connection.execute(text("DELETE FROM account WHERE id = 1"))


def test_the_same_files_again_add_nothing(before: Engine) -> None:
    """As an older release stored them, or with their platforms: who was two people all the time is the only new row."""
    upgrade(before)
    assert store(before, platform=lambda _: "file") == [0, 0, 5]
    assert rows(before, ACCOUNTS) == [(1, "file", "123"), (2, "file", "124")]
    assert {row[4] for row in rows(before, COMMENTS)} == {"r1"}
    for _ in range(2):
        assert store(before, platform=PLATFORMS.__getitem__) == [0, 0, 5]
        assert rows(before, ACCOUNTS) == [(1, "xiaohongshu", "123"), (2, "xiaohongshu", "124"), (3, "bilibili", "123")]
        assert rows(before, COMMENTS) == [
            (1, "xiaohongshu", 1, "v1", None),
            (2, "xiaohongshu", 2, "v1", None),
            (3, "bilibili", 3, "v1", None),
        ]
        assert rows(before, "SELECT platform FROM post ORDER BY id") == [("xiaohongshu",), ("bilibili",)]


def test_the_way_back_keeps_everybody_apart(before: Engine) -> None:
    """Two accounts that only their platform told apart stay two, and so do they on the way forth."""
    upgrade(before)
    store(before, platform=PLATFORMS.__getitem__)
    move(before, "0005")
    ids = [(1, "123"), (2, "124"), (3, "bilibili:123")]
    assert rows(before, "SELECT id, external_id FROM account ORDER BY id") == ids
    assert inspect(before).get_unique_constraints("account")[0]["column_names"] == ["source", "external_id"]
    upgrade(before)
    assert rows(before, "SELECT id, external_id FROM account ORDER BY id") == ids


@pytest.mark.parametrize("platforms", [("weibo", "bilibili"), ("bilibili", "weibo", "file")])
def test_the_same_id_on_two_platforms_is_two_accounts(begin: Make, platforms: tuple[str, ...]) -> None:
    """Also within one load, in turns, and when both are known."""
    for _ in range(2):
        with begin() as work:
            accounts = Accounts(Bulk(work._session))
            ids = [accounts.ids({"7": one}, source="inbox", platform=one)["7"] for one in platforms * 2]
            work.commit()
        assert ids == ids[: len(platforms)] * 2
        assert len(set(ids)) == len(platforms)


WRITERS = st.lists(
    st.tuples(
        st.sampled_from(("inbox", "box")), st.sampled_from(("weibo", "bilibili", "douyin")), st.sampled_from("ab")
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WRITERS)
def test_accounts_of_two_platforms_never_share_a_row(begin_sqlite: Make, writers: list[tuple[str, str, str]]) -> None:
    """In whatever order they are met: a row is one source's, one platform's, one id's."""
    with begin_sqlite() as work:  # never committed: each example begins with nothing
        accounts = Accounts(Bulk(work._session))
        found: dict[tuple[str, str, str], set[int]] = {}
        for source, platform, external in writers:
            ids = accounts.ids({external: None}, source=source, platform=platform)
            found.setdefault((source, platform, external), set()).add(ids[external])
        assert all(len(ids) == 1 for ids in found.values())
        assert len({key for ids in found.values() for key in ids}) == len(found)


def test_a_source_that_is_read_in_another_way_keeps_its_accounts(begin_sqlite: Make) -> None:
    """``feed`` and ``wordpress`` name no platform: it is the same site."""
    with begin_sqlite() as work:
        for platform in sorted(READERS):
            assert Accounts(Bulk(work._session)).ids({"7": None}, source="blog", platform=platform) == {"7": 1}
    assert "table" in READERS


@pytest.mark.parametrize("reader", sorted(READERS))
def test_what_names_no_platform_is_of_the_only_account_known(begin_sqlite: Make, reader: str) -> None:
    """Its platform stays known; of two, none is meant, and they stay apart."""
    with begin_sqlite() as work:
        accounts = Accounts(Bulk(work._session))
        assert [accounts.ids({"7": None}, source="inbox", platform=one)["7"] for one in ("weibo", reader)] == [1, 1]
        assert work._session.execute(text("SELECT platform FROM account")).all() == [("weibo",)]
        asked = ("bilibili", "weibo", reader, "bilibili", reader)
        found = [accounts.ids({"7": None}, source="inbox", platform=one)["7"] for one in asked]
        assert found == [2, 1, 3, 2, 3]
