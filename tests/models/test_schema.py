"""Tables and migrations: they say the same, and every column says what it holds of a person."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Engine, LargeBinary, String, inspect, text

from models.base import PersonalClass
from models.database import Schema, open_engine, schema_state, upgrade
from models.tables import metadata
from tests.patience import PATIENCE
from yinliu.bootstrap import check_schema
from yinliu.errors import ActionNeeded

COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]


def test_the_migrations_give_the_models(engine: Engine) -> None:
    """Alembic finds no difference on either database."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_text_says_what_it_holds_of_a_person(column: Column[Any]) -> None:
    """Texts, bytes and JSON declare their class; whatever declares one names a known one."""
    if isinstance(column.type, String | LargeBinary | JSON):
        assert "personal" in column.info, f"{column} does not say whether it holds personal data"
    assert column.info.get("personal", "none") in get_args(PersonalClass)


def test_contact_details_are_bytes_with_an_end() -> None:
    """Every column of class `contact` is encrypted bytes and has a retention."""
    contacts = [column for column in COLUMNS if column.info.get("personal") == "contact"]
    assert contacts
    assert all(isinstance(column.type, LargeBinary) and column.info["retention_days"] for column in contacts)


def test_an_upgrade_again_changes_nothing(engine: Engine) -> None:
    """A second upgrade finds it done."""
    upgrade(engine)
    assert schema_state(engine)[0] is Schema.CURRENT


def test_an_empty_database_gets_its_tables(tmp_path: Path) -> None:
    """The first command makes them."""
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    check_schema(engine)
    assert schema_state(engine)[0] is Schema.CURRENT


def refused(engine: Engine) -> str:
    """The code with which a database is refused; its message names the database and no password."""
    with pytest.raises(ActionNeeded) as caught:
        check_schema(engine)
    assert engine.url.render_as_string(hide_password=True) in str(caught.value)
    return caught.value.code


def test_a_newer_database_is_refused(sqlite_engine: Engine) -> None:
    """Written by a yinliu of next year."""
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refused(sqlite_engine) == "database_newer"


def test_an_older_database_is_refused(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its revision is known and not the last one."""
    monkeypatch.setattr(ScriptDirectory, "get_current_head", lambda _: "9998")
    assert refused(sqlite_engine) == "database_older"


@pytest.mark.parametrize("table", ["post", "comment", "tag", "report"])
def test_tables_of_another_program_are_refused(tmp_path: Path, table: str) -> None:
    """A table that has one of our names and was not made by us; nothing is added to it."""
    engine = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {table} (id INTEGER)"))
    assert refused(engine) == "database_foreign"
    assert inspect(engine).get_table_names() == [table]


def test_another_program_that_uses_alembic_is_refused(tmp_path: Path) -> None:
    """Airflow's database, given by mistake, is not taken for a newer yinliu."""
    engine = open_engine(f"sqlite:///{tmp_path / 'airflow.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE dag (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('a1b2c3')"))
    assert refused(engine) == "database_foreign"


def _make_tables(url: str, start: Any) -> None:
    start.wait(PATIENCE)
    check_schema(open_engine(url))


def _at_once(url: str, processes: int) -> list[int | None]:
    """Exit codes of processes that open the same database at the same moment."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(processes)
    running = [context.Process(target=_make_tables, args=(url, start)) for _ in range(processes)]
    for process in running:
        process.start()
    for process in running:
        process.join(PATIENCE)
    return [process.exitcode for process in running]


def test_processes_may_make_the_tables_of_one_sqlite_at_once(tmp_path: Path) -> None:
    """All succeed; the tables are there once."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    assert _at_once(url, 3) == [0, 0, 0]
    assert schema_state(open_engine(url))[0] is Schema.CURRENT


def test_processes_may_make_the_tables_of_one_postgresql_at_once(postgres_database: Callable[[str], str]) -> None:
    """All succeed; the tables are there once."""
    url = postgres_database("yinliu_at_once")
    assert _at_once(url, 3) == [0, 0, 0]
    engine = open_engine(url)
    assert schema_state(engine)[0] is Schema.CURRENT
    engine.dispose()
