"""Labels that people give: one a person and text, what they agree on, and what becomes of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import IntegrityError

from crawlers.items import CommentItem, PostItem
from models.database import Schema, _config, schema_state, upgrade
from models.labels import Label
from models.unit_of_work import UnitOfWork

Begin = Callable[[], UnitOfWork]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
WHERE: dict[str, Any] = {"source": "blog", "platform": "feed", "now": NOW}


@pytest.fixture
def texts(begin: Begin) -> Begin:
    """A post (1) and two comments (1, 2)."""
    with begin() as work:
        work.content.store_posts([PostItem(external_id="p", url="u", title="题", body="文", labels=("露营",))], **WHERE)
        comments = [CommentItem(external_id=str(n), post_id="p", text=f"评{n}", author_id="a") for n in (1, 2)]
        work.content.store_comments(comments, **WHERE)
        work.commit()
    return begin


def test_labels_are_rows_of_their_head(texts: Begin) -> None:
    """Comments, posts as they are tagged, and free texts; other heads do not see them."""
    with texts() as work:
        work.labels.label_text("想买", head="intents", label="purchase_intent", by="小王", now=NOW)
        work.labels.label_post(1, head="topics", label="camping", by="小王", now=NOW)
        work.labels.label_comment(2, head="intents", label="praise", by="小王", now=NOW)
        work.labels.label_comment(1, head="intents", label="chat_other", by="小王", now=NOW)
        work.commit()
    with texts() as work:
        found = work.labels.rows("intents")
        assert found.rows == [("评2", "praise"), ("评1", "chat_other"), ("想买", "purchase_intent")]
        assert found.disputed == 0
        assert work.labels.rows("topics").rows == [("题\n露营\n文", "camping")]
        assert work.labels.rows("mine").rows == []


def test_a_person_may_change_their_mind(texts: Begin) -> None:
    """The newer label takes the place of the older one, with its time."""
    later = NOW + timedelta(hours=1)
    for label, now in (("praise", NOW), ("chat_other", later)):
        with texts() as work:
            work.labels.label_comment(1, head="intents", label=label, by="小王", now=now)
            work.labels.label_post(1, head="intents", label=label, by="小王", now=now)
            work.labels.label_text("文", head="intents", label=label, by="小王", now=now)
            work.commit()
    with texts() as work:
        assert {label for _, label in work.labels.rows("intents").rows} == {"chat_other"}
        assert work.labels.counts() == {"intents": {"chat_other": 3}}
        times = work._session.scalars(select(Label.labelled_at)).all()
    assert set(times) == {later}


def test_what_people_do_not_agree_on_is_disputed(texts: Begin) -> None:
    """A text with two opinions is no row; one that two agree on is one row."""
    with texts() as work:
        for by, label in (("小王", "praise"), ("小李", "chat_other")):
            work.labels.label_comment(1, head="intents", label=label, by=by, now=NOW)
            work.labels.label_comment(2, head="intents", label="praise", by=by, now=NOW)
            work.labels.label_text("文", head="intents", label=label, by=by, now=NOW)
        found = work.labels.rows("intents")
    assert (found.rows, found.disputed) == ([("评2", "praise")], 2)


def test_a_label_belongs_to_a_text_that_is_there(texts: Begin) -> None:
    """No label for a comment that nobody stored."""
    with texts() as work, pytest.raises(IntegrityError):
        work.labels.label_comment(99, head="intents", label="praise", by="小王", now=NOW)


def test_a_bundle_is_remembered_once(begin: Begin) -> None:
    """What it was made of, and when it was used first."""
    with begin() as work:
        work.bundles.remember("abc", {"rules": 1}, at=NOW)
        work.bundles.remember("abc", {"rules": 2}, at=NOW)
        assert work.bundles.ingredients("abc") == {"rules": 1}
        assert work.bundles.ingredients("def") is None


def test_a_database_of_the_second_release_goes_on(sqlite_engine: Engine) -> None:
    """Back to it and forth again; the tables come and go."""
    config = _config(sqlite_engine)
    with sqlite_engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    assert schema_state(sqlite_engine)[0] is Schema.OLDER
    assert not {"label", "bundle"} & set(inspect(sqlite_engine).get_table_names())
    upgrade(sqlite_engine)
    assert schema_state(sqlite_engine)[0] is Schema.CURRENT
