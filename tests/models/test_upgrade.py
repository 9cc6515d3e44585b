"""A database of the first release goes on: its posts are visited, its rows stay, and the way back is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from crawlers.items import CommentItem, PostItem
from models.database import Schema, _config, changing_tables, open_engine, schema_state, upgrade
from models.unit_of_work import UnitOfWork
from tests.stages.team import MONDAY

_AT = "'2026-11-01 00:00:00.000000'"
FIRST = (
    "INSERT INTO account (id, source, platform, external_id, name) VALUES (1, 'blog', 'feed', 'a1', '小王')",
    "INSERT INTO post (id, source, platform, external_id, url, title, body, labels, flaws, content_hash, first_seen_at,"
    f" changed_at, tagged_version) VALUES (1, 'blog', 'feed', 'p1', 'u', 't', 'b', '[]', '[]', 'old', {_AT}, {_AT},"
    " 'v1')",
    "INSERT INTO comment (id, source, platform, external_id, post_external_id, post_id, account_id, text, flaws,"
    " content_hash, first_seen_at, changed_at, tagged_version) VALUES"
    f" (1, 'blog', 'feed', 'c1', 'p1', 1, 1, '想买', '[]', 'old', {_AT}, {_AT}, 'v1')",
    f"INSERT INTO metric_snapshot (id, post_id, name, value, raw, taken_at) VALUES (1, 1, 'likes', 3, '3', {_AT})",
    "INSERT INTO source_state (source, platform, cursor, crawled_at) VALUES ('blog', 'feed', '{}', " + _AT + ")",
)


def move(engine: Engine, revision: str) -> None:
    """Bring the tables to a revision, forwards or back."""
    config = _config(engine)
    with changing_tables(engine) as connection:
        config.attributes["connection"] = connection
        forwards = not inspect(connection).has_table("visit")
        (command.upgrade if forwards else command.downgrade)(config, revision)


def empty(request: pytest.FixtureRequest, folder: Path, *, name: str) -> Engine:
    """A database without tables, SQLite or PostgreSQL as the fixture's parameter says."""
    url = f"sqlite:///{folder / name}.db"
    if request.param == "postgres":
        make: Callable[[str], str] = request.getfixturevalue("postgres_database")
        url = make(f"yinliu_{name}")
    return open_engine(url)


def fill(engine: Engine, statements: Iterable[str]) -> None:
    """Write rows, all or none."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture(params=["sqlite", "postgres"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database of the first release with a row of each kind."""
    engine = empty(request, tmp_path, name="old")
    move(engine, "0001")
    fill(engine, FIRST)
    if request.param == "postgres":
        with engine.begin() as connection:
            for table in ("account", "post", "comment", "metric_snapshot"):
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1)"))
    return engine


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_an_old_database_is_brought_up_to_date_with_its_rows(old: Engine) -> None:
    """Its posts rest until the sweep finds them; what was never asked is unknown."""
    assert schema_state(old)[0] is Schema.OLDER
    upgrade(old)
    assert schema_state(old)[0] is Schema.CURRENT
    assert rows(old, 'SELECT value, "window", regressed FROM metric_snapshot') == [(3, None, 0)]
    assert rows(old, "SELECT gone_at FROM comment") == [(None,)]
    with UnitOfWork(old) as work:
        assert [visit.post for visit in work.visits.resting("blog", 5)] == ["p1"]
        assert work.visits.due("blog", MONDAY, 5) == []
        (state,) = work.runs.states()
    assert [state[name] for name in ("requests", "rows", "errors", "next_due")] == [None, None, None, None]


def test_a_row_of_the_old_digest_changes_once(old: Engine) -> None:
    """Seen again it is tagged anew, the next time it is the same."""
    upgrade(old)
    post = PostItem(external_id="p1", url="u", title="t", body="b")
    comment = CommentItem(external_id="c1", post_id="p1", text="想买", author_id="a1")
    where = {"source": "blog", "platform": "feed", "now": MONDAY}
    for changed in (1, 0):
        with UnitOfWork(old) as work:
            assert work.content.store_posts([post], **where).tally.changed == changed  # type: ignore[arg-type]
            tally, conflicts = work.content.store_comments([comment], **where)  # type: ignore[arg-type]
            assert (tally.changed, conflicts) == (changed, [])
            work.commit()


def test_the_way_back_is_open(old: Engine) -> None:
    """And forth again; but for posts, which are tagged anew."""
    with old.begin() as connection:
        connection.execute(text("UPDATE post SET tagged_version = NULL"))
    before = {table: rows(old, f"SELECT * FROM {table}") for table in ("post", "comment", "metric_snapshot")}
    upgrade(old)
    move(old, "0001")
    assert before == {table: rows(old, f"SELECT * FROM {table}") for table in before}
    upgrade(old)
    assert schema_state(old)[0] is Schema.CURRENT


LED = (
    f"INSERT INTO person (id, name, first_seen_at) VALUES (1, '小王', {_AT}), (2, '小张', {_AT})",
    "INSERT INTO identity (account_id, person_id, how, confidence) VALUES (1, 1, 'new', 1.0)",
    "INSERT INTO merge_event (id, kept, dropped, how, accounts, happened_at) VALUES"
    f" (1, 1, 9, 'contact', '[1]', {_AT})",
    "INSERT INTO signal (id, person_id, kind, evidence, version, label, comment_id, happened_at) VALUES"
    f" (1, 1, 'purchase_intent', 'blog:c1', 'v', 'purchase_intent', 1, {_AT})",
    "INSERT INTO lead (id, person_id, score, grade, qualified, breakdown, scoring_version, comment_id, qualified_at,"
    " changed_at) VALUES"
    f" (1, 1, 85, 'A', true, '[]', 's', 1, {_AT}, {_AT}), (2, 2, 85, 'A', true, '[]', 's', 1, {_AT}, {_AT})",
    "INSERT INTO community (name, title, capacity, position) VALUES"
    " ('camping', '露营', 2, 0), ('coffee', '咖啡', 5, 1)",
    "INSERT INTO ticket (id, lead_id, person_id, community, state, operator, reasons, created_at, changed_at) VALUES"
    f" (1, 1, 1, 'camping', 'joined', '小李', '[]', {_AT}, {_AT}),"
    f" (2, 1, 1, 'coffee', 'assigned', '小李', '[]', {_AT}, {_AT})",
    'INSERT INTO ticket_event (id, ticket_id, happened_at, "before", "after", actor, reason) VALUES'
    f" (1, 1, {_AT}, NULL, 'assigned', 'yinliu', 'routed')",
    "INSERT INTO crm_export (id, target, lead_id, content_hash, batch, written_at) VALUES"
    f" (1, 'csv', 1, 'h', 'b', {_AT})",
)


def test_leads_and_tickets_go_on_with_seats(old: Engine) -> None:
    """Who sits or is on the way holds a seat, who has no ticket is routed; nothing refers to nothing."""
    move(old, "0003")
    fill(old, LED)
    upgrade(old)
    assert rows(old, "SELECT community, name, capacity, taken FROM community_group ORDER BY id") == [
        ("camping", "1", 2, 1),
        ("coffee", "1", 5, 1),
    ]
    held = "SELECT ticket_id, group_id, confirmed_at IS NOT NULL, released_at IS NULL FROM seat ORDER BY ticket_id"
    assert [tuple(map(int, row)) for row in rows(old, held)] == [(1, 1, 1, 1), (2, 2, 0, 1)]
    assert rows(old, "SELECT group_id, lease_token FROM ticket ORDER BY id") == [(1, 0), (2, 0)]
    assert rows(old, "SELECT id FROM lead WHERE route_at IS NOT NULL") == [(2,)]
    assert (
        rows(old, "SELECT count(*) FROM signal") == rows(old, "SELECT count(qualified_version) FROM comment") == [(0,)]
    )
    assert rows(old, "SELECT lead_id FROM crm_export") == [(1,)]
    with pytest.raises(IntegrityError), old.begin() as connection:
        connection.execute(text("DELETE FROM person WHERE id = 1"))


def test_posts_are_tagged_anew_for_the_contacts_in_them(old: Engine) -> None:
    """No release before kept them; comments stay tagged."""
    upgrade(old)
    assert rows(old, "SELECT tagged_version FROM post") == [(None,)]
    assert rows(old, "SELECT tagged_version FROM comment") == [("v1",)]
    move(old, "0004")
    assert not inspect(old).has_table("post_contact")
